"""Attention tile by tile: the same answers as whole matrices give, and never an N_q × N_k array.

Only O and L, the log-sum-exp of each row of scores, are kept for the way back; each tile of P is
computed again from L when it is needed. Dao, Fu, Ermon, Rudra and Ré, "FlashAttention: fast and
memory-efficient exact attention with IO-awareness", NeurIPS 2022; keeping L alone, and the tiles
that causality skips, are from Dao, "FlashAttention-2", ICLR 2024.

Letters, shapes and dtypes are attention's. h is one combination of the leading dimensions (batch,
heads), i a tile of queries, j a tile of keys: V[*h, j] is a tile of V.
"""

from itertools import product

import numpy as np

from softmax_lib._inputs import letters, shapes
from softmax_lib._tiles import Scores, absorb, part, tile_vjp, workers

BLOCK_Q, BLOCK_K = 512, 512  # measured: docs/benchmarks.md

# As in _inputs.py; and log 0 = -inf is the right L for a query that may attend to nothing. What
# runs in a thread is decorated itself: NumPy's error state does not follow it there.
quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")


@shapes(O_1="... N_q d_v", L_1="... N_q", O_2="... N_q d_v", L_2="... N_q")
@quiet
def merge(O_1, L_1, O_2, L_2):
    """Merge the answers of the same queries to two sets of keys into that to both together.

    L = log(e^{L_1} + e^{L_2}), and O is the mean of O_1 and O_2 with the weights e^{L_1 - L} and
    e^{L_2 - L}, which add up to one. The order does not matter; L = -inf, O = 0 changes nothing.

    Parameters
    ----------
    O_1, O_2 : arrays of floats or integers, (…, N_q, d_v)
    L_1, L_2 : arrays of floats or integers, (…, N_q)
        What flash_attention returned for each set of keys. A sink belongs to one of them.

    Returns
    -------
    O : array, (…, N_q, d_v)
    L : array, (…, N_q)

    Raises
    ------
    TypeError
        An array holds something else than floats or integers, or is a masked array.
    ValueError
        The shapes do not fit together.

    Notes
    -----
    The way back needs no unmerging: flash_attention_vjp of each set of keys, with the merged O and
    L, gives that set's dK and dV, and its share of dQ. With m the larger of |L_1| and |L_2|, the
    error is at most 4 u max(1, m) in L, and 2 (m + 8) u times the mean of |O_1| and |O_2| in O.

    Dao, Haziza, Massa and Sizov, "Flash-Decoding for long-context inference" (2023), merge the
    parts of one long text; Liu, Zaharia and Abbeel, "Ring attention with blockwise transformers
    for near-infinite context", arXiv:2310.01889 (2023), those that go round a ring of machines.

    Examples
    --------
    >>> O, L = merge([[10.0]], [0.0], [[20.0]], [0.0])
    >>> O, L.round(4)
    (array([[15.]]), array([0.6931]))
    """
    L = np.logaddexp(L_1, L_2)  # (…, N_q)
    known = np.where(np.isneginf(L), 0, L)  # without a key on either side both weights are e^{-∞}
    O = np.exp(L_1 - known)[..., None] * O_1 + np.exp(L_2 - known)[..., None] * O_2
    return O, L


