"""The real notebooks, in the same folder: a JupyterLite, and all that its Python needs.

JupyterLite is JupyterLab without a server: Python runs in the reader's browser, as Pyodide.
"""

import json
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

import nbformat
from packaging.utils import canonicalize_name
from site_exercises import built_wheel
from site_files import write_files

from tools.learner_copy import digest, without_outputs
from tools.notebooks import NOTEBOOKS, ROOT, read

KERNEL = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = Path(sys.prefix) / "share/jupyter/labextensions"
# Wheels: those that `make site` gets, of requirements/lite.txt, and those that the kernel brings.
WHEELS = Path(sys.prefix) / "lite"
KERNELS_OWN = EXTENSIONS / KERNEL / "static/pypi"
KERNELS = ("ipykernel", "piplite", "pyodide_kernel")
# What the lessons and the kernel take from Pyodide itself; each brings what it depends on.
THEIRS = ["ipython", "jedi", "matplotlib", "micropip", "numpy", "sqlite3", "ssl", "threadpoolctl"]
CORE = ("pyodide.mjs", "pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
LIST = "pyodide-lock.json"

CONFIG, OPTIONS = "jupyter-lite.json", "jupyter_lite_config.json"  # JupyterLite's own names
SCRIPTS = ROOT / "site/lite"
STORAGES = "softmax course "  # what the names of all releases' storages begin with


def build_lite(source, out, pyodide):
    """Build a JupyterLite that has the lessons.

    Parameters
    ----------
    source : Path
        A folder for what it is built from.
    out : Path
    pyodide : str
        Where Pyodide's own files are: an address, or a path from out/python/, ending in "/".
    """
    python = wheels()
    ours = listing(python)
    config = settings([each["name"] for each in ours.values()] + THEIRS)
    write_files(source, lessons() | as_json({CONFIG: config, OPTIONS: options(out)}))
    run = [sys.executable, "-m", "jupyterlite_core", "build"]
    made = subprocess.run(run, cwd=source, capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"JupyterLite was not built:\n{made.stdout}{made.stderr}")
    python |= {path.name: path.read_bytes() for path in SCRIPTS.iterdir()}
    python |= as_json({"settings.json": {"pyodide": pyodide, "packages": ours}})
    write_files(out / "python", python)


def lessons():
    """Return the lessons as a learner gets them: predictions come before their answers."""
    bare = {path.name: without_outputs(read(path)) for path in NOTEBOOKS}
    return {f"lessons/{name}": nbformat.writes(each).encode() for name, each in bare.items()}


def as_json(files):
    return {name: json.dumps(data, indent=1).encode() for name, data in files.items()}


def options(out):
    """Return what JupyterLite's builder is told: the lessons, and nothing that is not needed."""
    wanted = (KERNEL, "@jupyter-widgets/jupyterlab-manager", "anywidget")
    return {
        "LiteBuildConfig": {
            "apps": ["lab"],
            "contents": ["lessons"],
            "federated_extensions": [str(EXTENSIONS / name) for name in wanted],
            "ignore_sys_prefix": ["federated_extensions"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "output_dir": str(out),
        }
    }


def settings(packages):
    """Return what JupyterLite reads when it opens: where it keeps work, and what Python loads."""
    python = {
        "pyodideUrl": "./python/pyodide.js",
        "loadPyodideOptions": {"packages": packages},
    }
    ours = {
        "appName": "How a gradient crosses a softmax",
        "contentsStorageName": storage(),
        "enableMemoryStorage": True,  # where a browser keeps nothing
        "exposeAppInBrowser": True,  # the tests give it commands
        "litePluginSettings": {f"{KERNEL}:kernel": python},
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": ours}


def lite_address(name):
    """Return where a lesson opens, from a lesson's page: it alone, and no tab of another day."""
    return f"../lite/lab/index.html?reset&path={name}"


@cache
def storage():
    """Name the browser's storage after the lessons as they are.

    A browser shows the copy that it keeps, and no update of it: so each release has a storage of
    its own.
    """
    version = built_wheel()[0].split("-")[1]
    cells = "".join(digest(read(path)) for path in NOTEBOOKS)
    return f"{STORAGES}{version} {sha256(cells.encode()).hexdigest()[:12]}"


def wheels():
    """Return the wheels that the lessons need and Pyodide has not, each in a folder of its own.

    The folder is named after what is in the wheel: a browser may keep one of the same name.
    """
    got = sorted(WHEELS.glob("*.whl"))
    if not got:
        raise SystemExit(f"no wheels found in {WHEELS}: `make site` gets them")
    got += [path for name in KERNELS for path in KERNELS_OWN.glob(f"{name}-*.whl")]
    found = dict([built_wheel()]) | {path.name: path.read_bytes() for path in got}
    return {f"{sha256(wheel).hexdigest()[:12]}/{name}": wheel for name, wheel in found.items()}


def listing(wheels):
    """Return what Pyodide's list of packages says of wheels of plain Python, by their names."""
    entries = (entry(path, wheel) for path, wheel in wheels.items())
    return {canonicalize_name(each["name"]): each for each in entries}


def entry(path, wheel):
    name, version = path.partition("/")[2].split("-")[:2]
    return {
        "name": name,
        "version": version,
        "file_name": path,
        "sha256": sha256(wheel).hexdigest(),
        "install_dir": "site",
        "package_type": "package",
        "imports": [],
        "depends": [],
    }


def pyodide_files(folder):
    """Return what the pages and the notebooks need of a folder of Pyodide's files."""
    listed = json.loads((folder / LIST).read_text("utf-8"))["packages"]
    needed, left = set(), [*THEIRS]
    while left:
        name = canonicalize_name(left.pop())
        needed.add(name)
        left += [each for each in listed[name]["depends"] if each not in needed]
    names = [*CORE, LIST, *(listed[name]["file_name"] for name in sorted(needed))]
    return {name: (folder / name).read_bytes() for name in names}
