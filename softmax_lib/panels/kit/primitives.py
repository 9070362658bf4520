"""The parts of a panel: bars that can be dragged, a heatmap whose cells can be picked, and more.

Python computes and decides on every number, colour and word; the page only paints them, and says
what was touched. For each kind there is a script, which knows nothing of Jupyter but anywidget's
render({ model, el }).
"""

from math import isfinite, isnan

import numpy as np
from traitlets import Bool, Float, HasTraits, Int, List, Unicode

from softmax_lib.figures.colours import DIVERGING, cell_colours

GREY = "rgba(128, 128, 128, 0.25)"
NUDGED = 1e-7  # a slope measured by nudging may be as far off, at any place of any panel
ROUNDED = 1e-13  # and this much may come of rounding alone
TOUCHED = {"sync": True, "echo_update": False}  # the page knows what was touched: no echo to it


def number(x, decimals=3, sign="+"):
    """Write x with so many decimals; what is rounded to zero has no sign, and NaN is empty.

    What is half-way but for its rounding noise is half-way: so every machine writes it alike.
    """
    if isnan(x):
        return ""
    written = f"{round(float(x), 12):{sign}z.{decimals}f}"
    return written if float(written) else written.lstrip(sign)


def gap(x, noise):
    """Write how far two answers are apart. The digits of noise mean nothing, and are not shown."""
    return f"less than {noise:.0e}" if x < noise else f"{x:.0e}"


class Part(HasTraits):
    """Something in a panel; its script knows the traits that are tagged `sync`."""

    prefix = ""  # what the names of its traits begin with in the panel's state

    @classmethod
    def shown(cls):
        """List the names of the traits that the page knows."""
        return list(cls.class_traits(sync=True))

    @classmethod
    def touched(cls):
        """List the names of the traits that the page changes."""
        return list(cls.class_traits(**TOUCHED))


class Bars(Part):
    """A bar for each value. If they are editable, each can be dragged or moved with the keys."""

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
        """Show other values, and their numbers and words with them."""
        values = [float(x) for x in values]
        numbers = [number(x, decimals, sign) for x in values]
        names = self.labels or [str(n) for n in range(1, len(values) + 1)]
        words = ", ".join(f"{name}: {x}" for name, x in zip(names, numbers, strict=True))
        self.values, self.numbers, self.text = values, numbers, f"{self.title}: {words}"


class Heatmap(Part):
    """A number in each cell of a table, on a colour. If it is pickable, a cell can be chosen."""

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
        lines, grey = np.asarray(M, float).tolist(), {tuple(cell) for cell in grey}
        cells = [
            [
                cell_colours(x, limit, self.colours)
                if isfinite(x)
                else (GREY * ((row, column) in grey), "")
                for column, x in enumerate(line[: len(line) - plain])
            ]
            for row, line in enumerate(lines)
        ]
        self.numbers = [[number(x, decimals) for x in line] for line in lines]
        self.backgrounds = [[background for background, _ in line] for line in cells]
        self.inks = [[ink for _, ink in line] for line in cells]
        self.text = text


class Curve(Part):
    """Lines and dots in a frame with fixed limits; if it is editable, a point to drag along x.

    A line is {"points": [[x, y], …], "name": for the legend}, a dot {"at": [x, y], "text": …};
    other entries are attributes of SVG, as "stroke-dasharray". `value` is the x that was asked for
    by dragging, `point` is where the handle stands.
    """

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
        """Show other lines and dots, and the words that belong to them."""
        self.lines, self.dots, self.text = lines, dots, text
        self.point, self.number = point or self.point, number


class Slider(Part):
    """One number between two limits, beside it the way in which it is to be written."""

    value = Float().tag(**TOUCHED)
    min = Float(0.0).tag(sync=True)
    max = Float(1.0).tag(sync=True)
    step = Float(0.01).tag(sync=True)
    label = Unicode().tag(sync=True)
    number = Unicode().tag(sync=True)
    plays = Bool(False).tag(sync=True)  # a button that moves it on, step by step


class Check(Part):
    """A box to tick."""

    value = Bool(False).tag(**TOUCHED)
    label = Unicode().tag(sync=True)


class Button(Part):
    """A button, and what is done when it is pressed: press() takes nothing."""

    name = Unicode().tag(sync=True)
    presses = Int(0).tag(**TOUCHED)

    def __init__(self, name, press):
        super().__init__(name=name)
        self.observe(lambda _: press(), "presses")


class Words(Part):
    """Lines of plain text. An alert is read out at once."""

    text = Unicode().tag(sync=True)
    alert = Bool(False).tag(sync=True)

    def say(self, *lines):
        """Show other lines."""
        self.text = "\n".join(lines)
