"""06: carry a gradient back through attention, from dO to dQ, dK and dV."""

import numpy as np

from softmax_lib import attention_vjp as library
from softmax_lib import softmax
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


@exercise.answer
def attention_vjp(dO, Q, K, V, P, *, scale):
    # The library's takes softcap, keep and heads that share K and V as well: lesson 10's.
    dV = P.mT @ dO  # (…, N_k, d_v)
    dP = dO @ V.mT  # (…, N_q, N_k)
    dS = P * (dP - (P * dP).sum(-1, keepdims=True))  # (…, N_q, N_k)
    dQ = scale * (dS @ K)  # (…, N_q, d)
    dK = scale * (dS.mT @ Q)  # (…, N_k, d)
    return dQ, dK, dV


exercise.variant(library)


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
    """D is forgotten. What counts is how far dP lies above or below the mean of its row:
    P∘(dP - D)."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * dP, scale)


@exercise.mistake
def diagonal_of_J_alone(dO, Q, K, V, P, *, scale):
    """p(1 - p) dP: the off-diagonal terms are missing. Each score moves every probability of
    its row, not only its own."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (1 - P) * dP, scale)


@exercise.mistake
def scale_missing(dO, Q, K, V, P, *, scale):
    """the scale is missing. S = scale · Q Kᵀ: on the way back the scale multiplies dQ
    and dK."""
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


@exercise.mistake
def one_D_for_all_rows(dO, Q, K, V, P, *, scale):
    """one D for all rows: (P∘dP).sum() adds up the whole matrix. Each query has a D of its own:
    sum along the last axis, and keep it."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (dP - (P * dP).sum()), scale)


@exercise.mistake
def D_is_a_mean(dO, Q, K, V, P, *, scale):
    """D is the mean of P∘dP, where a sum was due. The weights P average already: nothing is
    divided by N_k."""
    return backward(
        dO, Q, K, V, P, lambda P, dP: P * (dP - (P * dP).mean(-1, keepdims=True)), scale
    )


@exercise.mistake
def D_not_weighed(dO, Q, K, V, P, *, scale):
    """D is taken from P∘dP, and not from dP. Both terms of the bracket stand behind P: P∘(dP -
    D)."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * dP - D(P, dP), scale)


@exercise.mistake
def no_P_in_front(dO, Q, K, V, P, *, scale):
    """no P in front. A key that nobody looks at gets no gradient: dP - D is weighed by P."""
    return backward(dO, Q, K, V, P, lambda P, dP: dP - D(P, dP), scale)


@exercise.mistake
def sign_of_dS_turned(dO, Q, K, V, P, *, scale):
    """dS has its sign turned: D - dP, where dP - D is due. Where dP lies
    above the mean, dS is positive."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (D(P, dP) - dP), scale)


@exercise.mistake
def logarithm_s_line(dO, Q, K, V, P, *, scale):
    """this dS is log-softmax's. Softmax compares dP with its mean, and weighs what is left with
    P."""
    return backward(dO, Q, K, V, P, lambda P, dP: dP - P * dP.sum(-1, keepdims=True), scale)


@exercise.mistake
def scale_in_dK_alone(dO, Q, K, V, P, *, scale):
    """the scale is in dK alone. Q and K stand in S in the same way: both gradients carry the
    scale."""
    dQ, dK, dV = backward(dO, Q, K, V, P, true_dS, scale)
    return dQ / scale, dK, dV


@exercise.mistake
def scale_on_dV(dO, Q, K, V, P, *, scale):
    """the scale is on dV as well. V stands behind the softmax, and never meets the scale."""
    dQ, dK, dV = backward(dO, Q, K, V, P, true_dS, scale)
    return dQ, dK, scale * dV


@exercise.mistake
def divided_by_the_scale(dO, Q, K, V, P, *, scale):
    """divided by the scale. S grows with the scale, so its derivative does too."""
    return backward(dO, Q, K, V, P, true_dS, 1 / scale)


@exercise.mistake
def dP_transposed(dO, Q, K, V, P, *, scale):
    """dP is V dOᵀ here, and lies on its side. dP has the shape of P: a row for each query."""
    dP = V @ dO.T
    dS = P * (dP - (P * dP).sum(-1, keepdims=True))
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


@exercise.mistake
def dV_from_dS(dO, Q, K, V, P, *, scale):
    """dV is made with dS, and not with P. O = P V: V meets P on its way, and nothing else."""
    dQ, dK, _ = backward(dO, Q, K, V, P, true_dS, scale)
    return dQ, dK, true_dS(P, dO @ V.mT).mT @ dO


@exercise.mistake
def Q_and_K_exchanged(dO, Q, K, V, P, *, scale):
    """dQ is made with Q, and dK with K. The gradient of a query is a sum of keys, that of a
    key a sum of queries."""
    dS = true_dS(P, dO @ V.mT)
    return scale * dS @ Q, scale * dS.T @ K, P.T @ dO


@exercise.mistake
def softmax_of_P(dO, Q, K, V, P, *, scale):
    """softmax is taken of P once more. The function is given P, which adds up to one already."""
    return backward(dO, Q, K, V, softmax(P), true_dS, scale)


@exercise.mistake
def diagonal_taken_twice(dO, Q, K, V, P, *, scale):
    """softmax is crossed with the diagonal twice: P(1 - P), then the mean. P∘(dP - D) is all of
    it."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (1 - P) * (dP - D(P, dP)), scale)


@exercise.mistake
def scale_on_dP_alone(dO, Q, K, V, P, *, scale):
    """the scale is on dP, and not on D. Take it once, at the end: scale · dS K and scale · dSᵀ
    Q."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (scale * dP - D(P, dP)), 1)


@exercise.mistake
def one_D_and_no_scale(dO, Q, K, V, P, *, scale):
    """two things: one D for all rows, and the scale is missing in dQ and dK. Sum along the last
    axis, and keep it."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * (dP - (P * dP).sum()), 1)


@exercise.mistake
def one_D_not_weighed(dO, Q, K, V, P, *, scale):
    """two things: one sum for all rows, and it is not weighed. The line is P∘(dP - D), with a D
    for each row."""
    return backward(dO, Q, K, V, P, lambda P, dP: P * dP - (P * dP).sum(), scale)


@exercise.mistake
def dV_from_the_scores(dO, Q, K, V, P, *, scale):
    """dV is made with the scores, and not with P. O = P V: V meets P on its way."""
    dQ, dK, _ = backward(dO, Q, K, V, P, true_dS, scale)
    return dQ, dK, (scale * Q @ K.mT).mT @ dO


@exercise.mistake
def one_Jacobian_for_all_rows(dO, Q, K, V, P, *, scale):
    """the Jacobian of the first row is used for all rows. Each row of P has its own: row i of dS is
    P_i ∘ (dP_i - D_i)."""
    J = np.diag(P[0]) - np.outer(P[0], P[0])
    return backward(dO, Q, K, V, P, lambda P, dP: dP @ J, scale)
