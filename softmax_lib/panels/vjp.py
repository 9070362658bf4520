"""A gradient on its way back through a softmax: centred, then weighted, without the matrix."""

from functools import partial

import numpy as np

from softmax_lib import softmax, softmax_jacobian, softmax_vjp
from softmax_lib.panels.kit.arguments import row_of
from softmax_lib.panels.kit.docs import documented
from softmax_lib.panels.kit.groups import Row
from softmax_lib.panels.kit.panel import Panel
from softmax_lib.panels.kit.primitives import ROUNDED, Bars, Button, Heatmap, Words, gap, number
from softmax_lib.panels.kit.scores import LIMIT, score_bars

LOUDEST = 3.0  # a message; so none is further than 6 from the mean, and no dS is beyond 1.5
MESSAGES = {
    "all alike": lambda N: np.ones(N),
    "the first alone": lambda N: np.eye(N)[0],
}


@documented
def vjp_panel(scores=(1.0, 2.0, 3.0), dP=None, *, labels=(), colours=None, vjp=softmax_vjp):
    """Show dS = P ∘ (dP - ⟨P, dP⟩) step by step, beside Jᵀ dP, with bars to drag for S and dP.

    Parameters
    ----------
    <scores>
    dP : sequence of floats from -3 to 3, one for each score, optional
        Where the bars of dP start; if left out, 1, -2, 0.5 and zeros.
    vjp : callable, optional
        A function of your own, dP (N,) and P (N,) to dS (N,), to watch in the place of the
        library's.

    <returns>

    Examples
    --------
    >>> vjp_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move its controls.
    """
    return VJP(scores, dP, labels, colours, vjp)


class VJP(Panel):
    """Bars for S and P above; below them bars for dP, what becomes of it, and Jᵀ dP."""

    def __init__(self, scores, dP, labels, colours, vjp):
        self.S, self.P = S, P = score_bars(scores, labels, colours)
        names, N = S.labels, len(S.values)
        self.J = Heatmap(title="J, which dS does without", rows=names, columns=names)
        self.dP = Bars(title="dP", values=messages_of(dP, N), editable=True)
        self.dP.low, self.dP.high, self.dP.step = -LOUDEST, LOUDEST, 0.1
        self.centred = Bars(title="dP - ⟨P, dP⟩", low=-2 * LOUDEST, high=2 * LOUDEST)
        self.dS = Bars(title="dS = P ∘ (dP - ⟨P, dP⟩)" if vjp is softmax_vjp else "dS, yours")
        self.through_J = Bars(title="Jᵀ dP, with the matrix")
        for bars, like in ((self.dP, P), (self.centred, P), (self.dS, S), (self.through_J, S)):
            bars.labels, bars.colour = names, like.colour
        for gradient in (self.dS, self.through_J):
            gradient.low, gradient.high = -LOUDEST / 2, LOUDEST / 2
        self.words = Words()
        above, below = Row(S, P, self.J), Row(self.dP, self.centred, self.dS, self.through_J)
        buttons = Row(*(Button(name, partial(self.send, name)) for name in MESSAGES))
        super().__init__(above, below, buttons, self.words, controls=[S, self.dP], vjp=vjp)

    def draw(self):
        p, dP = softmax(self.S.values), np.array(self.dP.values)
        mean, J = p @ dP, softmax_jacobian(p)
        self.S.show(self.S.values, 1)
        self.P.show(p, 3, sign="")
        self.dP.show(dP, 1)
        rows = (
            f"{name}: {' '.join(map(number, row))}"
            for name, row in zip(self.S.labels, J, strict=True)
        )
        self.J.show(J, LIMIT, f"J, {len(p)} by {len(p)}: {'; '.join(rows)}")
        self.centred.show(dP - mean)
        self.through_J.show(J.T @ dP, 3)
        dS = self.ask("vjp", p.shape, dP, p)
        self.dS.show(dS, 3)
        self.words.say(
            *mean_in_words(p, dP, mean),
            f"Sum of dS: {number(dS.sum())}",
            f"Furthest of dS from Jᵀ dP: {gap(np.abs(dS - J.T @ dP).max(), ROUNDED)}",
        )

    def send(self, name):
        """Set dP to one of the messages."""
        self.dP.values = MESSAGES[name](len(self.dP.values)).tolist()


def mean_in_words(p, dP, mean):
    """Write ⟨P, dP⟩ out with its numbers, four terms in a line."""
    terms = [f"{a:.4f} · {number(b, 1)}" for a, b in zip(p, dP, strict=True)]
    lines = ["  +  ".join(terms[n : n + 4]) for n in range(0, len(terms), 4)]
    return (
        f"⟨P, dP⟩ = {lines[0]}",
        *(f"        + {line}" for line in lines[1:]),
        (f"        = {number(mean, 4)}, one number for the whole row"),
    )


def messages_of(dP, N):
    """Return dP as a list of floats, or say what is wrong with it."""
    if dP is None:
        return [1.0, -2.0, 0.5, *[0.0] * N][:N]
    wanted = f"dP must be {N} numbers from -3 to 3, one for each score"
    return row_of(dP, [N], LOUDEST, wanted)
