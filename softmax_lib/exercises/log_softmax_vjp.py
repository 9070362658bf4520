"""05: carry a gradient back through the logarithm of softmax."""

import numpy as np

from softmax_lib import loops, softmax
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, P_THREE
from softmax_lib.exercises.oracles import log_of
from softmax_lib.exercises.promises import EACH_ROW_IS_ZERO
from softmax_lib.numerical import complex_step

exercise = Exercise("log_softmax_vjp", "dS", promises=[EACH_ROW_IS_ZERO])


@exercise.inputs
def inputs(draw):
    one = np.array([[1.0, -2.0, 0.5]])
    yield case("one row as a matrix, (1, 3)", dlogP=one, P=P_THREE[None])
    yield case("a matrix, (2, 4)", dlogP=draw.normal(2, 4), P=draw.probabilities(2, 4))
    yield case("a square matrix, (4, 4)", dlogP=draw.normal(4, 4), P=draw.probabilities(4, 4))
    for dtype in NARROW:
        dlogP, P = draw.normal(3, 5, dtype=dtype), draw.probabilities(3, 5, dtype=dtype)
        yield case(dtype.__name__, dlogP=dlogP, P=P)
    zeros = np.array([[0.25, 0.0, 0.75], [0.0, 1.0, 0.0]])
    yield case("probabilities of 0", dlogP=draw.normal(2, 3), P=zeros, extreme=True)


@exercise.oracle
def by_complex_step(dlogP, P):
    """Σ_j dlogP_ij ∂log P_ij/∂S_ik, at the scores log P."""
    return complex_step(lambda S: (dlogP * loops.log_softmax(S)).sum(), log_of(P))


@exercise.answer
def log_softmax_vjp(dlogP, P):
    return dlogP - P * dlogP.sum(-1, keepdims=True)


@exercise.variant
def by_einsum(dlogP, P):
    return dlogP - np.einsum("ij,ik->ij", P, dlogP)


@exercise.variant
def by_a_column_of_ones(dlogP, P):
    return dlogP - P * (dlogP @ np.ones_like(P.T[:, :1]))


@exercise.mistake
def softmax_s_own_vjp(dlogP, P):
    """softmax's own vjp. That line belongs to P. The Jacobian of log P is δ_jk - P_k: there is
    no P_j in front."""
    return P * (dlogP - (P * dlogP).sum(axis=-1, keepdims=True))


@exercise.mistake
def sum_weighted_by_P(dlogP, P):
    """the sum is weighted by P. L stands in every log P_j, so every entry counts alike:
    Σ_j dlogP_j. The P stands outside the sum."""
    return dlogP - P * (P * dlogP).sum(axis=-1, keepdims=True)


@exercise.mistake
def no_P_before_sum(dlogP, P):
    """no P before the sum. The derivative of L by a score is that score's probability."""
    return dlogP - dlogP.sum(axis=-1, keepdims=True)


@exercise.mistake
def plus_for_minus(dlogP, P):
    """a plus for the minus. log P = S - L: L is subtracted."""
    return dlogP + P * dlogP.sum(axis=-1, keepdims=True)


@exercise.mistake
def mean_instead_of_sum(dlogP, P):
    """the mean instead of the sum. The entries of a row are added up, not averaged."""
    return dlogP - P * dlogP.mean(axis=-1, keepdims=True)


@exercise.mistake
def one_sum_for_whole_matrix(dlogP, P):
    """one sum for the whole matrix. Each row has a log-sum-exp of its own: along which axis do
    you sum?"""
    return dlogP - P * dlogP.sum()


@exercise.mistake
def keepdims_missing(dlogP, P):
    """keepdims is missing. The sums must stand in a column: keepdims=True."""
    return dlogP - P * dlogP.sum(axis=-1)


@exercise.mistake
def bracket_of_softmax_s_vjp(dlogP, P):
    """the bracket of softmax's vjp, or the Jacobian from the wrong side. Softmax subtracts a
    mean that is weighted by P. In which log P_j does L stand, and what is its derivative by S_k?"""
    return dlogP - (P * dlogP).sum(axis=-1, keepdims=True)


