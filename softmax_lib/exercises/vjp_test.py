"""09: write the test that tells a right vjp from a wrong one."""

import numpy as np

from softmax_lib import loops, softmax
from softmax_lib.exercises import softmax_vjp as formulas
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.oracles import by_rows
from softmax_lib.numerical import central_difference

exercise = Exercise("vjp_test", "verdict")


def index_by_index(dP, P):
    return by_rows(loops.softmax_vjp)(dP=dP, P=P)


def a_thousandth_off(dP, P):
    return 1.001 * formulas.multiplied_out(dP, P)


def a_hundredth_too_small(dP, P):
    return formulas.multiplied_out(dP, P) - 0.01


def one_row_for_all(dP, P):
    first = P.reshape(-1, P.shape[-1])[0]
    return first * (dP - (first * dP).sum(-1, keepdims=True))


def second_axis(dP, P):
    return P * (dP - (P * dP).sum(min(1, P.ndim - 1), keepdims=True))


RIGHT = {
    "the Jacobian, index by index": index_by_index,
    "P ∘ dP - P ⟨P, dP⟩": formulas.multiplied_out,
}
WRONG = {
    "the plain sum of dP, not weighted by P": formulas.plain_sum,
    "the plain mean of dP": formulas.plain_mean,
    "the sign is turned": formulas.sign_turned,
    "a plus for the minus": formulas.plus_for_minus,
    "one mean for the whole matrix": formulas.one_mean_for_whole_matrix,
    "the means of the columns": formulas.means_of_columns,
    "no P in front": formulas.no_P_in_front,
    "p(1 - p) dP: the off-diagonal terms are missing": formulas.diagonal_of_J_alone,
    "the upstream gradient is forgotten in the first term": formulas.dP_forgotten_in_the_first_term,
    "a thousandth too large": a_thousandth_off,
    "every entry a hundredth too small": a_hundredth_too_small,
    "the first row's P for every row": one_row_for_all,
    "the second axis instead of the last": second_axis,
}


@exercise.inputs
def inputs(draw):
    for name, vjp in RIGHT.items():
        yield case(f"a right vjp ({name})", vjp=vjp)
    for name, vjp in WRONG.items():
        yield case(f"a wrong vjp ({name})", vjp=vjp)


@exercise.oracle
def known_beforehand(vjp):
    return vjp in RIGHT.values()


@exercise.answer
def vjp_test(vjp):
    S, dP = np.random.default_rng(0).normal(size=(2, 2, 3, 4))
    right = central_difference(lambda S: (dP * softmax(S)).sum(), S)
    return np.allclose(vjp(dP, softmax(S)), right, rtol=1e-6, atol=1e-9)


@exercise.variant
def held_against_the_jacobian(vjp):
    rng = np.random.default_rng(5)
    P = softmax(rng.normal(size=(3, 2, 5)))
    dP = rng.normal(size=P.shape)
    return np.abs(vjp(dP, P) - formulas.by_the_jacobian(dP, P)).max() < 1e-9


@exercise.variant
def held_against_nudges_in_every_shape(vjp):
    rng = np.random.default_rng(6)
    for shape in [(4,), (3, 5), (2, 3, 4)]:
        S, dP = rng.normal(size=(2, *shape))
        nudge = 1e-6 * rng.normal(size=shape)
        moved = (dP * (softmax(S + nudge) - softmax(S - nudge))).sum() / 2
        foretold = (nudge * vjp(dP, softmax(S))).sum()
        if abs(moved - foretold) > 1e-6 * abs(nudge * dP).sum():
            return False
    return True


def agree(vjp, dP, P, rtol=1e-6):
    """Hold a vjp against the right one, for these dP and P."""
    right = P * (dP - (P * dP).sum(-1, keepdims=True))
    return bool(np.allclose(vjp(dP, P), right, rtol=rtol, atol=1e-9))


def dP_and_P(*shape):
    rng = np.random.default_rng(0)
    return rng.normal(size=shape), softmax(rng.normal(size=shape))


@exercise.mistake
def ones_upstream(vjp):
    """an upstream gradient of ones. J times a row of ones is 0, so half of the wrong formulas
    pass. Draw dP at random."""
    _, P = dP_and_P(3, 4)
    return agree(vjp, np.ones(P.shape), P)


