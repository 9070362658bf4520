"""What kinds of cells a notebook has, and the small changes that are made to one."""

import re

from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.notebooks import draws, only_imports

PREDICT = re.compile(r"\*\*Predict before you (run|move):\*\*")
PANEL = re.compile(r"^(\w+_panel)\(", flags=re.M)
CHECK = re.compile(r"checks\.\w+\(my_\w+\)$")
SOLUTION = re.compile(r"answers\.solution\(")
PROGRESS = re.compile(r"progress\.show\((.*)\)$", flags=re.S)
WIDGET = "application/vnd.jupyter.widget-view+json"


def asks(cell):
    """Say whether a cell asks for a prediction. What is done on paper has a fold of its own."""
    is_text = cell.cell_type == "markdown" and "**On paper.**" not in cell.source
    return is_text and PREDICT.search(cell.source) is not None


def panel_of(cell):
    """Return the name of the panel that a code cell shows, or None."""
    found = PANEL.search(cell.source)
    shows = found and any(WIDGET in output.get("data", {}) for output in cell.outputs)
    return found[1] if shows else None


def raw(html):
    """Return a cell that puts HTML into the page as it is."""
    return new_markdown_cell(f"`````{{raw}} html\n{html}\n`````")


def tag(cell, name, **settings):
    """Return a copy of a cell with one more tag, and settings for MyST-NB."""
    tags = {*cell.metadata.get("tags", []), name}
    metadata = {**cell.metadata, "tags": sorted(tags), "mystnb": settings}
    return type(cell)(cell, metadata=type(cell.metadata)(metadata))


def code_only(cell):
    return type(cell)(cell, outputs=[])


def output_only(cell):
    return tag(type(cell)(cell, id=new_code_cell().id), "remove-input")


def with_folded_code(cell):
    """Return a code cell whose code is folded if it only draws or imports."""
    if draws(cell):
        return fold_code(cell, "what draws this picture")
    return fold_code(cell, "what is imported") if only_imports(cell) else cell


def fold_code(cell, what):
    return tag(cell, "hide-input", code_prompt_show=f"Show {what}", code_prompt_hide=f"Hide {what}")
