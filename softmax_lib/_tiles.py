"""The tiles of attention: which there are, what is done with one, and who does it.

Letters, shapes and the names of tiles, h, i and j, are those of flash.py.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import partial

import numpy as np

from softmax_lib._refuse import count


class Scores:
    """S = scale · Q Kᵀ + bias, -inf where attention is not allowed: a matrix that is never stored.

    S[h, i, j] computes one tile of it. With softcap, softcap · tanh(S / softcap) comes first.
    """

    def __init__(self, Q, K, scale, causal, mask, bias, block_q, block_k, softcap=None):
        self.Q, self.K, self.scale, self.mask, self.bias = Q, K, scale, mask, bias
        self.scores = scores if softcap is None else partial(scores, softcap=softcap)
        self.block_q, self.block_k = count(block_q=block_q), count(block_k=block_k)
        self.N_q, self.N_k = Q.shape[-2], K.shape[-2]
        # Query i sees key k if k ≤ i + diagonal; without causality the last key is below it too.
        self.diagonal = self.N_k - self.N_q if causal else self.N_k

    def __getitem__(self, tile):
        h, i, j = tile
        mask, bias = part(self.mask, tile), part(self.bias, tile)
        queries, keys = i.stop - i.start, j.stop - j.start
        diagonal = self.diagonal + i.start - j.start  # counted from the tile's own corner
        allowed = may_attend(queries, keys, None if diagonal >= keys - 1 else diagonal, mask)
        return self.scores(self.Q[*h, i], self.K[*h, j], self.scale, allowed, bias)

    def heads(self):
        """List the combinations of the leading dimensions: [()] if there are none."""
        return list(np.ndindex(self.Q.shape[:-2]))

    def query_tiles(self, j=None):
        """Cut the queries into slices: all, or only those that causality lets see a key of j."""
        first = 0 if j is None else max(0, j.start - self.diagonal)
        return tiles(first, self.N_q, self.block_q)

    def key_tiles(self, i=None):
        """Cut the keys into slices: all, or only those that causality shows to a query of i."""
        stop = self.N_k if i is None else min(self.N_k, i.stop + self.diagonal)
        return tiles(0, stop, self.block_k)


def may_attend(N_q, N_k, diagonal=None, mask=None):
    """Return where attention is allowed: k ≤ i + diagonal, and the mask. None is everywhere."""
    if diagonal is None:
        return mask
    causal = np.tri(N_q, N_k, diagonal, dtype=bool)
    return causal if mask is None else causal & mask


def scores(Q, K, scale, allowed=None, bias=None, softcap=None):
    """S = scale · Q Kᵀ, capped, + bias, and -inf where attention is not allowed."""
    S = scale * Q @ K.mT  # (…, N_q, N_k)
    if softcap is not None:
        S = softcap * np.tanh(S / softcap)
    if bias is not None:
        S += bias
    if allowed is not None:
        np.copyto(S, -np.inf, where=~allowed)
    return S


def part(a, tile):
    """Return the tile of an array of the scores' shape, if there is one."""
    h, i, j = tile
    return None if a is None else a[*h, i, j]


def tiles(start, stop, block):
    """Cut range(start, stop) into slices of at most `block`."""
    return [slice(a, min(a + block, stop)) for a in range(start, stop, block)]


@contextmanager
def workers(threads):
    """Yield a map: Python's own, or one that runs in threads, with one BLAS thread for each."""
    if threads is None:
        yield map
        return
    threads = count(threads=threads)
    with one_blas_thread(threads):
        if threads == 1:  # a browser cannot start any
            yield map
            return
        with ThreadPoolExecutor(threads) as pool:
            yield partial(in_order, pool, 2 * threads)


