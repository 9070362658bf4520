"""Attention in tiles, one at a time: forward with m, Z and A, and backward from O and L."""

import numpy as np

from softmax_lib import attention, attention_vjp
from softmax_lib._tiles import Scores
from softmax_lib.panels.head import one_head
from softmax_lib.panels.panel import Column, Panel, Row
from softmax_lib.panels.primitives import Button, Check, Heatmap, Slider, Words, colour_map, number

MOST = 8  # tokens: more would not fit beside each other
LOWEST = np.finfo(float).min


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
    colours : str, optional
        The name of a diverging colour map of Matplotlib, such as "RdBu".

    Returns
    -------
    Panel
        The last expression of a cell shows it.

    Raises
    ------
    ValueError
        An array of another shape, or with something in it that is not finite; some of the arrays
        without the others; a block that is not an int of at least 1; colours that no map has.

    Examples
    --------
    >>> tiles_panel(block_q=4)
    A live panel: run this cell in Jupyter, then move its controls.
    """
    arrays = example_or(Q=Q, K=K, V=V, dO=dO)
    for name, block in {"block_q": block_q, "block_k": block_k}.items():
        if type(block) is not int or block < 1:
            raise ValueError(f"{name} must be an int of at least 1, not {block!r}")
    ways = {False: forward_steps, True: backward_steps}
    paths = {
        (back, causal): list(ways[back](*arrays, causal, block_q, block_k))
        for back in (False, True)
        for causal in (False, True)
    }
    where = Slider(value=1, min=1, step=1, label="tile", plays=True)
    back = Check(value=bool(backward), label="backward")
    causal = Check(label="causal")
    square, queries, keys, words = *(Heatmap(size="small") for _ in range(3)), Words()
    for heatmap in (square, queries, keys):
        heatmap.colours = colour_map(colours)

    def draw():
        path = paths[back.value, causal.value]
        at = min(int(where.value), len(path))
        where.max, where.value, where.number = len(path), at, f"{at:2d} of {len(path)}"
        step = path[at - 1]
        i, j = step["tile"]
        before = [
            cell for past in path[: at - 1] for cell in np.argwhere(~np.isnan(past["square"]))
        ]
        show(square, "square", step, path, before)
        show(queries, "queries", step, path)
        show(keys, "keys", step, path)
        square.framed = [i.start, i.stop, j.start, j.stop]
        queries.framed = [i.start, i.stop, 0, len(queries.columns)]
        keys.framed = [0, len(keys.rows), j.start, j.stop]
        words.say(*memory(back.value, path, at, len(arrays[0])))

    def step_by(tiles):
        where.value = min(where.max, max(where.min, where.value + tiles))

    steps = Button("previous", lambda: step_by(-1)), Button("next", lambda: step_by(1))
    pictures = Row(Column(square, keys), queries)
    moved = {where: "value", back: "value", causal: "value"}
    return Panel([Row(where, *steps, back, causal), pictures, words], draw, moved)


def forward_steps(Q, K, V, dO, causal, block_q, block_k):
    """Run the forward loops, and yield what there is after each tile."""
    S = Scores(Q, K, Q.shape[1] ** -0.5, causal, None, None, block_q, block_k)
    O, L = np.full_like(V, np.nan), np.full((len(V), 1), np.nan)
    whole = attention(Q, K, V, causal=causal)
    for i in S.query_tiles():
        m, Z, A = LOWEST, 0.0, 0.0
        for j in S.key_tiles(i):
            S_ij = S[(), i, j]  # (block_q, block_k)
            m_old, m = m, np.maximum(m, S_ij.max(-1, keepdims=True))  # (block_q, 1)
            E, shrink = np.exp(S_ij - m), np.exp(m_old - m)
            Z = shrink * Z + E.sum(-1, keepdims=True)  # (block_q, 1)
            A = shrink * A + E @ V[j]  # (block_q, d_v)
            if j == S.key_tiles(i)[-1]:
                O[i], L[i] = A / Z, m + np.log(Z)
            rows = {"A": alone(A, V, i), "O": O, "m": alone(m, L, i), "Z": alone(Z, L, i), "L": L}
            inputs = {"K": alone(K[j], K, j), "V": alone(V[j], V, j)}
            yield snapshot((i, j), "S", S_ij, rows, inputs, 3, furthest([O], whole[:1]))


def backward_steps(Q, K, V, dO, causal, block_q, block_k):
    """Run the backward loops, and yield what there is after each tile."""
    O, P = attention(Q, K, V, causal=causal)
    *_, last = forward_steps(Q, K, V, dO, causal, block_q, block_k)
    L = last["queries"][:, [-1]]  # (N, 1)
    scale = Q.shape[1] ** -0.5
    S = Scores(Q, K, scale, causal, None, None, block_q, block_k)
    whole = attention_vjp(dO, Q, K, V, P)
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    D = (dO * O).sum(-1, keepdims=True)  # (N, 1): over complete rows, before any tile
    for i in S.query_tiles():
        for j in S.key_tiles(i):
            P_ij = np.exp(S[(), i, j] - L[i])  # (block_q, block_k)
            dV[j] += P_ij.T @ dO[i]  # (block_k, d_v)
            dS = P_ij * (dO[i] @ V[j].T - D[i])  # (block_q, block_k)
            dQ[i] += scale * dS @ K[j]  # (block_q, d)
            dK[j] += scale * dS.T @ Q[i]  # (block_k, d)
            rows, columns = {"dQ": dQ, "L": L, "D": D}, {"dK": dK, "dV": dV}
            far = furthest((dQ, dK, dV), whole)
            yield snapshot((i, j), "dS", dS, rows, columns, 2, far)


def snapshot(tile, letter, values, queries, keys, plain, far):
    """Copy one moment: the live tile in its square, and what is held for each query and key."""
    N = len(next(iter(queries.values())))
    square = np.full((N, N), np.nan)
    square[tile] = values
    return {
        "tile": tile,
        "far": far,
        "plain": {"square": 0, "queries": plain, "keys": 0},
        "square": square,
        "queries": np.hstack(list(queries.values())),
        "keys": np.hstack(list(keys.values())).T,
        "names": {"queries": names(queries), "keys": names(keys)},
        "titles": {
            "square": f"{letter}: the live tile; grey is done and forgotten",
            "queries": f"for each query: {', '.join(queries)}",
            "keys": f"for each key: {' and '.join(keys)}",
        },
    }


def names(arrays):
    """Name the columns of arrays that stand side by side: dQ 1, dQ 2, L."""
    return [
        f"{letter} {column}" if X.shape[1] > 1 else letter
        for letter, X in arrays.items()
        for column in range(1, X.shape[1] + 1)
    ]


def alone(values, like, rows):
    """Return an array like another that holds nothing but these rows."""
    X = np.full_like(like, np.nan)
    X[rows] = values
    return X


def furthest(ours, whole):
    """Measure how far arrays are from those that the whole matrix gives."""
    return max(np.abs(a - b).max() for a, b in zip(ours, whole, strict=True))


def show(table, name, step, path, before=()):
    """Show one array of a step; the fullest colour is for the largest number on the whole path."""
    M, plain, title = step[name], step["plain"][name], step["titles"][name]
    seen = np.abs([other[name][:, : M.shape[1] - plain] for other in path])
    limit = seen[np.isfinite(seen)].max() or 1.0
    rows, columns = ([str(n) for n in range(1, length + 1)] for length in M.shape)
    live = ", ".join(number(x, 2) for x in M[np.isfinite(M)])
    table.rows = step["names"]["keys"] if name == "keys" else rows
    table.columns = step["names"]["queries"] if name == "queries" else columns
    table.title = title
    table.show(M, limit, f"{title}: {live}", 2, plain=plain, grey=before)


def memory(back, path, at, N):
    """Say which tile is live, and what it takes beside the whole matrix."""
    step, count = path[at - 1], len(path)
    i, j = step["tile"]
    size = (i.stop - i.start) * (j.stop - j.start)
    place = f"queries {i.start + 1} to {i.stop}, keys {j.start + 1} to {j.stop}"
    yield f"Tile {at:2d} of {count}: {place}"
    if back:
        shares = [[past["tile"][n] for past in path[:at]].count((i, j)[n]) for n in (0, 1)]
        yield f"Held now: P, dP, dS of one tile, {3 * size:3d} numbers. Whole: {3 * N * N:3d}"
        here = f"{shares[0]} to these rows of dQ, {shares[1]} to these of dK and dV"
        yield f"Shares added so far: {here}"
    else:
        done = int(np.isfinite(step["queries"][:, -1]).sum())
        yield f"Held now: one tile of S, {size:3d} numbers. Whole: {N * N:3d}"
        yield f"Kept so far: O and L of {done} of {N} queries"
    what = "dQ, dK, dV" if back else "O"
    last = f"All tiles done. Furthest from {what} with the whole matrix: {path[-1]['far']:.0e}"
    yield last if at == count else " "


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
