"""06: carry a gradient back through attention, from dO to dQ, dK and dV."""

import numpy as np

from softmax_lib import attention_vjp
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, TRIANGLE, attention_letters, forward, high_scores
from softmax_lib.exercises.oracles import attention_slopes

exercise = Exercise("attention_vjp", "dQ", "dK", "dV")


@exercise.inputs
def inputs(draw):
    def backward(what, letters, extreme=False, **rules):
        dO = draw.normal(*(len(letters["Q"]), letters["V"].shape[1]), dtype=letters["V"].dtype.type)
        _, P, _ = forward(**letters, scale=0.3, **rules)
        return case(what, dO=dO, **letters, P=P, scale=0.3, extreme=extreme)

    letters = attention_letters(draw, 3, 5, 4, 7)
    yield backward("three queries, five keys, d = 4, d_v = 7", letters)
    letters = attention_letters(draw, 4, 4, 4, 4)
    yield backward("a square case, N_q = N_k = d = d_v = 4", letters)
    for dtype in NARROW:
        yield backward(dtype.__name__, attention_letters(draw, 3, 4, 2, 5, dtype=dtype))
    letters = attention_letters(draw, 4, 4, 3, 2)
    yield backward("a causal P, with zeros", letters, mask=TRIANGLE, extreme=True)
    letters = high_scores(attention_letters(draw, 3, 5, 4, 2))
    yield backward("scores about 1000", letters, extreme=True)


@exercise.oracle
def by_complex_step(dO, Q, K, V, P, scale):
    return attention_slopes(dO, Q, K, V, scale, mask=P > 0)


exercise.answer(attention_vjp)


@exercise.variant
def by_einsum(dO, Q, K, V, P, *, scale):
    dP = np.einsum("ic,jc->ij", dO, V)
    dS = P * dP - P * np.einsum("ij,ij->i", P, dP)[:, None]
    dQ, dK = np.einsum("ij,jc->ic", dS, K), np.einsum("ij,ic->jc", dS, Q)
    return scale * dQ, scale * dK, np.einsum("ij,ic->jc", P, dO)


@exercise.variant
def by_jacobians(dO, Q, K, V, P, *, scale):
    dP = dO @ V.T
    dS = np.stack([(np.diag(p) - np.outer(p, p)) @ g for p, g in zip(P, dP, strict=True)])
    return (scale * dS) @ K, (scale * dS).T @ Q, P.T @ dO


@exercise.variant
def with_D_from_O(dO, Q, K, V, P, *, scale):
    dS = P * (dO @ V.T - (dO * (P @ V)).sum(1)[:, None])
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


def backward(dO, Q, K, V, P, dS, scale):
    """The five lines, with whatever dS a mistake makes of P and dP."""
    dS = dS(P, dO @ V.mT)
    return scale * dS @ K, scale * dS.mT @ Q, P.mT @ dO


def D(P, dP):
    return (P * dP).sum(-1, keepdims=True)


def true_dS(P, dP):
    return P * (dP - D(P, dP))


@exercise.mistake
def dP_taken_for_dS(dO, Q, K, V, P, *, scale):
    """dP is taken for dS. The gradient has not crossed the softmax yet."""
    return backward(dO, Q, K, V, P, lambda P, dP: dP, scale)


@exercise.mistake
def D_without_keepdims(dO, Q, K, V, P, *, scale):
    """D without keepdims. The D of each row must stand in a column. If N_q = N_k, nothing else
    tells you."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (dP - (P * dP).sum(-1)), scale)


@exercise.mistake
def D_over_columns(dO, Q, K, V, P, *, scale):
    """D over the columns. The rows of P add up to one, so the mean is taken over a row: the
    last axis."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (dP - (P * dP).sum(0, keepdims=True)), scale)


@exercise.mistake
def D_plain_sum_of_dP(dO, Q, K, V, P, *, scale):
    """D is the plain sum of dP. D_i = Σ_j P_ij dP_ij: weighted with the probabilities."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (dP - dP.sum(-1, keepdims=True)), scale)


@exercise.mistake
def D_plain_mean_of_dP(dO, Q, K, V, P, *, scale):
    """D is the plain mean of dP. D_i = Σ_j P_ij dP_ij: a mean, but weighted with the
    probabilities."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (dP - dP.mean(-1, keepdims=True)), scale)


@exercise.mistake
def D_added(dO, Q, K, V, P, *, scale):
    """D is added. Compare dP with its mean: subtract D."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (dP + D(P, dP)), scale)


@exercise.mistake
def D_forgotten(dO, Q, K, V, P, *, scale):
    """D is forgotten. P∘dP is only the diagonal's share, and not even all of that. The others
    pay D."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * dP, scale)


@exercise.mistake
def diagonal_of_J_alone(dO, Q, K, V, P, *, scale):
    """p(1 - p) dP: the off-diagonal terms are missing. Each score moves every probability of
    its row, not only its own."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (1 - P) * dP, scale)


@exercise.mistake
def scale_missing(dO, Q, K, V, P, *, scale):
    """the scale is missing. S = scale · Q Kᵀ: whoever goes back through it meets the scale
    again, in dQ and in dK."""
    return backward(dO, Q, K, V, P, true_dS, 1)


@exercise.mistake
def scale_applied_twice(dO, Q, K, V, P, *, scale):
    """the scale is applied twice. Once for each product: in dS or in dQ and dK, not in both."""
    return backward(dO, Q, K, V, P, true_dS, scale**2)


@exercise.mistake
def scale_hard_coded(dO, Q, K, V, P, *, scale):
    """the scale is hard-coded. 1/√d is the usual scale, but the caller passes the one that was
    used: use it."""
    return backward(dO, Q, K, V, P, true_dS, Q.shape[-1] ** -0.5)


@exercise.mistake
def scale_in_dQ_alone(dO, Q, K, V, P, *, scale):
    """the scale is in dQ alone. Q and K stand in S in the same way: both gradients carry the
    scale."""
    dQ, dK, dV = backward(dO, Q, K, V, P, true_dS, scale)
    return dQ, dK / scale, dV


@exercise.mistake
def dV_without_transpose(dO, Q, K, V, P, *, scale):
    """dV without the transpose. Key j collects from all queries: dV = Pᵀ dO. A square P hides
    it."""
    dQ, dK, _ = backward(dO, Q, K, V, P, true_dS, scale)
    return dQ, dK, P @ dO


@exercise.mistake
def dK_without_transpose(dO, Q, K, V, P, *, scale):
    """dK without the transpose. Key k collects from all queries: dK = scale · dSᵀ Q. A square
    dS hides it."""
    dQ, _, dV = backward(dO, Q, K, V, P, true_dS, scale)
    return dQ, scale * true_dS(P, dO @ V.mT) @ Q, dV


@exercise.mistake
def dQ_and_dK_exchanged(dO, Q, K, V, P, *, scale):
    """dQ and dK are exchanged. dQ has the shape of Q and is made with K; dK the other way round."""
    dQ, dK, dV = backward(dO, Q, K, V, P, true_dS, scale)
    return dK, dQ, dV


@exercise.mistake
def dV_comes_first(dO, Q, K, V, P, *, scale):
    """dV comes first. It is found first, but not asked for first: in which order are the three
    returned?"""
    dQ, dK, dV = backward(dO, Q, K, V, P, true_dS, scale)
    return dV, dQ, dK
