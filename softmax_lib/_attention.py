"""Attention on whole matrices, and how a gradient crosses it.

Letters as in the course: Q (…, N_q, d), K (…, N_k, d), V (…, N_k, d_v); S scores and P
probabilities (…, N_q, N_k); O (…, N_q, d_v); dX is ∂φ/∂X with X's shape. Leading dimensions
(batch, heads) are the same in Q, K and V; each combination of them is an attention of its own.
With enable_gqa, K and V may have fewer heads than Q: the guard repeats them for the bodies below.

Floats come back in their own dtype: float16 is computed in float32 and rounded once, integers
become float64, mixed dtypes are promoted as NumPy promotes them. Inputs are never modified.
"""

import numpy as np

from softmax_lib._inputs import letters
from softmax_lib._softmax import softmax


@letters("Q", "K", "V")
def attention(
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
):
    """Let each query average the values: S = scale · Q Kᵀ, P = softmax(S), O = P V.

    The options act in this order: S = softcap · tanh(S / softcap); + bias; causal and mask; the
    sink's column; softmax; O = (P ∘ keep) V.

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
        Added to the scores; -inf hides a key as the mask does, if its score is finite.
    softcap : float, optional
        Above 0 and finite: no score leaves [-softcap, softcap], and small ones stay as they are.
    sink : array of floats or integers, broadcastable to (…, N_q, 1), optional
        One more score in each row, for a key without a value; one for each head is (H, 1, 1).
        -inf is no sink.
    keep : array of floats or integers, broadcastable to (…, N_q, N_k), optional
        Dropout's mask, scaled by who draws it: 0 where dropped, else 1/(1 - p).
    enable_gqa : bool
        Heads are axis -3, H of Q and H_kv of K and V; H_kv divides H, and query head h reads head
        h // (H / H_kv). Mask, bias, sink and keep are for Q's heads.

    Returns
    -------
    O : array, (…, N_q, d_v)
    P : array, (…, N_q, N_k)
        Without the sink's column, whose share is what a row lacks to 1, and before `keep`.
        A query that may attend to nothing (all its scores are -inf, or N_k = 0) has P = 0, O = 0.

    Raises
    ------
    TypeError
        An array holds something else than floats or integers, or is a masked array; the mask is
        not boolean; scale or softcap is not one number; causal or enable_gqa is not a bool.
    ValueError
        The shapes do not fit together, the heads do not divide, scale or softcap is not finite, or
        softcap is not above 0.

    Notes
    -----
    The causal alignment for N_q ≠ N_k is FlashAttention's since its version 2.1 (its README,
    "2.1: Change behavior of causal flag"), which suits new queries at the end of a longer text.
    PyTorch's is_causal aligns the first query with the first key, as does
    mask=np.tri(N_q, N_k, dtype=bool).

    NaN in a row of Q, or in a key, makes NaN of those rows of O that may attend there, and of no
    other. V is multiplied by P even where P is 0, and 0 · NaN is NaN: V must be finite everywhere,
    and so must keep. With softcap an infinite score is one of ± softcap.

    With u the unit roundoff, the error is at most 2 ((d + 3) max scale|Q||K|ᵀ + N_k + 16) u P|V|,
    in whatever order the sums are added up (Higham, "Accuracy and Stability of Numerical
    Algorithms", 2nd edition, 2002, section 3.1). Random and trained numbers stay within
    2 (max scale|Q||K|ᵀ + 16) u P|V|; equal ones, all rounded the same way, do not. A bias counts as
    one term more of the scores, a sink as one score more, and with softcap the scores count thrice.

    Sources. Vaswani et al., "Attention is all you need", NeurIPS 2017, equation 1.
    softcap: Gemma Team, "Gemma 2", arXiv:2408.00118 (2024), section 2; before the mask, or hidden
    keys would be seen (T. Dao in FlashAttention's pull request 1025). sink: Xiao et al.,
    "Efficient streaming language models with attention sinks", ICLR 2024, and as a learned score
    in gpt-oss (eager_attention_forward of transformers' modeling_gpt_oss.py). keep: Srivastava et
    al., "Dropout", JMLR 15 (2014). enable_gqa: Ainslie et al., "GQA", EMNLP 2023, with the name
    and the order of the heads of PyTorch's scaled_dot_product_attention.

    Examples
    --------
    >>> O, P = attention([[0.0]], [[1.0], [2.0]], [[10.0], [20.0]])
    >>> O, P
    (array([[15.]]), array([[0.5, 0.5]]))
    >>> attention([[0.0]], [[1.0]], [[10.0]], sink=0)
    (array([[5.]]), array([[0.5]]))
    """
    (N_q, d), N_k = Q.shape[-2:], K.shape[-2]
    scale = d**-0.5 if scale is None else scale
    S = scale * Q @ K.mT  # (…, N_q, N_k)
    if softcap is not None:
        S = softcap * np.tanh(S / softcap)
    if bias is not None:
        S = S + bias
    if causal:
        S = np.where(np.tri(N_q, N_k, N_k - N_q, dtype=bool), S, -np.inf)
    if mask is not None:
        S = np.where(mask, S, -np.inf)
    if sink is not None:
        sink = np.broadcast_to(sink, (*S.shape[:-1], 1))
        S = np.concatenate([S, sink], -1)  # (…, N_q, N_k + 1)
    P = softmax(S) if S.shape[-1] else S  # no key and no sink, nothing to share
    P[S.max(-1, initial=-np.inf) == -np.inf] = 0  # a query that may attend to nothing
    P = P[..., :N_k]  # (…, N_q, N_k): the sink has no value
    return (P if keep is None else P * keep) @ V, P