@exercise.mistake
def gradient_at_the_probabilities(dlogP, P):
    """the gradient at the probabilities, not at the scores. dlogP / P is dP. It has still to
    cross the softmax."""
    return dlogP / P


@exercise.mistake
def weighed_by_the_logarithm(dlogP, P):
    """the sum is weighted with log P, and P does not multiply it. Every entry of dlogP counts
    alike, and P stands outside the sum."""
    return dlogP - (dlogP * np.log(P)).sum(-1, keepdims=True)


@exercise.mistake
def P_times_the_logarithm_s_sum(dlogP, P):
    """the sum is weighted with log P. Every entry of dlogP counts alike: Σ_j dlogP_j."""
    return dlogP - P * (dlogP * np.log(P)).sum(-1, keepdims=True)


@exercise.mistake
def P_added(dlogP, P):
    """P is added. It multiplies the sum of the row, and the product is subtracted."""
    return dlogP + P


@exercise.mistake
def P_subtracted(dlogP, P):
    """P alone is subtracted. The derivative of L is P, and L stands in every log P_j: P times Σ_j
    dlogP_j."""
    return dlogP - P


@exercise.mistake
def one_minus_P(dlogP, P):
    """dlogP (1 - P) holds one entry alone. L stands in every log P_j: all entries of the row
    count."""
    return dlogP * (1 - P)


@exercise.mistake
def sign_turned(dlogP, P):
    """the sign is turned. log P = S - L: S comes with a plus."""
    return P * dlogP.sum(-1, keepdims=True) - dlogP


@exercise.mistake
def sum_alone(dlogP, P):
    """only the term of L. In log P = S - L the score stands by itself as well, and that term is
    dlogP."""
    return -P * dlogP.sum(-1, keepdims=True)


@exercise.mistake
def first_axis(dlogP, P):
    """the sums run down the columns. Each row has an L of its own: the last axis."""
    return dlogP - P * dlogP.sum(0, keepdims=True)


@exercise.mistake
def times_P(dlogP, P):
    """P stands in front of all. The Jacobian of log P is δ_jk - P_k: only the second term holds
    P."""
    return P * (dlogP - dlogP.sum(-1, keepdims=True))


@exercise.mistake
def logarithms_for_P(dlogP, P):
    """log P stands where P should. The derivative of L is the probability itself."""
    return dlogP - np.log(P) * dlogP.sum(-1, keepdims=True)


@exercise.mistake
def passed_on(dlogP, P):
    """dlogP is returned as it came. log P = S - L, and L holds every score of the row."""
    return dlogP.copy()


@exercise.mistake
def softmax_of_P(dlogP, P):
    """softmax is taken of P once more. The function is given P, not S."""
    return dlogP - softmax(P) * dlogP.sum(-1, keepdims=True)


@exercise.mistake
def through_division(dlogP, P):
    """the right way round, but through dlogP / P. On paper the P cancels; in the computer it
    may be 0, and then 0 / 0 is no number."""
    dP = dlogP / P
    return P * (dP - (P * dP).sum(-1, keepdims=True))


@exercise.mistake
def exponential_of_P(dlogP, P):
    """e^P. The function is given P, and not its logarithm: use it as it is."""
    return dlogP - np.exp(P) * dlogP.sum(-1, keepdims=True)


@exercise.mistake
def multiplied_on_the_way(dlogP, P):
    """dP is dlogP / P, and here it is multiplied. Better still: never form it, since P may be 0."""
    dP = dlogP * P
    return P * (dP - (P * dP).sum(-1, keepdims=True))


@exercise.mistake
def P_minus_dlogP(dlogP, P):
    """two things: the sign is turned, and the sum of the row is missing. dlogP comes with a
    plus, and P with Σ_j dlogP_j."""
    return P - dlogP
