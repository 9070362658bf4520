"""The slope of a ratio: a point to drag along f/g, its secant, and the quotient rule in numbers."""

from functools import partial

import numpy as np
from matplotlib.ticker import MaxNLocator

from softmax_lib import central_difference, quotient_rule
from softmax_lib.panels.kit.arguments import colours_of, functions_of, row_of
from softmax_lib.panels.kit.docs import documented
from softmax_lib.panels.kit.groups import Column, Row
from softmax_lib.panels.kit.panel import Panel
from softmax_lib.panels.kit.primitives import Curve, Slider, Words, number

LARGEST_STEP = 1.0  # h; the picture is so much wider than the way of the point
LOOKS = {
    "f/g": {"stroke-width": 3},
    "tangent": {"stroke": "#8a8a8a"},  # a contrast of at least 3:1 on white and on a dark page
    "secant": {"stroke-dasharray": "6 5"},
}


@documented
def quotient_panel(
    f=lambda x: x * x + 1,
    g=lambda x: 2 * x + 1,
    *,
    x=1.0,
    between=(0.0, 3.0),
    colours=None,
    rule=quotient_rule,
):
    """Show f/g with its tangent at x, a secant closing on it, and the quotient rule in numbers.

    Parameters
    ----------
    f, g : callable, optional
        Functions of your own in the place of x² + 1 and 2x + 1: one number to one number. Their
        slopes are measured. f/g must have a value somewhere in the picture.
    x : float
        Where the point stands at first.
    between : pair of floats
        How far to the left and to the right it can be dragged.
    colours : dict, optional
        Colours of your own for "f/g", "tangent" and "secant", as Matplotlib writes them.
    rule : callable, optional
        A function of your own, f and f′ and g and g′ at x to the slope of f/g, to watch in the
        place of the library's. The tangent is drawn with it.

    <returns>

    Examples
    --------
    >>> quotient_panel(x=2.0)
    A live panel: run this cell in Jupyter, then move its controls.
    """
    return Quotient(f, g, x, *ends(between, x), colours, rule)


class Quotient(Panel):
    """The curve f/g with a point to drag, a slider for the secant's step, and words."""

    def __init__(self, f, g, x, low, high, colours, rule):
        own = {name: {"stroke": colour} for name, colour in colours_of(colours, [*LOOKS]).items()}
        self.looks = {name: look | own.get(name, {}) for name, look in LOOKS.items()}
        self.yours = functions_of(f=f, g=g, rule=rule)
        self.f, self.g, self.rule = (partial(self.number_from, name) for name in self.yours)
        self.curve = Curve(title="f/g, and its slope at x", editable=True, label="x", value=x)
        self.curve.size = [390.0, 300.0]  # so wide that the words stand beside it
        self.curve.low, self.curve.high, self.curve.step = low, high, (high - low) / 150
        self.log_h = Slider(value=0, min=-4, max=0, step=0.1, label="step h")
        self.words = Words()
        self.draw_curve(np.linspace(low, high + LARGEST_STEP, 241))
        pictures = Row(Column(self.curve, self.log_h), self.words)
        self.in_words = library_in_words if rule is quotient_rule else yours_in_words
        super().__init__(pictures, controls=[self.curve, self.log_h], **self.yours)

    def number_from(self, name, *x):
        """Call f, g or the rule: one number, that need not be finite."""
        return np.float64(self.ask(name, (), *x, finite=False))

    def ratio(self, x):
        return self.f(x) / self.g(x)

    @np.errstate(all="ignore")
    def draw_curve(self, places):
        """Draw what stays: f/g, in a frame that fits it."""
        heights = np.array([self.ratio(place) for place in places])
        frame(self.curve, places, heights)
        self.curve.still = [
            {"points": piece, "name": "" if n else "f/g", **self.looks["f/g"]}
            for n, piece in enumerate(pieces(places, heights, *self.curve.limits[2:]))
        ]

    @np.errstate(all="ignore")  # f/g may have no value, here or one step further
    def draw(self):
        # Rounded, so that h, and with it the secant's last digits, are the same on every machine.
        x, h = self.curve.value, round(10**self.log_h.value, 9)
        F, G = self.f(x), self.g(x)
        dF, dG = central_difference(self.f, x), central_difference(self.g, x)
        q, q_h = F / G, self.ratio(x + h)
        self.log_h.number = f"{h:.4f}"
        here = [
            f"At x = {x:.2f}:",
            f"f = {wide(F)}    f′ = {wide(dF)}",
            f"g = {wide(G)}    g′ = {wide(dG)}",
            "",
        ]
        if not np.isfinite(q):
            text = f"At x = {x:.2f} f/g has no value, and so no slope."
            self.curve.show([], [], text, number=text)
            return self.words.say(*here, text)
        slope, secant = self.rule(F, dF, G, dG), (q_h - q) / h
        self.show_lines([x, q], [x + h, q_h], slope, secant)
        self.words.say(
            *here,
            *self.in_words(F, dF, G, dG),
            f"       = {wide(slope, 4)}",
            "",
            f"Tangent, by the rule:    {wide(slope, 4)}",
            f"Secant, h = {h:.4f}:      {wide(secant, 4)}",
            f"Secant − tangent:        {wide(secant - slope, 4)}",
            f"f/g measured by nudging: {wide(central_difference(self.ratio, x), 4)}",
        )

    def show_lines(self, here, there, slope, secant):
        """Show the tangent at one point, and the secant through another."""
        x, q = here
        self.curve.show(
            [self.line(here, slope, "tangent"), self.line(here, secant, "secant")],
            [{"at": at} for at in finite([here, there])],
            f"The curve of f/g. At x = {x:.2f} its height is {number(q)} and its slope "
            f"{number(slope, 4)}; the secant over h = {there[0] - x:.4f} has the slope "
            f"{number(secant, 4)}.",
            point=[x, float(q)],
            number=f"x = {x:.2f}, f/g = {number(q)}",
        )

    def line(self, through, slope, name):
        """Return a line from the left end of the picture to the right."""
        x, y = through
        points = finite([at, y + slope * (at - x)] for at in self.curve.limits[:2])
        return {"points": points, "name": name, **self.looks[name]}


