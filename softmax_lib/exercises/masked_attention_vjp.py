"""06: back through a masked attention, from O and L alone."""

import numpy as np

from softmax_lib import flash_attention_vjp, softmax
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import (
    HOLES,
    NARROW,
    TRIANGLE,
    attention_letters,
    forward,
    hidden_giant,
    high_scores,
)
from softmax_lib.exercises.oracles import slopes_with_O_and_L

exercise = Exercise("masked_attention_vjp", "dQ", "dK", "dV")


@exercise.inputs
def inputs(draw):
    def backward(what, letters, mask, keys=None, **kind):
        """Of the keys that O and L know, only the first `keys` are handed out."""
        O, _, L = forward(**letters, scale=0.3, mask=mask)
        letters |= {name: letters[name][:keys] for name in "KV"}
        dO = draw.normal(*O.shape, dtype=O.dtype.type)
        letters = {"dO": dO, **letters, "O": O, "L": L}
        return case(what, **letters, scale=0.3, mask=mask[:, :keys], **kind)

    letters = attention_letters(draw, 4, 4, 3, 2)
    yield backward("a causal mask, 4 by 4", letters, TRIANGLE)
    letters = attention_letters(draw, 2, 5, 4, 7)
    yield backward("two holes in a mask, 2 by 5", letters, HOLES[[0, 2]])
    letters = attention_letters(draw, 4, 4, 4, 4)
    yield backward("all lengths 4", letters, TRIANGLE)
    for dtype in NARROW:
        letters = attention_letters(draw, 2, 5, 4, 3, dtype=dtype)
        yield backward(dtype.__name__, letters, HOLES[[0, 2]])
    letters = attention_letters(draw, 3, 5, 4, 7)
    yield backward("a query that may attend to nothing", letters, HOLES, extreme=True)
    letters = high_scores(attention_letters(draw, 4, 4, 3, 2))
    yield backward("scores about 1000", letters, TRIANGLE, extreme=True)
    letters = hidden_giant(attention_letters(draw, 4, 4, 3, 2), key=3)
    hidden = TRIANGLE & (np.arange(4) < 3)
    yield backward("a hidden key 1000 above the others", letters, hidden, beyond=True)
    letters = attention_letters(draw, 2, 5, 4, 3)
    part = "three of the five keys that O and L know"
    yield backward(part, letters, HOLES[[0, 2]], keys=3, extreme=True)


exercise.oracle(slopes_with_O_and_L)


@exercise.answer
def masked_attention_vjp(dO, Q, K, V, O, L, *, scale, mask):
    S = scale * Q @ K.T  # (N_q, N_k)
    P = np.where(mask, np.exp(S - L[:, None]), 0)  # (N_q, N_k)
    dP = dO @ V.T  # (N_q, N_k)
    D = (dO * O).sum(-1, keepdims=True)  # (N_q, 1)
    dS = P * (dP - D)  # (N_q, N_k)
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


exercise.variant(flash_attention_vjp)


@exercise.variant
def minus_infinity_first(dO, Q, K, V, O, L, *, scale, mask):
    S = np.where(mask, scale * Q @ K.T, -np.inf)
    P = np.exp(S - np.where(np.isinf(L), 0, L)[:, None])
    dS = P * (dO @ V.T - (dO * O).sum(1)[:, None])
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


def from_L(dO, Q, K, V, O, P, scale):
    """The five lines once P is there, with D from O."""
    dS = P * (dO @ V.T - (dO * O).sum(-1, keepdims=True))
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


@exercise.mistake
def mask_forgotten_in_backward_pass(dO, Q, K, V, O, L, *, scale, mask):
    """the mask is forgotten in the backward pass. S is computed again here, and knows nothing
    of the mask. Where it is False, P is 0."""
    return from_L(dO, Q, K, V, O, np.exp(scale * Q @ K.T - L[:, None]), scale)


