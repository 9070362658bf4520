"""The Jacobian of a row of probabilities, under bars for its scores."""

from functools import partial

import numpy as np

from softmax_lib import softmax, softmax_jacobian
from softmax_lib.numerical import central_difference
from softmax_lib.panels.panel import Column, Panel, Row
from softmax_lib.panels.primitives import Button, Heatmap, Slider, Words, number, returned
from softmax_lib.panels.row import HIGHEST, LIMIT, names_of, score_bars

PRESETS = {
    "uniform": lambda N: np.zeros(N),
    "two equal": lambda N: np.r_[3.0, 3.0, np.full(N - 2, -HIGHEST)],
    "one winner": lambda N: np.r_[np.full(N - 1, -1.0), 3.0],
    "saturated": lambda N: np.r_[np.full(N - 1, -HIGHEST), HIGHEST],
}


def jacobian_panel(scores=(1.0, 2.0, 3.0), *, labels=(), colours=None, jacobian=softmax_jacobian):
    """Show the Jacobian of P = softmax(S / T), with a bar to drag for each score.

    Parameters
    ----------
    scores : sequence of 2 to 8 floats from -6 to 6
        Where the bars start.
    labels : sequence of str, optional
        What the scores are called, one for each; 1 … N if left out.
    colours : dict, optional
        Colours of your own for S and P, as Matplotlib writes them: {"S": "teal"}.
    jacobian : callable, optional
        A function of your own, P (N,) to J (N, N), to watch in the place of the library's. What
        it raises, and how far it is from the measured Jacobian, is shown below it.

    Returns
    -------
    Panel
        The last expression of a cell shows it.

    Raises
    ------
    ValueError
        Fewer than 2 or more than 8 scores, or one outside -6 … 6; a label too many or too few; a
        colour that is none, or for another letter; a Jacobian of another shape.

    Examples
    --------
    >>> jacobian_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move its controls.
    """
    S, P = score_bars(scores, labels, colours)
    log_T = Slider(value=0, min=-1, max=1, step=0.05, label="temperature")
    N = Slider(value=len(scores), min=2, max=8, step=1, label="scores")
    J, words = Heatmap(title="J = diag(P) − P ⊗ P, and the sum of each row"), Words()

    def draw():
        T = 10**log_T.value
        s = np.array(S.values) / T
        p = softmax(s)
        yours = returned(jacobian(p.copy()), (len(p), len(p)), "jacobian")
        names = names_of(labels, len(p))
        J.rows, J.columns = [f"j = {name}" for name in names], [*(f"k = {n}" for n in names), "sum"]
        J.show(np.c_[yours, yours.sum(1)], LIMIT, words_for(yours, names), plain=1)
        P.show(p, sign="")
        S.show(S.values, 1)
        log_T.number, N.number = f"{T:.2f}", str(len(p))
        eigenvalues = np.linalg.eigvalsh((yours + yours.T) / 2)
        distance = np.abs(yours - central_difference(softmax, s)).max()
        words.say(
            f"Eigenvalues: {'  '.join(number(x) for x in eigenvalues)}",
            f"Furthest from the Jacobian measured by nudging: {distance:.0e}",
        )

    def resize(change):
        S.values = [*S.values, *[0.0] * 8][: int(change["new"])]

    N.observe(resize, "value")

    def take(preset):
        S.values = PRESETS[preset](len(S.values)).tolist()

    buttons = [Button(name, partial(take, name)) for name in PRESETS]
    left = Column(Row(S, P), log_T, *([] if labels else [N]), Row(*buttons))
    return Panel([Row(left, J), words], draw, {S: "values", log_T: "value"}, jacobian=jacobian)


def words_for(J, names):
    """Say in words what the heatmap shows."""
    j, k = np.unravel_index(np.abs(J).argmax(), J.shape)
    return f"Jacobian; its largest entry is {number(J[j, k])}, at j = {names[j]}, k = {names[k]}"
