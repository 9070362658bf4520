"""09: a softmax over the keys that may be seen, for scores of any dtype."""

import numpy as np

from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import HOLES, NARROW, TRIANGLE
from softmax_lib.exercises.oracles import row_of_softmax
from softmax_lib.exercises.promises import EACH_ROW_IS_ONE, NONE_IS_NEGATIVE, Promise

FIVE = np.array([[1, 1, 0, 1, 0], [0, 1, 0, 0, 0], [0, 1, 1, 1, 1]], dtype=bool)

ONE_OR_ZERO = Promise(
    "each row adds up to one, or is zero throughout",
    lambda name, P, off: EACH_ROW_IS_ONE.broken(
        f"a row of {name} that is not zero, ", P[P.any(-1)], off
    ),
)

exercise = Exercise("masked_softmax", "P", promises=[ONE_OR_ZERO, NONE_IS_NEGATIVE])


@exercise.inputs
def inputs(draw):
    yield case("three rows of five scores", S=draw.normal(3, 5), mask=FIVE)
    yield case("a square matrix of scores, causal", S=draw.normal(4, 4), mask=TRIANGLE)
    both = np.stack([FIVE, ~FIVE])
    yield case("two matrices of scores", S=draw.normal(2, 3, 5), mask=both)
    for dtype in NARROW:
        yield case(f"{dtype.__name__} scores", S=draw.normal(3, 5, dtype=dtype), mask=FIVE)
    signed = np.array([[-100, 98, 7, 100, 0]], dtype=np.int8)
    yield case("int8 scores between -100 and 100", S=signed, mask=FIVE[:1])
    unsigned = np.array([[0, 1, 2, 3, 4]], dtype=np.uint8)
    yield case("uint8 scores", S=unsigned, mask=FIVE[2:])
    far = np.array([[1.0, 2.0, 2000.0, 0.5, 0.0]])
    yield case("a masked score 2000 above the others", S=far, mask=FIVE[:1], extreme=True)
    high = np.array([[800.0, 799.0, 2.0, 801.0, -800.0]])
    yield case("scores of ±800", S=high, mask=FIVE[2:], extreme=True)
    yield case("scores below -5000", S=high - 6000, mask=FIVE[2:], extreme=True)
    lowest = np.array([[-1e300, -1e300, 0.0, -1e300, 0.0]])
    yield case("scores of -1e300", S=lowest, mask=FIVE[:1], extreme=True)
    apart, both = np.array([[0.0, 1.0], [2000.0, 2001.0]]), np.ones((2, 2), dtype=bool)
    yield case("rows that are 2000 apart", S=apart, mask=both, extreme=True)
    yield case("a row with no key", S=draw.normal(3, 5), mask=HOLES, extreme=True)
    low = np.array([[1.0, 2.0, 0.0, 0.5, 0.0]]) - 2e9
    yield case("scores of two thousand million below zero", S=low, mask=FIVE[:1], extreme=True)


@exercise.oracle
def row_by_row_by_the_loops(S, mask):
    P = np.zeros(S.shape)
    for at in np.ndindex(S.shape[:-1]):
        if mask[at].any():
            P[at][mask[at]] = row_of_softmax(S[at][mask[at]])
    return P


@exercise.answer
def masked_softmax(S, *, mask):
    S = np.where(mask, S, -np.inf)  # integers become floats here
    m = S.max(-1, keepdims=True)
    E = np.exp(S - np.maximum(m, np.finfo(S.dtype).min))
    return E / np.maximum(E.sum(-1, keepdims=True), 1)  # the sum is 0 without a key, else ≥ 1


def plain_softmax(S, m=None):
    E = np.exp(S - (S.max(-1, keepdims=True) if m is None else m))
    return E / E.sum(-1, keepdims=True)


def zero_if_closed(P, mask):
    return np.where(mask.any(-1, keepdims=True), P, P.dtype.type(0))


@exercise.variant
def where_allowed_row_by_row(S, *, mask):
    P = np.zeros(S.shape, S.dtype if S.dtype.kind == "f" else float)
    for at in np.ndindex(S.shape[:-1]):
        if mask[at].any():
            P[at][mask[at]] = plain_softmax(S[at][mask[at]].astype(P.dtype))
    return P


@exercise.variant
def nan_replaced_in_closed_rows(S, *, mask):
    return zero_if_closed(plain_softmax(np.where(mask, S, -np.inf)), mask)


