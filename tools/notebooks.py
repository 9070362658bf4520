"""The notebooks as they are: their cells, their two speeds, their words, their exercises."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
LESSONS = NOTEBOOKS[1:]  # 00 has no exercises


def read(path):
    import nbformat  # here: a learner's copy needs none, and would wait two seconds for it

    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def two_speeds(notebook):
    """Split a lesson's cells into its main path and the parts that go deeper.

    A deeper part begins with the cell whose heading says so, and ends before the next one that
    opens with a heading of the same level.
    """
    main, deeper = [], []
    here = main
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            here = deeper if cell.source.startswith("## Go deeper: ") else main
        here.append(cell)
    return main, deeper


def draws(cell):
    """Decide whether all that a cell does is to show a picture: then its code is folded."""
    if cell.cell_type != "code" or not (body := ast.parse(cell.source).body):
        return False
    last = body[-1]
    called = last.value.func if isinstance(getattr(last, "value", None), ast.Call) else None
    return isinstance(last, ast.Expr) and isinstance(called, ast.Name) and called.id == "picture"


def only_imports(cell):
    """Decide whether a cell of code does nothing but import."""
    body = ast.parse(cell.source).body
    return all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in body)


def task_of(cell):
    """Return the exercise whose stub a cell holds, or None."""
    stub = re.match(r"def my_(\w+)\(", cell.source) if cell.cell_type == "code" else None
    return stub and stub[1]


def tasks(notebook):
    """Return the exercises of a lesson, in order."""
    return [task for cell in notebook.cells if (task := task_of(cell))]
