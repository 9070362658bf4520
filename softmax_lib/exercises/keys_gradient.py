"""09: the gradient of the keys, for any number of texts and heads."""

import numpy as np

from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.numerical import complex_step

exercise = Exercise("keys_gradient", "dK")


@exercise.inputs
def inputs(draw):
    def of(what, dS, Q, scale=0.3, dtype=np.float64):
        dS, Q = (draw.normal(*shape, dtype=dtype) for shape in (dS, Q))
        return case(what, dS=dS, Q=Q, scale=scale)

    yield of("three queries, five keys, d = 4", (3, 5), (3, 4))
    yield of("a square case, N_q = N_k = d = 4", (4, 4), (4, 4))
    yield of("two texts with three heads each", (2, 3, 4, 5), (2, 3, 4, 2), scale=0.7)
    for dtype in NARROW:
        yield of(dtype.__name__, (3, 4), (3, 2), dtype=dtype)


@exercise.oracle
def by_complex_step(dS, Q, scale):
    K = np.zeros((*dS.shape[:-2], dS.shape[-1], Q.shape[-1]))
    return complex_step(lambda K: (dS * (scale * Q @ np.swapaxes(K, -1, -2))).sum(), K)


@exercise.answer
def keys_gradient(dS, Q, *, scale):
    return scale * dS.mT @ Q


@exercise.variant
def by_einsum(dS, Q, *, scale):
    return np.einsum("...ik,...ic->...kc", scale * dS, Q)


@exercise.variant
def turned_at_the_end(dS, Q, *, scale):
    return np.swapaxes(np.swapaxes(Q, -1, -2) @ dS, -1, -2) * scale


@exercise.mistake
def Q_dS_transposed(dS, Q, *, scale):
    """Q dSᵀ, as it was printed. Write the shapes under the letters: does the product have that
    of K? Where all lengths are equal it fits, and is wrong."""
    return scale * Q @ dS.mT


@exercise.mistake
def dS_not_transposed(dS, Q, *, scale):
    """dS is not transposed. dS has a row for each query. K has a row for each key."""
    return scale * dS @ Q


@exercise.mistake
def dK_lies_on_its_side(dS, Q, *, scale):
    """dK lies on its side. This is Qᵀ dS, the gradient of Kᵀ. K itself has a row for each key."""
    return scale * Q.mT @ dS


@exercise.mistake
def scale_forgotten(dS, Q, *, scale):
    """the scale is forgotten. S = scale · Q Kᵀ: a nudge of K reaches S multiplied by the scale."""
    return dS.mT @ Q


@exercise.mistake
def scale_taken_twice(dS, Q, *, scale):
    """the scale is taken twice. The scale stands in S once. How often does a nudge of K meet it?"""
    return scale * dS.mT @ (scale * Q)


@exercise.mistake
def divided_by_scale(dS, Q, *, scale):
    """divided by the scale. S grows with the scale, so its derivative does too."""
    return dS.mT @ Q / scale


@exercise.mistake
def scale_hard_coded(dS, Q, *, scale):
    """the scale is hard-coded. 1/√d is the usual scale, but the caller passes the one that was
    used: use it."""
    return Q.shape[-1] ** -0.5 * dS.mT @ Q


@exercise.mistake
def T_for_a_batch(dS, Q, *, scale):
    """right for one matrix, not for a batch. Texts and heads may stand in front. `.T` turns
    them round too, `.mT` turns the last two axes."""
    return scale * dS.T @ Q


@exercise.mistake
def summed_over_the_batch(dS, Q, *, scale):
    """added up over texts and heads. Each has keys of its own: nothing but the queries is
    summed."""
    dK = scale * dS.mT @ Q
    return dK.reshape(-1, *dK.shape[-2:]).sum(0)


@exercise.mistake
def divided_by_the_number_of_queries(dS, Q, *, scale):
    """a mean over the queries. A key adds up what all of them say."""
    return scale * dS.mT @ Q / dS.shape[-2]


@exercise.mistake
def sign_turned(dS, Q, *, scale):
    """the sign is turned. S grows with K where Q is positive."""
    return -scale * dS.mT @ Q


@exercise.mistake
def root_of_the_scale(dS, Q, *, scale):
    """the root of the scale. The scale stands in S once, as it was passed."""
    return Q.dtype.type(scale**0.5) * dS.mT @ Q


@exercise.mistake
def reshaped_for_transposed(dS, Q, *, scale):
    """dS is reshaped, and not transposed. reshape never moves a number past another."""
    return scale * dS.reshape(*dS.shape[:-2], dS.shape[-1], dS.shape[-2]) @ Q
