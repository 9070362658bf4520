"""02: the logarithm of softmax, without ever forming it."""

import numpy as np

from softmax_lib import log_softmax, loops, softmax
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import scores
from softmax_lib.exercises.oracles import by_rows
from softmax_lib.exercises.promises import entries

NONE_IS_ABOVE_ZERO = entries("no logarithm is above zero", lambda logP, off: logP <= off)

EPS = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 1e-20, 1e-30, 1e-300)

exercise = Exercise("log_softmax", "logP", promises=[NONE_IS_ABOVE_ZERO], within=1e-13)
exercise.inputs(scores)
exercise.oracle(by_rows(loops.log_softmax))
exercise.answer(log_softmax)


@exercise.variant
def from_the_largest_probability(S):
    S = S - S.max(-1, keepdims=True)
    E = np.exp(S)
    largest = (E / E.sum(-1, keepdims=True)).max(-1, keepdims=True)
    return S - np.log(1 / largest)


@exercise.mistake
def logarithm_of_softmax(S):
    """the logarithm of a softmax. Where P underflows to 0 its logarithm is -∞. Never form P:
    S_ij - L_i needs no P."""
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return np.log(E / E.sum(axis=-1, keepdims=True))


@exercise.mistake
def no_maximum_subtracted(S):
    """no maximum is subtracted. The sum inside L overflows to ∞, or vanishes. Pull the maximum
    out of the logarithm."""
    return S - np.log(np.exp(S).sum(axis=-1, keepdims=True))


@exercise.mistake
def maximum_not_put_back(S):
    """the maximum is not put back. L = max + log Σ e^(S - max). Shift S and L alike, or neither."""
    m = S.max(axis=-1, keepdims=True)
    return S - np.log(np.exp(S - m).sum(axis=-1, keepdims=True))


@exercise.mistake
def maximum_for_L(S):
    """the maximum instead of the log-sum-exp. The maximum is near L, and a little too small:
    what about the other scores?"""
    return S - S.max(axis=-1, keepdims=True)


@exercise.mistake
def sign_turned(S):
    """the sign is turned. A logarithm of a probability is never above zero."""
    S = S - S.max(axis=-1, keepdims=True)
    return np.log(np.exp(S).sum(axis=-1, keepdims=True)) - S


@exercise.mistake
def base_10(S):
    """logarithms to base 10. log is the natural logarithm here, the one that undoes e^x."""
    S = S - S.max(axis=-1, keepdims=True)
    return (S - np.log(np.exp(S).sum(axis=-1, keepdims=True))) / np.log(10.0).astype(S.dtype)


@exercise.mistake
def keepdims_missing(S):
    """keepdims is missing. The L of each row must stand in a column: keepdims=True."""
    S = S - S.max(axis=-1, keepdims=True)
    return S - np.log(np.exp(S).sum(axis=-1))


@exercise.mistake
def keepdims_missing_in_L(S):
    """keepdims is missing in L. The L of each row must stand in a column, before it is taken
    from the scores."""
    m = S.max(axis=-1, keepdims=True)
    L = m[..., 0] + np.log(np.exp(S - m).sum(axis=-1))
    return S - L


@exercise.mistake
def logarithm_of_unstable_softmax(S):
    """the logarithm of an unstable softmax. Two things at once: e^800 overflows, and P should
    not be formed at all. S_ij - L_i."""
    E = np.exp(S)
    return np.log(E / E.sum(axis=-1, keepdims=True))


@exercise.mistake
def one_sum_for_all(S):
    """one sum for all rows. Each row has an L of its own: along which axis do you sum?"""
    S = S - S.max()
    return S - np.log(np.exp(S).sum())


@exercise.mistake
def one_sum_and_each_row_s_maximum(S):
    """one sum for all rows. Each row has an L of its own: the sum runs along the last axis, as
    the maximum does."""
    S = S - S.max(-1, keepdims=True)
    return S - np.log(np.exp(S).sum())


@exercise.mistake
def one_maximum_for_all_rows(S):
    """one maximum for all rows. A row that lies 2000 below another one underflows to log 0.
    Each needs its own."""
    S = S - S.max()
    return S - np.log(np.exp(S).sum(-1, keepdims=True))


@exercise.mistake
def first_axis_instead_of_last(S):
    """the sums run down the columns. Which axis of S holds the scores of one row?"""
    S = S - S.max(0, keepdims=True)
    return S - np.log(np.exp(S).sum(0, keepdims=True))


@exercise.mistake
def axis_1(S):
    """axis=1 is the last axis of a matrix alone. Which number names the last axis of a row, and
    of a batch, too?"""
    S = S - S.max(1, keepdims=True)
    return S - np.log(np.exp(S).sum(1, keepdims=True))


@exercise.family(eps=EPS)
def small_number_in_the_logarithm(S, eps):
    """a small number is added inside the logarithm, or P is not let below one. That hides log 0,
    and a score of -800 then has the logarithm of that number. S - L meets no 0."""
    return np.log(softmax(S) + S.dtype.type(eps))