@exercise.variant
def closed_rows_opened_and_set_to_zero(S, *, mask):
    closed = ~mask.any(-1, keepdims=True)
    P = plain_softmax(np.where(mask | closed, S, -np.inf))
    return np.where(closed, P.dtype.type(0), P)


@exercise.mistake
def minus_1e9_for_minus_infinity(S, *, mask):
    """-1e9 for -∞. A row without a key becomes an average over keys that nobody may see; and a
    score may lie below -1e9."""
    return plain_softmax(np.where(mask, S, -1e9))


@exercise.mistake
def minus_1e9_added(S, *, mask):
    """-1e9 is added where nobody may look. In a row without a key it is added everywhere, and a
    shift changes nothing."""
    return plain_softmax(S + np.where(mask, S.dtype.type(0), -1e9))


@exercise.mistake
def row_without_key_becomes_nan(S, *, mask):
    """a row without a key becomes NaN. All its scores are -∞, and -∞ - (-∞) is no number. What
    is an average of nothing here?"""
    return plain_softmax(np.where(mask, S, -np.inf))


@exercise.mistake
def masked_after_softmax(S, *, mask):
    """masked after the softmax. The share of a masked key must go to the others: take it out of
    the sum as well."""
    return plain_softmax(1.0 * S) * mask


@exercise.mistake
def masked_after_softmax_then_divided_again(S, *, mask):
    """masked after the softmax, then divided again. Right on paper. But if a masked score
    towers above the others, nothing is left to divide."""
    P = plain_softmax(1.0 * S) * mask
    with np.errstate(all="ignore"):
        return P / P.sum(-1, keepdims=True)


@exercise.mistake
def mask_wrong_way_round(S, *, mask):
    """the mask is the wrong way round. True means: may attend."""
    return zero_if_closed(plain_softmax(np.where(mask, -np.inf, S)), ~mask)


@exercise.mistake
def maximum_over_masked_scores(S, *, mask):
    """the maximum is taken over masked scores too. If the largest score is a masked one, the
    others underflow to zero: mask first."""
    m = 1.0 * S.max(-1, keepdims=True)
    return np.nan_to_num(plain_softmax(np.where(mask, S, -np.inf), m))


@exercise.mistake
def sums_run_down_columns(S, *, mask):
    """the sums run down the columns. Each row is a softmax of its own: the maximum and the sum
    are taken along the last axis."""
    S = np.where(mask, S, -np.inf)
    E = np.exp(S - np.maximum(S.max(-2, keepdims=True), np.finfo(S.dtype).min))
    return E / np.maximum(E.sum(-2, keepdims=True), 1)


@exercise.mistake
def zero_for_minus_infinity(S, *, mask):
    """0 for -∞. e^0 is 1, so a score of 0 takes its share like any other."""
    return zero_if_closed(plain_softmax(np.where(mask, 1.0 * S, S.dtype.type(0))), mask)


@exercise.mistake
def difference_taken_in_integers(S, *, mask):
    """the difference is taken in integers. An int8 ends at -128 and begins again at 127; a
    uint8 knows nothing below 0. Make floats of them before you subtract."""
    m = np.where(mask, S, S.min()).max(-1, keepdims=True)
    E = np.where(mask, np.exp(1.0 * (S - m)), 0)
    return E / np.maximum(E.sum(-1, keepdims=True), 1)


@exercise.mistake
def mask_changed_in_place(S, *, mask):
    """the mask is changed in place. `mask[...] = True` writes into the caller's mask, who may need
    it again. Make a new one: mask | ~mask.any(-1, keepdims=True).
    """
    closed = ~mask.any(-1)
    mask[closed] = True
    P = plain_softmax(np.where(mask, S, -np.inf))
    P[closed] = 0
    return P


@exercise.mistake
def scores_times_the_mask(S, *, mask):
    """S times the mask makes the scores 0, and e^0 is 1: a score of 0 takes its share like any
    other."""
    return plain_softmax(S * mask)


@exercise.mistake
def plus_infinity(S, *, mask):
    """+∞ where nobody may look. e^∞ takes everything: a forbidden score is -∞."""
    return plain_softmax(np.where(mask, S, np.inf))


@exercise.mistake
def float32_s_minimum(S, *, mask):
    """the lowest number there is, for -∞. A row without a key becomes an average over keys that
    nobody may see."""
    return plain_softmax(np.where(mask, 1.0 * S, np.finfo((1.0 * S).dtype).min))


