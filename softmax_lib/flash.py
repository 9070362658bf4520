"""Attention tile by tile: the same answers as attention.py, and never an N_q × N_k array.

Only O and L, the log-sum-exp of each row of scores, are kept for the way back; each tile of P is
computed again from L when it is needed. Dao, Fu, Ermon, Rudra and Ré, "FlashAttention: fast and
memory-efficient exact attention with IO-awareness", NeurIPS 2022; keeping L alone, and the tiles
that causality skips, are from Dao, "FlashAttention-2", ICLR 2024.

Letters, shapes and dtypes are those of attention.py. h is one combination of the leading
dimensions (batch, heads), i a tile of queries, j a tile of keys: V[*h, j] is a tile of V.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product

import numpy as np

from softmax_lib._inputs import attention_inputs, count
from softmax_lib.attention import may_attend, scores

BLOCK_Q, BLOCK_K = 512, 512  # measured: docs/benchmarks.md

# As in softmax.py; and log 0 = -inf is the right L for a query that may attend to nothing. What
# runs in a thread is decorated itself: NumPy's error state does not follow it there.
quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")


@quiet
def flash_attention(
    Q,
    K,
    V,
    *,
    scale=None,
    causal=False,
    mask=None,
    bias=None,
    block_q=BLOCK_Q,
    block_k=BLOCK_K,
    threads=None,
):
    """Compute attention's O by an online softmax over tiles, and L, the log-sum-exp of the scores.

    Each tile of queries meets the keys tile by tile. m is the largest score so far, Z the sum of
    e^{S - m} and A that of e^{S - m} V. When m grows, Z and A shrink by e^{m_old - m}. At the end
    O = A / Z and L = m + log Z.

    Parameters
    ----------
    Q, K, V, scale, causal, mask, bias
        As in attention.
    block_q, block_k : int
        Queries and keys in a tile. They change no answer beyond rounding.
    threads : int, optional
        Share the tiles among so many threads, with one thread each for the matrix products (by
        threadpoolctl). The bits of the answer do not depend on the number. If it is not given
        there is one thread, and the matrix products use as many as NumPy is set to.

    Returns
    -------
    O : array, (…, N_q, d_v)
    L : array, (…, N_q)
        L_i = log Σ_l e^{S_il}; -inf for a query that may attend to nothing, whose O is 0.

    Raises
    ------
    TypeError, ValueError
        As attention; a block or `threads` is not an int of at least 1.
    ImportError
        `threads` is given and threadpoolctl is not installed.

    Notes
    -----
    Accuracy, causal alignment, NaN and infinities: as attention, but each tile of keys rounds Z
    and A anew, which adds up to 4 u to the relative error: tiles of one key are for learning. A
    is not yet divided by Z, so the entries of V must stay below the largest float / N_k.

    The online softmax is Milakov and Gimelshein's, "Online normalizer calculation for softmax",
    arXiv:1805.02867 (2018).

    Examples
    --------
    >>> O, L = flash_attention([[0.0]], [[1.0], [2.0]], [[10.0], [20.0]], block_k=1)
    >>> O, L.round(4)
    (array([[15.]]), array([0.6931]))
    """
    (Q, K, V), scale, mask, bias, back = attention_inputs(
        Q=Q, K=K, V=V, scale=scale, mask=mask, bias=bias
    )
    S = Scores(Q, K, scale, causal, mask, bias, block_q, block_k)
    O = np.empty((*Q.shape[:-1], V.shape[-1]), Q.dtype)
    L = np.empty((*Q.shape[:-1], 1), Q.dtype)

    @quiet
    def rows_of(tile):
        h, i = tile
        m, Z, A = np.finfo(Q.dtype).min, 0.0, 0.0
        for j in S.key_tiles(i):
            S_ij = S[h, i, j]  # (block_q, block_k)
            m_old, m = m, np.maximum(m, S_ij.max(-1, keepdims=True))  # (block_q, 1)
            S_ij -= m
            E = np.exp(S_ij, out=S_ij)  # in place: the tile stays in the cache
            shrink = np.exp(m_old - m)  # (block_q, 1)
            Z = shrink * Z + E.sum(-1, keepdims=True)  # (block_q, 1)
            A = shrink * A + E @ V[*h, j]  # (block_q, d_v)
        return A / np.maximum(Z, 1), m + np.log(Z)  # Z is 0 for a query without a key, else ≥ 1

    with workers(threads) as each:
        every = list(product(S.heads(), S.query_tiles()))
        for (h, i), (O_i, L_i) in zip(every, each(rows_of, every), strict=True):
            O[*h, i], L[*h, i] = O_i, L_i
    return back(O), back(L[..., 0])


@quiet
def flash_attention_vjp(
    dO,
    Q,
    K,
    V,
    O,
    L,
    *,
    scale=None,
    causal=False,
    mask=None,
    bias=None,
    block_q=BLOCK_Q,
    block_k=BLOCK_K,
    threads=None,
):
    """Carry a gradient back through attention, from dO to dQ, dK and dV, tile by tile.

    Each tile of keys meets the queries tile by tile, and each tile of P comes back as e^{S - L}.
    The five lines are attention_vjp's, with D = rowsum(dO ∘ O), which equals rowsum(P ∘ dP)
    because O = P V. dK and dV are sums over the tiles of queries, dQ over those of keys.

    Parameters
    ----------
    dO : array of floats, (…, N_q, d_v)
        The upstream gradient ∂φ/∂O.
    Q, K, V, scale, causal, mask, bias
        What flash_attention took.
    O, L : arrays
        What flash_attention returned.
    block_q, block_k, threads
        As in flash_attention; they need not be the same.

    Returns
    -------
    dQ, dK, dV : arrays, the shapes of Q, K, V
        A query that attended to nothing gets dQ = 0, and adds nothing to dK and dV.

    Raises
    ------
    TypeError, ValueError, ImportError
        As flash_attention.

    Notes
    -----
    Accuracy as attention_vjp, with one rounding more for each tile that is added up. L and O of
    float16 come rounded to float16, and that error is carried along; where L exceeds 65504 the
    gradients are NaN or infinite, and float32 is the way out.

    Examples
    --------
    >>> QKV = [[0.0]], [[1.0], [2.0]], [[10.0], [20.0]]
    >>> O, L = flash_attention(*QKV)
    >>> dQ, dK, dV = flash_attention_vjp([[1.0]], *QKV, O, L)
    >>> dQ.round(9)
    array([[2.5]])
    """
    (dO, Q, K, V, O, L), scale, mask, bias, back = attention_inputs(
        dO=dO, Q=Q, K=K, V=V, O=O, L=L, scale=scale, mask=mask, bias=bias
    )
    S = Scores(Q, K, scale, causal, mask, bias, block_q, block_k)
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    D = (dO * O).sum(-1, keepdims=True)  # (…, N_q, 1)
    # Without a key L is -inf and P = e^{S - ∞} = 0. L = +inf was too large for float16: no answer.
    L = np.where(np.isinf(L), -L, L)[..., None]  # (…, N_q, 1)

    @quiet
    def gradients_from(tile):
        h, j = tile
        dQ_h, dK_j, dV_j = np.zeros_like(Q[h]), np.zeros_like(K[*h, j]), np.zeros_like(V[*h, j])
        for i in S.query_tiles(j):
            P = S[h, i, j]  # (block_q, block_k)
            P -= L[*h, i]
            np.exp(P, out=P)
            dV_j += P.T @ dO[*h, i]  # (block_k, d_v)
            dS = dO[*h, i] @ V[*h, j].T  # (block_q, block_k)
            dS -= D[*h, i]
            dS *= P
            dQ_h[i] = scale * (dS @ K[*h, j])  # (block_q, d)
            dK_j += scale * (dS.T @ Q[*h, i])  # (block_k, d)
        return dQ_h, dK_j, dV_j

    with workers(threads) as each:
        every = list(product(S.heads(), S.key_tiles()))
        for (h, j), (dQ_h, dK_j, dV_j) in zip(every, each(gradients_from, every), strict=True):
            dQ[h] += dQ_h
            dK[*h, j], dV[*h, j] = dK_j, dV_j
    return back(dQ), back(dK), back(dV)


class Scores:
    """S = scale · Q Kᵀ + bias, -inf where attention is not allowed: a matrix that is never stored.

    S[h, i, j] computes one tile of it.
    """

    def __init__(self, Q, K, scale, causal, mask, bias, block_q, block_k):
        self.Q, self.K, self.scale, self.mask, self.bias = Q, K, scale, mask, bias
        self.block_q, self.block_k = count(block_q=block_q), count(block_k=block_k)
        self.N_q, self.N_k = Q.shape[-2], K.shape[-2]
        # Query i sees key k if k ≤ i + diagonal; without causality the last key is below it too.
        self.diagonal = self.N_k - self.N_q if causal else self.N_k

    def __getitem__(self, tile):
        h, i, j = tile
        mask = None if self.mask is None else self.mask[*h, i, j]
        bias = None if self.bias is None else self.bias[*h, i, j]
        queries, keys = i.stop - i.start, j.stop - j.start
        diagonal = self.diagonal + i.start - j.start  # counted from the tile's own corner
        allowed = may_attend(queries, keys, None if diagonal >= keys - 1 else diagonal, mask)
        return scores(self.Q[*h, i], self.K[*h, j], self.scale, allowed, bias)

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
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise ImportError("threads= needs threadpoolctl: pip install threadpoolctl") from error

    def each(f, items):
        waiting = deque()  # answers in the order of the items, and never more than 2 a thread
        for item in items:
            waiting.append(pool.submit(f, item))
            if len(waiting) == 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        yield each
