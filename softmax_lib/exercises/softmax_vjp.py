"""05: carry a gradient back through softmax, without the Jacobian."""

import numpy as np

from softmax_lib import loops, softmax_vjp
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, P_THREE
from softmax_lib.exercises.oracles import by_rows
from softmax_lib.exercises.promises import EACH_ROW_IS_ZERO

exercise = Exercise("softmax_vjp", "dS", promises=[EACH_ROW_IS_ZERO])


@exercise.inputs
def inputs(draw):
    yield case("one row", dP=np.array([1.0, -2.0, 0.5]), P=P_THREE)
    for what, shape in (
        ("a matrix, (2, 4)", (2, 4)),
        ("a square matrix, (4, 4)", (4, 4)),
        ("a batch of matrices, (2, 3, 4)", (2, 3, 4)),
    ):
        yield case(what, dP=draw.normal(*shape), P=draw.probabilities(*shape))
    for dtype in NARROW:
        dP, P = draw.normal(3, 5, dtype=dtype), draw.probabilities(3, 5, dtype=dtype)
        yield case(dtype.__name__, dP=dP, P=P)
    zeros = np.array([[0.25, 0.0, 0.75], [0.0, 1.0, 0.0]])
    yield case("probabilities of 0", dP=draw.normal(2, 3), P=zeros, extreme=True)


exercise.oracle(by_rows(loops.softmax_vjp))
exercise.answer(softmax_vjp)


@exercise.variant
def by_the_jacobian(dP, P):
    J = np.einsum("...j,jk->...jk", P, np.eye(P.shape[-1], dtype=P.dtype))
    J = J - P[..., :, None] * P[..., None, :]
    return np.einsum("...j,...jk->...k", dP, J)


@exercise.variant
def row_by_row(dP, P):
    dS = np.empty_like(dP)
    for at in np.ndindex(P.shape[:-1]):
        dS[at] = (np.diag(P[at]) - np.outer(P[at], P[at])) @ dP[at]
    return dS


@exercise.variant
def multiplied_out(dP, P):
    return P * dP - P * np.einsum("...j,...j->...", P, dP)[..., None]


@exercise.mistake
def plain_sum(dP, P):
    """the plain sum of dP, not weighted by P. ⟨P, dP⟩ is Σ_j P_j dP_j: a likely outcome
    counts more."""
    return P * (dP - dP.sum(axis=-1, keepdims=True))


@exercise.mistake
def plain_mean(dP, P):
    """the plain mean of dP. The mean is taken with the weights P: Σ_j P_j dP_j."""
    return P * (dP - dP.mean(axis=-1, keepdims=True))


@exercise.mistake
def sign_turned(dP, P):
    """the sign is turned. dP minus the mean, not the mean minus dP."""
    return P * ((P * dP).sum(axis=-1, keepdims=True) - dP)


@exercise.mistake
def plus_for_minus(dP, P):
    """a plus for the minus. Subtract the mean from each entry of dP."""
    return P * (dP + (P * dP).sum(axis=-1, keepdims=True))


@exercise.mistake
def one_mean_for_whole_matrix(dP, P):
    """one mean for the whole matrix. Each row has a mean of its own: along which axis do you
    sum?"""
    return P * (dP - (P * dP).sum())


@exercise.mistake
def keepdims_missing(dP, P):
    """keepdims is missing. In a square matrix the means of the rows are taken from the columns,
    without an error. keepdims=True keeps them in a column."""
    return P * (dP - (P * dP).sum(axis=-1))


@exercise.mistake
def means_of_columns(dP, P):
    """the means of the columns. The probabilities add up to one along the last axis: sum along
    that one."""
    return P * (dP - (P * dP).sum(axis=0, keepdims=True))


@exercise.mistake
def no_P_in_front(dP, P):
    """no P in front. After subtracting the mean, multiply by the probability."""
    return dP - (P * dP).sum(axis=-1, keepdims=True)


@exercise.mistake
def diagonal_of_J_alone(dP, P):
    """p(1 - p) dP: the off-diagonal terms are missing. Each score changes every probability.
    The diagonal of J alone is not J."""
    return P * (1 - P) * dP


@exercise.mistake
def dP_forgotten_in_the_first_term(dP, P):
    """the upstream gradient is forgotten in the first term. Both terms of the bracket hold
    dP."""
    return P * (1 - (P * dP).sum(axis=-1, keepdims=True))


@exercise.mistake
def dP_changed_in_place(dP, P):
    """dP is changed in place. `-=` writes into the caller's array, who may need it again."""
    dP -= (P * dP).sum(axis=-1, keepdims=True)
    return P * dP


@exercise.mistake
def dP_and_P_exchanged(dP, P):
    """dP and P stand in each other's place. From which of the two is the mean
    subtracted, and which one multiplies? A score with probability 0 gets gradient 0."""
    return dP * (P - (P * dP).sum(axis=-1, keepdims=True))