@exercise.mistake
def minus_1e9_then_divided_again(S, *, mask):
    """-1e9, then masked and divided again. In a row without a key that is 0 / 0; and a score
    may lie below -1e9."""
    P = plain_softmax(np.where(mask, S, -1e9)) * mask
    return P / P.sum(-1, keepdims=True)


@exercise.mistake
def maximum_floored_at_minus_1e4(S, *, mask):
    """a number stands in for -∞, or below the maximum, and scores may lie lower still. A row
    whose scores all do keeps nothing of its exponentials."""
    S = np.where(mask, S, -np.inf)
    E = np.exp(S - np.maximum(S.max(-1, keepdims=True), S.dtype.type(-1e4)))
    return E / np.maximum(E.sum(-1, keepdims=True), 1)


@exercise.mistake
def maximum_never_below_0(S, *, mask):
    """the maximum is never below 0 here. A row whose scores all lie far lower keeps nothing of
    its exponentials."""
    S = np.where(mask, S, -np.inf)
    E = np.exp(S - np.maximum(S.max(-1, keepdims=True), 0))
    Z = E.sum(-1, keepdims=True)
    return E / np.where(Z == 0, 1, Z)


@exercise.mistake
def mask_forgotten(S, *, mask):
    """the mask is forgotten. Where it is False, P is 0, and the others share what is left."""
    return plain_softmax(1.0 * S)


@exercise.mistake
def one_sum_for_all_rows(S, *, mask):
    """one sum for all rows. Each row is a softmax of its own."""
    E = np.where(mask, np.exp(1.0 * S - np.where(mask, 1.0 * S, -np.inf).max()), 0)
    return (E / E.sum()).astype((1.0 * S).dtype)


@exercise.mistake
def no_maximum_subtracted(S, *, mask):
    """no maximum is subtracted. e to a large score overflows, and e to one far below zero is 0."""
    E = np.where(mask, np.exp(1.0 * S), 0)
    Z = E.sum(-1, keepdims=True)
    return E / np.where(Z == 0, 1, Z)


@exercise.mistake
def small_number_added(S, *, mask):
    """a small number is added to the sum. It moves every probability; the sum is at least 1
    where there is a key."""
    S = np.where(mask, S, -np.inf)
    E = np.exp(S - np.maximum(S.max(-1, keepdims=True), np.finfo(S.dtype).min))
    return E / (E.sum(-1, keepdims=True) + S.dtype.type(1e-6))


@exercise.mistake
def maximum_of_all_rows(S, *, mask):
    """one maximum for all rows. A row that lies 2000 below another one keeps nothing of its
    exponentials: each needs its own."""
    S = np.where(mask, S, -np.inf)
    E = np.exp(S - S.max())
    Z = E.sum(-1, keepdims=True)
    return E / np.where(Z == 0, 1, Z)


@exercise.mistake
def integers_left_as_they_are(S, *, mask):
    """integers are left as they are. An int8 ends at -128 and begins again at 127, and its
    exponentials are float16: make float64 of integers before you subtract."""
    m = np.where(mask, S, S.min()).max(-1, keepdims=True)
    E = np.where(mask, np.exp(S - m), 0)
    return E / np.maximum(E.sum(-1, keepdims=True), 1)


@exercise.mistake
def first_axis_instead_of_last(S, *, mask):
    """the first axis instead of the last. Each row is a softmax of its own, however many axes
    stand in front."""
    S = np.where(mask, S, -np.inf)
    E = np.exp(S - np.maximum(S.max(0, keepdims=True), np.finfo(S.dtype).min))
    return E / np.maximum(E.sum(0, keepdims=True), 1)


@exercise.family(low=(-1e20, -1e30, -3.4e38))
def large_number_for_infinity(S, mask, low):
    """a large number for -∞, and zeros put in afterwards. It is not below every score: where all
    that may be seen lies lower, the hidden ones take everything."""
    return plain_softmax(np.where(mask, S, low)) * mask


@exercise.family(low=(-1e20, -1e30, -3.4028234663852886e38))
def large_number_for_minus_infinity(S, mask, low):
    """a large number for -∞. A row without a key becomes an average over keys that nobody may see;
    and a score may lie below it."""
    return plain_softmax(np.where(mask, S, low))