@exercise.mistake
def mask_wrong_way_round(dO, Q, K, V, O, L, *, scale, mask):
    """the mask is the wrong way round. True means: may attend."""
    P = np.where(mask, 0, np.exp(scale * Q @ K.T - L[:, None]))
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def query_without_key_becomes_nan(dO, Q, K, V, O, L, *, scale, mask):
    """a query without a key becomes NaN. Its L is -∞, so S - L is infinite or not a number, and
    no product with 0 repairs that. Its gradients are exactly 0: choose with np.where, after the
    exponential."""
    S = np.where(mask, scale * Q @ K.T, -np.inf)
    return from_L(dO, Q, K, V, O, np.exp(S - L[:, None]), scale)


@exercise.mistake
def L_does_not_stand_in_column(dO, Q, K, V, O, L, *, scale, mask):
    """L does not stand in a column. Each query has an L of its own: L[:, None]. In a square
    case nothing else tells you."""
    P = np.where(mask, np.exp(scale * Q @ K.T - L), 0)
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def softmax_once_more_without_mask(dO, Q, K, V, O, L, *, scale, mask):
    """softmax once more, without the mask. Without the mask the sum of the row is another one.
    L knows the right one."""
    return from_L(dO, Q, K, V, O, np.where(mask, softmax(scale * Q @ K.T), 0), scale)


@exercise.mistake
def mask_put_on_dS_alone(dO, Q, K, V, O, L, *, scale, mask):
    """the mask is put on dS alone. dV needs P as well, and a masked key must get nothing: mask
    P."""
    P = np.exp(scale * Q @ K.T - L[:, None])
    dQ, dK, _ = from_L(dO, Q, K, V, O, np.where(mask, P, 0), scale)
    return dQ, dK, P.T @ dO


@exercise.mistake
def scale_missing_in_S(dO, Q, K, V, O, L, *, scale, mask):
    """the scale is missing in S. L was made of scaled scores. Are yours, computed again, the
    same ones?"""
    P = np.where(mask, np.exp(Q @ K.T - L[:, None]), 0)
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def one_D_for_all_rows(dO, Q, K, V, O, L, *, scale, mask):
    """one D for all rows: (dO∘O).sum() adds up the whole matrix. Each query has a D of its own."""
    P = np.where(mask, np.exp(scale * Q @ K.T - L[:, None]), 0)
    dS = P * (dO @ V.T - (dO * O).sum())
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


@exercise.mistake
def D_without_keepdims(dO, Q, K, V, O, L, *, scale, mask):
    """D without keepdims. The D of each row must stand in a column; in a square case nothing
    else tells you."""
    P = np.where(mask, np.exp(scale * Q @ K.T - L[:, None]), 0)
    dS = P * (dO @ V.T - (dO * O).sum(-1))
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


@exercise.mistake
def divided_by_L(dO, Q, K, V, O, L, *, scale, mask):
    """divided by L. L is a logarithm: P = e^S / e^L = e^(S - L)."""
    P = np.where(mask, np.exp(scale * Q @ K.T) / L[:, None], 0)
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def L_forgotten(dO, Q, K, V, O, L, *, scale, mask):
    """L is forgotten: e^S alone is no probability yet. P = e^(S - L)."""
    P = np.where(mask, np.exp(scale * Q @ K.T), 0)
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def exponential_forgotten(dO, Q, K, V, O, L, *, scale, mask):
    """S - L is the logarithm of P. Take the exponential of it."""
    P = np.where(mask, scale * Q @ K.T - L[:, None], 0)
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def L_added(dO, Q, K, V, O, L, *, scale, mask):
    """L is added. e^S is divided by e^L, the sum of the row: P = e^(S - L)."""
    P = np.where(mask, np.exp(scale * Q @ K.T + L[:, None]), 0)
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def D_forgotten(dO, Q, K, V, O, L, *, scale, mask):
    """D is forgotten. Compare dP with its mean over the row: D = rowsum(dO∘O)."""
    P = np.where(mask, np.exp(scale * Q @ K.T - L[:, None]), 0)
    dS = P * (dO @ V.T)
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


@exercise.mistake
def L_not_used(dO, Q, K, V, O, L, *, scale, mask):
    """a softmax once more, and L is not used. Its sum runs over the keys that you hold, and L
    was made with more: P = e^(S - L)."""
    open_ = mask | ~mask.any(-1, keepdims=True)
    P = np.where(mask, softmax(np.where(open_, scale * Q @ K.T, -np.inf)), 0)
    return from_L(dO, Q, K, V, O, P.astype(Q.dtype), scale)


