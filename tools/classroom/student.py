"""A lesson as a student gets it: no outputs, no solution, nothing that gives one away.

Tags of the notebooks' cells say what is taken out:

- solution: the cell shows an exercise's solution;
- hint-1, hint-2, hint-3: a hint. The third is the solution in words;
- quick-question: the choices stay, and what is folded under each goes;
- worked-out: the lesson writes in the open what an exercise asked for, and later cells use it.
  The library's own function stands in for it.
"""

import ast
from html.parser import HTMLParser

import nbformat

from tools.classroom.graded import answer_cell, check_cell
from tools.learner_copy import without_outputs
from tools.notebooks import read, task_of

HINTS = {"two": {"hint-1", "hint-2"}, "all": {"hint-1", "hint-2", "hint-3"}, "no": set()}
LEFT_OUT = {"solution", "hint-1", "hint-2", "hint-3"}
STAND_INS = {
    "backward": """\
def backward(dO, Q, K, V, P, scale):
    return attention_vjp(dO, Q, K, V, P, scale=scale)  # the library's: yours is above""",
    "rows_of_output": """\
def rows_of_output(Q, K, V, scale, block_k):
    # The library's: yours is above. It returns L without its column.
    O, L = flash_attention(Q, K, V, scale=scale, block_k=block_k)
    return O, L[:, None]  # (block_q, d_v), (block_q, 1)""",
    "gradients_of_tile": """\
def gradients_of_tile(dO, Q, L, D, K, V, scale):
    from softmax_lib import tile_vjp  # the library's: yours is above

    P = np.exp(scale * Q @ K.T - L)  # (block_q, block_k)
    return tile_vjp(dO, Q, K, V, P, D, scale=scale)""",
    "tiled_attention_vjp": """\
def tiled_attention_vjp(dO, Q, K, V, O, L, block_q, block_k):
    # The library's: yours is above. It takes L without its column.
    return flash_attention_vjp(dO, Q, K, V, O, L[:, 0], block_q=block_q, block_k=block_k)""",
}


def student_copy(path, hints="two", solved=False):
    """Return a lesson's notebook for students.

    Parameters
    ----------
    path : Path
        The lesson.
    hints : {"two", "all", "no"}
        Which hints stay. The third is the solution in words, so "all" is not for a test.
    solved : bool
        Whether it is for the teacher's side of nbgrader: with the solutions, and with the tests
        that give points, both between nbgrader's marks, which it takes out for the students.

    Returns
    -------
    NotebookNode
        nbgrader's marks stand in the cells' metadata, where nobody else sees them.

    Raises
    ------
    ValueError
        A solution is worked out in the lesson, and nothing stands in for it.
    """
    notebook, dropped = without_outputs(read(path)), LEFT_OUT - HINTS[hints]
    cells, asked = [], None
    for cell in notebook.cells:
        if not dropped & set(tags(cell)):
            cells.append(for_student(cell, asked, solved))
        if cell.cell_type == "code":  # a check stands below its stub
            asked = task_of(cell)
    notebook.cells = [without_tags(cell) for cell in cells]
    nbformat.validate(notebook)
    return notebook


def tags(cell):
    return cell.metadata.get("tags", [])


def for_student(cell, asked, solved):
    """Return a cell that stays, as it stays; `asked` is the exercise whose stub is above it."""
    if task := task_of(cell):
        return answer_cell(cell, task, solved)
    if asked and cell.cell_type == "code":
        return check_cell(cell, asked, solved)
    if "quick-question" in tags(cell):
        cell.source = choices_alone(cell.source)
    elif "worked-out" in tags(cell):
        cell.source = stand_in(cell.source)
    return cell


def stand_in(source):
    """Return what does the work of a worked-out solution, by the library's own function."""
    (function,) = ast.parse(source).body
    if function.name not in STAND_INS:
        raise ValueError(
            f"the cell of {function.name} has the tag worked-out, and STAND_INS in "
            f"tools/classroom/student.py has nothing of that name: {', '.join(STAND_INS)}"
        )
    return STAND_INS[function.name]


def without_tags(cell):
    """Drop what speaks to the course's own tools; a folded picture stays folded."""
    cell.metadata.pop("tags", None)
    return cell


def choices_alone(source):
    """Return a question with its choices as a list, and nothing of what is folded under them.

    >>> choices_alone("Which?\\n\\n<details><summary>$P$</summary>\\n\\nRight.\\n\\n</details>")
    'Which?\\n\\n- $P$'
    """
    reader = Choices(convert_charrefs=False)
    reader.feed(source)
    return "".join(reader.kept).rstrip()


class Choices(HTMLParser):
    """Keeps what stands outside of folds, and the line of each fold."""

    def __init__(self, **options):
        super().__init__(**options)
        self.kept, self.inside = [], []  # which of details and summary are open

    def handle_starttag(self, tag, attributes):
        if tag in ("details", "summary"):
            self.inside.append(tag)
            self.kept += ["- "] if tag == "summary" else []
        else:
            self.keep(self.get_starttag_text())

    def handle_endtag(self, tag):
        if tag in ("details", "summary"):
            self.inside.pop()
            self.kept += ["\n"] if tag == "summary" else []
        else:
            self.keep(f"</{tag}>")

    def handle_data(self, text):
        self.keep(text)

    def handle_entityref(self, name):
        self.keep(f"&{name};")

    def handle_charref(self, name):
        self.keep(f"&#{name};")

    def keep(self, text):
        between = not self.inside and self.kept[-1:] == ["\n"] and not text.strip()
        if self.inside != ["details"] and not between:
            self.kept.append(text)
