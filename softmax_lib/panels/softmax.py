"""Scores as bars to drag, a shift, a temperature, and the probabilities that come of them."""

import numpy as np

from softmax_lib import softmax as library_softmax
from softmax_lib.panels.kit.docs import documented
from softmax_lib.panels.kit.groups import Column, Row
from softmax_lib.panels.kit.panel import Panel
from softmax_lib.panels.kit.primitives import ROUNDED, Bars, Curve, Slider, Words, gap, number
from softmax_lib.panels.kit.scores import score_bars

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])  # of a triangle of sides 1
TEMPERATURES = np.geomspace(0.05, 100, 41)


@documented
def softmax_panel(scores=(1.0, 2.0, 3.0), *, labels=(), colours=None, softmax=library_softmax):
    """Show P = softmax((S + c) / T), with a bar to drag for each score.

    Three scores are shown as a point in a triangle as well.

    Parameters
    ----------
    <scores>
    softmax : callable, optional
        A function of your own, scores (N,) to P (N,), to watch in the place of the library's.

    <returns>

    Examples
    --------
    >>> softmax_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move its controls.
    """
    return Softmax(scores, labels, colours, softmax)


class Softmax(Panel):
    """Bars for S, S + c and P, and the triangle in which three probabilities are a point."""

    def __init__(self, scores, labels, colours, softmax):
        self.S, self.P = S, P = score_bars(scores, labels, colours)
        self.shifted = Bars(title="S + c", labels=S.labels, colour=S.colour, low=-12.0, high=12.0)
        self.c = Slider(value=0, min=-6, max=6, step=0.1, label="shift c")
        self.log_T = Slider(value=0, min=-1, max=1, step=0.05, label="temperature")
        self.words, self.triangle = Words(), Curve(title="P, in the triangle")
        self.triangle.limits, self.triangle.size = [-0.16, 1.16, -0.16, 1.02], [250.0, 223.0]
        self.triangle.still = [{"points": CORNERS[[0, 1, 2, 0]].tolist(), "stroke": "#8a8a8a"}]
        left = Column(Row(S, self.shifted, P), self.c, self.log_T, self.words)
        picture = Row(left, *([self.triangle] if len(S.values) == 3 else []))
        super().__init__(picture, controls=[S, self.c, self.log_T], softmax=softmax)

    def draw(self):
        s, c, T = np.array(self.S.values), self.c.value, round(10**self.log_T.value, 2)
        p = self.ask("softmax", s.shape, (s + c) / T)
        unshifted = self.ask("softmax", s.shape, s / T)
        self.c.number, self.log_T.number = number(c, 1), f"{T:.2f}"
        self.S.show(s, 1)
        self.shifted.show(s + c, 1)
        self.P.show(p, 3, sign="")
        if len(s) == 3:
            self.point_out(p, library_softmax(s / TEMPERATURES[:, None]))
        self.words.say(
            f"(S + c) / T:  {'  '.join(f'{number(x, 2):>7}' for x in (s + c) / T)}",
            f"P:            {'  '.join(f'{x:7.4f}' for x in p)}",
            f"Sum of P:     {p.sum():7.4f}",
            f"The shift changed P by {gap(np.abs(p - unshifted).max(), ROUNDED)}",
            *self.distance(p, library_softmax((s + c) / T)),
        )

    def distance(self, p, library):
        """Say how far a learner's probabilities are from the library's, if they are a learner's."""
        if self.yours["softmax"] is not library_softmax:
            yield f"Furthest from the library's: {np.abs(p - library).max():.0e}"

    def point_out(self, p, way):
        """Show three probabilities as a point: nearest to the corner of the one that is largest."""
        names, at = self.P.labels, (p @ CORNERS).tolist()
        temperatures = {
            "points": (way @ CORNERS).round(4).tolist(),
            "name": "every temperature",
            "stroke-dasharray": "2 4",
        }
        corners = [
            {"at": corner, "text": name, "dy": dy, "r": 2}
            for corner, name, dy in zip(CORNERS.tolist(), names, (18, 18, -8), strict=True)
        ]
        shares = ", ".join(f"{name}: {x:.3f}" for name, x in zip(names, p, strict=True))
        self.triangle.show(
            [temperatures],
            [*corners, {"at": at, "r": 7, "fill": self.P.colour}],
            f"A triangle with a corner for each outcome; the nearer the point, the larger its "
            f"share: {shares}. A dotted line leads from the middle, where T is large, to where T "
            f"is small.",
        )
