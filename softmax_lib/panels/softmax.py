"""Scores as bars to drag, a shift, a temperature, and the probabilities that come of them."""

import numpy as np

from softmax_lib import softmax as library_softmax
from softmax_lib.panels.panel import Column, Panel, Row
from softmax_lib.panels.primitives import Bars, Curve, Slider, Words, number, returned
from softmax_lib.panels.row import names_of, score_bars

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])  # of a triangle of sides 1
TEMPERATURES = np.geomspace(0.05, 100, 41)


def softmax_panel(scores=(1.0, 2.0, 3.0), *, labels=(), colours=None, softmax=library_softmax):
    """Show P = softmax((S + c) / T), with a bar to drag for each score.

    Parameters
    ----------
    scores : sequence of 2 to 8 floats from -6 to 6
        Where the bars start. Three scores are shown as a point in a triangle as well.
    labels : sequence of str, optional
        What the scores are called, one for each; 1 … N if left out.
    colours : dict, optional
        Colours of your own for S and P, as Matplotlib writes them: {"S": "teal"}.
    softmax : callable, optional
        A function of your own, scores (N,) to P (N,), to watch in the place of the library's.
        What it raises, and how far it is from the library's, is shown below it.

    Returns
    -------
    Panel
        The last expression of a cell shows it.

    Raises
    ------
    ValueError
        Fewer than 2 or more than 8 scores, or one outside -6 … 6; a label too many or too few; a
        colour that is none, or for another letter; a P of another shape, or one that holds NaN.

    Examples
    --------
    >>> softmax_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move its controls.
    """
    names = names_of(labels, len(scores))
    S, P = score_bars(scores, names, colours)
    shifted = Bars(title="S + c", labels=names, colour=S.colour, low=-12.0, high=12.0)
    c = Slider(value=0, min=-6, max=6, step=0.1, label="shift c")
    log_T = Slider(value=0, min=-1, max=1, step=0.05, label="temperature")
    triangle, words = Curve(title="P, in the triangle"), Words()
    triangle.limits, triangle.size = [-0.16, 1.16, -0.16, 1.02], [250.0, 223.0]
    triangle.still = [{"points": CORNERS[[0, 1, 2, 0]].tolist(), "stroke": "#8a8a8a"}]

    def draw():
        T, s = 10**log_T.value, np.array(S.values)
        p = returned(softmax((s + c.value) / T), s.shape, "softmax")
        unshifted = returned(softmax(s / T), s.shape, "softmax")
        off = np.abs(p - library_softmax((s + c.value) / T)).max()
        c.number, log_T.number = number(c.value, 1), f"{T:.2f}"
        S.show(s, 1)
        shifted.show(s + c.value, 1)
        P.show(p, 3, sign="")
        if len(s) == 3:
            point_out(triangle, p, library_softmax(s / TEMPERATURES[:, None]), names, P.colour)
        words.say(
            f"(S + c) / T:  {'  '.join(f'{number(x, 2):>7}' for x in (s + c.value) / T)}",
            f"P:            {'  '.join(f'{x:7.4f}' for x in p)}",
            f"Sum of P:     {p.sum():7.4f}",
            f"The shift changed P by at most {np.abs(p - unshifted).max():.0e}",
            *([] if softmax is library_softmax else [f"Furthest from the library's: {off:.0e}"]),
        )

    left = Column(Row(S, shifted, P), c, log_T, words)
    pictures = Row(left, *([triangle] if len(scores) == 3 else []))
    controls = {S: "values", c: "value", log_T: "value"}
    return Panel([pictures], draw, controls, softmax=softmax)


def point_out(triangle, p, way, names, colour):
    """Show three probabilities as a point: nearest to the corner of the one that is largest."""
    temperatures = {
        "points": (way @ CORNERS).round(4).tolist(),
        "name": "every temperature",
        "stroke-dasharray": "2 4",
    }
    corners = [
        {"at": at, "text": name, "dy": dy, "r": 2}
        for at, name, dy in zip(CORNERS.tolist(), names, (18, 18, -8), strict=True)
    ]
    at = (p @ CORNERS).tolist()
    shares = ", ".join(f"{name}: {x:.3f}" for name, x in zip(names, p, strict=True))
    triangle.show(
        [temperatures],
        [*corners, {"at": at, "r": 7, "fill": colour}],
        f"A triangle with a corner for each outcome; the nearer the point, the larger its share: "
        f"{shares}. A dotted line leads from the middle, where T is large, to where T is small.",
    )
