"""The Jacobian of a row of probabilities, under bars for its scores."""

from functools import partial

import numpy as np

from softmax_lib import softmax, softmax_jacobian
from softmax_lib.numerical import central_difference
from softmax_lib.panels.kit.arguments import names_of
from softmax_lib.panels.kit.docs import documented
from softmax_lib.panels.kit.groups import Column, Row
from softmax_lib.panels.kit.panel import Panel
from softmax_lib.panels.kit.primitives import NUDGED, Button, Heatmap, Slider, Words, gap, number
from softmax_lib.panels.kit.scores import HIGHEST, LIMIT, score_bars

PRESETS = {
    "uniform": lambda N: np.zeros(N),
    "two equal": lambda N: np.r_[3.0, 3.0, np.full(N - 2, -HIGHEST)],
    "one winner": lambda N: np.r_[np.full(N - 1, -1.0), 3.0],
    "saturated": lambda N: np.r_[np.full(N - 1, -HIGHEST), HIGHEST],
}


@documented
def jacobian_panel(scores=(1.0, 2.0, 3.0), *, labels=(), colours=None, jacobian=softmax_jacobian):
    """Show the Jacobian of P = softmax(S / T), with a bar to drag for each score.

    Scores without labels can become more or fewer.

    Parameters
    ----------
    <scores>
    jacobian : callable, optional
        A function of your own, P (N,) to J (N, N), to watch in the place of the library's.

    <returns>

    Examples
    --------
    >>> jacobian_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move its controls.
    """
    return Jacobian(scores, labels, colours, jacobian)


class Jacobian(Panel):
    """Bars for S and P, and J with the sums of its rows."""

    def __init__(self, scores, labels, colours, jacobian):
        self.S, self.P = S, P = score_bars(scores, labels, colours)
        self.log_T = Slider(value=0, min=-1, max=1, step=0.05, label="temperature")
        self.N = Slider(value=len(S.values), min=2, max=8, step=1, label="scores")
        self.N.observe(self.resize, "value")
        J = "J = diag(P) − P ⊗ P" if jacobian is softmax_jacobian else "J, by a function of yours"
        self.J = Heatmap(title=f"{J}, and the sum of each row")
        self.words = Words()
        numbered = S.labels == names_of((), len(S.values))
        size = [self.N] if numbered else []  # one score more would have no name
        buttons = Row(*(Button(name, partial(self.take, name)) for name in PRESETS))
        picture = Row(Column(Row(S, P), self.log_T, *size, buttons), self.J)
        super().__init__(picture, self.words, controls=[S, self.log_T], jacobian=jacobian)

    def draw(self):
        T, names = round(10**self.log_T.value, 2), self.S.labels
        s = np.array(self.S.values) / T
        p = softmax(s)
        J = self.ask("jacobian", (len(p), len(p)), p)
        self.J.rows = [f"j = {name}" for name in names]
        self.J.columns = [*(f"k = {name}" for name in names), "sum"]
        self.J.show(np.c_[J, J.sum(1)], LIMIT, in_words(J, names), plain=1)
        self.P.show(p, sign="")
        self.S.show(self.S.values, 1)
        self.log_T.number, self.N.number = f"{T:.2f}", str(len(p))
        eigenvalues = np.linalg.eigvalsh((J + J.T) / 2)
        distance = np.abs(J - central_difference(softmax, s)).max()
        self.words.say(
            f"Eigenvalues: {'  '.join(number(x) for x in eigenvalues)}",
            f"Furthest from the Jacobian measured by nudging: {gap(distance, NUDGED)}",
        )

    def resize(self, change):
        """Keep the scores that are there; new ones are 0."""
        N = int(change["new"])
        self.S.labels = self.P.labels = names_of((), N)
        self.S.values = [*self.S.values, *[0.0] * N][:N]

    def take(self, preset):
        """Set the scores to one of the presets."""
        self.S.values = PRESETS[preset](len(self.S.values)).tolist()


def in_words(J, names):
    """Say in words what the heatmap shows."""
    size = np.abs(J)
    j, k = np.argwhere(size > size.max() - 1e-9)[0]  # of equals the first, whatever their last bit
    return f"Jacobian; its largest entry is {number(J[j, k])}, at j = {names[j]}, k = {names[k]}"
