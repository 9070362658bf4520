"""The notebooks as they are: their cells, their words, their exercises."""

import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
LESSONS = NOTEBOOKS[1:]  # 00 has no exercises


def read(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def task_of(cell):
    """Return the exercise whose stub a cell holds, or None."""
    stub = re.match(r"def my_(\w+)\(", cell.source) if cell.cell_type == "code" else None
    return stub and stub[1]


def tasks(notebook):
    """Return the exercises of a lesson, in order."""
    return [task for cell in notebook.cells if (task := task_of(cell))]
