"""06: the forward pass of attention, O and P."""

import numpy as np

from softmax_lib import attention as library
from softmax_lib import loops, softmax
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, attention_letters
from softmax_lib.exercises.promises import rows_add_up_to

ROWS_OF_P = rows_add_up_to(1, "each row of P adds up to one", result=1)

exercise = Exercise("attention", "O", "P", promises=[ROWS_OF_P])


@exercise.inputs
def inputs(draw):
    letters = attention_letters(draw, 3, 5, 4, 7)
    yield case("three queries, five keys, d = 4, d_v = 7", **letters, scale=0.3)
    letters = attention_letters(draw, 4, 4, 4, 4)
    yield case("a square case, N_q = N_k = d = d_v = 4", **letters, scale=0.3)
    for dtype in NARROW:
        yield case(dtype.__name__, **attention_letters(draw, 3, 4, 2, 5, dtype=dtype), scale=0.3)
    letters = attention_letters(draw, 3, 5, 4, 2, size=5000)
    yield case("scores in the thousands", **letters, scale=0.3, extreme=True)


exercise.oracle(loops.attention)


@exercise.answer
def attention(Q, K, V, *, scale):
    # The library's takes any axes in front as well, a mask and a bias: lesson 06 comes to them.
    S = scale * Q @ K.T  # (N_q, N_k)
    P = softmax(S)  # (N_q, N_k)
    return P @ V, P


exercise.variant(library)


@exercise.variant
def by_einsum(Q, K, V, *, scale):
    P = softmax(scale * np.einsum("ic,jc->ij", Q, K))
    return np.einsum("ij,jc->ic", P, V), P


@exercise.mistake
def scale_missing(Q, K, V, *, scale):
    """the scale is missing. S = scale · Q Kᵀ: multiply before the softmax."""
    P = softmax(Q @ K.T)
    return P @ V, P


@exercise.mistake
def scale_hard_coded(Q, K, V, *, scale):
    """the scale is hard-coded. 1/√d is the usual scale, but the caller passes one: use it."""
    P = softmax(Q @ K.T * Q.shape[-1] ** -0.5)
    return P @ V, P


@exercise.mistake
def scale_applied_twice(Q, K, V, *, scale):
    """the scale is applied twice. Multiply Q or the product with it, not both."""
    P = softmax(scale * (scale * Q) @ K.T)
    return P @ V, P


@exercise.mistake
def probabilities_scaled_not_scores(Q, K, V, *, scale):
    """the probabilities are scaled, not the scores. The scale belongs inside the softmax;
    outside, the rows no longer add up to one."""
    P = scale * softmax(Q @ K.T)
    return P @ V, P


@exercise.mistake
def softmax_runs_over_queries(Q, K, V, *, scale):
    """the softmax runs over the queries. Each query divides itself among the keys: the rows of
    P add up to one."""
    P = softmax((scale * Q @ K.T).T).T
    return P @ V, P


@exercise.mistake
def softmax_forgotten(Q, K, V, *, scale):
    """the softmax is forgotten. S V is a sum with scores for weights."""
    S = scale * Q @ K.T
    return S @ V, S


@exercise.mistake
def no_maximum_subtracted(Q, K, V, *, scale):
    """no maximum is subtracted. Scores of 800 overflow. Use the stable softmax of lesson 02."""
    E = np.exp(scale * Q @ K.T)
    P = E / E.sum(-1, keepdims=True)
    return P @ V, P


@exercise.mistake
def one_maximum_for_whole_matrix(Q, K, V, *, scale):
    """one maximum for the whole matrix. A row that lies thousands below another one underflows
    to zeros. Each row needs its own maximum."""
    S = scale * Q @ K.T
    E = np.exp(S - S.max())
    P = E / E.sum(-1, keepdims=True)
    return P @ V, P


@exercise.mistake
def divided_by_the_scale(Q, K, V, *, scale):
    """divided by the scale. S = scale · Q Kᵀ: whoever calls it has already written 1/√d, and
    not √d."""
    P = softmax(Q @ K.T / scale)
    return P @ V, P


@exercise.mistake
def divided_by_its_root(Q, K, V, *, scale):
    """the scale under a root. It is used as it comes: S = scale · Q Kᵀ."""
    P = softmax(Q @ K.T * Q.dtype.type(scale**0.5))
    return P @ V, P


