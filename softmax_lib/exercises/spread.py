"""04: ⟨v, J v⟩ without J: the variance of v under the probabilities P."""

import numpy as np

from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, P_THREE
from softmax_lib.exercises.promises import entries

NEVER_NEGATIVE = entries("a variance is never negative", lambda variance, off: variance >= -off)

exercise = Exercise("spread", "variance", promises=[NEVER_NEGATIVE])


@exercise.inputs
def inputs(draw):
    yield case("v = (0, 0, 10)", v=np.array([0.0, 0.0, 10.0]), P=P_THREE)
    yield case("v with a large mean", v=draw.normal(4) + 3, P=draw.probabilities(4))
    yield case("a constant v", v=np.full(4, 2.0), P=draw.probabilities(4))
    for dtype in NARROW:
        v, P = draw.normal(5, dtype=dtype), draw.probabilities(5, dtype=dtype)
        yield case(f"{dtype.__name__}", v=v, P=P)


@exercise.oracle
def by_covariance(v, P):
    return np.cov(v, aweights=P, ddof=0)


@exercise.answer
def spread(v, P):
    mean = (P * v).sum()
    return (P * (v - mean) ** 2).sum()


@exercise.variant
def mean_of_the_squares_minus_square_of_the_mean(v, P):
    return (P * v**2).sum() - (P * v).sum() ** 2


@exercise.variant
def with_the_matrix(v, P):
    return v @ (np.diag(P) - np.outer(P, P)) @ v


@exercise.mistake
def mean_of_squares(v, P):
    """the mean of the squares. A constant v has no spread. Take the mean of v into account."""
    return (P * v**2).sum()


@exercise.mistake
def plain_mean_of_v(v, P):
    """the plain mean of v. A likely outcome counts more: the mean is Σ P_j v_j."""
    return (P * (v - v.mean()) ** 2).sum()


@exercise.mistake
def every_outcome_counts_alike(v, P):
    """every outcome counts alike. This is the variance of v without the probabilities."""
    return np.var(v)


@exercise.mistake
def square_root(v, P):
    """the square root. That is the standard deviation. ⟨v, J v⟩ is its square."""
    return np.sqrt((P * v**2).sum() - (P * v).sum() ** 2)


@exercise.mistake
def mean_not_squared(v, P):
    """the mean is not squared. Mean of the squares, minus the square of the mean."""
    return (P * v**2).sum() - (P * v).sum()


@exercise.mistake
def weights_squared_too(v, P):
    """the weights are squared too. What does the square belong to: to the distance, or to all
    of the term?"""
    return ((P * (v - (P * v).sum())) ** 2).sum()