@exercise.mistake
def ones_in_a_batch(vjp):
    """an upstream gradient of ones, in a batch. J times a row of ones is 0, so half of the
    wrong formulas pass. Draw dP at random."""
    _, P = dP_and_P(2, 3, 4)
    return agree(vjp, np.ones(P.shape), P)


@exercise.mistake
def only_row_sums_looked_at(vjp):
    """only the row sums are looked at. Right answers sum to zero, and so do some wrong ones.
    Compare every entry."""
    return bool(np.allclose(vjp(*dP_and_P(2, 3, 4)).sum(-1), 0, atol=1e-9))


@exercise.mistake
def one_row_not_enough(vjp):
    """one row is not enough. In a single row the wrong axis is the right one. Try a matrix, and
    a batch of them."""
    return agree(vjp, *dP_and_P(4))


@exercise.mistake
def one_matrix_not_enough(vjp):
    """one matrix is not enough. In a matrix the second axis is the last. vjp promises (…, N):
    try a batch."""
    return agree(vjp, *dP_and_P(3, 4))


@exercise.mistake
def all_probabilities_equal(vjp):
    """all probabilities are equal. Where P is even, the plain mean is the weighted one. Make P
    uneven."""
    dP, _ = dP_and_P(2, 3, 4)
    return agree(vjp, dP, np.full(dP.shape, 0.25))


@exercise.mistake
def tolerance_that_forgives_too_much(vjp):
    """a tolerance that forgives too much. A formula that is a thousandth off passes. In
    float64, with a fair nudge, you can ask for six digits."""
    return agree(vjp, *dP_and_P(2, 3, 4), rtol=1e-2)


@exercise.mistake
def every_last_digit_must_agree(vjp):
    """every last digit must agree. Two right formulas round differently. Allow for rounding:
    np.allclose, not ==."""
    dP, P = dP_and_P(2, 3, 4)
    return bool((vjp(dP, P) == P * dP - P * np.einsum("...j,...j->...", P, dP)[..., None]).all())


@exercise.mistake
def nothing_can_pass(vjp):
    """a test that nothing can pass: it refuses what is right as well. Is it Σ dP∘softmax(S)
    that is differentiated, and vjp(dP, P) that is called, in this order? And by a nudge in
    float64 you can ask for six digits or so, not for twelve."""
    return False


@exercise.mistake
def nothing_can_fail(vjp):
    """a test that nothing can fail. It says True whatever it is given. Compare the values with
    a slope that knows no formula."""
    dP, P = dP_and_P(2, 3, 4)
    return vjp(dP, P).shape == P.shape


@exercise.mistake
def verdict_turned_round(vjp):
    """the verdict is turned round. True means: this vjp is right."""
    return not agree(vjp, *dP_and_P(2, 3, 4))


@exercise.mistake
def difference_without_abs(vjp):
    """the difference has no absolute value: what is too small passes. np.abs first, or
    np.allclose."""
    dP, P = dP_and_P(2, 3, 4)
    return bool((vjp(dP, P) - P * (dP - (P * dP).sum(-1, keepdims=True))).max() < 1e-6)


@exercise.mistake
def one_entry_is_enough(vjp):
    """one entry that agrees is enough here. All of them must: np.all, or np.allclose."""
    dP, P = dP_and_P(2, 3, 4)
    return bool(np.isclose(vjp(dP, P), P * (dP - (P * dP).sum(-1, keepdims=True))).any())


@exercise.mistake
def lengths_compared(vjp):
    """only the lengths are compared. Two arrays of one length can point anywhere: compare every
    entry."""
    dP, P = dP_and_P(2, 3, 4)
    right = P * (dP - (P * dP).sum(-1, keepdims=True))
    return bool(np.isclose(np.linalg.norm(vjp(dP, P)), np.linalg.norm(right)))


@exercise.mistake
def own_formula_wrong(vjp):
    """it is held against a formula, and that is wrong: P(1 - P)∘dP is the diagonal alone.
    Measure with a nudge instead."""
    dP, P = dP_and_P(2, 3, 4)
    return bool(np.allclose(vjp(dP, P), P * (1 - P) * dP))


@exercise.mistake
def tolerance_of_a_tenth(vjp):
    """a tolerance of a tenth. Formulas that are a little off pass, and those that are off by
    little numbers: in float64 you can ask for six digits."""
    dP, P = dP_and_P(2, 3, 4)
    return bool(np.allclose(vjp(dP, P), P * (dP - (P * dP).sum(-1, keepdims=True)), atol=1e-1))
