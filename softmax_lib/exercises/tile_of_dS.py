"""09: dS for the keys that one machine holds."""

import numpy as np

from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.exercises.oracles import slope_of

exercise = Exercise("tile_of_dS", "dS")


@exercise.inputs
def inputs(draw):
    def part(what, N_q, N_k, d_v, keys, dtype=np.float64):
        """Some of the keys: their columns of P, their rows of V, and all of O."""
        P, V, dO = draw.probabilities(N_q, N_k), draw.normal(N_k, d_v), draw.normal(N_q, d_v)
        letters = {"dO": dO, "O": P @ V, "P": P[:, keys], "V": V[keys]}
        return case(what, **{name: a.astype(dtype) for name, a in letters.items()})

    yield part("the first two of seven keys", 3, 7, 5, slice(0, 2))
    yield part("the last four of seven keys, for four queries", 4, 7, 4, slice(3, 7))
    yield part("all keys in one piece", 3, 5, 2, slice(0, 5))
    for dtype in NARROW:
        yield part(f"{dtype.__name__}, one key of four", 3, 4, 2, slice(2, 3), dtype)


@exercise.oracle
def by_complex_step(dO, O, P, V):
    """∂φ_i/∂S_ij: if score j rises by t, the sum of the row grows by P_ij (e^t - 1) of itself, and
    so does the sum of e^S V: nothing else of the row need be known.
    """

    def phi(t):
        grown = P * (np.exp(t) - 1)
        return (np.einsum("ic,ic->i", dO, O)[:, None] + grown * (dO @ V.T)) / (1 + grown)

    return slope_of(phi, np.zeros(P.shape))


@exercise.answer
def tile_of_dS(dO, O, P, V):
    dP = dO @ V.T  # (N_q, n)
    D = (dO * O).sum(-1, keepdims=True)  # (N_q, 1), over all keys
    return P * (dP - D)


@exercise.variant
def values_against_the_output(dO, O, P, V):
    return P * np.einsum("ic,ijc->ij", dO, V[None] - O[:, None])


@exercise.variant
def D_from_a_diagonal(dO, O, P, V):
    return P * (dO @ V.T) - P * np.diag(dO @ O.T)[:, None]


def tile(dO, P, V, D):
    return P * (dO @ V.T - D)


@exercise.mistake
def D_over_own_keys(dO, O, P, V):
    """D over the keys of the tile alone. rowsum(P ∘ dP) is D only if the row is complete. Which
    of your letters knows about all keys?"""
    return tile(dO, P, V, (P * (dO @ V.T)).sum(-1, keepdims=True))


@exercise.mistake
def D_from_own_output(dO, O, P, V):
    """D from the tile's own output. P V of the tile is a part of O, and what it gives is a part
    of D."""
    return tile(dO, P, V, (dO * (P / P.sum(-1, keepdims=True) @ V)).sum(-1, keepdims=True))


@exercise.mistake
def no_D(dO, O, P, V):
    """no D. The other scores of the row share the same sum: compare dP with the row's mean."""
    return tile(dO, P, V, 0)


@exercise.mistake
def D_added(dO, O, P, V):
    """D is added. How much better than the row's mean is this key? Compare the two: subtract D."""
    return tile(dO, P, V, -(dO * O).sum(-1, keepdims=True))


@exercise.mistake
def no_P_in_front(dO, O, P, V):
    """no P in front. A key that nobody looks at gets no gradient: dP - D is weighed by P."""
    return dO @ V.T - (dO * O).sum(-1, keepdims=True)


@exercise.mistake
def P_divided_again(dO, O, P, V):
    """P is divided again. Your columns of P are a part of a row, and need not add up to one.
    Take them as they are."""
    return tile(dO, P / P.sum(-1, keepdims=True), V, (dO * O).sum(-1, keepdims=True))


@exercise.mistake
def D_summed_down_columns(dO, O, P, V):
    """D is summed down the columns. D has one number for each query: the sum runs along a row
    of dO ∘ O."""
    return tile(dO, P, V, (dO * O).sum(0))


@exercise.mistake
def keepdims_missing(dO, O, P, V):
    """keepdims is missing. Each query has a D of its own, so they must stand in a column. Where
    the tile is square nothing else tells you."""
    return tile(dO, P, V, (dO * O).sum(-1))


@exercise.mistake
def one_D_for_all_queries(dO, O, P, V):
    """one D for all queries. The sum runs along a row of dO ∘ O, and each query has its own."""
    return tile(dO, P, V, (dO * O).sum())


@exercise.mistake
def D_is_a_mean(dO, O, P, V):
    """the mean over the columns of O instead of the sum. ⟨dO_i, O_i⟩ is a sum of products.
    Nothing is divided by d_v."""
    return tile(dO, P, V, (dO * O).mean(-1, keepdims=True))


@exercise.mistake
def diagonal_of_J_alone(dO, O, P, V):
    """P(1 - P) ∘ dP. The diagonal of the Jacobian alone: what do the other keys of the row do?"""
    return P * (1 - P) * (dO @ V.T)


@exercise.mistake
def sign_turned(dO, O, P, V):
    """the sign is turned: D - dP. How much better than the row's mean is this key?"""
    return -tile(dO, P, V, (dO * O).sum(-1, keepdims=True))


@exercise.mistake
def dP_alone(dO, O, P, V):
    """dP is taken for dS. The gradient has not crossed the softmax yet: P∘(dP - D)."""
    return dO @ V.T


@exercise.mistake
def D_of_squares(dO, O, P, V):
    """D is made of dO twice. D is ⟨dO_i, O_i⟩: the gradient of the output, and the output."""
    return tile(dO, P, V, (dO * dO).sum(-1, keepdims=True))


@exercise.mistake
def D_not_weighed(dO, O, P, V):
    """D is taken from P∘dP, and not from dP. Both terms of the bracket stand behind P: P∘(dP -
    D)."""
    return P * (dO @ V.T) - (dO * O).sum(-1, keepdims=True)


@exercise.mistake
def O_for_dO(dO, O, P, V):
    """dP is made with O. What V meets on the way back is dO: dP = dO Vᵀ."""
    return P * (O @ V.T - (dO * O).sum(-1, keepdims=True))
