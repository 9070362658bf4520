"""The gradients of attention: of V, P, S, Q and K, and D from the output."""

from functools import partial

import numpy as np

from softmax_lib import loops
from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import (
    D,
    K,
    N_k,
    N_q,
    O,
    P,
    Q,
    S,
    V,
    c,
    d,
    d_v,
    dO,
    dP,
    dS,
    i,
    j,
    k,
    l,
    phi,
    scale,
)
from softmax_lib.derivations.meaning import measured
from softmax_lib.derivations.notation import (
    Delta,
    Dot,
    Matmul,
    Partial,
    RowSum,
    Sum,
    Times,
    Transpose,
)
from softmax_lib.derivations.softmax import probabilities


def weighted_values(P, V, dO):
    """Define O = P V, whatever P is, and φ as a function of O whose gradient is dO."""
    O, dP = P @ V, dO @ V.T
    return {"O": O, "phi": (dO * O).sum(), "dP": dP, "D": (P * dP).sum(-1)}


def loss_of_output(P, V, dO):
    """φ from P and V, one product at a time."""
    return np.einsum("ij,jc,ic->", P, V, dO)


def sum_of_P_dP(P, **given):
    """D, with dP by complex step."""
    return (P * measured(loss_of_output, "P")(P=P, **given)).sum(-1)


def score_matrix(Q, K, scale, dS):
    """Define S = scale · Q Kᵀ, and φ as a function of S whose gradient is dS."""
    S = scale * Q @ K.T
    return {"S": S, "phi": (dS * S).sum()}


def loss_of_scores(Q, K, scale, dS):
    """φ from Q and K, one product at a time."""
    return scale * np.einsum("ic,kc,ik->", Q, K, dS)


def probabilities_and_D(S, dP):
    """Define P, φ and D = rowsum(P∘dP)."""
    letters = probabilities(S, dP)
    return letters | {"D": (letters["P"] * dP).sum(-1)}


from_output = partial(
    checked, given={"P": (N_q, N_k), "V": (N_k, d_v), "dO": (N_q, d_v)}, define=weighted_values
)
from_scores = partial(
    checked,
    given={"Q": (N_q, d), "K": (N_k, d), "scale": (), "dS": (N_q, N_k)},
    define=score_matrix,
)


@from_output(truth=measured(loss_of_output, "V"), free={j: N_k, c: d_v})
def gradient_of_V():
    """From O to V"""
    yield Partial(phi, V[j, c])
    yield Sum(dO[i, c] * Partial(O[i, c], V[j, c]), i, N_q)
    yield r"chain rule: $\phi$ depends on $V_{jc}$ through column $c$ of $O$, in every row"
    yield Sum(dO[i, c] * Partial(Sum(P[i, l] * V[l, c], l, N_k), V[j, c]), i, N_q)
    yield "write $O_{ic}$ out"
    yield Sum(dO[i, c] * P[i, j], i, N_q)
    yield "only the term with $l = j$ holds $V_{jc}$, and its derivative is $P_{ij}$"
    yield Sum(P[i, j] * dO[i, c], i, N_q)
    yield "column $j$ of $P$, with column $c$ of $dO$"
    yield Matmul(Transpose(P), dO)
    yield "every $j$ and $c$ at once"


@from_output(truth=measured(loss_of_output, "P"), free={i: N_q, j: N_k})
def gradient_of_P():
    """From O to P"""
    yield Partial(phi, P[i, j])
    yield Sum(dO[i, c] * Partial(O[i, c], P[i, j]), c, d_v)
    yield r"chain rule: $\phi$ depends on $P_{ij}$ through row $i$ of $O$, in every column"
    yield Sum(dO[i, c] * Partial(Sum(P[i, l] * V[l, c], l, N_k), P[i, j]), c, d_v)
    yield "write $O_{ic}$ out"
    yield Sum(dO[i, c] * V[j, c], c, d_v)
    yield "only the term with $l = j$ holds $P_{ij}$, and its derivative is $V_{jc}$"
    yield Matmul(dO, Transpose(V))
    yield "row $i$ of $dO$ with row $j$ of $V$; every $i$, $j$"


