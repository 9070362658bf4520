"""What the panels are made of: bars that can be dragged, a heatmap whose cells can be picked.

Python computes and decides on every number, colour and word; the page only paints them, and says
what was touched. The scripts know nothing of Jupyter but anywidget's render({ model, el }).
"""

import re
from html import escape
from math import isfinite
from pathlib import Path

import numpy as np
from anywidget import AnyWidget
from ipywidgets import HTML, Button, HBox, VBox
from matplotlib import colormaps
from traitlets import Bool, Float, List, Unicode

from softmax_lib.blame import learners_line
from softmax_lib.figures import DIVERGING, cell_colours

HERE = Path(__file__).parent
GREY = "rgba(128, 128, 128, 0.25)"
TOUCHED = {"sync": True, "echo_update": False}  # the page knows what was touched: no echo to it


def script(name):
    """Return a script with what it imports before it: a notebook has no address to import from."""
    shared, own = ((HERE / file).read_text("utf-8") for file in ("touch.js", name))
    return shared.replace("export ", "") + re.sub(r"^import .*\n", "", own, flags=re.M)


def number(x, decimals=3, sign="+"):
    """Write x with so many decimals, always equally wide; zero has no minus, NaN is empty."""
    return "" if np.isnan(x) else f"{x:{sign}z.{decimals}f}"


class Unfit(ValueError):
    """What a learner's function returned cannot be shown; `by` is its name as an argument."""

    def __init__(self, by, words):
        super().__init__(f"{by} must return {words}")
        self.by = by


def returned(value, shape, by, finite=True):
    """Return what a learner's function returned as an array, or say what is wrong with it."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or array.shape != shape:
        wanted = f"an array of shape {shape}" if shape else "one real number"
        compared = array.ndim and array.dtype.kind in "fiu"
        came = f"an array of shape {array.shape}" if compared else repr(value)
        raise Unfit(by, f"{wanted}, not {came}")
    if finite and not np.isfinite(array).all():
        raise Unfit(by, f"finite numbers, not {array.tolist()}")
    return array.astype(float)


class Bars(AnyWidget):
    """A bar for each value. If they are editable, each can be dragged or moved with the keys."""

    _esm = script("bars.js")
    _css = HERE / "panel.css"
    values = List(Float()).tag(**TOUCHED)
    numbers = List(Unicode()).tag(sync=True)
    labels = List(Unicode()).tag(sync=True)
    title = Unicode().tag(sync=True)
    text = Unicode().tag(sync=True)
    colour = Unicode("grey").tag(sync=True)
    low = Float(-1.0).tag(sync=True)
    high = Float(1.0).tag(sync=True)
    step = Float(0.1).tag(sync=True)
    editable = Bool(False).tag(sync=True)

    def show(self, values, decimals=2, sign="+"):
        """Show other values, and their numbers and words with them, in one message."""
        values = [float(x) for x in values]
        numbers = [number(x, decimals, sign) for x in values]
        names = self.labels or [str(n) for n in range(1, len(values) + 1)]
        words = ", ".join(f"{name}: {x}" for name, x in zip(names, numbers, strict=True))
        with self.hold_sync():
            self.values, self.numbers = values, numbers
            self.text = f"{self.title}: {words}"


class Heatmap(AnyWidget):
    """A number in each cell of a table, on a colour. If it is pickable, a cell can be chosen."""

    _esm = script("heatmap.js")
    _css = HERE / "panel.css"
    numbers = List().tag(sync=True)  # rows of text; checking each cell's type would take longest
    backgrounds = List().tag(sync=True)
    inks = List().tag(sync=True)
    rows = List(Unicode()).tag(sync=True)
    columns = List(Unicode()).tag(sync=True)
    title = Unicode().tag(sync=True)
    text = Unicode().tag(sync=True)
    pickable = Bool(False).tag(sync=True)
    picked = List().tag(**TOUCHED)
    size = Unicode().tag(sync=True)  # "small"; or "tiny", where colours alone are seen
    framed = List().tag(sync=True)  # [first row, row after the last, first column, one after]
    colours = DIVERGING  # the name of a diverging map

    def show(self, M, limit, text, decimals=3, plain=0, grey=()):
        """Show another matrix; `limit` has the fullest colour, the last `plain` columns none.

        What is not finite has no colour, NaN no number; `grey` lists cells (row, column) of NaN
        that were in use before.
        """
        M, grey = np.asarray(M, float), {tuple(cell) for cell in grey}
        cells = [
            [
                cell_colours(x, limit, self.colours)
                if isfinite(x)
                else (GREY * ((row, column) in grey), "")
                for column, x in enumerate(line[: len(line) - plain])
            ]
            for row, line in enumerate(M.tolist())
        ]
        with self.hold_sync():
            self.numbers = [[number(x, decimals) for x in line] for line in M]
            self.backgrounds = [[background for background, _ in line] for line in cells]
            self.inks = [[ink for _, ink in line] for line in cells]
            self.text = text


def colour_map(name):
    """Return the name of a colour map for heatmaps: the course's, or one that Matplotlib knows."""
    if name not in (None, *colormaps):
        raise ValueError(f"colours must be the name of a colour map of Matplotlib, not {name!r}")
    return name or DIVERGING


