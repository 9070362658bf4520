"""Attention in tiles, one at a time: forward with m, Z and A, and backward from O and L."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from softmax_lib import absorb, attention, attention_vjp, softmax_vjp, tile_vjp
from softmax_lib.panels.kit.arguments import colour_map
from softmax_lib.panels.kit.docs import documented
from softmax_lib.panels.kit.groups import Column, Row
from softmax_lib.panels.kit.head import one_head
from softmax_lib.panels.kit.panel import Panel
from softmax_lib.panels.kit.primitives import Button, Check, Heatmap, Slider, Words, number

MOST = 8  # tokens: more would not fit beside each other
LOWEST = np.finfo(float).min


@documented
def tiles_panel(
    Q=None, K=None, V=None, dO=None, *, block_q=2, block_k=2, backward=False, colours=None
):
    """Play attention's two loops over tiles, or step through them, forward or backward.

    Parameters
    ----------
    Q, K, V, dO : arrays of floats, (N, 1) or (N, 2), optional
        Queries, keys, values, and the gradient that arrives at the output, of 2 to 8 tokens. If
        none of them is given, the panel brings an example of 8.
    block_q, block_k : int
        Queries and keys in a tile.
    backward : bool
        Begin with the way back.
    <map>

    <returns, and takes no function>

    Examples
    --------
    >>> tiles_panel(block_q=4)
    A live panel: run this cell in Jupyter, then move its controls.
    """
    for name, block in {"block_q": block_q, "block_k": block_k}.items():
        if type(block) is not int or block < 1:
            raise ValueError(f"{name} must be an int of at least 1, not {block!r}")
    return Tiles(example_or(Q=Q, K=K, V=V, dO=dO), (block_q, block_k), backward, colours)


class Tiles(Panel):
    """The square of scores with its live tile, what is held for queries and keys, and words."""

    def __init__(self, arrays, blocks, backward, colours):
        self.N = len(arrays[0])
        self.paths = {
            (back, causal): list(steps(*arrays, causal, *blocks))
            for back, steps in ((False, forward_steps), (True, backward_steps))
            for causal in (False, True)
        }
        self.largest = {way: largest_of(path) for way, path in self.paths.items()}
        self.where = Slider(value=1, min=1, step=1, label="tile", plays=True)
        self.back = Check(value=bool(backward), label="backward")
        self.causal = Check(label="causal")
        self.square, self.queries, self.keys = (Heatmap(size="small") for _ in range(3))
        for heatmap in (self.square, self.queries, self.keys):
            heatmap.colours = colour_map(colours)
        self.words = Words()
        by = {"previous": -1, "next": 1}
        buttons = [Button(name, partial(self.step_by, tiles)) for name, tiles in by.items()]
        above = Row(self.where, *buttons, self.back, self.causal)
        pictures = Row(Column(self.square, self.keys), self.queries)
        controls = [self.where, self.back, self.causal]
        super().__init__(above, pictures, self.words, controls=controls)

    def step_by(self, tiles):
        """Go some tiles on, or back, as far as there are any."""
        self.where.value = min(self.where.max, max(self.where.min, self.where.value + tiles))

    def draw(self):
        path = self.paths[self.back.value, self.causal.value]
        at = min(int(self.where.value), len(path))
        self.where.max, self.where.value = len(path), at
        self.where.number = f"{at:2d} of {len(path)}"
        step = path[at - 1]
        i, j = step.tile
        done = [cell for past in path[: at - 1] for cell in cells_of(past.tile)]
        largest = self.largest[self.back.value, self.causal.value]
        show(self.square, step.square, largest["square"], done)
        show(self.queries, step.queries, largest["queries"])
        show(self.keys, step.keys, largest["keys"])
        self.square.framed = [i.start, i.stop, j.start, j.stop]
        self.queries.framed = [i.start, i.stop, 0, len(self.queries.columns)]
        self.keys.framed = [0, len(self.keys.rows), j.start, j.stop]
        self.words.say(*self.in_words(path, at))

    def in_words(self, path, at):
        """Say which tile is live, and what it takes beside the whole matrix."""
        step, tiles, back = path[at - 1], [past.tile for past in path[:at]], self.back.value
        i, j = step.tile
        where = f"queries {i.start + 1} to {i.stop}, keys {j.start + 1} to {j.stop}"
        yield f"Tile {at:2d} of {len(path)}: {where}"
        held, each = ("P, dP, dS of one tile", 3) if back else ("one tile of S", 1)
        numbers = each * len(cells_of(step.tile))
        yield f"Held now: {held}, {numbers:3d} numbers. Whole: {each * self.N**2:3d}"
        if back:
            rows, columns = sum(i == a for a, _ in tiles), sum(j == b for _, b in tiles)
            here = f"{rows} to these rows of dQ, {columns} to these of dK and dV"
            yield f"Shares added so far: {here}"
        else:
            done = int(np.isfinite(step.queries.values[:, -1]).sum())
            yield f"Kept so far: O and L of {done} of {self.N} queries"
        what = "dQ, dK, dV" if back else "O"
        last = f"All tiles done. Furthest from {what} with the whole matrix: {step.far:.0e}"
        yield last if at == len(path) else " "  # so that nothing below it jumps


@dataclass
class Table:
    """Some arrays side by side at one moment: what is not held is NaN."""

    values: np.ndarray
    rows: list
    columns: list
    title: str
    plain: int = 0  # so many of the last columns have no colour

    def largest(self):
        """Return the largest magnitude in the columns that have a colour."""
        seen = np.abs(self.values[:, : self.values.shape[1] - self.plain])
        return seen[np.isfinite(seen)].max()


@dataclass
class Step:
    """One moment of the loops: its tile (i, j), and what there is once the tile is done."""

    tile: tuple
    square: Table
    queries: Table
    keys: Table
    far: float  # how far what is complete is from the answer with the whole matrix


def forward_steps(Q, K, V, dO, causal, block_q, block_k):
    """Run the forward loops, and yield what there is after each tile."""
    N, S = len(Q), scores(Q, K, causal)
    O, L = np.full_like(V, np.nan), np.full((N, 1), np.nan)
    whole = attention(Q, K, V, causal=causal)
    for i in cut(N, block_q):
        m, Z, A = LOWEST, 0.0, 0.0
        for j in cut(i.stop if causal else N, block_k):
            m, Z, A = absorb(m, Z, A, S[i, j], V[j])  # (block_q, 1), …, (block_q, d_v)
            if j.stop == (i.stop if causal else N):
                O[i], L[i] = A / Z, m + np.log(Z)
            rows = {"A": alone(A, V, i), "O": O, "m": alone(m, L, i), "Z": alone(Z, L, i), "L": L}
            columns = {"K": alone(K[j], K, j), "V": alone(V[j], V, j)}
            far = furthest([O], whole[:1])
            yield Step((i, j), live("S", S, (i, j)), *held(rows, columns, plain=3), far)


def backward_steps(Q, K, V, dO, causal, block_q, block_k):
    """Run the backward loops, and yield what there is after each tile."""
    N, S, scale = len(Q), scores(Q, K, causal), 1 / np.sqrt(Q.shape[1])
    O, P = attention(Q, K, V, causal=causal)
    *_, last = forward_steps(Q, K, V, dO, causal, block_q, block_k)
    L = last.queries.values[:, [-1]]  # (N, 1)
    D = (dO * O).sum(-1, keepdims=True)  # (N, 1): over complete rows, before any tile
    dS, whole = softmax_vjp(dO @ V.T, P), attention_vjp(dO, Q, K, V, P)
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for i in cut(N, block_q):
        for j in cut(i.stop if causal else N, block_k):
            P_ij = np.exp(S[i, j] - L[i])  # (block_q, block_k)
            shares = tile_vjp(dO[i], Q[i], K[j], V[j], P_ij, D[i], scale=scale)
            for sum_, share in zip((dQ[i], dK[j], dV[j]), shares, strict=True):
                sum_ += share
            rows, columns = {"dQ": dQ, "L": L, "D": D}, {"dK": dK, "dV": dV}
            far = furthest((dQ, dK, dV), whole)
            yield Step((i, j), live("dS", dS, (i, j)), *held(rows, columns, plain=2), far)


def scores(Q, K, causal):
    """Return all scores, of which the loops only ever take a tile."""
    S = Q @ K.T / np.sqrt(Q.shape[1])  # (N, N)
    return np.where(np.tri(len(S), dtype=bool), S, -np.inf) if causal else S


def cut(stop, block):
    """Cut range(stop) into slices of at most `block`."""
    return [slice(a, min(a + block, stop)) for a in range(0, stop, block)]


def live(letter, whole, tile):
    """Return the square in which nothing but the live tile is held."""
    title = f"{letter}: the live tile; grey is done and forgotten"
    counted = [str(n) for n in range(1, len(whole) + 1)]
    return Table(alone(whole[tile], whole, tile), counted, counted, title)


def held(queries, keys, plain):
    """Return what is held for each query, and for each key: their letters, side by side."""
    counted = [str(n) for n in range(1, len(queries["L"]) + 1)]
    rows, columns = np.hstack(list(queries.values())), np.hstack(list(keys.values()))
    return (
        Table(rows, counted, names(queries), f"for each query: {', '.join(queries)}", plain),
        Table(columns.T, names(keys), counted, f"for each key: {' and '.join(keys)}"),
    )


def names(arrays):
    """Name the columns of arrays that stand side by side: dQ 1, dQ 2, L."""
    return [
        f"{letter} {column}" if X.shape[1] > 1 else letter
        for letter, X in arrays.items()
        for column in range(1, X.shape[1] + 1)
    ]


def alone(values, like, where):
    """Return an array like another that holds nothing but these values."""
    X = np.full_like(like, np.nan)
    X[where] = values
    return X


def furthest(ours, whole):
    """Measure how far arrays are from those that the whole matrix gives."""
    return max(np.abs(a - b).max() for a, b in zip(ours, whole, strict=True))


def largest_of(path):
    """Return the largest magnitudes on a whole path: so its colours have one meaning."""
    tables = {
        name: [getattr(step, name) for step in path] for name in ("square", "queries", "keys")
    }
    return {name: max(table.largest() for table in each) or 1.0 for name, each in tables.items()}


def show(heatmap, table, limit, grey=()):
    """Show a table of one moment."""
    shown = ", ".join(number(x, 2) for x in table.values[np.isfinite(table.values)])
    heatmap.rows, heatmap.columns, heatmap.title = table.rows, table.columns, table.title
    text = f"{table.title}: {shown}"
    heatmap.show(table.values, limit, text, 2, plain=table.plain, grey=grey)


def cells_of(tile):
    """List the cells of a tile."""
    i, j = tile
    return [(row, column) for row in range(i.start, i.stop) for column in range(j.start, j.stop)]


def example_or(**given):
    """Return the arrays that were given, or an example if there were none."""
    missing = [name for name, X in given.items() if X is None]
    if len(missing) == len(given):
        return (1.5 * np.random.default_rng(9).normal(size=(4, MOST, 2))).round(1)
    if missing:
        raise ValueError(f"Q, K, V and dO must be given together: {', '.join(missing)} is missing")
    arrays = one_head(MOST, **given)
    for name, X in zip(given, arrays, strict=True):
        if X.shape[1] > 2:
            raise ValueError(f"{name} must have 1 or 2 columns, not the shape {X.shape}")
    return arrays
