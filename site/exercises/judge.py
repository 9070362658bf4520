"""Judge an answer as its notebook would: what was given, the answers before it, its own check.

The worker runs this file once, and calls `judge` for each answer.
"""

import json
import linecache
import traceback
from collections import deque
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import TextIOBase

import numpy as np

from softmax_lib import checks, yours
from softmax_lib.exercises import exercise
from softmax_lib.figures.colours import shade

exercise.WIDTH = 10**6  # the page breaks the lines itself


class Printed(TextIOBase):
    """The last of what is printed: a loop that prints for ever fills no memory."""

    def __init__(self):
        self.last = deque(maxlen=2000)

    def write(self, text):
        self.last.append(text)
        return len(text)

    def __str__(self):
        return "".join(self.last)


def judge(asked):
    """Say of an answer whether it is right, in the words of its check.

    Parameters
    ----------
    asked : str
        JSON: `given`, the lesson's imports and functions; and `cells`, the task and the source of
        each exercise of the lesson so far. The last one is judged.

    Returns
    -------
    str
        JSON: `kind`, which is "right", "wrong", "untouched", or "error" if the cell itself fails;
        `words`; `printed`, by the answer; and `matrices` to be drawn, or null.
    """
    asked, names = json.loads(asked), {"__name__": "__main__"}
    exec(asked["given"], names)
    *earlier, (task, source) = asked["cells"]
    with printing():
        for cell in earlier:
            with suppress(BaseException):  # its own check says what is wrong with it
                run(*cell, names)
    with printing() as printed:
        try:
            run(task, source, names)
        except BaseException as error:  # exit() too
            said = {"kind": "error", "words": shown(error)}
        else:
            said = checked(task, names.get(f"my_{task}"), printed)
    return json.dumps({"printed": str(printed), "matrices": None, **said})


@contextmanager
def printing():
    """Keep what is printed."""
    printed = Printed()
    with redirect_stdout(printed), redirect_stderr(printed):
        yield printed


def run(task, source, names):
    """Run a cell, and let errors and checks show its lines."""
    file = f"<my_{task}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    exec(compile(source, file, "exec"), names)


def shown(error):
    """Return an error as Python shows it, from the cell's own line on."""
    own = error.__traceback__.tb_next.tb_next  # after the lines of this file
    return "".join(traceback.format_exception(type(error), error, own))


def checked(task, answer, printed):
    """Have an answer checked; return the kind, the words, and what is to be drawn."""
    if answer is None:
        words = f"The check looks for my_{task}, and does not find it: keep the stub's first line."
        return {"kind": "error", "words": words}
    try:
        getattr(checks, task)(answer)
    except exercise.Wrong as wrong:
        return {"kind": "wrong", "words": str(wrong), "matrices": drawn(wrong.matrices)}
    if yours.is_stub(answer):
        return {"kind": "untouched", "words": str(printed), "printed": ""}
    before, mark, after = str(printed).rpartition(f"✓ {task} is right")
    return {"kind": "right", "words": mark + after, "printed": before}


def drawn(matrices):
    """Return what stands in each cell of the matrices and of their difference, and its shade."""
    if matrices is None:
        return None
    mine, right = matrices
    three = {"yours": mine, "right": right, "yours - right": mine - right}
    limit = max(np.abs(M).max() for M in three.values())
    return [
        {
            "title": title,
            "numbers": [[f"{x:z.2f}" for x in row] for row in M],
            "shades": [[shade(x, limit) for x in row] for row in M],
        }
        for title, M in three.items()
    ]
