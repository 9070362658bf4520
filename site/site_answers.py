"""A prediction's answer, folded until its reader asks for it."""

import re
from collections import deque

from nbformat.v4 import new_markdown_cell
from site_cells import asks, code_only, output_only, panel_of, raw

from tools.notebooks import draws

NOT_AN_ANSWER = ("#", "**Predict", "**Quick question", "**On paper", "<details", "---", "|", "$$")
LAST_SENTENCE = re.compile(r"(?:(.*[.?])\s)?(.+)", flags=re.S)


def with_folded_answers(cells):
    """Yield the cells of a page, with all that answers a prediction folded.

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
            said, rest = first_paragraph(left.popleft())
            hidden += said
            left.extendleft(rest)
        yield from shown
        yield from folded(hidden)


def in_sight(run):
    """Part the code cells that answer a prediction into what is seen at once, and what is not."""
    shown, hidden = [], []
    for cell in run:
        if hidden or draws(cell):
            hidden.append(cell)
        elif panel_of(cell) or not cell.outputs:
            shown.append(cell)
        else:
            shown.append(code_only(cell))
            hidden.append(output_only(cell))
    return shown, hidden


def first_paragraph(cell):
    """Return the first paragraph of a Markdown cell and the rest, as two lists of cells."""
    first, _, rest = cell.source.partition("\n\n")
    if first.endswith(":"):  # what leads on to a formula stays with it
        first, lead = LAST_SENTENCE.match(first).groups()
        rest = f"{lead}\n\n{rest}"
    if not first or first.startswith(NOT_AN_ANSWER):
        return [], [cell]
    return [new_markdown_cell(first)], [new_markdown_cell(rest)] if rest else []


def folded(cells):
    if not cells:
        return []
    start = '<details class="answer"><summary>Show the answer</summary>'
    return [raw(start), *cells, raw("</details>")]
