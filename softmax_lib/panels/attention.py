"""Attention on a sentence, forward and backward, with one of its rows in full."""

import numpy as np

from softmax_lib import attention, softmax, softmax_jacobian, softmax_vjp
from softmax_lib._tiles import may_attend, scores
from softmax_lib.numerical import central_difference
from softmax_lib.panels.head import one_head
from softmax_lib.panels.panel import Column, Panel, Row
from softmax_lib.panels.primitives import (
    Check,
    Heatmap,
    Slider,
    Words,
    colour_map,
    number,
    returned,
)

MOST = 12  # tokens


def attention_panel(Q, K, V, dO, tokens=(), *, colours=None, vjp=softmax_vjp):
    """Show S, P, dP and dS of one head as heatmaps, and the Jacobian J_i of the row picked.

    Parameters
    ----------
    Q, K : arrays of floats, (N, d)
        Queries and keys of 2 to 12 tokens.
    V, dO : arrays of floats, (N, d_v)
        Values, and the gradient that arrives at the output.
    tokens : sequence of str, optional
        What the tokens are called, one for each; 1 … N if left out.
    colours : str, optional
        The name of a diverging colour map of Matplotlib, such as "RdBu".
    vjp : callable, optional
        A function of your own, dP and P (N, N) to dS (N, N), to watch in the place of the
        library's. What it raises is shown, and how far its row is from the measured gradient.

    Returns
    -------
    Panel
        The last expression of a cell shows it.

    Raises
    ------
    ValueError
        An array of another shape, or with something in it that is not finite; a token too many or
        too few; colours that no map has; a dS of another shape.

    Examples
    --------
    >>> Q, K, V, dO = np.random.default_rng(6).normal(size=(4, 3, 2))
    >>> attention_panel(Q, K, V, dO, ["the", "cat", "sat"])
    A live panel: run this cell in Jupyter, then move its controls.
    """
    Q, K, V, dO = one_head(MOST, Q=Q, K=K, V=V, dO=dO)
    N, d = Q.shape
    names = [str(token) for token in tokens] or [str(n) for n in range(1, N + 1)]
    if len(names) != N:
        raise ValueError(f"tokens must be one for each of {N} rows, not {tokens!r}")
    dP = dO @ V.T  # (N, N)
    widest = np.ptp(dP, axis=1).max() / 4 or 1.0  # no |dS| is larger: P (1 - P) is at most 1/4
    limits = {"S": np.abs(scores(Q, K, d**-0.5)).max() or 1.0, "P": 1.0, "J": 0.25}
    limits |= {"dP": np.abs(dP).max() or 1.0, "dS": widest}
    titles = {"S": "S = scale · Q Kᵀ", "P": "P = softmax(S)", "dP": "dP = dO Vᵀ"}
    titles |= {"dS": "dS = P ∘ (dP − D)", "J": "J of the row"}
    maps = {letter: Heatmap(rows=names, columns=names, size="tiny") for letter in titles}
    for letter, title in titles.items():
        maps[letter].title = f"{title}\nfullest colour ±{limits[letter]:.2g}"
        maps[letter].colours = colour_map(colours)
    pickable = [maps[letter] for letter in ("S", "P", "dP", "dS")]
    for heatmap in pickable:
        heatmap.pickable, heatmap.picked = True, [0, 0]
    exponent = Slider(value=0, min=-1, max=1, step=0.05, label="scale")
    causal = Check(label="causal")
    table, words = Heatmap(rows=[*names, "sum"], columns=["S", "P", "dP", "dS"]), Words()
    table.size = "small"

    def draw():
        i, k = maps["S"].picked
        scale = d ** ((exponent.value - 1) / 2)  # from 1/d by 1/√d to 1
        _, P = attention(Q, K, V, scale=scale, causal=causal.value)
        S = scores(Q, K, scale, may_attend(N, N, 0 if causal.value else None))
        dS = returned(vjp(dP.copy(), P.copy()), (N, N), "vjp")
        exponent.number = f"{scale:.3f}"
        row = np.c_[S[i], P[i], dP[i], dS[i]]
        table.title, table.framed = f"row {names[i]}", [k, k + 1, 0, 4]
        table.show(np.r_[row, [[np.nan, *row[:, 1:].sum(0)]]], 1.0, f"Row {names[i]}", plain=4)
        J = softmax_jacobian(P[i])
        maps["J"].show(J, limits["J"], f"Jacobian of the row {names[i]}, {N} by {N}")
        for letter, M in {"S": S, "P": P, "dP": dP, "dS": dS}.items():
            row = ", ".join(f"{name} {number(x)}" for name, x in zip(names, M[i], strict=True))
            maps[letter].picked, maps[letter].framed = [i, k], [i, i + 1, 0, N]
            maps[letter].show(M, limits[letter], f"{letter}, {N} by {N}; row {names[i]}: {row}")
        distance = np.abs(dS[i] - nudged(S[i], dP[i])).max()
        words.say(
            f"Mean of dP, weighed by P:  D = {number(P[i] @ dP[i])}",
            f"Furthest from dS measured by nudging: {distance:.0e}",
        )

    def follow(change):
        maps["S"].picked = change["new"]

    for heatmap in pickable[1:]:
        heatmap.observe(follow, "picked")
    pairs = ("S", "dS"), ("P", "dP")  # each gradient under its letter
    columns = [Column(*(maps[letter] for letter in pair)) for pair in pairs]
    pictures = Row(*columns, Column(maps["J"], table))
    controls = {maps["S"]: "picked", exponent: "value", causal: "value"}
    return Panel([Row(exponent, causal), pictures, words], draw, controls, vjp=vjp)


def nudged(S, dP):
    """Measure dS of one row by nudging each score that is not masked."""
    seen, dS = np.isfinite(S), np.zeros_like(S)
    dS[seen] = central_difference(lambda row: dP[seen] @ softmax(row), S[seen])
    return dS
