"""02: scores become probabilities, row by row, without overflow."""

import numpy as np

from softmax_lib import loops, softmax
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import scores
from softmax_lib.exercises.oracles import by_rows
from softmax_lib.exercises.promises import EACH_ROW_IS_ONE, NONE_IS_NEGATIVE

exercise = Exercise("softmax", "P", promises=[EACH_ROW_IS_ONE, NONE_IS_NEGATIVE])
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
def through_log_space(S):
    m = S.max(-1, keepdims=True)
    return np.exp(S - m - np.log(np.exp(S - m).sum(-1, keepdims=True)))


@exercise.variant
def every_score_against_every_other(S):
    return 1 / np.exp(S[..., None, :] - S[..., :, None]).sum(-1)


@exercise.mistake
def no_maximum_subtracted(S):
    """no maximum is subtracted. e^800 is infinite to a computer. Which shift costs nothing, by
    the theorem of this lesson?"""
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


@exercise.mistake
def small_number_added(S):
    """a small number added to the sum. Once the maximum is subtracted the sum is at least 1:
    there is nothing to protect, and the probabilities no longer add up to one."""
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / (E.sum(axis=-1, keepdims=True) + 1e-6)


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