@exercise.mistake
def mean_forgotten(dP, P):
    """P∘dP alone. Each score changes every probability of its row: subtract the mean ⟨P, dP⟩ from
    dP first."""
    return P * dP


@exercise.mistake
def sum_of_P_not_weighed(dP, P):
    """the mean is not multiplied by P: P∘dP - ⟨P, dP⟩. P multiplies both terms of the bracket."""
    return P * dP - (P * dP).sum(-1, keepdims=True)


@exercise.mistake
def mean_of_P_dP(dP, P):
    """a mean of P∘dP, where a sum is needed. The sum with the weights P is a mean already: nothing
    is divided by N."""
    return P * (dP - (P * dP).mean(-1, keepdims=True))


@exercise.mistake
def logarithm_s_line(dP, P):
    """this is the line of log-softmax. For softmax the weighted mean is subtracted from dP,
    and P multiplies what is left."""
    return dP - P * dP.sum(-1, keepdims=True)


@exercise.mistake
def softmax_of_P(dP, P):
    """softmax is taken of P once more. The function is given P, not S: these numbers add up to
    one already."""
    E = np.exp(P - P.max(-1, keepdims=True))
    P = E / E.sum(-1, keepdims=True)
    return P * (dP - (P * dP).sum(-1, keepdims=True))


@exercise.mistake
def axis_1(dP, P):
    """axis=1 is the last axis of a matrix alone. Which number names the last axis of a row, and
    of a batch, too?"""
    return P * (dP - (P * dP).sum(axis=1, keepdims=True))


@exercise.mistake
def P_twice(dP, P):
    """P stands in front twice. It multiplies the bracket once."""
    return P * P * (dP - (P * dP).sum(-1, keepdims=True))


@exercise.mistake
def P_for_dP(dP, P):
    """P stands where dP should. The mean is subtracted from the gradient that
    arrives."""
    return P * (P - (P * dP).sum(-1, keepdims=True))


@exercise.mistake
def gradient_times_the_row_sum(dP, P):
    """this is 0 everywhere. The row sums of J are zero, and dP times them is too. What is
    needed is J times dP."""
    return dP * (P - P * P.sum(-1, keepdims=True))


@exercise.mistake
def divided_by_P(dP, P):
    """divided by P, where it should be multiplied. A score with probability 0 gets gradient 0."""
    return (dP - (P * dP).sum(-1, keepdims=True)) / P


@exercise.mistake
def cross_entropy_s_line(dP, P):
    """P - Y is cross-entropy's own line, and dP is no Y. Any gradient may arrive here."""
    return P - dP


@exercise.mistake
def P_weighed_twice(dP, P):
    """P stands inside the bracket as well. The mean is subtracted from dP as it is, and P
    multiplies once."""
    return P * (dP * P - (P * dP).sum(-1, keepdims=True))


@exercise.mistake
def crossed_twice(dP, P):
    """P∘dP is taken for dP, and multiplied by P again. The line is P∘dP - P ⟨P, dP⟩: one P
    stands outside in each term."""
    t = P * dP
    return t - P * (t * P).sum(-1, keepdims=True)


@exercise.mistake
def compared_with_the_largest(dP, P):
    """the largest entry of dP is subtracted. Subtract its weighted mean, ⟨P, dP⟩."""
    return P * (dP - dP.max(-1, keepdims=True))


@exercise.mistake
def diagonal_with_the_sign_turned(dP, P):
    """two things: the off-diagonal terms are missing, and the sign is turned. Each score changes
    every probability, and increases its own."""
    return -P * (1 - P) * dP


@exercise.mistake
def one_sum_not_weighed(dP, P):
    """two things: one sum for the whole matrix, and it is not multiplied by P. The line is P∘(dP -
    ⟨P, dP⟩), with a mean for each row."""
    return P * dP - (P * dP).sum()


@exercise.mistake
def sign_turned_and_plain_mean(dP, P):
    """two things: the sign is turned, and the mean is a plain one. dP minus the mean, and the
    mean is Σ_j P_j dP_j."""
    return P * (dP.mean(-1, keepdims=True) - dP)


@exercise.mistake
def one_plain_mean(dP, P):
    """two things: one mean for the whole matrix, and a plain one. Each row has its own, Σ_j P_j
    dP_j."""
    return P * (dP - dP.mean())


@exercise.mistake
def plus_and_one_sum(dP, P):
    """two things: a plus for the minus, and one sum for the whole matrix. Subtract from each row
    its own mean."""
    return P * (dP + (P * dP).sum())


@exercise.mistake
def divided_by_the_first_axis(dP, P):
    """divided by the length of the first axis. If the loss is a mean, dP has been divided
    already."""
    return P * (dP - (P * dP).sum(-1, keepdims=True)) / P.dtype.type(len(P))
