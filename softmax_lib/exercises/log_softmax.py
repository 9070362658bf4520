"""02: the logarithm of softmax, without ever forming it."""

import numpy as np

from softmax_lib import log_softmax, loops
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import scores
from softmax_lib.exercises.oracles import by_rows
from softmax_lib.exercises.promises import entries

NONE_IS_ABOVE_ZERO = entries("no logarithm is above zero", lambda logP, off: logP <= off)

exercise = Exercise("log_softmax", "logP", promises=[NONE_IS_ABOVE_ZERO])
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
