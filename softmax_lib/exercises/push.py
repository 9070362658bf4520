"""03: how fast all probabilities move when one score is pushed."""

import numpy as np

from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, P_THREE
from softmax_lib.exercises.oracles import jacobian_at
from softmax_lib.exercises.promises import rows_add_up_to

exercise = Exercise(
    "push", "derivatives", promises=[rows_add_up_to(0, "the changes add up to zero")]
)


@exercise.inputs
def inputs(draw):
    yield case("P = (0.09, 0.24, 0.67), k = 0", P=P_THREE, k=0)
    yield case("P = (0.09, 0.24, 0.67), k = 2", P=P_THREE, k=2)
    equal = np.array([0.25, 0.25, 0.5])
    yield case("two equal probabilities, k = 0", P=equal, k=0)
    for dtype in NARROW:
        P = draw.probabilities(5, dtype=dtype)
        yield case(f"five {dtype.__name__} probabilities", P=P, k=1)


@exercise.oracle
def by_complex_step(P, k):
    return jacobian_at(P)[:, k]


@exercise.answer
def push(P, k):
    delta = np.arange(len(P)) == k
    return P * (delta - P[k])


@exercise.variant
def a_row_of_the_jacobian(P, k):
    return (np.diag(P) - np.outer(P, P))[k]


@exercise.variant
def one_by_one(P, k):
    return [P[k] * (1 - P[k]) if j == k else -P[j] * P[k] for j in range(len(P))]


@exercise.mistake
def only_one_probability_moves(P, k):
    """only the pushed score's own probability moves. The others pay for it: the changes must
    add up to zero."""
    slopes = np.zeros_like(P)
    slopes[k] = P[k] * (1 - P[k])
    return slopes


@exercise.mistake
def all_probabilities_fall(P, k):
    """the own probability falls like the others. At j = k there is one term more, from the
    numerator."""
    return -P[k] * P


@exercise.mistake
def plus_for_others(P, k):
    """a plus for the others. If one rises and the others rise too, probability is made out of
    nothing."""
    slopes = P[k] * P
    slopes[k] = P[k] * (1 - P[k])
    return slopes


@exercise.mistake
def all_pushed_at_once(P, k):
    """P_j (1 - P_j) for every j. That is what each probability does when its own score is
    pushed. Only one score is."""
    return P * (1 - P)


@exercise.mistake
def own_probability_in_the_bracket(P, k):
    """P_j (δ_jk - P_j). The score that is pushed is k: which probability stands in the bracket?"""
    return P * ((np.arange(len(P)) == k) - P)


@exercise.mistake
def counted_from_1(P, k):
    """k is counted from 1. The formulas begin at 1, Python's indices at 0: take it as it comes."""
    return P * ((np.arange(1, len(P) + 1) == k) - P[k - 1])


@exercise.mistake
def delta_counted_from_1(P, k):
    """δ_jk is counted from 1, and P_k is not. np.arange(N) begins at 0, as k does."""
    return P * ((np.arange(1, len(P) + 1) == k) - P[k])


@exercise.mistake
def sign_turned(P, k):
    """the sign is turned. A score that rises lifts its own probability."""
    return P * (P[k] - (np.arange(len(P)) == k))


@exercise.mistake
def first_case_for_all(P, k):
    """the first case for every j. If j ≠ k the numerator stands still, and the 1 becomes a 0."""
    return P * (1 - P[k])


@exercise.mistake
def whole_matrix(P, k):
    """a whole matrix. One score is pushed, and the N derivatives are one column of it."""
    return P * (np.eye(len(P), dtype=P.dtype) - P)


@exercise.mistake
def the_jacobian(P, k):
    """the whole Jacobian. One score is pushed: which of its columns is that?"""
    return np.diag(P) - np.outer(P, P)


@exercise.mistake
def delta_is_a_product(P, k):
    """δ_jk is not j·k, and np.kron is another product. δ_jk is 1 where j is k, and 0 elsewhere."""
    return P * (np.kron(np.arange(len(P)), k) - P[k])


@exercise.mistake
def no_P_in_front(P, k):
    """δ_jk - P_k is the derivative of log P_j. Multiply by P_j to come back to P_j itself."""
    return (np.arange(len(P)) == k) - P


@exercise.mistake
def bracket_of_delta_missing(P, k):
    """a bracket is missing: P_j stands before all of (δ_jk - P_k), not before δ_jk alone."""
    return P * (np.arange(len(P)) == k) - P[k]


@exercise.mistake
def delta_turned(P, k):
    """δ_jk the wrong way round. It is 1 where j is k."""
    return P * ((np.arange(len(P)) != k) - P[k])


@exercise.mistake
def own_entry_overwritten(P, k):
    """the own entry lacks one P_k. For j = k the derivative is P_k (1 - P_k), not 1 - P_k."""
    slopes = -P * P[k]
    slopes[k] = 1 - P[k]
    return slopes


@exercise.mistake
def one_for_P_k(P, k):
    """1 is added at k. What stands there more is P_k, from the numerator."""
    slopes = -P * P[k]
    slopes[k] += 1
    return slopes


@exercise.mistake
def own_entry_from_a_slope(P, k):
    """the own entry is made of what was already overwritten: that number is not P_k any more.
    Take P[k] (1 - P[k])."""
    slopes = -P * P[k]
    slopes[k] = slopes[k] * (1 - slopes[k])
    return slopes


@exercise.mistake
def plus_in_the_bracket(P, k):
    """a plus in the own bracket. The more probable it is, the less is left to win: 1 - P_k."""
    slopes = -P * P[k]
    slopes[k] = P[k] * (1 + P[k])
    return slopes


@exercise.mistake
def place_before_k(P, k):
    """k is counted from 1: the place before it is taken. Python's indices begin at 0, as k does."""
    slopes = -P * P[k - 1]
    slopes[k - 1] += P[k - 1]
    return slopes


@exercise.mistake
def values_compared(P, k):
    """the probabilities are compared, and not the indices. Two of them may be equal by chance:
    δ_jk asks for j == k."""
    return P * ((P[k] == P) - P[k])


@exercise.mistake
def bracket_around_the_choice_missing(P, k):
    """Python reads 1 if j == k else (0 - P[k]): the P[k] is taken away in one case alone. Put
    the choice into brackets."""
    return np.array([P[j] * (1 if j == k else 0 - P[k]) for j in range(len(P))], P.dtype)
