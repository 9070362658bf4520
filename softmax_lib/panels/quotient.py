"""The slope of a ratio: a point to drag along f/g, its secant, and the quotient rule in numbers."""

from functools import wraps

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.ticker import MaxNLocator

from softmax_lib import answers
from softmax_lib.numerical import central_difference
from softmax_lib.panels.panel import Column, Panel, Row
from softmax_lib.panels.primitives import Curve, Slider, Words, number, returned

LARGEST_STEP = 1.0  # h; the picture is so much wider than the way of the point
LOOKS = {
    "f/g": {"stroke-width": 3},
    "tangent": {"stroke": "#8a8a8a"},  # a contrast of at least 3:1 on white and on a dark page
    "secant": {"stroke-dasharray": "6 5"},
}


def quotient_panel(
    f=lambda x: x**2 + 1,
    g=lambda x: 2 * x + 1,
    *,
    x=1.0,
    between=(0.0, 3.0),
    colours=None,
    rule=answers.quotient_rule,
):
    """Show f/g with its tangent at x, a secant closing on it, and the quotient rule in numbers.

    Parameters
    ----------
    f, g : callable, optional
        Functions of your own in the place of x² + 1 and 2x + 1: one number to one number. Their
        slopes are measured.
    x : float
        Where the point stands at first.
    between : pair of floats
        How far to the left and to the right it can be dragged.
    colours : dict, optional
        Colours of your own for "f/g", "tangent" and "secant", as Matplotlib writes them.
    rule : callable, optional
        A function of your own, f and f′ and g and g′ at x to the slope of f/g, to watch in the
        place of the library's. The tangent is drawn with it. What it raises, and how far it is
        from the measured slope, is shown below it.

    Returns
    -------
    Panel
        The last expression of a cell shows it.

    Raises
    ------
    ValueError
        A pair that is not two numbers in order; an x outside it; a function that does not return
        one real number; an f/g that has no value anywhere in the picture; a colour for another
        line, or one that is none.

    Examples
    --------
    >>> quotient_panel(x=2.0)
    A live panel: run this cell in Jupyter, then move its controls.
    """
    low, high = ends(between, x)
    looks = looks_of(colours)
    f, g, rule = (one_number(*pair) for pair in ((f, "f"), (g, "g"), (rule, "rule")))
    curve = Curve(title="f/g, and its slope at x", editable=True, label="x", value=x)
    curve.size = [390.0, 300.0]  # so wide that the words stand beside it
    curve.low, curve.high, curve.step = low, high, (high - low) / 150
    log_h = Slider(value=0, min=-4, max=0, step=0.1, label="step h")
    words = Words()

    def ratio(x):
        return np.divide(f(x), g(x))

    @np.errstate(all="ignore")  # f/g may have no value, here or one step further
    def draw():
        x, h = curve.value, 10**log_h.value
        F, G, dF, dG = f(x), g(x), central_difference(f, x), central_difference(g, x)
        q, q_h = ratio(x), ratio(x + h)
        log_h.number = f"{h:.4f}"
        here = [
            f"At x = {x:.2f}:",
            f"f = {wide(F)}    f′ = {wide(dF)}",
            f"g = {wide(G)}    g′ = {wide(dG)}",
        ]
        if not np.isfinite(q):
            text = f"At x = {x:.2f} f/g has no value, and so no slope."
            curve.show([], [], text, number=text)
            return words.say(*here, "", text)
        slope, secant = rule(F, dF, G, dG), (q_h - q) / h
        curve.show(
            [line(x, q, slope, "tangent"), line(x, q, secant, "secant")],
            [{"at": at} for at in finite([[x, q], [x + h, q_h]])],
            f"The curve of f/g. At x = {x:.2f} its height is {number(q)} and its slope "
            f"{number(slope, 4)}; the secant over h = {h:.4f} has the slope {number(secant, 4)}.",
            point=[x, float(q)],
            number=f"x = {x:.2f}, f/g = {number(q)}",
        )
        words.say(
            *here,
            "",
            "(f/g)′ = (f′ · g − g′ · f) / g²",
            f"       = ({wide(dF)} · {wide(G)}",
            f"        − {wide(dG)} · {wide(F)}) / ({wide(G)})²",
            f"       = {wide(slope, 4)}",
            "",
            f"Tangent, by the rule:    {wide(slope, 4)}",
            f"Secant, h = {h:.4f}:      {wide(secant, 4)}",
            f"Secant − tangent:        {wide(secant - slope, 4)}",
            f"f/g measured by nudging: {wide(central_difference(ratio, x), 4)}",
        )

    def line(x, y, slope, name):
        ends = [[at, y + slope * (at - x)] for at in curve.limits[:2]]
        return {"points": finite(ends), "name": name, **looks[name]}

    places = np.linspace(low, high + LARGEST_STEP, 241)
    with np.errstate(all="ignore"):
        heights = np.array([ratio(place) for place in places])
    frame(curve, places, heights)
    curve.still = [
        {"points": piece, "name": "" if n else "f/g", **looks["f/g"]}
        for n, piece in enumerate(pieces(places, heights, *curve.limits[2:]))
    ]
    pictures = Row(Column(curve, log_h), words)
    yours = {"f": f.__wrapped__, "g": g.__wrapped__, "rule": rule.__wrapped__}
    return Panel([pictures], draw, {curve: "value", log_h: "value"}, **yours)


def looks_of(colours):
    """Return how the three lines are drawn, some of them in one's own colours."""
    looks = dict(LOOKS)
    for name, colour in dict(colours or {}).items():
        if name not in looks:
            raise ValueError(f"colours must be for {', '.join(looks)}, not for {name!r}")
        looks[name] = {**looks[name], "stroke": to_hex(colour)}
    return looks


def wide(x, decimals=3):
    """Write x as wide as ±999 would be, a large one as +1.2e+05: nothing beside it jumps."""
    width = decimals + 5  # sign, three digits, point, decimals
    plain = number(x, decimals)
    return f"{plain if len(plain) <= width else f'{x:+.{decimals - 2}e}':>{width}}"


def ends(between, x):
    """Return how far the point can go, or say what is wrong with that, or with where it starts."""
    pair = np.asarray(between)
    if pair.shape != (2,) or pair.dtype.kind not in "fiu" or not -1e6 < pair[0] < pair[1] < 1e6:
        raise ValueError(f"between must be two numbers, the smaller first, not {between!r}")
    low, high = map(float, pair)
    if not isinstance(x, int | float | np.number) or not low <= x <= high:
        raise ValueError(f"x must be a number from {low} to {high}, not {x!r}")
    return low, high


def one_number(function, name):
    """Return the function, made to say so if what it returns is not one real number."""
    if not callable(function):
        raise ValueError(f"{name} must be a function, not {function!r}")

    @wraps(function)
    def checked(*x):
        return np.float64(returned(function(*map(np.float64, x)), (), name, finite=False))

    return checked


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
