"""10: back through attention whose heads share keys and values."""

import numpy as np

from softmax_lib import attention_vjp, loops
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, forward
from softmax_lib.exercises.oracles import slopes

exercise = Exercise("grouped_queries_vjp", "dQ", "dK", "dV")


@exercise.inputs
def inputs(draw):
    def shared(what, H, H_kv, N_q, N_k, d, d_v, scale=0.3, dtype=np.float64):
        """H heads of queries; head h reads head h // (H / H_kv) of the keys and values."""
        Q = draw.normal(H, N_q, d, dtype=dtype)
        K, V = draw.normal(H_kv, N_k, d, dtype=dtype), draw.normal(H_kv, N_k, d_v, dtype=dtype)
        group = H // H_kv
        P = [list(forward(Q[h], K[h // group], V[h // group], scale=scale))[1] for h in range(H)]
        dO = draw.normal(H, N_q, d_v, dtype=dtype)
        return case(what, dO=dO, Q=Q, K=K, V=V, P=np.stack(P), scale=scale)

    yield shared("six heads, two of keys", 6, 2, 3, 5, 4, 7)
    yield shared("one head of keys for three (multi-query)", 3, 1, 2, 3, 4, 2, scale=0.7)
    yield shared("four heads, two of keys, all other lengths 4", 4, 2, 4, 4, 4, 4)
    for dtype in NARROW:
        yield shared(dtype.__name__, 4, 2, 3, 2, 2, 3, dtype=dtype)


@exercise.oracle
def by_complex_step(dO, Q, K, V, P, scale):
    """φ of all heads, through the loops, each with the keys that it reads."""
    group = len(Q) // len(K)

    def phi(Q, K, V):
        outputs = (
            loops.attention(Q[h], K[h // group], V[h // group], scale=scale)[0]
            for h in range(len(Q))
        )
        return sum((g * O).sum() for g, O in zip(dO, outputs, strict=True))

    return slopes(phi)(Q, K, V)


@exercise.answer
def grouped_queries_vjp(dO, Q, K, V, P, *, scale):
    group = len(Q) // len(K)  # heads of queries that share one of keys
    K_h, V_h = np.repeat(K, group, axis=0), np.repeat(V, group, axis=0)  # (H, N_k, …)
    dP = dO @ V_h.mT  # (H, N_q, N_k)
    dS = P * (dP - (P * dP).sum(axis=-1, keepdims=True))  # (H, N_q, N_k)
    dQ = scale * (dS @ K_h)  # (H, N_q, d)
    dK = scale * (dS.mT @ Q)  # (H, N_k, d): each head's own share
    dV = P.mT @ dO  # (H, N_k, d_v)
    dK = dK.reshape(len(K), group, *K.shape[1:]).sum(axis=1)  # (H_kv, N_k, d)
    dV = dV.reshape(len(V), group, *V.shape[1:]).sum(axis=1)  # (H_kv, N_k, d_v)
    return dQ, dK, dV


@exercise.variant
def by_the_library(dO, Q, K, V, P, *, scale):
    return attention_vjp(dO, Q, K, V, P, scale=scale, enable_gqa=True)


@exercise.variant
def head_by_head(dO, Q, K, V, P, *, scale):
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for h in range(len(Q)):
        at = h // (len(Q) // len(K))
        dQ[h], dK_h, dV_h = attention_vjp(dO[h], Q[h], K[at], V[at], P[h], scale=scale)
        dK[at] += dK_h
        dV[at] += dV_h
    return dQ, dK, dV


def each_head(dO, Q, K, V, P, scale, reads=None):
    """The five lines of every head, with its own copy of keys and values."""
    reads = np.arange(len(Q)) // (len(Q) // len(K)) if reads is None else reads
    return attention_vjp(dO, Q, K[reads], V[reads], P, scale=scale)


def groups(X, H_kv):
    return X.reshape(H_kv, -1, *X.shape[1:])


@exercise.mistake
def mean_over_the_group(dO, Q, K, V, P, *, scale):
    """dK and dV are means over the heads that share. Each head is a path of its own to the loss:
    add over the paths."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale)
    return dQ, groups(dK, len(K)).mean(1), groups(dV, len(K)).mean(1)


@exercise.mistake
def not_added_up(dO, Q, K, V, P, *, scale):
    """dK and dV have a head for each head of queries. A gradient has the shape of its letter: add
    up the heads that share."""
    return each_head(dO, Q, K, V, P, scale)


@exercise.mistake
def first_head_of_each_group(dO, Q, K, V, P, *, scale):
    """only the first head of each group is counted. All of them read these keys: add up."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale)
    return dQ, groups(dK, len(K))[:, 0], groups(dV, len(K))[:, 0]


@exercise.mistake
def last_head_of_each_group(dO, Q, K, V, P, *, scale):
    """only the last head of each group is left: = where += was due, or dK[heads] += …, which
    writes a place that is named twice only once (np.add.at adds)."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale)
    return dQ, groups(dK, len(K))[:, -1], groups(dV, len(K))[:, -1]


@exercise.mistake
def heads_in_the_other_order(dO, Q, K, V, P, *, scale):
    """head h reads head h % H_kv: np.tile's order. Neighbours share, so it is h // group:
    np.repeat's."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale, reads=np.arange(len(Q)) % len(K))
    group = len(Q) // len(K)
    dK, dV = (X.reshape(group, len(K), *X.shape[1:]).sum(0) for X in (dK, dV))
    return dQ, dK, dV


@exercise.mistake
def added_in_the_other_order(dO, Q, K, V, P, *, scale):
    """the heads that are added up are not those that share. Neighbours share: reshape to
    (H_kv, group, …), and add over axis 1."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale)
    group = len(Q) // len(K)
    dK, dV = (X.reshape(group, len(K), *X.shape[1:]).sum(0) for X in (dK, dV))
    return dQ, dK, dV


@exercise.mistake
def repeated_in_the_other_order(dO, Q, K, V, P, *, scale):
    """K and V are laid out by np.tile: head h gets head h % H_kv. np.repeat keeps neighbours
    together."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale, reads=np.arange(len(Q)) % len(K))
    return dQ, groups(dK, len(K)).sum(1), groups(dV, len(K)).sum(1)


@exercise.mistake
def dV_is_a_mean(dO, Q, K, V, P, *, scale):
    """dV is a mean over the group, dK a sum. Both are shared in the same way: add up."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale)
    return dQ, groups(dK, len(K)).sum(1), groups(dV, len(K)).mean(1)


@exercise.mistake
def dK_is_a_mean(dO, Q, K, V, P, *, scale):
    """dK is a mean over the group, dV a sum. Both are shared in the same way: add up."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale)
    return dQ, groups(dK, len(K)).mean(1), groups(dV, len(K)).sum(1)


@exercise.mistake
def all_heads_into_each(dO, Q, K, V, P, *, scale):
    """every head of keys has the sum over all heads of queries. A head of keys is read by its own
    group alone: add up within the group."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale)
    return dQ, *(np.repeat(X.sum(0, keepdims=True), len(K), axis=0) for X in (dK, dV))


@exercise.mistake
def D_forgotten(dO, Q, K, V, P, *, scale):
    """D is forgotten: dS = P∘dP. Compare dP with its mean over the row, in every head."""
    reads = np.arange(len(Q)) // (len(Q) // len(K))
    dS = P * (dO @ V[reads].mT)
    dK, dV = scale * dS.mT @ Q, P.mT @ dO
    return scale * dS @ K[reads], groups(dK, len(K)).sum(1), groups(dV, len(K)).sum(1)


@exercise.mistake
def softmax_not_crossed(dO, Q, K, V, P, *, scale):
    """dP is taken for dS: the softmax is not crossed. Its line is P∘(dP - D), in every head."""
    reads = np.arange(len(Q)) // (len(Q) // len(K))
    dP = dO @ V[reads].mT
    dK, dV = scale * dP.mT @ Q, P.mT @ dO
    return scale * dP @ K[reads], groups(dK, len(K)).sum(1), groups(dV, len(K)).sum(1)


@exercise.mistake
def values_added_up_first(dO, Q, K, V, P, *, scale):
    """P and dO are added up over the group, and then multiplied. Multiply in each head, then
    add."""
    dQ, dK, _ = each_head(dO, Q, K, V, P, scale)
    dV = groups(P, len(K)).sum(1).mT @ groups(dO, len(K)).sum(1)
    return dQ, groups(dK, len(K)).sum(1), dV


@exercise.mistake
def dQ_added_up_too(dO, Q, K, V, P, *, scale):
    """dQ is added up as well. Each head has queries of its own: they are not shared."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, scale)
    group = len(Q) // len(K)
    dQ = np.repeat(groups(dQ, len(K)).sum(1), group, axis=0)
    return dQ, groups(dK, len(K)).sum(1), groups(dV, len(K)).sum(1)


@exercise.mistake
def scale_forgotten(dO, Q, K, V, P, *, scale):
    """the scale is forgotten in dQ and dK. S = scale · Q Kᵀ in every head."""
    dQ, dK, dV = each_head(dO, Q, K, V, P, 1.0)
    return dQ, groups(dK, len(K)).sum(1), groups(dV, len(K)).sum(1)


@exercise.mistake
def dS_added_up_first(dO, Q, K, V, P, *, scale):
    """dS is added up over the group, and then multiplied by the sum of Q. A sum of products is not
    the product of the sums: multiply in each head, then add."""
    dQ, _, dV = each_head(dO, Q, K, V, P, scale)
    reads = np.arange(len(Q)) // (len(Q) // len(K))
    dP = dO @ V[reads].mT
    dS = P * (dP - (P * dP).sum(-1, keepdims=True))
    dK = scale * groups(dS, len(K)).sum(1).mT @ groups(Q, len(K)).sum(1)
    return dQ, dK, groups(dV, len(K)).sum(1)
