"""Both cases of softmax's derivative: pick a probability and a score, and nudge the score."""

import numpy as np

from softmax_lib import central_difference, softmax, two_cases
from softmax_lib.panels.kit.docs import documented
from softmax_lib.panels.kit.groups import Column, Row
from softmax_lib.panels.kit.panel import Panel
from softmax_lib.panels.kit.primitives import NUDGED, Heatmap, Slider, Words, gap, number
from softmax_lib.panels.kit.scores import LIMIT, score_bars


@documented
def two_cases_panel(scores=(1.0, 2.0, 3.0), *, labels=(), colours=None, slope=two_cases):
    """Show ∂P_j/∂S_k for the j and k that are picked, and what a nudge of S_k did to P_j.

    Parameters
    ----------
    <scores>
    slope : callable, optional
        A function of your own, P (N,) and j and k, counted from 0, to one number, to watch in the
        place of the library's.

    <returns>

    Examples
    --------
    >>> two_cases_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move its controls.
    """
    return TwoCases(scores, labels, colours, slope)


class TwoCases(Panel):
    """Bars for S and P, and a table of slopes in which one is picked."""

    def __init__(self, scores, labels, colours, slope):
        self.S, self.P = S, P = score_bars(scores, labels, colours)
        self.log_h = Slider(value=-2, min=-3, max=0, step=0.1, label="nudge of S_k")
        self.J = Heatmap(title="∂P_j/∂S_k: pick a cell", pickable=True, picked=[0, 0])
        self.J.rows = [f"j = {name}" for name in S.labels]
        self.J.columns = [f"k = {name}" for name in S.labels]
        self.words = Words()
        picture = Row(Column(Row(S, P), self.log_h), self.J)
        super().__init__(picture, self.words, controls=[S, self.log_h, self.J], slope=slope)

    def draw(self):
        s, h, (j, k) = np.array(self.S.values), 10**self.log_h.value, self.J.picked
        p = softmax(s)
        self.log_h.number = f"{h:.3f}"
        self.S.show(s, 1)
        self.P.show(p, 3, sign="")
        at = range(len(p))
        J = np.array([[self.ask("slope", (), p, j=a, k=b) for b in at] for a in at])
        names = f"∂P_{self.S.labels[j]}/∂S_{self.S.labels[k]}"
        case, _ = in_words(p, j, k, self.S.labels)
        self.J.show(J, LIMIT, f"∂P/∂S; picked: {names} = {number(J[j, k])}, {case}")
        self.say(s, h, p, J)

    def say(self, s, h, p, J):
        """Write the slope out, and what the nudge did."""
        (j, k), names = self.J.picked, self.S.labels
        P_j, S_k = f"P_{names[j]}", f"S_{names[k]}"
        case, formula = in_words(p, j, k, names)
        pushed = s + h * (np.arange(len(s)) == k)
        after = softmax(pushed)[j]
        own = self.yours["slope"] is not two_cases
        distance = np.abs(J - central_difference(softmax, s)).max()
        self.words.say(
            case,
            f"∂{P_j}/∂{S_k} = {formula} = {number(two_cases(p, j, k), 4)}",
            *([f"Yours: {number(J[j, k], 4)}"] if own else []),
            f"Nudged: {S_k} from {number(s[k])} to {number(pushed[k])}",
            f"Moved:  {P_j} from {p[j]:.5f} to {after:.5f}, that is {number(after - p[j], 5)}",
            f"Moved / nudge: {number((after - p[j]) / h, 4)}",
            f"Furthest of all {len(p) ** 2} from the derivatives measured by nudging: "
            f"{gap(distance, NUDGED)}",
        )


def in_words(p, j, k, names):
    """Say which case j and k are, and its formula: first with letters, then with numbers."""
    P_j, P_k = f"P_{names[j]}", f"P_{names[k]}"
    if j == k:
        formula = f"{P_j} (1 - {P_k}) = {p[j]:.4f} · (1 - {p[k]:.4f})"
        return "j = k: its own score is pushed", formula
    return "j ≠ k: another's score is pushed", f"-{P_k} {P_j} = -{p[k]:.4f} · {p[j]:.4f}"