def library_in_words(F, dF, G, dG):
    """Write the quotient rule out, first with letters, then with numbers."""
    return (
        "(f/g)′ = (f′ · g − g′ · f) / g²",
        f"       = ({wide(dF)} · {wide(G)}",
        f"        − {wide(dG)} · {wide(F)}) / ({wide(G)})²",
    )


def yours_in_words(F, dF, G, dG):
    """Write out what a learner's rule is asked: its own formula is not known."""
    return (
        "rule(f, f′, g, g′), a function of yours",
        f"       = rule({wide(F)}, {wide(dF)},",
        f"              {wide(G)}, {wide(dG)})",
    )


def wide(x, decimals=3):
    """Write x as wide as ±999 would be, a large one as +1.2e+05: nothing beside it jumps."""
    width = decimals + 5  # sign, three digits, point, decimals
    plain = number(x, decimals)
    return f"{plain if len(plain) <= width else f'{x:+.{decimals - 2}e}':>{width}}"


def ends(between, x):
    """Return how far the point can go, or say what is wrong with that, or with where it starts."""
    wanted = "between must be two numbers, the smaller first"
    low, high = row_of(between, [2], 1e6, wanted)
    if not low < high:
        raise ValueError(f"{wanted}, not {between!r}")
    if not isinstance(x, int | float | np.number) or not low <= x <= high:
        raise ValueError(f"x must be a number from {low} to {high}, not {x!r}")
    return low, high


def frame(curve, places, heights):
    """Give the curve limits that hold nearly all of its heights, and numbers along its axes."""
    if not np.isfinite(heights).any():
        raise ValueError("f/g must have a value somewhere in the picture, and has none")
    bottom, top = np.quantile(heights[np.isfinite(heights)], [0.02, 0.98])
    room = 0.15 * (top - bottom) or 1.0
    xticks, yticks = (
        MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(*pair)
        for pair in ((places[0], places[-1]), (bottom - room, top + room))
    )
    curve.limits = [float(at) for at in (places[0], places[-1], yticks[0], yticks[-1])]
    inside = (xticks >= places[0]) & (xticks <= places[-1])
    curve.xticks = [[float(at), f"{at:g}"] for at in xticks[inside]]
    curve.yticks = [[float(at), f"{at:zg}"] for at in yticks]


def finite(points):
    """List the points that can be drawn: those of finite numbers."""
    return [[float(x) for x in point] for point in points if np.isfinite(point).all()]


def pieces(places, heights, bottom, top):
    """Cut a curve where it has no height, and where it leaps over the whole frame, as at a pole."""
    where = np.sign((heights > top).astype(int) - (heights < bottom))
    leaps = np.abs(np.diff(where)) == 2
    missing = np.diff(np.isfinite(heights).astype(int)) != 0
    cuts = np.flatnonzero(leaps | missing) + 1
    points = np.split(np.c_[places, heights], cuts)
    return [drawn for piece in points if (drawn := finite(piece))]
