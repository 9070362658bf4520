"""The wheel alone serves every lesson: in an environment of its own, from an empty folder."""

import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest
from flit_core import buildapi
from nbclient import NotebookClient

from tools.notebooks import NOTEBOOKS, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)  # where the build backend looks for pyproject.toml
        return folder / buildapi.build_wheel(str(folder))


@pytest.fixture(scope="module")
def python(wheel):
    """Install the wheel, with what a learner's Jupyter needs, where nothing else is."""
    folder = wheel.parent
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = [sys.executable, "-m", "uv", "--no-config", "pip", "install", "--quiet"]
    pins = ROOT / "requirements/lab.txt"
    install += ["--python", python, "-c", pins, f"{wheel}[lab]"]
    # make test has just installed the same versions: they are at hand, without a net.
    if subprocess.call([*install, "--offline"], stderr=subprocess.DEVNULL):
        subprocess.check_call(install)
    kernel = [python, "-m", "ipykernel", "install", "--prefix", folder, "--name", "wheel"]
    subprocess.check_call(kernel, stdout=subprocess.DEVNULL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder / "share/jupyter"))
        patch.delenv("PYTHONPATH", raising=False)
        yield python


def test_the_wheel_holds_the_whole_library_with_its_data_and_no_notebook(wheel):
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = [path for path in (ROOT / "softmax_lib").rglob("*") if path.is_file()]
    assert held == {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}


def test_the_library_comes_from_the_wheel(python, tmp_path):
    where = "import softmax_lib; print(softmax_lib.__file__)"
    path = Path(subprocess.check_output([python, "-c", where], text=True, cwd=tmp_path).strip())
    assert python.parents[1] in path.parents


@pytest.mark.usefixtures("python")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_runs_from_an_empty_folder(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    here = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, kernel_name="wheel", resources=here).execute()
    assert not {file.name for file in tmp_path.iterdir()} - {"progress.json"}
