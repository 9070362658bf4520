"""A gradient on its way back through a softmax: centred, then weighted, without the matrix."""

from functools import partial

import numpy as np

from softmax_lib import softmax, softmax_jacobian, softmax_vjp
from softmax_lib.panels.panel import Panel, Row
from softmax_lib.panels.primitives import Bars, Button, Heatmap, Words, number, returned
from softmax_lib.panels.row import LIMIT, names_of, score_bars

LOUDEST = 3.0  # a message; so none is further than 6 from the mean, and no dS is beyond 1.5
MESSAGES = {
    "all alike": lambda N: np.ones(N),
    "the first alone": lambda N: np.eye(N)[0],
}


def vjp_panel(scores=(1.0, 2.0, 3.0), dP=None, *, labels=(), colours=None, vjp=softmax_vjp):
    """Show dS = P ∘ (dP - ⟨P, dP⟩) step by step, beside Jᵀ dP, with bars to drag for S and dP.

    Parameters
    ----------
    scores : sequence of 2 to 8 floats from -6 to 6
        Where the bars of S start.
    dP : sequence of floats from -3 to 3, one for each score, optional
        Where the bars of dP start; if left out, 1, -2, 0.5 and zeros.
    labels : sequence of str, optional
        What the scores are called, one for each; 1 … N if left out.
    colours : dict, optional
        Colours of your own for S and P, as Matplotlib writes them: {"S": "teal"}.
    vjp : callable, optional
        A function of your own, dP (N,) and P (N,) to dS (N,), to watch in the place of the
        library's. What it raises, and how far it is from Jᵀ dP, is shown below it.

    Returns
    -------
    Panel
        The last expression of a cell shows it.

    Raises
    ------
    ValueError
        Fewer than 2 or more than 8 scores, or one outside -6 … 6; a dP of another length, or
        outside -3 … 3; a label too many or too few; a colour that is none, or for another letter; a
        dS of another shape, or not finite.

    Examples
    --------
    >>> vjp_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move its controls.
    """
    names = names_of(labels, len(scores))
    S, P = score_bars(scores, names, colours)
    J = Heatmap(title="J, which dS does without", rows=names, columns=names)
    message = Bars(title="dP", values=row_of_messages(dP, len(scores)), labels=names)
    message.low, message.high, message.step, message.editable = -LOUDEST, LOUDEST, 0.1, True
    centred = Bars(title="dP - ⟨P, dP⟩", labels=names, low=-2 * LOUDEST, high=2 * LOUDEST)
    message.colour = centred.colour = P.colour
    title = "dS = P ∘ (dP - ⟨P, dP⟩)" if vjp is softmax_vjp else "dS, yours"
    dS = Bars(title=title, labels=names, colour=S.colour)
    through_J = Bars(title="Jᵀ dP, with the matrix", labels=names, colour=S.colour)
    for gradient in (dS, through_J):
        gradient.low, gradient.high = -LOUDEST / 2, LOUDEST / 2
    words = Words()

    def draw():
        p, u = softmax(S.values), np.array(message.values)
        mean, matrix = p @ u, softmax_jacobian(p)
        S.show(S.values, 1)
        P.show(p, 3, sign="")
        message.show(u, 1)
        lines = (
            f"{name}: {' '.join(map(number, line))}"
            for name, line in zip(names, matrix, strict=True)
        )
        J.show(matrix, LIMIT, f"J, {len(p)} by {len(p)}: {'; '.join(lines)}")
        centred.show(u - mean)
        through_J.show(matrix.T @ u, 3)
        yours = returned(vjp(u.copy(), p.copy()), p.shape, "vjp")
        dS.show(yours, 3)
        words.say(
            *mean_in_words(p, u, mean),
            f"Sum of dS: {number(yours.sum())}",
            f"Furthest of dS from Jᵀ dP: {np.abs(yours - matrix.T @ u).max():.0e}",
        )

    def send(name):
        message.values = MESSAGES[name](len(message.values)).tolist()

    buttons = Row(*(Button(name, partial(send, name)) for name in MESSAGES))
    above, below = Row(S, P, J), Row(message, centred, dS, through_J)
    controls = {S: "values", message: "values"}
    return Panel([above, below, buttons, words], draw, controls, vjp=vjp)


def mean_in_words(p, u, mean):
    """Write ⟨P, dP⟩ out with its numbers, four terms in a line."""
    terms = [f"{a:.4f} · {number(b, 1)}" for a, b in zip(p, u, strict=True)]
    lines = ["  +  ".join(terms[n : n + 4]) for n in range(0, len(terms), 4)]
    return (
        f"⟨P, dP⟩ = {lines[0]}",
        *(f"        + {line}" for line in lines[1:]),
        (f"        = {number(mean, 4)}, one number for the whole row"),
    )


def row_of_messages(dP, N):
    """Return dP as a list of floats, or say what is wrong with it."""
    if dP is None:
        return [1.0, -2.0, 0.5, *[0.0] * N][:N]
    if len(dP) != N or not all(-LOUDEST <= x <= LOUDEST for x in dP):
        raise ValueError(f"dP must be {N} numbers from -3 to 3, one for each score, not {dP!r}")
    return [float(x) for x in dP]
