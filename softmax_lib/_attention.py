"""Attention on whole matrices, and how a gradient crosses it.

Letters as in the course: Q (…, N_q, d), K (…, N_k, d), V (…, N_k, d_v); S scores and P
probabilities (…, N_q, N_k); O (…, N_q, d_v); dX is ∂φ/∂X with X's shape. Leading dimensions
(batch, heads) are the same in Q, K and V; each combination of them is an attention of its own.

Floats come back in their own dtype: float16 is computed in float32 and rounded once, integers
become float64, mixed dtypes are promoted as NumPy promotes them. Inputs are never modified.
"""

import numpy as np

from softmax_lib._inputs import letters
from softmax_lib._softmax import softmax


@letters("Q", "K", "V")
def attention(Q, K, V, *, scale=None, causal=False, mask=None, bias=None):
    """Let each query average the values: S = scale · Q Kᵀ, P = softmax(S), O = P V.

    Parameters
    ----------
    Q : array of floats or integers, (…, N_q, d)
    K : array of floats or integers, (…, N_k, d)
    V : array of floats or integers, (…, N_k, d_v)
    scale : float, optional
        1/√d if not given. It may be 0 or negative, but must be finite.
    causal : bool
        Query i may attend to key j only if j ≤ i + N_k - N_q: the last query sees every key,
        each one before it sees one key less. If N_q > N_k the first queries see nothing.
    mask : array of bool, broadcastable to (…, N_q, N_k), optional
        True where the query may attend to the key. With `causal`, both must allow it.
    bias : array of floats or integers, broadcastable to (…, N_q, N_k), optional
        Added to the scores; -inf hides a key as the mask does.

    Returns
    -------
    O : array, (…, N_q, d_v)
    P : array, (…, N_q, N_k)
        A query that may attend to nothing (all its scores are -inf, or N_k = 0) has P = 0, O = 0.

    Raises
    ------
    TypeError
        An array holds something else than floats or integers, or is a masked array; the mask is
        not boolean; the scale is not one number; `causal` is not a bool.
    ValueError
        The shapes do not fit together, or the scale is not finite.

    Notes
    -----
    The causal alignment for N_q ≠ N_k is FlashAttention's since its version 2.1 (its README,
    "Change the causal mask"), which suits new queries at the end of a longer text. PyTorch's
    is_causal aligns the first query with the first key: mask=np.tri(N_q, N_k, dtype=bool).

    NaN in a row of Q, or in a key, makes NaN of those rows of O that may attend there, and of no
    other. V is multiplied by P even where P is 0, and 0 · NaN is NaN: V must be finite everywhere.

    Vaswani et al., "Attention is all you need", NeurIPS 2017, equation 1. With u the unit
    roundoff, the error is at most 2 (max scale|Q||K|ᵀ + 16) u P|V|; a bias counts as one term
    more of the scores.

    Examples
    --------
    >>> O, P = attention([[0.0]], [[1.0], [2.0]], [[10.0], [20.0]])
    >>> O, P
    (array([[15.]]), array([[0.5, 0.5]]))
    """
    (N_q, d), N_k = Q.shape[-2:], K.shape[-2]
    scale = d**-0.5 if scale is None else scale
    S = scale * Q @ K.mT  # (…, N_q, N_k)
    if bias is not None:
        S = S + bias
    if causal:
        S = np.where(np.tri(N_q, N_k, N_k - N_q, dtype=bool), S, -np.inf)
    if mask is not None:
        S = np.where(mask, S, -np.inf)
    P = softmax(S) if N_k else S  # (…, N_q, N_k); no key, nothing to share
    P[S.max(-1, initial=-np.inf) == -np.inf] = 0  # a query that may attend to nothing
    return P @ V, P


@letters("dO", "Q", "K", "V", "P")
def attention_vjp(dO, Q, K, V, P, *, scale=None):
    """Carry a gradient back through attention, from dO to dQ, dK and dV.

    dV = Pᵀ dO, dP = dO Vᵀ, dS = P ∘ (dP - D), dQ = scale · dS K, dK = scale · dSᵀ Q, where
    D is rowsum(P ∘ dP). Masks and causality are in P already: where P is 0, dS is 0.

    Parameters
    ----------
    dO : array of floats, (…, N_q, d_v)
        The upstream gradient ∂φ/∂O.
    Q, K, V : arrays, as in attention
    P : array of floats, (…, N_q, N_k)
        What attention returned.
    scale : float, optional
        What attention took.

    Returns
    -------
    dQ, dK, dV : arrays, the shapes of Q, K, V
        A query that attended to nothing gets dQ = 0, and adds nothing to dK and dV.

    Raises
    ------
    TypeError, ValueError
        As attention.

    Notes
    -----
    The gradient of a bias is dS, that is softmax_vjp(dO @ V.mT, P), summed over the axes along
    which the bias was broadcast. K and V must be finite even where P is 0.

    The error is at most 2 (max scale|Q||K|ᵀ + 16) u times the same formula with every term
    absolute.

    Examples
    --------
    >>> dQ, dK, dV = attention_vjp([[1.0]], [[0.0]], [[1.0], [2.0]], [[10.0], [20.0]], [[0.5, 0.5]])
    >>> dQ
    array([[2.5]])
    """
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    dV = P.mT @ dO  # (…, N_k, d_v)
    dP = dO @ V.mT  # (…, N_q, N_k)
    dS = P * (dP - (P * dP).sum(-1, keepdims=True))  # (…, N_q, N_k)
    dQ = scale * (dS @ K)  # (…, N_q, d)
    dK = scale * (dS.mT @ Q)  # (…, N_k, d)
    return dQ, dK, dV
