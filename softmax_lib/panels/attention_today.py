"""Attention as it is built today: one change at a time, and what the rows of dS then sum to."""

import numpy as np

from softmax_lib import attention, attention_vjp, softmax_vjp
from softmax_lib.figures.colours import COLOURS
from softmax_lib.panels.kit.arguments import colour_map
from softmax_lib.panels.kit.docs import documented
from softmax_lib.panels.kit.groups import Row
from softmax_lib.panels.kit.panel import Panel
from softmax_lib.panels.kit.primitives import Bars, Check, Heatmap, Slider, Words, number
from softmax_lib.panels.kit.scores import HIGHEST

KEYS = ["key 1", "key 2", "key 3"]
S = np.array([[1.0, 0, 1], [0, 2, 1]])  # lesson 00's Q Kᵀ / √4, (N_q, N_k)
V = np.array([[10.0], [20], [30]])  # (N_k, d_v)
dO = np.array([[1.0], [-2]])  # (N_q, d_v)
DISTANCE = np.array([[1, 0, 1], [2, 1, 0]])  # the queries belong to the last two keys
DRAWN = np.array([[0.62, 0.31, 0.93], [0.19, 0.86, 0.47]])  # once; below p: dropped
LIMIT = 10.0  # no |dS| is larger without dropout: P (1 - P) is at most 1/4, and dP spans 40
# What the slider's 0 and its 1 mean, weak before strong, and the options that come of it.
ENDS = {
    "softcap": (4.5, 0.5),
    "sink": (-4.0, 4.0),
    "dropout": (0.0, 0.8),
    "ALiBi": (0.0, 2.0),
}
OPTIONS = {
    "plain": lambda _: {},
    "softcap": lambda cap: {"softcap": cap},
    "sink": lambda score: {"sink": score},
    "dropout": lambda p: {"keep": (p <= DRAWN) / (1 - p)},
    "ALiBi": lambda slope: {"bias": -slope * DISTANCE},
}
FORWARD = {
    "plain": "S = scale · Q Kᵀ as it is",
    "softcap": "S becomes {0} · tanh(S / {0})",
    "sink": "each query has one score more, {0}, and that key has no value",
    "dropout": "O = (P ∘ keep) V with p = {0}; keep: {1}",
    "ALiBi": "{0} · distance is taken from each score",
}
ALL_UP = "raising all three scores together changes nothing"
MEANS = {  # the sum of a row of dS
    "plain": ALL_UP,
    "softcap": "raising all capped scores changes nothing; by the raw scores it is {by_raw}",
    "sink": "the sink's score did not rise with them: its dS is {own}",
    "dropout": ALL_UP,
    "ALiBi": ALL_UP,
}


@documented
def attention_today_panel(*, colours=None):
    """Show P and dS of lesson 00's example with softcap, a sink, dropout or ALiBi's bias.

    The scores are bars to drag. Beside each row of dS stands its sum.

    Parameters
    ----------
    <map>

    <returns, and takes no function>

    Examples
    --------
    >>> attention_today_panel()
    A live panel: run this cell in Jupyter, then move its controls.
    """
    return AttentionToday(colours)


