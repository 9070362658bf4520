"""A panel: parts, and a draw method that shows them anew after each touch."""

from functools import cached_property

import numpy as np

from softmax_lib.figures.colours import palette
from softmax_lib.panels.kit.arguments import functions_of
from softmax_lib.panels.kit.groups import Column, leaves, tree_of
from softmax_lib.panels.kit.primitives import Heatmap, Words
from softmax_lib.yours import Unfit, line, one, told


class Panel:
    """Controls and pictures, and a line of words for what went wrong.

    Each panel is a class of its own: `__init__` makes the parts and says how they stand, `draw`
    reads the controls and shows what belongs to them. Nothing here needs Jupyter: the widget is
    made when the panel is first shown.

    Parameters
    ----------
    *children : parts and groups
        What stands below each other.
    controls : sequence of parts
        Those that, once touched, mean: draw again.
    **yours : callables
        The functions that a learner may put in the place of the library's, by the argument's name.
    """

    def __init__(self, *children, controls, **yours):
        self.yours, self.trouble = functions_of(**yours), Words(alert=True)
        self.root = Column(*children, self.trouble)
        for n, part in enumerate(leaves(self.root)):
            part.prefix = f"part{n}_"
        self.draw()  # what is wrong from the start is raised here, in the learner's own cell
        for control in controls:
            control.observe(self._again, control.touched())

    def draw(self):
        """Read the controls, and show what belongs to them."""
        raise NotImplementedError

    def ask(self, name, shape, *arrays, finite=True, **options):
        """Call a learner's function with copies; return its answer as floats of this shape."""
        copies = [np.array(a)[()] for a in arrays]  # [()]: a number stays a number
        return one(self.yours[name](*copies, **options), shape, name, finite)

    def data(self):
        """Describe what is shown as what JSON can hold: no Jupyter is needed for it.

        Returns
        -------
        dict
            "tree": how the parts stand, each with its kind and its prefix. "state": what each
            shows, by prefix and name. "palette": each colour map in use, as 256 pairs of a
            cell's background and its ink.
        """
        parts = list(leaves(self.root))
        state = {part.prefix + name: getattr(part, name) for part in parts for name in part.shown()}
        maps = sorted({part.colours for part in parts if isinstance(part, Heatmap)})
        return {
            "tree": tree_of(self.root),
            "state": state,
            "palette": {name: [list(pair) for pair in palette(name)] for name in maps},
        }

    @cached_property
    def widget(self):
        """The panel as an anywidget, to be shown or put into another widget."""
        from softmax_lib.panels.kit.widget import PanelWidget

        return PanelWidget(self)

    def _repr_mimebundle_(self, **options):
        return self.widget._repr_mimebundle_(**options)

    def _display_(self):  # what marimo asks for
        return self.widget

    def __repr__(self):
        return "A live panel: run this cell in Jupyter, then move its controls."

    def _again(self, _):
        try:
            self.draw()
            self.trouble.say()
        except Exception as error:  # a callback's error would otherwise be seen by nobody
            by = [self.yours[error.by]] if isinstance(error, Unfit) else self.yours.values()
            self.trouble.say(*filter(None, (told(error), line(error, *by))))
