"""A real JupyterLab on copies of the notebooks, and a real browser to open them in.

The browser tests use it, and the benchmarks of the panels and of the lessons.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from urllib.request import urlopen

import nbformat

ROOT = Path(__file__).parents[2]
TOKEN = "course"
MINUTE = 60_000  # milliseconds
MODEL = "jupyterapp.shell.currentWidget.content.model.sharedModel"
IDLE = (
    "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
    "?.status == 'idle'"
)


@contextmanager
def served(home):
    """Serve a copy of the notebooks in the folder `home`, away from the user's own settings.

    Yields the address.
    """
    passing = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(ROOT / "notebooks", home / "course/notebooks", ignore=passing)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
        *(f"--port={port}", f"--IdentityProvider.token={TOKEN}"),
        *(f"--ServerApp.root_dir={home / 'course'}", "--LabApp.expose_app_in_browser=True"),
    ]
    with open(home / "log", "w") as log:
        server = subprocess.Popen(command, env=os.environ | settings(home), stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api?token={TOKEN}", server, home / "log")
        yield address
    finally:
        server.terminate()  # Lab ends its kernels before it goes
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


def settings(home):
    """Return what keeps the user's own settings out of the Lab, and write ours."""
    ours = home / "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    ours.parent.mkdir(parents=True)
    ours.write_text('{"windowingMode": "none"}')  # keep in the page what is out of view
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {variable: str(home / folder) for variable, folder in folders.items()}


def wait_for(address, server, log):
    """Return once the server answers; if it ends or a minute passes, raise with its log."""
    for _ in range(240):
        try:
            urlopen(address, timeout=5).close()
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.25)
    raise RuntimeError("JupyterLab did not start:\n" + log.read_text()[-2000:])


def eventually(check):
    """Let a check of a page be tried until it holds: each picture of a panel arrives by itself.

    Waiting for one of them would not do: what it shows may be the same before and after.
    """

    @wraps(check)
    def patient(page, *args, **kwargs):
        end = time.monotonic() + MINUTE / 1000
        while True:
            try:
                return check(page, *args, **kwargs)
            except AssertionError:
                if time.monotonic() > end:
                    raise
            page.wait_for_timeout(20)

    return patient


def write_notebook(home, name, *cells):
    """Write a notebook with these code cells into the served course."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
        metadata={"kernelspec": kernel},
    )
    nbformat.write(notebook, home / "course/notebooks" / name)


def open_notebook(page, address, name):
    """Open a notebook of the course, as it was saved."""
    page.goto(f"{address}/lab/tree/notebooks/{name}?token={TOKEN}&reset")  # reset: no old tabs
    page.wait_for_selector(".jp-Notebook .jp-Cell")


def run_notebook(page, address, name):
    """Open a notebook of the course, wait for its kernel, run all its cells; fail on an error."""
    open_notebook(page, address, name)
    ready(page)
    run_all(page)
    errors = [
        "\n".join(output.traceback)
        for cell in written(page).cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert errors == [], "\n".join(errors)


def ready(page):
    """Wait for the Python of the opened notebook: on a busy machine that takes a minute."""
    page.wait_for_function(IDLE, timeout=5 * MINUTE)
    assert page.locator(".jp-Dialog").count() == 0, "a dialog covers the notebook"


def run_all(page):
    """Run all cells of the opened notebook, and return when the last one has run."""
    page.set_default_timeout(10 * MINUTE)
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")


def written(page):
    """Return the opened notebook as it stands, with what its cells gave."""
    return nbformat.from_dict(page.evaluate(f"{MODEL}.toJSON()"))
