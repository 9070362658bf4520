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
    constant = {"v": np.full(4, 2.0), "P": draw.probabilities(4)}
    yield case("a constant v", **constant, extreme=True)
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


@exercise.mistake
def mean_taken_again(v, P):
    """a mean too many. The weights P average already: Σ P_j (…), and no division by N."""
    mean = (P * v).sum()
    return (P * (v - mean) ** 2).mean()


@exercise.mistake
def not_squared(v, P):
    """this is 0, whatever v is: distances to the mean, weighted, add up to nothing. Square them
    first."""
    mean = (P * v).sum()
    return (P * (v - mean)).sum()


@exercise.mistake
def absolute_distances(v, P):
    """distances, and not their squares. A variance is the mean of the squared distance."""
    mean = (P * v).sum()
    return (P * np.abs(v - mean)).sum()


@exercise.mistake
def mean_not_summed(v, P):
    """the mean is not summed up. P * v is N numbers, and the mean is one: Σ P_j v_j."""
    return (P * (v - P * v) ** 2).sum()


@exercise.mistake
def one_degree_of_freedom_less(v, P):
    """divided by N - 1, or by something like it. P are all the probabilities there are: nothing
    is estimated from a sample."""
    mean = (P * v).sum()
    return (P * (v - mean) ** 2).sum() / (1 - (P**2).sum())


@exercise.mistake
def n_over_n_minus_1(v, P):
    """N over N - 1. P are all the probabilities there are: nothing is estimated from a sample."""
    mean = (P * v).sum()
    return (P * (v - mean) ** 2).sum() * P.dtype.type(len(P) / (len(P) - 1))


@exercise.mistake
def unweighted_squares(v, P):
    """the squares count alike. The distance is measured from the weighted mean, and its square
    is weighted too."""
    return ((v - (P * v).sum()) ** 2).mean()


@exercise.mistake
def unweighted_sum_of_squares(v, P):
    """the squares are added without weights. A likely outcome counts more: P_j times its square."""
    return ((v - (P * v).sum()) ** 2).sum()


@exercise.mistake
def mean_alone(v, P):
    """the mean alone. ⟨v, J v⟩ is the mean square distance from it."""
    return (P * v).sum()


@exercise.mistake
def square_of_the_mean_of_squares(v, P):
    """the sign is turned: the square of the mean, minus the mean of the squares, is never
    positive."""
    return (P * v).sum() ** 2 - (P * v**2).sum()


@exercise.mistake
def J_v(v, P):
    """this is J v, a number for each outcome. One number was asked for: ⟨v, J v⟩."""
    return P * (v - (P * v).sum())


@exercise.mistake
def diagonal_alone(v, P):
    """the diagonal of J alone: Σ P_j (1 - P_j) v_j². The other entries of J count as well."""
    return (P * (1 - P) * v**2).sum()


@exercise.mistake
def root_of_the_unweighted(v, P):
    """the standard deviation of v, without the probabilities. Asked for is the variance, and
    under P."""
    return np.std(v)


@exercise.mistake
def products_squared(v, P):
    """P v is squared, and not v. The mean of the squares is Σ P_j v_j²: the weight stands
    outside the square."""
    return ((P * v) ** 2).sum() - (P * v).sum() ** 2


@exercise.mistake
def sum_of_squared_products(v, P):
    """P v is squared, and no mean is taken away. The weight stands outside the square: Σ P_j
    (v_j - mean)²."""
    return ((v * P) ** 2).sum()


@exercise.mistake
def squares_added(v, P):
    """a plus for the minus. Mean of the squares, minus the square of the mean: a constant v has
    no spread."""
    return (P * v**2).sum() + (P * v).sum() ** 2


@exercise.mistake
def v_and_P_exchanged(v, P):
    """v and P stand in each other's place. P are the weights, v are the numbers whose spread is
    asked for."""
    return (v * (P - (v * P).sum()) ** 2).sum()


@exercise.mistake
def sample_variance(v, P):
    """the variance of a sample, divided by N - 1 and without the probabilities. P are all there
    are: Σ P_j (v_j - mean)²."""
    return v.dtype.type(1) * np.var(v, ddof=1)


@exercise.mistake
def plain_mean_of_P_v(v, P):
    """a mean too many: np.mean(P * v) divides by N what P has weighed already. The mean is Σ
    P_j v_j."""
    return (P * (v - (P * v).mean()) ** 2).sum()


@exercise.mistake
def variance_of_P_v(v, P):
    """P v is taken for v. The spread is that of v, and P are its weights."""
    return np.var(P * v)


@exercise.mistake
def means_twice_too_many(v, P):
    """both means are plain ones of what P has weighed already. P averages by itself: sum, and
    divide by nothing."""
    return (P * v**2).mean() - (P * v).mean() ** 2


@exercise.mistake
def v_not_squared(v, P):
    """the first mean is of v, and should be of v². Mean of the squares, minus the square of the
    mean."""
    return (P * v).sum() - (P * v).sum() ** 2