@exercise.mistake
def O_not_used(dO, Q, K, V, O, L, *, scale, mask):
    """O is not used. rowsum(P∘dP) runs over the keys that you hold, and O was made with more:
    D = rowsum(dO∘O)."""
    P = np.where(mask, np.exp(scale * Q @ K.T - L[:, None]), 0)
    dP = dO @ V.T
    dS = P * (dP - (P * dP).sum(-1, keepdims=True))
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


@exercise.mistake
def minus_1e9_in_the_scores(dO, Q, K, V, O, L, *, scale, mask):
    """-1e9 for -∞. In a row that may attend to nothing L is -∞, and -1e9 - (-∞) is infinite.
    Choose with np.where, after the exponential."""
    S = np.where(mask, scale * Q @ K.T, Q.dtype.type(-1e4 if Q.dtype == np.float16 else -1e9))
    return from_L(dO, Q, K, V, O, np.exp(S - L[:, None]), scale)


@exercise.mistake
def scale_missing_at_the_end(dO, Q, K, V, O, L, *, scale, mask):
    """the scale is missing in dQ and dK. S = scale · Q Kᵀ: on the way back the scale
    multiplies both."""
    P = np.where(mask, np.exp(scale * Q @ K.T - L[:, None]), 0)
    return from_L(dO, Q, K, V, O, P, scale)[0] / scale, from_L(dO, Q, K, V, O, P, 1)[1], P.T @ dO


@exercise.mistake
def causal_for_any_mask(dO, Q, K, V, O, L, *, scale, mask):
    """a causal mask, and not the one that is given. True means: may attend, wherever it stands."""
    P = np.where(np.tri(*mask.shape, dtype=bool), np.exp(scale * Q @ K.T - L[:, None]), 0)
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def D_is_a_mean(dO, Q, K, V, O, L, *, scale, mask):
    """D is the mean of dO∘O, where a sum was due. ⟨dO_i, O_i⟩ is a sum of products: nothing is
    divided by d_v."""
    P = np.where(mask, np.exp(scale * Q @ K.T - L[:, None]), 0)
    dS = P * (dO @ V.T - (dO * O).mean(-1, keepdims=True))
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


@exercise.mistake
def sign_turned(dO, Q, K, V, O, L, *, scale, mask):
    """dS has its sign turned: D - dP, where dP - D is due. Where dP lies
    above the mean, dS is positive."""
    P = np.where(mask, np.exp(scale * Q @ K.T - L[:, None]), 0)
    dQ, dK, dV = from_L(dO, Q, K, V, O, P, scale)
    return -dQ, -dK, dV


@exercise.mistake
def e_to_S_over_e_to_L(dO, Q, K, V, O, L, *, scale, mask):
    """e^S is divided by e^L. Both overflow where scores are large: e^(S - L) is the same, and
    small."""
    P = np.where(mask, np.exp(scale * Q @ K.T) / np.where(np.isinf(L), 1, np.exp(L))[:, None], 0)
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def average_over_hidden_keys(dO, Q, K, V, O, L, *, scale, mask):
    """-1e9, and a softmax once more. A query that may attend to nothing then attends to all
    alike: P = e^(S - L) where the mask is True, and 0 elsewhere."""
    P = softmax(
        np.where(mask, scale * Q @ K.T, Q.dtype.type(-1e4 if Q.dtype == np.float16 else -1e9))
    )
    return from_L(dO, Q, K, V, O, P, scale)


@exercise.mistake
def scores_times_the_mask(dO, Q, K, V, O, L, *, scale, mask):
    """S times the mask makes the hidden scores 0, and e^(0 - L) is a probability like any
    other. Where the mask is False, P is 0."""
    L = np.where(np.isinf(L), 0, L)
    return from_L(dO, Q, K, V, O, np.exp(scale * Q @ K.T * mask - L[:, None]), scale)


@exercise.mistake
def no_scale_at_all(dO, Q, K, V, O, L, *, scale, mask):
    """the scale is missing everywhere. L was made of scaled scores, and dQ and dK meet the
    scale again."""
    return from_L(dO, Q, K, V, O, np.where(mask, np.exp(Q @ K.T - L[:, None]), 0), 1)
