"""The two loops over tiles, with one of their parts exchanged: what wrong answers are made of."""

from itertools import product

import numpy as np

from softmax_lib import softmax

# Forward ---------------------------------------------------------------------------------------


def forward_loop(
    Q, K, V, scale, block_k, *, shrink_Z=True, shrink_A=True, divide=False, m=None, stop=None
):
    """The loop over tiles of keys, with one of its parts exchanged; returns m, Z, A."""
    lowest = np.finfo(Q.dtype).min if m is None else m
    m, Z = np.full((len(Q), 1), lowest, Q.dtype), np.zeros((len(Q), 1), Q.dtype)
    A = np.zeros((len(Q), V.shape[1]), Q.dtype)
    for start in range(0, len(K) if stop is None else stop, block_k):
        S = scale * Q @ K[start : start + block_k].T
        m_old, m = m, np.maximum(m, S.max(-1, keepdims=True))
        E, shrink = np.exp(S - m), np.exp(m_old - m)
        Z = Z * (shrink if shrink_Z else 1) + E.sum(-1, keepdims=True)
        A = A * (shrink if shrink_A else 1) + E @ V[start : start + block_k]
        A = A / Z if divide else A
    return m, Z, A


def rescaled(Q, K, V, scale, block_k, m, by_Z, by_A):
    """The loop over tiles from a maximum m, with factors of another kind for the old sums."""
    Z, A = 0.0, 0.0
    for start in range(0, len(K), block_k):
        S = scale * Q @ K[start : start + block_k].T
        m_old, m = m, np.maximum(m, S.max(-1, keepdims=True))
        E = np.exp(S - m)
        Z = Z * by_Z(m_old - m) + E.sum(-1, keepdims=True)
        A = A * by_A(m_old - m) + E @ V[start : start + block_k]
    return finish(m, Z, A)


def growing(change):
    return np.exp(-change)


def finish(m, Z, A):
    return A / Z, (m + np.log(Z))[:, 0]


# Backward --------------------------------------------------------------------------------------


def backward_loops(dO, Q, K, V, O, L, *slips, scale, causal, block_q, block_k, D=None):
    """The two loops of the way back, with some of their parts exchanged: slips name them."""
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    D = (dO * O).sum(-1, keepdims=True) if D is None else D
    N_q = len(Q) // block_q * block_q if "whole tiles" in slips else len(Q)
    N_k = len(K) // block_k * block_k if "whole tiles" in slips else len(K)
    for b, a in product(range(0, N_k, block_k), range(0, N_q, block_q)):
        wide = 1 if "one key" in slips else block_k
        i, j = slice(a, min(a + block_q, N_q)), slice(b, min(b + wide, N_k))
        if causal and skipped(i, j, slips):
            continue
        L_i = L[i] if "L in a row" in slips else L[i, None]
        P = probabilities(scale * Q[i] @ K[j].T, L_i, slips)
        P = np.where(seen(i, j, slips), P, 0) if causal else P
        dP = dO[i] @ V[j].T
        dS = dP if "not crossed" in slips else P * (dP - D_of(P, dP, D[i], slips))
        shares = {"dQ": (dQ, i, scale * dS @ K[j]), "dK": (dK, j, scale * dS.T @ Q[i])}
        for name, (dX, x, share) in (shares | {"dV": (dV, j, P.T @ dO[i])}).items():
            dX[x] = share if f"{name} =" in slips else dX[x] + share
    return dQ, dK, dV


def skipped(i, j, slips):
    """Whether a causal loop passes over a tile; a right one may do so if j.start >= i.stop."""
    if "skip by first query" in slips:
        return j.start > i.start
    if "skip the diagonal" in slips:
        return j.start >= i.start
    return "skip by last key" in slips and j.stop > i.start + 1


def probabilities(S, L, slips):
    if "softmax" in slips:
        return softmax(S)
    if "2^(S - L)" in slips:
        return np.exp2(S - L)
    if "2^S" in slips:
        return np.exp2(S.dtype.type(np.log2(np.e)) * S - L)
    return np.exp(S) / (L if "L for e^L" in slips else np.exp(L)) if "/" in slips else np.exp(S - L)


def seen(i, j, slips):
    """Where a query may attend to a key, of one tile."""
    query, key = np.arange(i.start, i.stop)[:, None], np.arange(j.start, j.stop)
    if "local" in slips:
        query, key = query - i.start, key - j.start
    ways = {"<": np.less, ">": np.greater, ">=": np.greater_equal}
    return next((ways[slip] for slip in slips if slip in ways), np.less_equal)(key, query)


def D_of(P, dP, D, slips):
    if "D of tile" in slips:
        return (P * dP).sum(-1, keepdims=True)
    return (P * dP).sum() if "D of all of the tile" in slips else D
