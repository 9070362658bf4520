"""A panel: parts in rows and columns, a function that draws them, and one message for each touch.

It is one anywidget, so that any notebook shows it, and a touch is answered all at once.
"""

import re
from pathlib import Path

from anywidget import AnyWidget
from traitlets import Any, Dict, dlink

from softmax_lib.blame import learners_line
from softmax_lib.panels.primitives import TOUCHED, Unfit, Words

HERE = Path(__file__).parent


def script():
    """Return all scripts as one: a notebook has no address to import from."""
    shared, whole = HERE / "touch.js", HERE / "panel.js"
    files = [shared, *sorted({*HERE.glob("*.js")} - {shared, whole}), whole]
    text = "".join(file.read_text("utf-8") for file in files)
    return re.sub(r"^import .*\n|^export (?!default)", "", text, flags=re.M)


class Group:
    """Parts, or groups of them, that stand together."""

    def __init__(self, *children):
        self.children = children


class Column(Group):
    """Each below the one before."""


class Row(Group):
    """Beside each other, each as wide as it needs; what does not fit begins another row."""


class Panel(AnyWidget):
    """Controls and pictures, one draw function, and a line of words for what went wrong.

    Parameters
    ----------
    children : list of parts and groups
        What stands below each other.
    draw : callable
        Takes nothing; reads the controls and shows what belongs to them.
    controls : dict
        A part to the name of the trait whose change means: draw again.
    **yours : callables
        What draw calls of the learner's: an error in it is told with its own line.
    """

    _esm = script()
    _css = HERE / "panel.css"
    tree = Dict().tag(sync=True)  # how the parts stand

    def __init__(self, children, draw, controls, **yours):
        self.draw, self.yours, self.trouble = draw, yours, Words(alert=True)
        self.root = Column(*children, self.trouble)
        draw()  # what is wrong from the start is raised here, in the learner's own cell
        for control, trait in controls.items():
            control.observe(self._again, trait)
        prefixes = {part: f"part{n}_" for n, part in enumerate(leaves(self.root))}
        for part, prefix in prefixes.items():
            self._take_in(part, prefix)
        super().__init__(tree=tree_of(self.root, prefixes))

    def _take_in(self, part, prefix):
        """Make a part's traits the panel's: what is shown goes out, what is touched comes in."""
        traits = part.traits(sync=True)
        self.add_traits(**{prefix + name: Any().tag(**traits[name].metadata) for name in traits})
        for name in traits:
            dlink((part, name), (self, prefix + name))
            if name in part.traits(**TOUCHED):
                dlink((self, prefix + name), (part, name))

    def set_state(self, touched):
        """Answer what was touched in one message."""
        with self.hold_sync():
            super().set_state(touched)

    def _again(self, _):
        try:
            self.draw()
            self.trouble.say()
        except Unfit as error:
            self.trouble.say(str(error), learners_line(error, self.yours[error.by]))
        except Exception as error:  # a callback's error would otherwise be seen by nobody
            line = learners_line(error, *self.yours.values())
            self.trouble.say(f"{type(error).__name__}: {error}", line)

    def __repr__(self):
        return "A live panel: run this cell in Jupyter, then move its controls."


def leaves(group):
    """List the parts in a group, and in the groups in it."""
    for child in group.children:
        yield from leaves(child) if isinstance(child, Group) else [child]


def tree_of(part, prefixes):
    """Say for the page how parts stand, and under which prefix it finds what each one shows."""
    kind = type(part).__name__.lower()
    if isinstance(part, Group):
        return {"kind": kind, "parts": [tree_of(child, prefixes) for child in part.children]}
    return {"kind": kind, "prefix": prefixes[part]}
