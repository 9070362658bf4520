"""04: what a whole row of probabilities does: diag(P) - P ⊗ P."""

import numpy as np

from softmax_lib import loops, softmax, softmax_jacobian
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, P_THREE
from softmax_lib.exercises.oracles import by_rows
from softmax_lib.exercises.promises import EACH_ROW_IS_ZERO, symmetric

exercise = Exercise("softmax_jacobian", "J", promises=[EACH_ROW_IS_ZERO, symmetric()], draws=True)


@exercise.inputs
def inputs(draw):
    yield case("P = (0.09, 0.24, 0.67)", P=P_THREE)
    yield case("two equal probabilities", P=np.array([0.5, 0.5]))
    yield case("a probability of 0", P=np.array([0.25, 0.0, 0.75]))
    for dtype in NARROW:
        P = draw.probabilities(5, dtype=dtype)
        yield case(f"five {dtype.__name__} probabilities", P=P)


exercise.oracle(by_rows(loops.softmax_jacobian))
exercise.answer(softmax_jacobian)


@exercise.variant
def entry_by_entry(P):
    N = len(P)
    J = np.zeros((N, N), P.dtype)
    for j in range(N):
        for k in range(N):
            J[j, k] = P[j] * ((j == k) - P[k])
    return J


@exercise.variant
def diagonal_minus_outer(P):
    return np.diag(P) - np.outer(P, P)


@exercise.variant
def a_column_times_a_row(P):
    return np.diag(P) - P[:, None] @ P[None, :]


@exercise.variant
def the_diagonal_of_one_s_own_matrix(P):
    J = -np.outer(P, P)
    J[np.diag_indices(len(P))] += P
    return J


@exercise.mistake
def only_diagonal(P):
    """only the diagonal. P(1 - P) is a probability's derivative by its own score. What are those by
    the other scores?"""
    return np.diag(P * (1 - P))


@exercise.mistake
def plus_for_minus(P):
    """a plus for the minus. Off the diagonal the derivatives are negative: when one score
    increases, the other probabilities decrease."""
    return np.diag(P) + np.outer(P, P)


@exercise.mistake
def diagonal_matrix_missing(P):
    """the diagonal matrix is missing. P_j P_k is subtracted in every entry: on the
    diagonal from P_j, elsewhere from 0."""
    return -np.outer(P, P)


@exercise.mistake
def own_probability_in_the_bracket(P):
    """P_j (δ_jk - P_j). Column k should hold P_k in the bracket: P[None, :], not P[:, None]."""
    return P[:, None] * (np.eye(len(P), dtype=P.dtype) - P[:, None])


@exercise.mistake
def jacobian_of_logarithm(P):
    """the Jacobian of the logarithm. δ_jk - P_k is the derivative of log P_j. Multiply row j by
    P_j."""
    return np.eye(len(P), dtype=P.dtype) - P[None, :]


@exercise.mistake
def inner_product_for_outer(P):
    """a row times a column: one number. P @ P is a single number. The outer product has every
    pair: a column times a row."""
    return np.diag(P) - P @ P


@exercise.mistake
def sign_turned(P):
    """the sign is turned. A score that increases makes its own probability larger: the
    diagonal is positive."""
    return np.outer(P, P) - np.diag(P)


@exercise.mistake
def softmax_of_P(P):
    """softmax is taken of P once more. The function is given P, not S: these numbers add up to
    one already."""
    P = softmax(P)
    return np.diag(P) - np.outer(P, P)


@exercise.mistake
def column_lost(P):
    """a column is lost: P * (…) multiplies column k by P_k. Row j has to be multiplied by P_j,
    so P must stand in a column, P[:, None]."""
    return P * (np.eye(len(P), dtype=P.dtype) - P)


@exercise.mistake
def bracket_lost(P):
    """the first P is missing. Row j of the bracket δ_jk - P_k is multiplied by P_j, and so is
    the δ."""
    return np.eye(len(P), dtype=P.dtype) - np.outer(P, P)


@exercise.mistake
def delta_not_subtracted_from(P):
    """one bracket for all: P_j (1 - P_k). The 1 stands on the diagonal alone, and is 0
    elsewhere."""
    return P[:, None] * (1 - P[None, :])


@exercise.mistake
def own_case_in_every_row(P):
    """each row repeats one number, P_j (1 - P_j). That is right only on the diagonal."""
    return np.repeat((P * (1 - P))[:, None], len(P), axis=1)


@exercise.mistake
def own_case_in_every_column(P):
    """each column repeats one number, P_k (1 - P_k). That is right only on the diagonal."""
    return np.repeat((P * (1 - P))[None, :], len(P), axis=0)


@exercise.mistake
def plus_off_the_diagonal(P):
    """a plus off the diagonal. There the derivatives are negative: -P_j P_k."""
    J = np.outer(P, P)
    J[np.diag_indices(len(P))] = P * (1 - P)
    return J


@exercise.mistake
def square_taken_twice(P):
    """P_j² is taken away twice on the diagonal: P(1 - P) holds it already, and so does the
    outer product."""
    return np.diag(P * (1 - P)) - np.outer(P, P)


@exercise.mistake
def row_of_P_subtracted(P):
    """P itself is subtracted, and not the products: subtract P_j P_k from every entry."""
    return np.diag(P) - P


@exercise.mistake
def diagonal_as_a_row(P):
    """only N numbers. The matrix has a row for each probability and a column for each score."""
    return P * (1 - P)


@exercise.mistake
def row_sums_alone(P):
    """only the sums of the rows, which are all zero. Each of the N × N derivatives was asked
    for."""
    return P - P * P.sum()


@exercise.mistake
def off_diagonal_alone(P):
    """the diagonal is zero. A score changes its own probability most: P_j (1 - P_j)."""
    J = -np.outer(P, P)
    J[np.diag_indices(len(P))] = 0
    return J


@exercise.mistake
def cases_exchanged(P):
    """the two cases are exchanged. P_j (1 - P_k) belongs on the diagonal, -P_j P_k elsewhere."""
    J = P[:, None] * (1 - P[None, :])
    J[np.diag_indices(len(P))] = -P * P
    return J


@exercise.mistake
def upper_half_alone(P):
    """only one half of the matrix. J[j, k] and J[k, j] are equal, and both are asked for."""
    return np.triu(np.diag(P) - np.outer(P, P))


@exercise.mistake
def lower_half_alone(P):
    """only the lower half of the matrix. J[j, k] and J[k, j] are equal, and both are asked for."""
    return np.tril(np.diag(P) - np.outer(P, P))


@exercise.mistake
def bracket_around_the_choice_missing(P):
    """Python reads 1 if j == k else (0 - P[k]): the P[k] is taken away in one case alone. Put
    the choice into brackets."""
    J = -np.outer(P, P)
    J[np.diag_indices(len(P))] = P
    return J


@exercise.mistake
def delta_is_a_product(P):
    """δ_jk is not j·k, and np.kron is another product. δ_jk is 1 if the two are equal, and 0 if
    not."""
    j = np.arange(len(P))
    return P[:, None] * (np.outer(j, j) - P[None, :])


@exercise.mistake
def values_compared(P):
    """the probabilities are compared, and not the indices. Two of them may be equal by chance:
    δ_jk asks for j == k."""
    return P[:, None] * ((P[:, None] == P) - P[None, :])


@exercise.mistake
def first_row_and_column_left_out(P):
    """the first row and column are left empty: a loop from 1. Python's indices begin at 0."""
    J = np.diag(P) - np.outer(P, P)
    J[0, :] = J[:, 0] = 0
    return J