class AttentionToday(Panel):
    """Bars for the scores of two queries, a box for each variant, and P and dS with their sums."""

    def __init__(self, colours):
        self.S = {f"query {i}": bars_of(i, row) for i, row in enumerate(S, start=1)}
        self.variants = {name: Check(label=name) for name in ENDS}
        for check in self.variants.values():
            check.observe(self.leave_one, "value")
        self.strength = Slider(value=0.5, min=0, max=1, step=0.05, label="strength")
        self.P, self.dS, self.raw = (
            Heatmap(title=title, rows=[*self.S], size="small")
            for title in ("P", "dS, by the score that the softmax gets", "dS, by scale · Q Kᵀ")
        )
        for heatmap in (self.P, self.dS, self.raw):
            heatmap.columns, heatmap.colours = [*KEYS, "sum", "sink"], colour_map(colours)
        self.raw.columns = [*KEYS, "sum"]
        self.words, checks = Words(), self.variants.values()
        pictures = Row(self.P, self.dS, self.raw)
        above, choice = Row(*self.S.values()), Row(*checks, self.strength)
        controls = [*self.S.values(), *checks, self.strength]
        super().__init__(above, choice, pictures, self.words, controls=controls)

    def leave_one(self, change):
        """Let no other box be ticked."""
        for check in self.variants.values():
            if change["new"] and check is not change["owner"]:
                check.value = False

    def draw(self):
        S = np.array([bars.values for bars in self.S.values()])  # (N_q, N_k)
        for bars in self.S.values():
            bars.show(bars.values, 1)
        variant, x = self.chosen()
        self.strength.number = number(x, 2, sign="")
        options = OPTIONS[variant](x)
        P, dS, raw = forward_and_back(S, options)
        if variant != "sink":
            P[:, -1] = dS[:, -1] = np.nan  # there is none
        show(self.P, P, 1.0)
        show(self.dS, dS, LIMIT)
        show(self.raw, raw, LIMIT)
        self.words.say(*in_words(variant, x, options, dS, raw))

    def chosen(self):
        """Return the variant whose box is ticked and its strength; NaN if none is."""
        for name, check in self.variants.items():
            if check.value:
                weak, strong = ENDS[name]
                return name, weak + (strong - weak) * self.strength.value
        return "plain", np.nan


def bars_of(i, scores):
    """Return bars to drag for the scores of one query."""
    bars = Bars(title=f"S of query {i}", values=scores.tolist(), editable=True)
    bars.labels, bars.colour = KEYS, COLOURS["S"].lower()
    bars.low, bars.high, bars.step = -HIGHEST, HIGHEST, 0.1
    return bars


def forward_and_back(S, options):
    """Return P, dS by the score that the softmax gets, and dS by the raw score, with row sums.

    The sink's own share stands in the last column of the first two, the sum of the keys before it.
    """
    one = np.eye(len(KEYS))  # as K, with a scale of 1: so Q is S, and dQ is dS
    _, P = attention(S, one, V, scale=1.0, **options)
    back = {name: value for name, value in options.items() if name in ("softcap", "keep")}
    raw, _, _ = attention_vjp(dO, S, one, V, P, scale=1.0, **back)
    dP = dO @ V.T * options.get("keep", 1.0)  # (N_q, N_k)
    P = np.c_[P, 1 - P.sum(1)]  # (N_q, N_k + 1)
    dS = softmax_vjp(np.c_[dP, [0.0, 0.0]], P)  # the sink has no value: its dP is 0
    return [np.c_[X[:, :3], X[:, :3].sum(1), X[:, 3:]] for X in (P, dS, raw)]


def show(heatmap, M, limit):
    """Show a matrix, its sums and the sink without colour; rounding noise has no colour either."""
    M = M.round(12)
    rows = (
        f"{name}: {', '.join(f'{key} {number(x)}' for key, x in seen(heatmap.columns, row))}"
        for name, row in zip(heatmap.rows, M, strict=True)
    )
    heatmap.show(M, limit, f"{heatmap.title}; {'; '.join(rows)}", plain=M.shape[1] - len(KEYS))


def seen(names, row):
    """List the numbers that there are, each with its name."""
    return [(name, x) for name, x in zip(names, row, strict=True) if not np.isnan(x)]


def in_words(variant, x, options, dS, raw):
    """Say what changes forward, and what the sum of each row of dS means."""
    yield f"{variant}: {forward_in_words(variant, x, options)}"
    for i, (by_softmax, by_raw) in enumerate(zip(dS, raw, strict=True), start=1):
        yield f"row {i} of dS sums to {number(by_softmax[3])}: {MEANS[variant]}".format(
            own=number(by_softmax[4]), by_raw=number(by_raw[3])
        )


def forward_in_words(variant, x, options):
    """Say what changes forward, with its numbers."""
    keep = [" ".join(number(x, 2, sign="") for x in row) for row in options.get("keep", ())]
    return FORWARD[variant].format(number(x, 2, sign=""), ", then ".join(keep))
