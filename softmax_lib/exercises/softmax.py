"""02: scores become probabilities, row by row, without overflow."""

import numpy as np

from softmax_lib import loops, softmax
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import scores
from softmax_lib.exercises.oracles import by_rows
from softmax_lib.exercises.promises import EACH_ROW_IS_ONE, NONE_IS_NEGATIVE

EPS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)

exercise = Exercise("softmax", "P", promises=[EACH_ROW_IS_ONE, NONE_IS_NEGATIVE], within=1e-13)
exercise.inputs(scores)
exercise.oracle(by_rows(loops.softmax))
exercise.answer(softmax)


@exercise.variant
def score_by_score(S):
    P = np.empty(S.shape, S.dtype if S.dtype.kind == "f" else float)
    for at in np.ndindex(S.shape[:-1]):
        m = max(S[at])
        E = [np.exp(s - m) for s in S[at]]
        P[at] = [e / sum(E) for e in E]
    return P


@exercise.variant
def through_log_sum_exp(S):
    m = S.max(-1, keepdims=True)
    L = m + np.log(np.exp(S - m).sum(-1, keepdims=True))  # rounded as the largest score is
    return np.exp(S - L)


@exercise.variant
def every_score_against_every_other(S):
    return 1 / np.exp(S[..., None, :] - S[..., :, None]).sum(-1)


@exercise.mistake
def no_maximum_subtracted(S):
    """the scores are not brought down by their maximum. e^800 is infinite to a computer. Which
    shift costs nothing, by the theorem of this lesson?"""
    E = np.exp(S)
    return E / E.sum(axis=-1, keepdims=True)


@exercise.mistake
def one_maximum_for_all_rows(S):
    """one maximum for all rows. A row that lies 2000 below another one underflows to zeros.
    Each row needs its own maximum."""
    E = np.exp(S - S.max())
    return E / E.sum(axis=-1, keepdims=True)


@exercise.mistake
def one_sum_for_whole_matrix(S):
    """one sum for the whole matrix. Each row should add up to one, not the whole matrix. Along
    which axis do you sum?"""
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum()


@exercise.mistake
def first_axis_instead_of_last(S):
    """the first axis instead of the last. Here the columns add up to one. Which axis of S holds
    the scores of one row?"""
    E = np.exp(S - S.max(axis=0, keepdims=True))
    return E / E.sum(axis=0, keepdims=True)


@exercise.mistake
def keepdims_missing(S):
    """keepdims is missing. The sums must stand in a column, so that each meets its own row:
    keepdims=True."""
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1)


@exercise.mistake
def scores_changed_in_place(S):
    """the scores are changed in place. `-=` and `out=` write into the caller's array. Make a
    new one: S = S - ..."""
    S -= S.max(axis=-1, keepdims=True)
    np.exp(S, out=S)
    S /= S.sum(axis=-1, keepdims=True)
    return S


@exercise.family(eps=EPS)
def small_number_added(S, eps):
    """a small number added to the sum. Once the maximum is subtracted the sum is at least 1:
    there is nothing to protect, and the probabilities no longer add up to one."""
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / (E.sum(axis=-1, keepdims=True) + eps)


@exercise.mistake
def scores_clipped(S):
    """the scores are clipped. Clipping makes 800 and 799 one score, but the first is e times as
    likely. Shift instead."""
    E = np.exp(np.clip(S, -500, 500))
    return E / E.sum(axis=-1, keepdims=True)


@exercise.mistake
def integers_stay_integers(S):
    """integers stay integers. zeros_like(S) of an integer S can hold only integers: every
    probability is cut to 0 or 1."""
    P = np.zeros_like(S)
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    P[...] = E / E.sum(axis=-1, keepdims=True)
    return P


@exercise.mistake
def always_float64(S):
    """float64 comes back whatever goes in. float32 in should be float32 out: don't convert, or
    convert back."""
    S = np.asarray(S, dtype=np.float64)
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