@checked(
    given={"S": (N_q, N_k), "dP": (N_q, N_k)},
    define=probabilities_and_D,
    truth=measured(lambda S, dP: (dP * loops.softmax(S)).sum(), "S"),
    free={i: N_q, k: N_k},
)
def gradient_of_S():
    """From P to S"""
    yield Partial(phi, S[i, k])
    yield Sum(dP[i, j] * Partial(P[i, j], S[i, k]), j, N_k)
    yield r"chain rule: $\phi$ depends on $S_{ik}$ through row $i$ of $P$, and no other"
    yield Sum(dP[i, j] * (P[i, j] * (Delta(j, k) - P[i, k])), j, N_k)
    yield "both cases at once, from lesson 03"
    yield P[i, k] * dP[i, k] - P[i, k] * Sum(P[i, j] * dP[i, j], j, N_k)
    yield r"$\delta_{jk}$ leaves one term; $P_{ik}$ stands in every term of the other"
    yield P[i, k] * (dP[i, k] - D[i])
    yield "factor out $P_{ik}$; the sum is called $D_i$"
    yield Times(P, dP - RowSum(Times(P, dP)))
    yield "every $i$ and $k$ at once"


@from_output(truth=sum_of_P_dP, free={i: N_q})
def D_from_O():
    """D from the output"""
    yield D[i]
    yield Sum(P[i, j] * dP[i, j], j, N_k)
    yield "the definition of $D_i$"
    yield Sum(P[i, j] * Sum(dO[i, c] * V[j, c], c, d_v), j, N_k)
    yield "write $dP_{ij}$ out"
    yield Sum(Sum(P[i, j] * dO[i, c] * V[j, c], c, d_v), j, N_k)
    yield "$P_{ij}$ is the same in every term of the inner sum"
    yield Sum(Sum(P[i, j] * dO[i, c] * V[j, c], j, N_k), c, d_v)
    yield "add the same numbers in another order"
    yield Sum(dO[i, c] * Sum(P[i, j] * V[j, c], j, N_k), c, d_v)
    yield "$dO_{ic}$ does not depend on $j$"
    yield Sum(dO[i, c] * O[i, c], c, d_v)
    yield "the inner sum is $O_{ic}$"
    yield Dot(dO[i], O[i])
    yield "the sum is an inner product, of two rows"


@from_scores(truth=measured(loss_of_scores, "Q"), free={i: N_q, c: d})
def gradient_of_Q():
    """From S to Q"""
    yield Partial(phi, Q[i, c])
    yield Sum(dS[i, k] * Partial(S[i, k], Q[i, c]), k, N_k)
    yield r"chain rule: $\phi$ depends on $Q_{ic}$ through row $i$ of $S$"
    yield Sum(dS[i, k] * Partial(scale * Sum(Q[i, l] * K[k, l], l, d), Q[i, c]), k, N_k)
    yield "write $S_{ik}$ out"
    yield Sum(scale * dS[i, k] * K[k, c], k, N_k)
    yield r"only the term with $l = c$ holds $Q_{ic}$: derivative $\text{scale} \cdot K_{kc}$"
    yield scale * Sum(dS[i, k] * K[k, c], k, N_k)
    yield "the scale is the same in every term"
    yield scale * Matmul(dS, K)
    yield "every $i$ and $c$ at once"


@from_scores(truth=measured(loss_of_scores, "K"), free={k: N_k, c: d})
def gradient_of_K():
    """From S to K"""
    yield Partial(phi, K[k, c])
    yield Sum(dS[i, k] * Partial(S[i, k], K[k, c]), i, N_q)
    yield r"chain rule: $\phi$ depends on $K_{kc}$ through column $k$ of $S$"
    yield Sum(dS[i, k] * Partial(scale * Sum(Q[i, l] * K[k, l], l, d), K[k, c]), i, N_q)
    yield "write $S_{ik}$ out"
    yield Sum(scale * dS[i, k] * Q[i, c], i, N_q)
    yield r"only the term with $l = c$ holds $K_{kc}$: derivative $\text{scale} \cdot Q_{ic}$"
    yield scale * Sum(dS[i, k] * Q[i, c], i, N_q)
    yield "the scale is the same in every term"
    yield scale * Matmul(Transpose(dS), Q)
    yield "column $k$ of $dS$ with column $c$ of $Q$; every $k$ and $c$ at once"
