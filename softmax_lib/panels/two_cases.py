"""Both cases of softmax's derivative: pick a probability and a score, and nudge the score."""

import numpy as np

from softmax_lib import answers, softmax
from softmax_lib.numerical import central_difference
from softmax_lib.panels.panel import Column, Panel, Row
from softmax_lib.panels.primitives import Heatmap, Slider, Words, number, returned
from softmax_lib.panels.row import LIMIT, names_of, score_bars


def two_cases_panel(scores=(1.0, 2.0, 3.0), *, labels=(), colours=None, slope=answers.two_cases):
    """Show ∂P_j/∂S_k for the j and k that are picked, and what a nudge of S_k did to P_j.

    Parameters
    ----------
    scores : sequence of 2 to 8 floats from -6 to 6
        Where the bars start.
    labels : sequence of str, optional
        What the scores are called, one for each; 1 … N if left out.
    colours : dict, optional
        Colours of your own for S and P, as Matplotlib writes them: {"S": "teal"}.
    slope : callable, optional
        A function of your own, P (N,) and j and k, counted from 0, to one number, to watch in the
        place of the library's. What it raises, and how far it is from the measured slopes, is
        shown below it.

    Returns
    -------
    Panel
        The last expression of a cell shows it.

    Raises
    ------
    ValueError
        Fewer than 2 or more than 8 scores, or one outside -6 … 6; a label too many or too few; a
        colour that is none, or for another letter; a slope that is not one finite number.

    Examples
    --------
    >>> two_cases_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move its controls.
    """
    names = names_of(labels, len(scores))
    S, P = score_bars(scores, names, colours)
    log_nudge = Slider(value=-2, min=-3, max=0, step=0.1, label="nudge of S_k")
    J, words = Heatmap(title="∂P_j/∂S_k: pick a cell", pickable=True, picked=[0, 0]), Words()
    J.rows, J.columns = [f"j = {name}" for name in names], [f"k = {name}" for name in names]

    def draw():
        s, h = np.array(S.values), 10**log_nudge.value
        p = softmax(s)
        log_nudge.number = f"{h:.3f}"
        S.show(s, 1)
        P.show(p, 3, sign="")
        j, k = J.picked
        P_j, S_k = f"P_{names[j]}", f"S_{names[k]}"
        at = range(len(p))
        each = [[float(returned(slope(p.copy(), j=a, k=b), (), "slope")) for b in at] for a in at]
        case, formula = in_words(p, j, k, names)
        J.show(each, LIMIT, f"∂P/∂S; picked: ∂{P_j}/∂{S_k} = {number(each[j][k])}, {case}")
        pushed = s + h * (np.arange(len(s)) == k)
        after = softmax(pushed)[j]
        distance = np.abs(each - central_difference(softmax, s)).max()
        words.say(
            case,
            f"∂{P_j}/∂{S_k} = {formula} = {number(answers.two_cases(p, j, k), 4)}",
            *([] if slope is answers.two_cases else [f"Yours: {number(each[j][k], 4)}"]),
            f"Nudged: {S_k} from {number(s[k])} to {number(pushed[k])}",
            f"Moved:  {P_j} from {p[j]:.5f} to {after:.5f}, that is {number(after - p[j], 5)}",
            f"Moved / nudge: {number((after - p[j]) / h, 4)}",
            f"Furthest of all {len(p) ** 2} from the slopes measured by nudging: {distance:.0e}",
        )

    pictures = Row(Column(Row(S, P), log_nudge), J)
    return Panel(
        [pictures, words], draw, {S: "values", log_nudge: "value", J: "picked"}, slope=slope
    )


def in_words(p, j, k, names):
    """Say which case j and k are, and its formula: first with letters, then with numbers."""
    P_j, P_k = f"P_{names[j]}", f"P_{names[k]}"
    if j == k:
        formula = f"{P_j} (1 - {P_k}) = {p[j]:.4f} · (1 - {p[k]:.4f})"
        return "j = k: its own score is pushed", formula
    return "j ≠ k: another's score is pushed", f"-{P_k} {P_j} = -{p[k]:.4f} · {p[j]:.4f}"