@letters("Q", "K", "V")
def flash_attention(
    Q,
    K,
    V,
    *,
    scale=None,
    causal=False,
    mask=None,
    bias=None,
    softcap=None,
    sink=None,
    keep=None,
    enable_gqa=False,
    block_q=BLOCK_Q,
    block_k=BLOCK_K,
    threads=None,
):
    """Compute attention's O by an online softmax over tiles, and L, the log-sum-exp of the scores.

    Each tile of queries meets the keys tile by tile, and `absorb` takes them in one after another.

    Parameters
    ----------
    Q, K, V, scale, causal, mask, bias, softcap, sink, keep, enable_gqa
        As in attention. Of mask, bias and keep one tile at a time is read.
    block_q, block_k : int
        Queries and keys in a tile. They change no answer beyond rounding.
    threads : int, optional
        Share the tiles among so many threads, with one thread each for the matrix products (by
        threadpoolctl). The bits of the answer do not depend on the number; with 1 no thread is
        started. If it is not given there is one, and the matrix products use as many as NumPy is
        set to.

    Returns
    -------
    O : array, (…, N_q, d_v)
    L : array, (…, N_q)
        L_i = log Σ_l e^{S_il}, with the sink's score; -inf for a query that may attend to nothing
        and has no sink, whose O is 0.

    Raises
    ------
    TypeError, ValueError
        As attention; a block or `threads` is not an int of at least 1.
    ImportError
        `threads` is above 1 and threadpoolctl is not installed.

    Notes
    -----
    Accuracy, causal alignment, NaN and infinities: as attention, but each tile of keys rounds Z
    and A anew, which adds up to 4 u to the relative error: tiles of one key are for learning. A
    is not yet divided by Z, so the entries of V must stay below the largest float / N_k.

    Examples
    --------
    >>> O, L = flash_attention([[0.0]], [[1.0], [2.0]], [[10.0], [20.0]], block_k=1)
    >>> O, L.round(4)
    (array([[15.]]), array([0.6931]))
    """
    S = Scores(Q, K, scale, causal, mask, bias, block_q, block_k, softcap)
    lowest = np.finfo(Q.dtype).min
    O = np.empty((*Q.shape[:-1], V.shape[-1]), Q.dtype)
    L = np.empty((*Q.shape[:-1], 1), Q.dtype)

    @quiet
    def rows_of(tile):
        h, i = tile
        m, Z, A = lowest, 0.0, 0.0
        if sink is not None:  # one score that is there already, and has no value
            m = np.maximum(sink[*h, i], lowest)  # (block_q, 1)
            Z = np.exp(sink[*h, i] - m)  # 1, or 0 if the sink is -inf
        for j in S.key_tiles(i):
            m, Z, A = absorb(m, Z, A, S[h, i, j], V[*h, j], part(keep, (h, i, j)))
        return A / np.maximum(Z, 1), m + np.log(Z)  # Z is 0 for a query without a key, else ≥ 1

    with workers(threads) as each:
        every = list(product(S.heads(), S.query_tiles()))
        for (h, i), (O_i, L_i) in zip(every, each(rows_of, every), strict=True):
            O[*h, i], L[*h, i] = O_i, L_i
    return O, L[..., 0]


@letters("dO", "Q", "K", "V", "O", "L")
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
    softcap=None,
    sink=None,
    keep=None,
    enable_gqa=False,
    block_q=BLOCK_Q,
    block_k=BLOCK_K,
    threads=None,
):
    """Carry a gradient back through attention, from dO to dQ, dK and dV, tile by tile.

    Each tile of keys meets the queries tile by tile, each tile of P comes back as e^{S - L}, and
    `tile_vjp` gives its shares. D = rowsum(dO ∘ O) equals rowsum(P ∘ dP), because O = P V; with
    keep too, because it stands in O and in dP alike.

    Parameters
    ----------
    dO : array of floats, (…, N_q, d_v)
        The upstream gradient ∂φ/∂O.
    Q, K, V, scale, causal, mask, bias, softcap, sink, keep, enable_gqa
        What flash_attention took. The sink is in L already, and not needed again.
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
    The sink's gradient is -P_sink ∘ D, summed over what it was broadcast to, where P_sink is
    e^{sink - L}. With enable_gqa, dK and dV are found for each head of Q and then added up, as in
    FlashAttention ("sum dK and dV across the groups", its flash_api.cpp).

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
    S = Scores(Q, K, scale, causal, mask, bias, block_q, block_k, softcap)
    dQ, dK, dV = (np.zeros(X.shape, X.dtype) for X in (Q, K, V))
    D = (dO * O).sum(-1, keepdims=True)  # (…, N_q, 1)
    # Without a key L is -inf and P = e^{S - ∞} = 0. L = +inf was too large for float16: no answer.
    L = np.where(np.isinf(L), -L, L)[..., None]  # (…, N_q, 1)

    @quiet
    def gradients_from(tile):
        h, j = tile
        dQ_h, dK_j, dV_j = np.zeros_like(Q[h]), np.zeros_like(K[*h, j]), np.zeros_like(V[*h, j])
        for i in S.query_tiles(j):
            P = np.exp(S[h, i, j] - L[*h, i])  # (block_q, block_k)
            given = dO[*h, i], Q[*h, i], K[*h, j], V[*h, j], P, D[*h, i]
            keep_ij = part(keep, (h, i, j))
            shares = tile_vjp(*given, scale=scale, softcap=softcap, keep=keep_ij)
            for total, share in zip((dQ_h[i], dK_j, dV_j), shares, strict=True):
                total += share
        return dQ_h, dK_j, dV_j

    with workers(threads) as each:
        every = list(product(S.heads(), S.key_tiles()))
        for (h, j), (dQ_h, dK_j, dV_j) in zip(every, each(gradients_from, every), strict=True):
            dQ[h] += dQ_h
            dK[*h, j], dV[*h, j] = dK_j, dV_j
    return dQ, dK, dV
