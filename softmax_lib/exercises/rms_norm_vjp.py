"""08: back through a row that is divided by its root mean square."""

import numpy as np

from softmax_lib import rms_norm_vjp
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.numerical import complex_step

exercise = Exercise("rms_norm_vjp", "dH")


@exercise.inputs
def inputs(draw):
    def norm(what, *shape, dtype=np.float64):
        """Rows that are not of one size."""
        dU, H = draw.normal(*shape), 2 * draw.normal(*shape) + 1
        r = np.sqrt((H * H).mean(-1, keepdims=True))
        return case(what, dU=dU.astype(dtype), U=(H / r).astype(dtype), r=r.astype(dtype))

    yield norm("one row of four", 4)
    yield norm("three rows of five", 3, 5)
    yield norm("a square matrix, four rows of four", 4, 4)
    yield norm("two examples of three rows", 2, 3, 4)
    for dtype in NARROW:
        yield norm(dtype.__name__, 3, 5, dtype=dtype)


@exercise.oracle
def by_complex_step(dU, U, r):
    """Σ dU ∘ H / r differentiated along H = r U."""

    def phi(H):
        return (dU * H / np.sqrt((H * H).mean(-1, keepdims=True))).sum()

    return complex_step(phi, r * U)


exercise.answer(rms_norm_vjp)


@exercise.variant
def multiplied_out(dU, U, r):
    return dU / r - U * ((U * dU).sum(-1, keepdims=True) / U.shape[-1]) / r


@exercise.variant
def by_the_jacobian(dU, U, r):
    n = U.shape[-1]
    J = (np.eye(n, dtype=U.dtype) - U[..., None] * U[..., None, :] / n) / r[..., None]
    return np.einsum("...j,...jk->...k", dU, J)


@exercise.mistake
def r_taken_for_constant(dU, U, r):
    """r is taken for a constant. A nudge of H moves r as well: which term of the quotient rule
    speaks of the bottom?"""
    return dU / r


@exercise.mistake
def division_by_r_missing(dU, U, r):
    """the division by r is missing, or r was made of U, whose own size is 1. U is H over r, so
    every derivative is one over the r that you are given."""
    return dU - U * (U * dU).mean(-1, keepdims=True)


@exercise.mistake
def sum_not_divided_by_n(dU, U, r):
    """the sum is not divided by n. The derivative of r is H / (n r): a mean is taken under the
    root."""
    return (dU - U * (U * dU).sum(-1, keepdims=True)) / r


@exercise.mistake
def keepdims_missing(dU, U, r):
    """keepdims is missing. Each row has a mean of its own, which must stand in a column."""
    return (dU - U * (U * dU).mean(-1)) / r


@exercise.mistake
def one_mean_for_all_rows(dU, U, r):
    """one mean for all rows. Each row has a size of its own, and a mean of its own."""
    return (dU - U * (U * dU).mean()) / r


@exercise.mistake
def mean_taken_over_rows(dU, U, r):
    """the mean is taken over the rows. The norm works along a row, the last axis."""
    return (dU - U * (U * dU).mean(-2 if U.ndim > 1 else -1, keepdims=True)) / r


@exercise.mistake
def plus_for_minus(dU, U, r):
    """a plus for the minus. The larger a row grows, the more it is divided by. Which sign has
    the bottom's term?"""
    return (dU + U * (U * dU).mean(-1, keepdims=True)) / r


@exercise.mistake
def U_missing_in_front_of_mean(dU, U, r):
    """U is missing in front of the mean. This is right for subtracting a mean. Here δ_jk - U_j
    U_k / n has U twice."""
    return (dU - (U * dU).mean(-1, keepdims=True)) / r


@exercise.mistake
def mean_of_dU(dU, U, r):
    """the mean of dU, not of U ∘ dU. This is layer norm's other term. What is taken away is the
    part of dU along U."""
    return (dU - U * dU.mean(-1, keepdims=True)) / r


@exercise.mistake
def H_for_U(dU, U, r):
    """H for U. With H = r U the second term needs two more divisions by r."""
    return (dU - r * U * (r * U * dU).mean(-1, keepdims=True)) / r


@exercise.mistake
def softmax_s_rule(dU, U, r):
    """softmax's rule: U ∘ (dU - mean). The two are alike and not the same: here the diagonal is
    1, there it was P."""
    return U * (dU - (U * dU).mean(-1, keepdims=True)) / r