@letters("dO", "Q", "K", "V", "P")
def attention_vjp(dO, Q, K, V, P, *, scale=None, softcap=None, keep=None, enable_gqa=False):
    """Carry a gradient back through attention, from dO to dQ, dK and dV.

    dV = Pᵀ dO, dP = dO Vᵀ, dS = P ∘ (dP - D), dQ = scale · dS K, dK = scale · dSᵀ Q, where
    D is rowsum(P ∘ dP). Masks, causality, bias and sink are in P already: where P is 0, dS is 0.

    With keep, dV = (P ∘ keep)ᵀ dO and dP = (dO Vᵀ) ∘ keep. With softcap, dS meets one factor
    more, the slope 1 - tanh²(S / softcap). With enable_gqa, dK and dV are sums over the heads of Q
    that read one head of K and V.

    Parameters
    ----------
    dO : array of floats, (…, N_q, d_v)
        The upstream gradient ∂φ/∂O.
    Q, K, V : arrays, as in attention
    P : array of floats, (…, N_q, N_k)
        What attention returned.
    scale, softcap, keep, enable_gqa
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
    Other gradients follow from dP (with keep) and D = rowsum(P ∘ dP) = rowsum(dO ∘ O), each summed
    over the axes along which its letter was broadcast: a bias's is P ∘ (dP - D), before softcap's
    slope; a sink's is -P_sink ∘ D, because its dP is 0, with P_sink = 1 - rowsum(P). K and V must
    be finite even where P is 0.

    Random and trained numbers err by at most 2 (max scale|Q||K|ᵀ + 16) u times the same formula
    with every term absolute, where the scores count as in attention; with softcap, (3 + 1/softcap)
    times. Equal numbers may err by more, as there.

    Examples
    --------
    >>> dQ, dK, dV = attention_vjp([[1.0]], [[0.0]], [[1.0], [2.0]], [[10.0], [20.0]], [[0.5, 0.5]])
    >>> dQ
    array([[2.5]])
    """
    scale = Q.shape[-1] ** -0.5 if scale is None else scale
    kept = P if keep is None else P * keep  # (…, N_q, N_k)
    dV = kept.mT @ dO  # (…, N_k, d_v)
    dP = dO @ V.mT  # (…, N_q, N_k)
    if keep is not None:
        dP = dP * keep
    dS = P * (dP - (P * dP).sum(-1, keepdims=True))  # (…, N_q, N_k)
    if softcap is not None:
        slope = 1 - np.tanh(scale * Q @ K.mT / softcap) ** 2
        dS = dS * np.where(P == 0, 0, slope)  # hidden scores may be anything
    dQ = scale * (dS @ K)  # (…, N_q, d)
    dK = scale * (dS.mT @ Q)  # (…, N_k, d)
    return dQ, dK, dV
