"""What of a notebook an exercise needs: the function that was asked for, and all that it uses.

A lesson draws, trains and measures as well, which takes longer than sixty hand-ins may; so its
statements are taken apart, and only those are kept that make a name which the answer uses.
"""

import ast
import re
from dataclasses import dataclass, field

from tools.scopes import made, used

# These run their cell as it is; any other magic of a whole cell makes it no Python.
AROUND = re.compile(r"\A\s*%%(time|timeit|capture|prun)\b.*\n")


@dataclass
class Statement:
    """A statement at the top of a cell, the file that its cell is called, and its names."""

    node: ast.stmt
    file: str
    gives: set = field(init=False)
    takes: set = field(init=False)

    def __post_init__(self):
        source = ast.unparse(self.node)
        self.gives, self.takes = made(source) | filled(self.node), used(source)

    @property
    def star(self):
        """Whether it imports names that only Python knows when it runs."""
        return isinstance(self.node, ast.ImportFrom) and self.node.names[0].name == "*"


def statements_of(source, file):
    """Take a cell apart. Each name that it imports is a statement: a lesson's first line names many
    things, and some of them take seconds to import."""
    return [Statement(part, file) for node in ast.parse(source).body for part in parts(node)]


def parts(node):
    """Return a statement, or one for each name that it imports."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return [node]
    fields = dict(ast.iter_fields(node))
    return [
        ast.copy_location(type(node)(**{**fields, "names": [name]}), node) for name in node.names
    ]


def filled(node):
    """Return the names of what a statement writes into, as in table["a"] = 1."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return set()
    targets = (n for n in ast.walk(node) if isinstance(n, ast.Subscript))
    stored = (n.value for n in targets if isinstance(n.ctx, ast.Store))
    return {value.id for value in stored if isinstance(value, ast.Name)}


def plain(source):
    """Return a cell's source as plain Python, without what only Jupyter understands.

    Raises
    ------
    SyntaxError
        It is no Python even so.
    """
    source = AROUND.sub("\n", source)
    try:
        ast.parse(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        source = TransformerManager().transform_cell(source)
        ast.parse(source)
    return source


def needed(name, statements):
    """Return the statements that make a name, and all that they use, in their order.

    A name counts as it was when the wanted one was last made: what a later cell makes of it is
    taken only if no earlier one does.

    Parameters
    ----------
    name : str
    statements : list of Statement
        In the order of the notebook.

    Returns
    -------
    list of Statement
        Empty if no statement makes the name.
    """
    makers = [n for n, statement in enumerate(statements) if name in statement.gives]
    if not makers:
        return []
    last = makers[-1]
    taken = {last, *(n for n in range(last) if statements[n].star)}
    names, wanted = set(), set().union(*(statements[n].takes for n in taken))
    while wanted:
        names |= wanted
        new = set().union(*(giving(each, statements, last) for each in wanted)) - taken
        taken |= new
        wanted = set().union(*(statements[n].takes for n in new)) - names
    return [statements[n] for n in sorted(taken)]


def giving(name, statements, last):
    """Return the places of the statements that give a name, up to the last one or else after it."""
    places = {n for n, statement in enumerate(statements) if name in statement.gives}
    return {n for n in places if n <= last} or places