@exercise.mistake
def base_10_of_the_sum(S):
    """the logarithm of the sum is one to base 10. np.log undoes e^x, np.log10 undoes 10^x."""
    S = S - S.max(-1, keepdims=True)
    return S - np.log10(np.exp(S).sum(-1, keepdims=True))


@exercise.mistake
def base_2_of_the_sum(S):
    """the logarithm of the sum is one to base 2. np.log undoes e^x, np.log2 undoes 2^x."""
    S = S - S.max(-1, keepdims=True)
    return S - np.log2(np.exp(S).sum(-1, keepdims=True))


@exercise.mistake
def maximum_taken_twice(S):
    """the maximum is taken away twice. S - m goes with log Σ e^(S - m), and S alone with m +
    log Σ e^(S - m)."""
    m = S.max(-1, keepdims=True)
    return S - m - (m + np.log(np.exp(S - m).sum(-1, keepdims=True)))


@exercise.mistake
def maximum_put_back_with_the_wrong_sign(S):
    """the maximum comes back with the wrong sign. L = m + log Σ e^(S - m): it is added to L."""
    m = S.max(-1, keepdims=True)
    return S + m - np.log(np.exp(S - m).sum(-1, keepdims=True))


@exercise.mistake
def probabilities_not_logarithms(S):
    """these are the probabilities. Their logarithms were asked for."""
    E = np.exp(S - S.max(-1, keepdims=True))
    return E / E.sum(-1, keepdims=True)


@exercise.mistake
def sum_of_the_logarithms(S):
    """the sum of the scores, and not the logarithm of a sum. First the exponentials, then the
    sum, then the logarithm."""
    return S - np.log(np.exp(S)).sum(-1, keepdims=True)


@exercise.mistake
def logarithm_missing(S):
    """the logarithm of the sum is missing. L_i is log Σ e^S, not Σ e^S."""
    S = S - S.max(-1, keepdims=True)
    return S - np.exp(S).sum(-1, keepdims=True)


@exercise.mistake
def divided_by_the_logarithm(S):
    """divided, where it should be subtracted. The logarithm of a ratio is a difference."""
    return S / np.log(np.exp(S).sum(-1, keepdims=True))


@exercise.mistake
def mean_instead_of_sum(S):
    """a mean instead of the sum: every value is too large by log N."""
    S = S - S.max(-1, keepdims=True)
    return S - np.log(np.exp(S).mean(-1, keepdims=True))


@exercise.mistake
def log_of_one_plus(S):
    """one is added inside the logarithm. np.log1p(x) is log(1 + x), and the sum is whole
    without it."""
    S = S - S.max(-1, keepdims=True)
    return S - np.log1p(np.exp(S).sum(-1, keepdims=True))


@exercise.mistake
def minimum_for_maximum(S):
    """the smallest score is subtracted, and the largest then overflows. Which shift makes none
    positive?"""
    S = S - S.min(-1, keepdims=True)
    return S - np.log(np.exp(S).sum(-1, keepdims=True))


@exercise.mistake
def mean_for_maximum(S):
    """the mean is subtracted, and a score far above it still overflows. Which shift makes none
    positive?"""
    S = S - S.mean(-1, keepdims=True)
    return S - np.log(np.exp(S).sum(-1, keepdims=True))


@exercise.mistake
def maximum_at_least_0(S):
    """the maximum is never below 0 here. In a row that lies below -800 nothing is left to take
    the logarithm of."""
    m = np.maximum(S.max(-1, keepdims=True), 0)
    return S - m - np.log(np.exp(S - m).sum(-1, keepdims=True))


@exercise.mistake
def bracket_around_L_missing(S):
    """a bracket is missing: S - m + log Σ adds the logarithm. L = m + log Σ e^(S - m) is taken
    away whole: S - (m + log …)."""
    m = S.max(-1, keepdims=True)
    return S - m + np.log(np.exp(S - m).sum(-1, keepdims=True))


@exercise.mistake
def sum_of_logarithms_of_shifted(S):
    """the logarithms are summed, where the sum should have its logarithm taken. First e to the
    scores, then the sum, then log."""
    S = S - S.max(-1, keepdims=True)
    return S - np.log(np.exp(S)).sum(-1, keepdims=True)


@exercise.mistake
def integers_stay_integers(S):
    """integers stay integers. zeros_like(S) of an integer S can hold only integers: every
    logarithm is cut."""
    logP = np.zeros_like(S)
    shifted = S - S.max(-1, keepdims=True)
    logP[...] = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return logP


@exercise.mistake
def shifted_and_divided(S):
    """the shifted scores are divided, where the logarithm should be subtracted: log (a/b) = log
    a - log b."""
    S = S - S.max(-1, keepdims=True)
    return S / np.log(np.exp(S).sum(-1, keepdims=True))


@exercise.family(eps=EPS[:7])
def probabilities_clipped(S, eps):
    """the probabilities are clipped before the logarithm, from above as well. No probability has to
    be: S - L meets no 0, and a probability of 1 has the logarithm 0."""
    P = softmax(S)
    return np.log(np.clip(P, P.dtype.type(eps), P.dtype.type(1 - eps)))
