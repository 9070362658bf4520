"""Attention on a sentence, forward and backward, with one of its rows in full."""

import numpy as np

from softmax_lib import attention, central_difference, softmax, softmax_jacobian, softmax_vjp
from softmax_lib.panels.kit.arguments import colour_map, names_of
from softmax_lib.panels.kit.docs import documented
from softmax_lib.panels.kit.groups import Column, Row
from softmax_lib.panels.kit.head import one_head
from softmax_lib.panels.kit.panel import Panel
from softmax_lib.panels.kit.primitives import NUDGED, Check, Heatmap, Slider, Words, gap, number

MOST = 12  # tokens
TITLES = {
    "S": "S = scale · Q Kᵀ",
    "P": "P = softmax(S)",
    "dP": "dP = dO Vᵀ",
    "dS": "dS = P ∘ (dP − D)",
}


@documented
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
    <map>
    vjp : callable, optional
        A function of your own, dP and P (N, N) to dS (N, N), to watch in the place of the
        library's.

    <returns>

    Examples
    --------
    >>> Q, K, V, dO = np.random.default_rng(6).normal(size=(4, 3, 2))
    >>> attention_panel(Q, K, V, dO, ["the", "cat", "sat"])
    A live panel: run this cell in Jupyter, then move its controls.
    """
    return Attention(one_head(MOST, Q=Q, K=K, V=V, dO=dO), tokens, colours, vjp)


class Attention(Panel):
    """Four heatmaps, each gradient under its letter; beside them J of a row, and the row itself."""

    def __init__(self, arrays, tokens, colours, vjp):
        self.arrays, N = arrays, len(arrays[0])
        self.names = names_of(tokens, N, "tokens", "rows")
        self.limits = limits_of(*arrays)
        self.maps = {letter: self.heatmap(title, letter) for letter, title in TITLES.items()}
        self.J = self.heatmap("J of the row", "J")
        self.row = Heatmap(rows=[*self.names, "sum"], columns=["S", "P", "dP", "dS"], size="small")
        for heatmap in (*self.maps.values(), self.J, self.row):
            heatmap.colours = colour_map(colours)
        for heatmap in self.maps.values():
            heatmap.pickable, heatmap.picked = True, [0, 0]
            heatmap.observe(self.follow, "picked")
        self.exponent = Slider(value=0, min=-1, max=1, step=0.05, label="scale")
        self.causal, self.words = Check(label="causal"), Words()
        pairs = [Column(self.maps[a], self.maps[b]) for a, b in (("S", "dS"), ("P", "dP"))]
        pictures = Row(*pairs, Column(self.J, self.row))
        controls = [self.maps["S"], self.exponent, self.causal]
        above = Row(self.exponent, self.causal)
        super().__init__(above, pictures, self.words, controls=controls, vjp=vjp)

    def heatmap(self, title, letter):
        """Make a heatmap of colours alone, and say which number has the fullest."""
        title = f"{title}\nfullest colour ±{self.limits[letter]:.2g}"
        return Heatmap(rows=self.names, columns=self.names, size="tiny", title=title)

    def follow(self, change):
        """Pick in the first picture what is picked in any other: that draws them all."""
        self.maps["S"].picked = change["new"]

    def draw(self):
        Q, K, V, dO = self.arrays
        N, d = Q.shape
        scale = d ** ((self.exponent.value - 1) / 2)  # from 1/d by 1/√d to 1
        _, P = attention(Q, K, V, scale=scale, causal=self.causal.value)
        S = scale * Q @ K.T  # (N, N)
        if self.causal.value:
            S[~np.tri(N, dtype=bool)] = -np.inf
        dP = dO @ V.T  # (N, N)
        dS = self.ask("vjp", (N, N), dP, P)
        self.exponent.number = f"{scale:.3f}"
        i, k = self.maps["S"].picked
        for letter, M in {"S": S, "P": P, "dP": dP, "dS": dS}.items():
            self.show(letter, M, i, k)
        self.show_row(i, k, S[i], P[i], dP[i], dS[i])

    def show(self, letter, M, i, k):
        """Show one of the four, and pick the same cell in it."""
        N, heatmap = len(M), self.maps[letter]
        row = ", ".join(f"{name} {number(x)}" for name, x in zip(self.names, M[i], strict=True))
        text = f"{letter}, {N} by {N}; row {self.names[i]}: {row}"
        heatmap.picked, heatmap.framed = [i, k], [i, i + 1, 0, N]
        heatmap.show(M, self.limits[letter], text)

    def show_row(self, i, k, S, P, dP, dS):
        """Show the row that is picked: its Jacobian, its numbers and their sums, its D."""
        N, name = len(S), self.names[i]
        J = softmax_jacobian(P)
        self.J.show(J, self.limits["J"], f"Jacobian of the row {name}, {N} by {N}")
        sums = [np.nan, P.sum(), dP.sum(), dS.sum()]
        self.row.title, self.row.framed = f"row {name}", [k, k + 1, 0, 4]
        self.row.show(np.r_[np.c_[S, P, dP, dS], [sums]], 1.0, f"Row {name}", plain=4)
        distance = np.abs(dS - nudged(S, dP)).max()
        self.words.say(
            f"Mean of dP, weighed by P:  D = {number(P @ dP)}",
            f"Furthest from dS measured by nudging: {gap(distance, NUDGED)}",
        )


def limits_of(Q, K, V, dO):
    """Return the number with the fullest colour in each picture, the same at every scale."""
    S, dP = Q @ K.T / np.sqrt(Q.shape[1]), dO @ V.T  # (N, N)
    limits = {"S": np.abs(S).max(), "P": 1.0, "dP": np.abs(dP).max(), "J": 0.25}
    limits["dS"] = np.ptp(dP, axis=1).max() / 4  # no |dS| is larger: P (1 - P) is at most 1/4
    return {letter: limit or 1.0 for letter, limit in limits.items()}


def nudged(S, dP):
    """Measure dS of one row by nudging each score that is not masked."""
    seen, dS = np.isfinite(S), np.zeros_like(S)
    dS[seen] = central_difference(lambda row: dP[seen] @ softmax(row), S[seen])
    return dS
