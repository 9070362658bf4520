"""What becomes of a notebook's cells in a page: what is folded, what comes in a panel's place."""

import re
from collections import deque

from nbformat.v4 import new_code_cell, new_markdown_cell

PREDICT = re.compile(r"\*\*Predict before you (run|move):\*\*")
PANEL = re.compile(r"^(\w+_panel)\(", flags=re.M)
STARTS_ANEW = ("#", "**Predict", "**Quick question", "**On paper", "<details", "---", "|", "$$")
WIDGET = "application/vnd.jupyter.widget-view+json"


def raw(html):
    """Return a cell that puts HTML into the page as it is."""
    return new_markdown_cell(f"````{{raw}} html\n{html}\n````")


def text(value):
    """Join a text that a notebook keeps as lines."""
    return value if isinstance(value, str) else "".join(value)


def panel_of(cell):
    """Return the name of the panel that a code cell shows, or None."""
    found = PANEL.search(cell.source) if cell.cell_type == "code" else None
    shows = found and any(WIDGET in output.get("data", {}) for output in cell.outputs)
    return found[1] if shows else None


def tag(cell, *tags, **prompts):
    """Return a copy of a cell with these tags for MyST-NB."""
    kept = [each for each in cell.metadata.get("tags", []) if each != "hide-input"]
    metadata = {**cell.metadata, "tags": [*kept, *tags], "mystnb": prompts}
    return type(cell)(cell, metadata=type(cell.metadata)(metadata))


def draws(cell):
    """Say whether a code cell does nothing but draw."""
    tagged = "hide-input" in cell.metadata.get("tags", [])
    return tagged or re.search(r"^picture\(", cell.source, flags=re.M) is not None


def imports(cell):
    """Say whether a code cell holds nothing but imports."""
    return re.match(r"(import|from) ", cell.source) is not None and not cell.outputs


def with_folded_code(cell):
    """Return a code cell whose code is folded if it only draws or imports."""
    if draws(cell):
        return fold_code(cell, "what draws this picture")
    return fold_code(cell, "what is imported") if imports(cell) else cell


def fold_code(cell, what):
    return tag(cell, "hide-input", code_prompt_show=f"Show {what}", code_prompt_hide=f"Hide {what}")


def code_only(cell):
    return type(cell)(cell, outputs=[])


def output_only(cell):
    return tag(type(cell)(cell, id=new_code_cell().id), "remove-input")


def split_first_paragraph(cell):
    """Return the first paragraph of a Markdown cell and the rest, as two lists of cells."""
    first, _, rest = cell.source.partition("\n\n")
    if first.startswith(STARTS_ANEW):
        return [], [cell]
    return [new_markdown_cell(first)], [new_markdown_cell(rest)] if rest else []


def folded(summary, cells):
    """Return cells inside of a fold that its reader opens."""
    if not cells:
        return []
    start = f'<details class="answer"><summary>{summary}</summary>'
    return [raw(start), *cells, raw("</details>")]


def with_folded_answers(cells):
    """Yield the cells of a page with all that answers a prediction folded.

    The code of the prediction stays in sight, and so does a panel. Folded are what comes out, the
    code cells after it, and the first paragraph of the text, which says what came out.
    """
    left = deque(cells)
    while left:
        yield (cell := left.popleft())
        if not asks(cell):
            continue
        run = []
        while left and left[0].cell_type == "code":
            run.append(left.popleft())
        shown, hidden = in_sight(run)
        if run and left:
            said, rest = split_first_paragraph(left.popleft())
            hidden += said
            left.extendleft(rest)
        yield from shown
        yield from folded("Show the answer", hidden)


def asks(cell):
    """Say whether a cell asks for a prediction. What is done on paper has a fold of its own."""
    is_text = cell.cell_type == "markdown" and "**On paper.**" not in cell.source
    return is_text and PREDICT.search(cell.source) is not None


def in_sight(run):
    """Part the code cells that answer a prediction into what is seen at once, and what is not."""
    shown, hidden = [], []
    for cell in run:
        if hidden:
            hidden.append(cell)
        elif panel_of(cell) or not cell.outputs:
            shown.append(cell)
        else:
            shown.append(code_only(cell))
            hidden.append(output_only(cell))
    return shown, hidden
