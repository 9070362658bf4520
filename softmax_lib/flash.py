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
from softmax_lib._tiles import Scores, part, workers

BLOCK_Q, BLOCK_K = 512, 512  # measured: docs/benchmarks.md

# As in _inputs.py; and log 0 = -inf is the right L for a query that may attend to nothing. What
# runs in a thread is decorated itself: NumPy's error state does not follow it there.
quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")


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
    m_old, m = m, np.maximum(m, S.max(-1, keepdims=True))  # (…, n_q, 1)
    E = np.exp(S - m)  # (…, n_q, n_k)
    shrink = np.exp(m_old - m)  # (…, n_q, 1)
    Z = shrink * Z + E.sum(-1, keepdims=True)  # (…, n_q, 1)
    A = shrink * A + (E if keep is None else E * keep) @ V  # (…, n_q, d_v)
    return m, Z, A


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
