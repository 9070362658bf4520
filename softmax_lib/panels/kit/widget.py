"""A panel as one anywidget: any notebook shows it, and a touch is answered in one message."""

from pathlib import Path

from anywidget import AnyWidget
from traitlets import Any, Dict, Int, dlink

from softmax_lib.panels.kit.groups import leaves, tree_of
from softmax_lib.panels.kit.primitives import TOUCHED

HERE = Path(__file__).parent


class PanelWidget(AnyWidget):
    """The widget of a panel: what its parts show goes out to the page, what is touched comes in."""

    _esm = HERE / "bundle.js"  # one file: a notebook has no address to import others from
    _css = HERE / "scripts/panel.css"
    tree = Dict().tag(sync=True)  # how the parts stand
    touches = Int().tag(**TOUCHED)  # how many the page has counted
    answered = Dict().tag(sync=True)  # what Python knows of what was touched, and that count

    def __init__(self, panel):
        self.words = repr(panel)
        for part in leaves(panel.root):
            self._take_in(part)
        touched = self.trait_names(**TOUCHED)
        self.observe(lambda _: self._answer(touched), touched)
        self._answer(touched)
        super().__init__(tree=tree_of(panel.root))

    def _take_in(self, part):
        """Make a part's traits the widget's own, under the part's prefix."""
        traits = part.traits(sync=True)
        self.add_traits(**{part.prefix + n: Any().tag(**t.metadata) for n, t in traits.items()})
        for name in traits:
            dlink((part, name), (self, part.prefix + name))
        for name in part.touched():
            dlink((self, part.prefix + name), (part, name))

    def _answer(self, touched):
        self.answered = {name: getattr(self, name) for name in touched}

    def set_state(self, touched):
        """Answer what was touched in one message."""
        with self.hold_sync():
            super().set_state(touched)

    def __repr__(self):
        return self.words
