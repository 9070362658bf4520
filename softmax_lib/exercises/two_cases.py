"""03: how fast one probability moves when one score moves."""

import numpy as np

from softmax_lib import two_cases
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, P_THREE
from softmax_lib.exercises.oracles import jacobian_at

exercise = Exercise("two_cases", "derivative")


@exercise.inputs
def inputs(draw):
    for j, k in ((1, 1), (0, 1), (1, 0), (2, 2), (2, 0)):
        yield case(f"P = (0.09, 0.24, 0.67), j = {j}, k = {k}", P=P_THREE, j=j, k=k)
    equal = np.array([0.25, 0.25, 0.5])
    yield case("two equal probabilities, j = 0, k = 1", P=equal, j=0, k=1)
    for dtype in NARROW:
        P = draw.probabilities(5, dtype=dtype)
        yield case(f"five {dtype.__name__} probabilities", P=P, j=3, k=1)


@exercise.oracle
def by_complex_step(P, j, k):
    return jacobian_at(P)[j, k]


exercise.answer(two_cases)


@exercise.variant
def with_delta(P, j, k):
    return P[j] * ((j == k) - P[k])


@exercise.variant
def an_entry_of_the_jacobian(P, j, k):
    return (np.diag(P) - np.outer(P, P))[j, k]


@exercise.mistake
def first_case_everywhere(P, j, k):
    """the first case everywhere. If j ≠ k the numerator stands still. What is f' then?"""
    return P[j] * (1 - P[k])


@exercise.mistake
def second_case_everywhere(P, j, k):
    """the second case everywhere. If j = k the numerator moves as well. What is f' then?"""
    return -P[j] * P[k]


@exercise.mistake
def plus_off_the_diagonal(P, j, k):
    """a plus for j ≠ k. Raise another's score: does your probability rise or fall?"""
    return P[j] * (1 - P[k]) if j == k else P[j] * P[k]


@exercise.mistake
def cases_exchanged(P, j, k):
    """the cases are exchanged. Read the condition once more: which case is j = k?"""
    return P[j] * (1 - P[k]) if j != k else -P[j] * P[k]


@exercise.mistake
def P_j_for_P_k(P, j, k):
    """P_j where P_k should stand. P_j (δ_jk - P_j): how does the answer know which score was
    pushed?"""
    return P[j] * ((j == k) - P[j])


@exercise.mistake
def zero_off_the_diagonal(P, j, k):
    """zero for j ≠ k. The other score is in the denominator too. That is the sum with the index
    j used twice."""
    return P[j] * (1 - P[j]) if j == k else P[j] * 0


@exercise.mistake
def slope_of_logarithm(P, j, k):
    """the derivative of the logarithm. δ_jk - P_k is the derivative of log P_j. Multiply by P_j to
    come back to P_j itself."""
    return (j == k) - P[k]


@exercise.mistake
def counted_from_1(P, j, k):
    """j and k are counted from 1. The formulas begin at 1, Python's indices at 0: take them as
    they come."""
    return P[j - 1] * ((j == k) - P[k - 1])


@exercise.mistake
def sign_turned(P, j, k):
    """the sign is turned. A score that rises lifts its own probability: for j = k the derivative is
    positive."""
    return P[j] * (P[k] - (j == k))


@exercise.mistake
def bracket_around_the_choice_missing(P, j, k):
    """Python reads 1 if j == k else (0 - P[k]): the P[k] is taken away in one case alone. Put
    the choice into brackets."""
    return P[j] * (1 if j == k else 0 - P[k])


@exercise.mistake
def bracket_of_delta_missing(P, j, k):
    """a bracket is missing: P_j stands before all of (δ_jk - P_k), not before δ_jk alone."""
    return P[j] * (j == k) - P[k]


@exercise.mistake
def own_case_everywhere(P, j, k):
    """P_j (1 - P_j) everywhere. That is right only for its own score; how does the answer know
    which was pushed?"""
    return P[j] * (1 - P[j])


@exercise.mistake
def delta_is_a_product(P, j, k):
    """δ_jk is not j·k, and np.kron is another product. δ_jk is 1 if the two are equal, and 0 if
    not: j == k."""
    return P[j] * (np.kron(j, k) - P[k])


@exercise.mistake
def whole_matrix(P, j, k):
    """all the derivatives at once. One was asked for, that of probability j for score k."""
    return np.diag(P) - np.outer(P, P)


@exercise.mistake
def whole_row(P, j, k):
    """a derivative for every score, or for every probability. One was asked for: P_k is one number,
    P[k]."""
    return P * ((np.arange(len(P)) == k) - P[k])


@exercise.mistake
def plus_in_the_bracket(P, j, k):
    """a plus in the bracket. The more probable it is, the less is left to win: 1 - P_k."""
    return P[j] * (1 + P[k]) if j == k else -P[j] * P[k]


@exercise.mistake
def values_compared(P, j, k):
    """the probabilities are compared, and not the indices. Two of them may be equal by chance:
    the case is j == k."""
    return P[j] * (1 - P[k]) if P[j] == P[k] else -P[k] * P[j]


@exercise.mistake
def softmax_of_P(P, j, k):
    """softmax is taken of P once more. The function is given P, not S: these numbers add up to
    one already."""
    E = np.exp(P - P.max())
    P = E / E.sum()
    return P[j] * ((j == k) - P[k])


@exercise.mistake
def less_or_equal(P, j, k):
    """j <= k for j == k. The first case is that of one and the same index."""
    return P[j] * (1 - P[k]) if j <= k else -P[k] * P[j]


@exercise.mistake
def minus_the_first_case(P, j, k):
    """for j ≠ k the first case with a minus. There the numerator stands still: the 1 becomes a
    0."""
    return P[j] * (1 - P[k]) if j == k else -P[j] * (1 - P[k])


@exercise.mistake
def difference_for_product(P, j, k):
    """a difference, where a product is due: off the diagonal it is -P_j P_k."""
    return P[j] * (1 - P[k]) if j == k else P[j] - P[k]