@exercise.mistake
def powers_of_2(S):
    """powers of 2 instead of e. With one score more by 1 the ratio should be e, and here it is
    2."""
    E = np.exp2(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


@exercise.mistake
def nan_hidden(S):
    """NaN is hidden. A row that holds NaN has no probabilities. Zeros in its place look like an
    answer."""
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return np.nan_to_num(E / E.sum(axis=-1, keepdims=True))


@exercise.mistake
def keepdims_missing_in_maximum(S):
    """keepdims is missing in the maximum. The maxima must stand in a column, so that each meets
    its own row: keepdims=True."""
    E = np.exp(S - S.max(axis=-1))
    return E / E.sum(axis=-1, keepdims=True)


@exercise.mistake
def one_sum_one_maximum(S):
    """one sum for all rows. Each row should add up to one, not the whole matrix. Along which
    axis do you sum?"""
    E = np.exp(S - S.max())
    return E / E.sum()


@exercise.mistake
def axis_1(S):
    """axis=1 is the last axis of a matrix alone. Which number names the last axis of a row, and
    of a batch, too?"""
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@exercise.mistake
def shift_missing_below(S):
    """the shift is missing in the sum. It changes nothing only if it stands above and below the
    bar alike."""
    return np.exp(S - S.max(-1, keepdims=True)) / np.exp(S).sum(-1, keepdims=True)


@exercise.mistake
def shift_missing_above(S):
    """the shift is missing above the bar. It changes nothing only if it stands above and below
    alike."""
    return np.exp(S) / np.exp(S - S.max(-1, keepdims=True)).sum(-1, keepdims=True)


@exercise.mistake
def maximum_outside_the_exponential(S):
    """the maximum is taken from the exponentials. It belongs to the scores: e^(S - m), inside."""
    E = np.exp(S) - S.max(-1, keepdims=True)
    return E / E.sum(-1, keepdims=True)


@exercise.mistake
def maximum_of_the_exponentials(S):
    """the largest exponential is taken away, and not the largest score. The shift stands
    inside: e^(S - m)."""
    E = np.exp(S) - np.exp(S).max(-1, keepdims=True)
    return E / E.sum(-1, keepdims=True)


@exercise.mistake
def shares_of_scores(S):
    """the exponential is missing: these are shares of the scores. A score may be negative, a
    probability may not."""
    return S / S.sum(-1, keepdims=True)


@exercise.mistake
def exponential_of_the_share(S):
    """the exponential goes around the fraction. It is taken of each score, above and below the
    bar, before dividing."""
    return np.exp(S / S.sum(-1, keepdims=True))


@exercise.mistake
def not_divided(S):
    """nothing is divided, or it is divided by the largest. It is the sum of a row that should
    be one: divide by that."""
    return np.exp(S - S.max(-1, keepdims=True))


@exercise.mistake
def exponentials_alone(S):
    """the exponentials alone. They are positive, and they do not add up to one yet."""
    return np.exp(S)


@exercise.mistake
def divided_by_the_mean(S):
    """divided by the mean instead of the sum: a row adds up to N."""
    E = np.exp(S - S.max(-1, keepdims=True))
    return E / E.mean(-1, keepdims=True)


@exercise.mistake
def divided_by_the_exponential_of_the_sum(S):
    """the sum is taken before the exponential. e^(a + b) is a product of two, the bottom is
    their sum."""
    S = S - S.max(-1, keepdims=True)
    return np.exp(S) / np.exp(S.sum(-1, keepdims=True))


@exercise.mistake
def maximum_at_least_0(S):
    """the maximum is never below 0 here. A row whose scores all lie below -800 keeps nothing of
    its exponentials."""
    E = np.exp(S - np.maximum(S.max(-1, keepdims=True), 0))
    return E / E.sum(-1, keepdims=True)


@exercise.mistake
def minimum_for_maximum(S):
    """the smallest score is subtracted, and the largest then overflows. Which shift makes none
    positive?"""
    E = np.exp(S - S.min(-1, keepdims=True))
    return E / E.sum(-1, keepdims=True)


@exercise.mistake
def mean_for_maximum(S):
    """the mean is subtracted, and a score far above it still overflows. Which shift makes none
    positive?"""
    E = np.exp(S - S.mean(-1, keepdims=True))
    return E / E.sum(-1, keepdims=True)


@exercise.mistake
def divided_scores(S):
    """the scores are divided by their maximum. That changes how far they are apart; subtracting
    does not."""
    E = np.exp(S / S.max(-1, keepdims=True))
    return E / E.sum(-1, keepdims=True)


@exercise.mistake
def e_cut_short(S):
    """e is cut short. 2.718 is not e: np.exp knows all its digits."""
    E = np.power(2.718, S - S.max(-1, keepdims=True))
    return (E / E.sum(-1, keepdims=True)).astype(np.result_type(S, np.float16))


@exercise.mistake
def sign_of_the_scores_turned(S):
    """the scores' sign is turned. The largest score should get the largest share."""
    E = np.exp(S.min(-1, keepdims=True) - S)
    return E / E.sum(-1, keepdims=True)


@exercise.mistake
def logarithm_returned(S):
    """this is the logarithm of softmax. The probabilities themselves were asked for."""
    S = S - S.max(-1, keepdims=True)
    return S - np.log(np.exp(S).sum(-1, keepdims=True))


@exercise.mistake
def logistic_of_each(S):
    """each score alone is made a number between 0 and 1. In a softmax the scores share one sum."""
    return 1 / (1 + np.exp(-S))


@exercise.mistake
def nan_skipped(S):
    """NaN is skipped. A row that holds NaN has no probabilities: let it come through."""
    E = np.exp(S - np.nanmax(S, axis=-1, keepdims=True))
    return np.nan_to_num(E / np.nansum(E, axis=-1, keepdims=True))


@exercise.mistake
def exponential_of_the_shifted_share(S):
    """the exponential goes around the fraction, after the shift. It is taken of each score,
    above and below the bar, before dividing."""
    S = S - S.max(-1, keepdims=True)
    return np.exp(S / S.sum(-1, keepdims=True))


@exercise.mistake
def multiplied_by_the_sum(S):
    """multiplied by the sum, where it should be divided."""
    E = np.exp(S - S.max(-1, keepdims=True))
    return E * E.sum(-1, keepdims=True)


@exercise.family(eps=EPS)
def small_number_added_at_the_end(S, eps):
    """a small number is added to every probability: the rows no longer add up to one. What is
    infinitely unlikely may have the probability 0."""
    E = np.exp(S - S.max(-1, keepdims=True))
    return E / E.sum(-1, keepdims=True) + eps
