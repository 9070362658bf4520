"""The source of an answer as a learner opens it: live, plain, and ready to run."""

import ast
import inspect
from html import escape


class Solution:
    """The answer of an exercise, folded, without what the library says around it."""

    def __init__(self, exercise):
        self.task = exercise.task
        self.source = "\n\n".join(map(equation, (*exercise.steps, exercise.answer)))

    def _repr_html_(self):
        source = escape(self.source)
        return f"<details><summary>Solution</summary><pre>{source}</pre></details>"

    def __repr__(self):
        return f"The solution of {self.task}: open it in Jupyter, or print its .source."


def equation(function):
    """Return a function's source without decorators and docstring."""
    source = inspect.getsource(inspect.unwrap(function))
    (tree,) = ast.parse(source).body
    lines, first = source.splitlines(), tree.body[0]
    if ast.get_docstring(tree) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines[tree.lineno - 1 :]).strip("\n")