def one_blas_thread(threads):
    """Return a context in which BLAS has one thread; one thread alone can do without it."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        if threads == 1:
            return nullcontext()
        raise ImportError("threads= needs threadpoolctl: pip install threadpoolctl") from error
    return threadpool_limits(1, user_api="blas")


def in_order(pool, most, f, items):
    """Map in a pool of threads: answers in the order of the items, and at most so many waiting."""
    waiting = deque()
    for item in items:
        waiting.append(pool.submit(f, item))
        if len(waiting) == most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def grow(m, Z, S):
    """Let the largest score and the sum of each row grow by one more tile: what absorb does first.

    Parameters are absorb's.

    Returns
    -------
    m, Z : arrays, (…, n_q, 1)
        New ones, the tile included.
    E : array, (…, n_q, n_k)
        e^{S - m}.
    shrink : array, (…, n_q, 1)
        e^{m_old - m}, by which every sum that was measured against the old m is to be multiplied.

    Examples
    --------
    >>> m, Z, E, shrink = grow(0.0, 1.0, np.array([[np.log(2.0)]]))
    >>> Z, shrink
    (array([[1.5]]), array([[0.5]]))
    """
    m_old, m = m, np.maximum(m, S.max(-1, keepdims=True))  # (…, n_q, 1)
    E = np.exp(S - m)  # (…, n_q, n_k)
    shrink = np.exp(m_old - m)  # (…, n_q, 1)
    return m, shrink * Z + E.sum(-1, keepdims=True), E, shrink


def absorb(m, Z, A, S, V, keep=None):
    """Take one more tile of keys into the online softmax of some queries.

    m is the largest score so far, Z the sum of e^{S - m} and A that of e^{S - m} V. When m grows,
    Z and A shrink by e^{m_old - m}. After the last tile O = A / Z and L = m + log Z.

    Parameters
    ----------
    m, Z : arrays of floats, (…, n_q, 1)
        Before the first tile the lowest float, np.finfo(S.dtype).min, and 0. A start from -inf
        would give NaN where nothing may be attended to: -inf - (-inf).
    A : array of floats, (…, n_q, d_v)
        Before the first tile 0.
    S : array of floats, (…, n_q, n_k)
        The scores of the tile.
    V : array of floats, (…, n_k, d_v)
        Its values.
    keep : array, (…, n_q, n_k), optional
        Dropout's mask of the tile. It is for A alone: Z is the sum of all.

    Returns
    -------
    m, Z, A : arrays
        New ones, the tile included.

    Notes
    -----
    Milakov and Gimelshein, "Online normalizer calculation for softmax", arXiv:1805.02867 (2018).
    A plain function, without a guard: it is called once for each tile.

    Examples
    --------
    >>> S, V = np.array([[0.0, 0.0]]), np.array([[10.0], [20.0]])
    >>> m, Z, A = absorb(np.finfo(float).min, 0.0, 0.0, S, V)
    >>> A / Z, (m + np.log(Z)).round(4)
    (array([[15.]]), array([[0.6931]]))
    """
    m, Z, E, shrink = grow(m, Z, S)
    return m, Z, shrink * A + (E if keep is None else E * keep) @ V  # (…, n_q, d_v)


def tile_vjp(dO, Q, K, V, P, D, *, scale, softcap=None, keep=None):
    """Carry a gradient back through one tile: what it adds to dQ, dK and dV.

    The lines are attention_vjp's. D is needed from outside, because a tile of keys does not
    see the complete rows.

    Parameters
    ----------
    dO, Q : arrays of floats, (…, n_q, d_v) and (…, n_q, d)
        Of the tile's queries.
    K, V : arrays of floats, (…, n_k, d) and (…, n_k, d_v)
        Of the tile's keys.
    P : array of floats, (…, n_q, n_k)
        The tile's probabilities, e^{S - L} with L of the complete rows.
    D : array of floats, (…, n_q, 1)
        rowsum(dO ∘ O), which equals rowsum(P ∘ dP) over the complete rows.
    scale, softcap : float
        What the scores were made with.
    keep : array, (…, n_q, n_k), optional
        Dropout's mask of the tile.

    Returns
    -------
    dQ, dK, dV : arrays
        The tile's shares: dQ is to be added up over the tiles of keys, dK and dV over those of
        queries.

    Notes
    -----
    A plain function, without a guard: it is called once for each tile.

    Examples
    --------
    >>> dO, Q, K, V = np.array([[1.0]]), np.array([[0.0]]), np.array([[2.0]]), np.array([[20.0]])
    >>> tile_vjp(dO, Q, K, V, np.array([[0.5]]), np.array([[15.0]]), scale=1)
    (array([[5.]]), array([[0.]]), array([[0.5]]))
    """
    kept = P if keep is None else P * keep  # (…, n_q, n_k)
    dV = kept.mT @ dO  # (…, n_k, d_v)
    dP = dO @ V.mT  # (…, n_q, n_k)
    if keep is not None:
        dP = dP * keep
    dS = P * (dP - D)  # (…, n_q, n_k)
    if softcap is not None:
        slope = 1 - np.tanh(scale * Q @ K.mT / softcap) ** 2
        dS = dS * np.where(P == 0, 0, slope)
    dQ = scale * (dS @ K)  # (…, n_q, d)
    dK = scale * (dS.mT @ Q)  # (…, n_k, d)
    return dQ, dK, dV