@exercise.mistake
def keys_ask_the_queries(Q, K, V, *, scale):
    """K Qᵀ has a row for each key. S has a row for each query: Q Kᵀ."""
    P = softmax(scale * K @ Q.T)
    return (P @ V if P.shape[1] == len(V) else P.T @ V), P


@exercise.mistake
def softmax_over_the_whole_matrix(Q, K, V, *, scale):
    """one softmax for the whole matrix. Each query divides itself among the keys: each row adds
    up to one."""
    S = scale * Q @ K.T
    E = np.exp(S - S.max())
    P = E / E.sum()
    return P @ V, P


@exercise.mistake
def P_before_O(Q, K, V, *, scale):
    """P comes first. Asked for are O and P, in this order."""
    P = softmax(scale * Q @ K.T)
    return P, P @ V


@exercise.mistake
def scores_returned(Q, K, V, *, scale):
    """O is right, and beside it come the scores. The probabilities were asked for."""
    S = scale * Q @ K.T
    return softmax(S) @ V, S


@exercise.mistake
def logistic_for_softmax(Q, K, V, *, scale):
    """each score alone is made a number between 0 and 1. In a softmax the scores of a row share
    one sum."""
    P = 1 / (1 + np.exp(-scale * Q @ K.T))
    return P @ V, P


@exercise.mistake
def scaled_again_at_the_end(Q, K, V, *, scale):
    """the output is scaled too. The scale belongs to the scores alone."""
    P = softmax(scale * Q @ K.T)
    return scale * P @ V, P


@exercise.mistake
def scale_of_d(Q, K, V, *, scale):
    """divided by d, not by its root, and not by what was passed: use the scale that the caller
    gives."""
    P = softmax(Q @ K.T / Q.shape[-1])
    return P @ V, P


@exercise.mistake
def not_divided(Q, K, V, *, scale):
    """the exponentials are not divided by their sum. The rows of P should add up to one."""
    S = scale * Q @ K.T
    P = np.exp(S - S.max(-1, keepdims=True))
    return P @ V, P


@exercise.mistake
def sums_without_keepdims(Q, K, V, *, scale):
    """keepdims is missing in the softmax. Each sum has to stand beside its own row, in a column."""
    S = scale * Q @ K.T
    E = np.exp(S - S.max(-1, keepdims=True))
    P = E / E.sum(-1)
    return P @ V, P


@exercise.mistake
def scores_times_values(Q, K, V, *, scale):
    """the output is made with the scores. P is right beside it: O = P V."""
    S = scale * Q @ K.T
    return S @ V, softmax(S)


@exercise.mistake
def output_not_divided(Q, K, V, *, scale):
    """the output is not divided. It is made of the exponentials, and P, beside it, of their
    shares: O = P V."""
    S = scale * Q @ K.T
    E = np.exp(S - S.max(-1, keepdims=True))
    return E @ V, E / E.sum(-1, keepdims=True)


@exercise.mistake
def softmax_twice(Q, K, V, *, scale):
    """softmax is taken twice. Its output adds up to one already."""
    P = softmax(softmax(scale * Q @ K.T))
    return P @ V, P


@exercise.mistake
def divided_by_the_root_of_the_scale(Q, K, V, *, scale):
    """divided by the root of the scale. It is used as it comes: S = scale · Q Kᵀ."""
    P = softmax(Q @ K.T / Q.dtype.type(scale**0.5))
    return P @ V, P


@exercise.mistake
def causal_without_being_asked(Q, K, V, *, scale):
    """a causal mask that nobody asked for. Here each query sees every key."""
    S = scale * Q @ K.T
    P = softmax(np.where(np.tri(*S.shape, dtype=bool), S, -np.inf))
    return P @ V, P


@exercise.mistake
def keys_for_values(Q, K, V, *, scale):
    """the output is made with K. What a query gets are values: O = P V."""
    P = softmax(scale * Q @ K.T)
    return P @ K, P


@exercise.mistake
def keys_first(Q, K, V, *, scale):
    """K Qᵀ has a row for each key, so that P V does not fit. S has a row for each query: Q Kᵀ."""
    P = softmax(scale * K @ Q.T)
    return P @ V, P


@exercise.mistake
def both_scales(Q, K, V, *, scale):
    """the scale, and 1/√d besides. The scale that is passed is the whole of it."""
    P = softmax(scale * Q @ K.T / Q.dtype.type(Q.shape[-1] ** 0.5))
    return P @ V, P