@exercise.mistake
def divided_by_r_twice(dU, U, r):
    """divided by r twice. Once is enough: the second r of r² went into U."""
    return (dU - U * (U * dU).mean(-1, keepdims=True)) / r**2


@exercise.mistake
def second_term_twice(dU, U, r):
    """the second term is twice too large. The square's 2 and the root's 1/2 cancel."""
    return (dU - 2 * U * (U * dU).mean(-1, keepdims=True)) / r


@exercise.mistake
def second_term_half(dU, U, r):
    """the second term is half of what it should be. The square's 2 and the root's 1/2 cancel."""
    return (dU - U * (U * dU).mean(-1, keepdims=True) / 2) / r


@exercise.mistake
def divided_by_n_twice(dU, U, r):
    """divided by n twice. .mean() has divided already."""
    return (dU - U * (U * dU).mean(-1, keepdims=True) / U.shape[-1]) / r


@exercise.mistake
def multiplied_by_r(dU, U, r):
    """multiplied by r. U = H / r: the larger the row, the less a nudge of H moves U."""
    return (dU - U * (U * dU).mean(-1, keepdims=True)) * r


@exercise.mistake
def mean_subtracted_as_in_layer_norm(dU, U, r):
    """this is layer norm's: it subtracts the mean of dU as well. The root mean square leaves
    the mean where it is."""
    return (dU - dU.mean(-1, keepdims=True) - U * (U * dU).mean(-1, keepdims=True)) / r


@exercise.mistake
def only_the_first_term_divided(dU, U, r):
    """only the first term is divided by r. Both terms of the bracket stand over r; written with
    H that is r and r³."""
    return dU / r - U * (U * dU).mean(-1, keepdims=True)


@exercise.mistake
def second_term_divided_by_r_again(dU, U, r):
    """the second term is divided by r² more. U holds its own 1/r already, so that r³ is there."""
    return dU / r - U * (U * dU).mean(-1, keepdims=True) / r**3


@exercise.mistake
def r_squared_in_the_second_term(dU, U, r):
    """the second term is divided by r². Written with U, both terms stand over one r."""
    return dU / r - U * (U * dU).mean(-1, keepdims=True) / r**2


@exercise.mistake
def sign_turned(dU, U, r):
    """the sign is turned: dU comes with a plus."""
    return (U * (U * dU).mean(-1, keepdims=True) - dU) / r


@exercise.mistake
def second_term_alone(dU, U, r):
    """only the road through r. The number above the bar moves as well: dU itself."""
    return -U * (U * dU).mean(-1, keepdims=True) / r


@exercise.mistake
def U_dU_not_averaged(dU, U, r):
    """U∘dU is not averaged. ⟨U, dU⟩ / n is one number for each row."""
    return (dU - U * (U * dU)) / r


@exercise.mistake
def axis_1(dU, U, r):
    """axis=1 is the last axis of a matrix alone. Which number names the last axis of a row, and
    of a batch, too?"""
    return (dU - U * (U * dU).mean(axis=1, keepdims=True)) / r


@exercise.mistake
def n_is_the_number_of_rows(dU, U, r):
    """divided by the number of rows. n is the length of a row: U.shape[-1]."""
    return (dU - U * (U * dU).sum(-1, keepdims=True) / len(U)) / r


@exercise.mistake
def mean_of_squares_for_the_mean_of_products(dU, U, r):
    """dU meets the mean of U², which is 1. What is taken away is U times the mean of U∘dU."""
    return (dU - dU * (U * U).mean(-1, keepdims=True) / 2) / r


@exercise.mistake
def dU_in_front(dU, U, r):
    """dU stands in front of the mean, where U should. What is taken away points along U."""
    return (dU - dU * (U * dU).mean(-1, keepdims=True)) / r


@exercise.mistake
def mean_of_U_squared(dU, U, r):
    """the mean of U², which is 1, so that nothing is left. What is taken away is U times the
    mean of U∘dU."""
    return (dU - dU * (U * U).mean(-1, keepdims=True)) / r


@exercise.mistake
def bracket_missing(dU, U, r):
    """a bracket is missing: only the second term is divided by r. Python divides before it
    subtracts."""
    return dU - U * (U * dU).mean(-1, keepdims=True) / r