class Curve(AnyWidget):
    """Lines and dots in a frame with fixed limits; if it is editable, a point to drag along x.

    A line is {"points": [[x, y], …], "name": for the legend}, a dot {"at": [x, y], "text": …};
    other entries are attributes of SVG, as "stroke-dasharray". `value` is the x that was asked for
    by dragging, `point` is where the handle stands.
    """

    _esm = script("curve.js")
    _css = HERE / "panel.css"
    still = List().tag(sync=True)  # lines that stay, and need not be sent each time
    lines = List().tag(sync=True)
    dots = List().tag(sync=True)
    limits = List(Float(), [0.0, 1.0, 0.0, 1.0]).tag(sync=True)  # left, right, bottom, top
    xticks = List().tag(sync=True)  # [place, text]; without any, there are no axes
    yticks = List().tag(sync=True)
    size = List(Float(), [420.0, 300.0]).tag(sync=True)
    title = Unicode().tag(sync=True)
    text = Unicode().tag(sync=True)
    editable = Bool(False).tag(sync=True)
    label = Unicode().tag(sync=True)
    number = Unicode().tag(sync=True)
    value = Float().tag(**TOUCHED)
    low = Float(0.0).tag(sync=True)
    high = Float(1.0).tag(sync=True)
    step = Float(0.01).tag(sync=True)
    point = List(Float(), [0.0, 0.0]).tag(sync=True)

    def show(self, lines, dots, text, point=None, number=""):
        """Show other lines and dots, and the words that belong to them, in one message."""
        with self.hold_sync():
            self.lines, self.dots, self.text = lines, dots, text
            self.point, self.number = point or self.point, number


class Slider(AnyWidget):
    """One number between two limits, beside it the way in which it is to be written."""

    _esm = script("slider.js")
    _css = HERE / "panel.css"
    value = Float().tag(**TOUCHED)
    min = Float(0.0).tag(sync=True)
    max = Float(1.0).tag(sync=True)
    step = Float(0.01).tag(sync=True)
    label = Unicode().tag(sync=True)
    number = Unicode().tag(sync=True)
    plays = Bool(False).tag(sync=True)  # a button that moves it on, step by step


class Words(HTML):
    """Lines of plain text; nothing in them is taken for HTML. An alert is read out at once."""

    alert = False

    def say(self, *lines):
        text, role = escape("\n".join(lines)), ' role="alert"' * self.alert
        self.value = f'<pre class="softmax-words"{role}>{text}</pre>' if text else ""


def button(name, press):
    """Return a button, and what is done when it is pressed: press() takes nothing."""
    button = Button(description=name, layout={"width": "auto"})
    button.on_click(lambda _: press())
    return button


def beside(*widgets):
    """Put widgets in a row, each as wide as it needs; what does not fit begins another row."""
    for widget in widgets:
        widget.layout.flex, widget.layout.max_width = "0 0 auto", "100%"
    return HBox(widgets, layout={"flex_flow": "row wrap"})


class Panel(VBox):
    """Controls and pictures, one draw function, and a line of words for what went wrong.

    Parameters
    ----------
    children : list of widgets
    draw : callable
        Takes nothing; reads the controls and shows what belongs to them.
    controls : dict
        A widget to the name of the trait whose change means: draw again.
    **yours : callables
        What draw calls of the learner's: an error in it is told with its own line.
    """

    def __init__(self, children, draw, controls, **yours):
        self.yours = yours
        self.draw, self.trouble = draw, Words()
        self.trouble.alert = True
        super().__init__([*children, self.trouble])
        draw()  # what is wrong from the start is raised here, in the learner's own cell
        for control, trait in controls.items():
            control.observe(self._again, trait)

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
