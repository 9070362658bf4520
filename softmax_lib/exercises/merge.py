"""07: two answers over two sets of keys become the answer over both."""

import numpy as np

from softmax_lib import loops
from softmax_lib import merge as library
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, attention_letters, forward

exercise = Exercise("merge", "O", "L")


@exercise.inputs
def inputs(draw):
    def parts(what, letters, cut, hidden=(), **kind):
        """The answers to the keys before the cut and after it; `hidden` are (query, keys)."""
        mask = np.ones((len(letters["Q"]), len(letters["K"])), bool)
        for query, keys in hidden:
            mask[query, keys] = False
        given = {}
        for part, j in (("1", slice(0, cut)), ("2", slice(cut, None))):
            of_part = letters | {name: letters[name][j] for name in "KV"}
            O, _, L = forward(**of_part, scale=0.3, mask=mask[:, j])
            given |= {f"O_{part}": O, f"L_{part}": L}
        return case(what, **given, **kind)

    yield parts("four keys and seven", attention_letters(draw, 5, 11, 4, 3), 4)
    yield parts("as many queries as columns of V", attention_letters(draw, 3, 6, 4, 3), 4)
    for dtype in NARROW:
        letters = attention_letters(draw, 4, 6, 2, 3, dtype=dtype)
        yield parts(dtype.__name__, letters, 3)
    letters = attention_letters(draw, 4, 7, 4, 2, size=5000)
    yield parts("scores in the thousands", letters, 3, extreme=True)
    one = [(1, slice(0, 3)), (2, slice(3, None))]
    what = "a query without a key in one part"
    yield parts(what, attention_letters(draw, 4, 7, 4, 2), 3, one, extreme=True)
    none = [(1, slice(None))]
    what = "a query without a key in either part"
    yield parts(what, attention_letters(draw, 4, 7, 4, 2), 3, none, extreme=True)


@exercise.oracle
def softmax_of_two_scores(O_1, L_1, O_2, L_2):
    """Each part is one key whose score is its L and whose value is its O: attention to two keys."""
    O, L = np.zeros_like(O_1), np.full_like(L_1, -np.inf)
    for i in range(len(L)):
        two = np.array([[L_1[i], L_2[i]]])
        if not np.isneginf(two).all():
            (p_1, p_2), L[i] = loops.softmax(two)[0], loops.logsumexp(two)[0]
            O[i] = p_1 * O_1[i] + p_2 * O_2[i]
    return O, L


exercise.answer(library)


@exercise.variant
def by_the_larger_of_the_two(O_1, L_1, O_2, L_2):
    m = np.maximum(np.maximum(L_1, L_2), np.finfo(L_1.dtype).min)
    w_1, w_2 = np.exp(L_1 - m)[:, None], np.exp(L_2 - m)[:, None]
    Z = w_1 + w_2
    return (w_1 * O_1 + w_2 * O_2) / np.where(Z == 0, 1, Z), m + np.log(Z[:, 0])


@exercise.variant
def by_a_logistic_function(O_1, L_1, O_2, L_2):
    """As in picotron's context_parallel.py, where no query is without a key."""
    apart = np.where(np.isneginf(L_1), np.inf, L_2 - L_1)
    share = 1 / (1 + np.exp(-apart))
    return O_1 + share[:, None] * (O_2 - O_1), np.logaddexp(L_1, L_2)


@exercise.variant
def both_stacked(O_1, L_1, O_2, L_2):
    Ls = np.stack([L_1, L_2])
    L = np.logaddexp.reduce(Ls)
    weights = np.exp(Ls - np.where(np.isinf(L), 0, L))
    return np.einsum("pi,pic->ic", weights, np.stack([O_1, O_2])), L


def weighed(O_1, O_2, w_1, w_2):
    return w_1[:, None] * O_1 + w_2[:, None] * O_2


def weights(L_1, L_2):
    """Return L, and the right weights of both parts."""
    L = np.logaddexp(L_1, L_2)
    known = np.where(np.isneginf(L), 0, L)
    return L, np.exp(L_1 - known), np.exp(L_2 - known)


@exercise.mistake
def plain_mean(O_1, L_1, O_2, L_2):
    """a plain mean of the outputs. A part with larger scores has a larger share of the row: its
    weight is e^(L_1 - L)."""
    L, *_ = weights(L_1, L_2)
    return (O_1 + O_2) / 2, L


@exercise.mistake
def outputs_added(O_1, L_1, O_2, L_2):
    """the outputs are added. Each part was divided by its own sum: weigh them, so that the weights
    add up to one."""
    L, *_ = weights(L_1, L_2)
    return O_1 + O_2, L


@exercise.mistake
def weighed_by_L(O_1, L_1, O_2, L_2):
    """the weights are L_1 / L and L_2 / L as they stand. L is a logarithm: what is weighed are the
    sums, e^L."""
    L, *_ = weights(L_1, L_2)
    return weighed(O_1, O_2, L_1 / (L_1 + L_2), L_2 / (L_1 + L_2)), L


@exercise.mistake
def logarithms_added(O_1, L_1, O_2, L_2):
    """the L are added. Logarithms are added where numbers are multiplied; here two sums of
    exponentials are added."""
    _, w_1, w_2 = weights(L_1, L_2)
    return weighed(O_1, O_2, w_1, w_2), L_1 + L_2


@exercise.mistake
def larger_L_kept(O_1, L_1, O_2, L_2):
    """the larger L is kept. The maximum is near L, and too small by log of what the other part
    adds."""
    _, w_1, w_2 = weights(L_1, L_2)
    return weighed(O_1, O_2, w_1, w_2), np.maximum(L_1, L_2)


@exercise.mistake
def L_of_one_part(O_1, L_1, O_2, L_2):
    """L is still that of the first part. The way back needs the L of the whole row: merge it as
    well."""
    _, w_1, w_2 = weights(L_1, L_2)
    return weighed(O_1, O_2, w_1, w_2), L_1.copy()


@exercise.mistake
def not_shifted(O_1, L_1, O_2, L_2):
    """no maximum is subtracted. e^800 is infinite to a computer: np.logaddexp shifts for you, and
    e^(L_1 - L) is at most 1."""
    E_1, E_2 = np.exp(L_1), np.exp(L_2)
    return weighed(O_1, O_2, E_1, E_2) / (E_1 + E_2)[:, None], np.log(E_1 + E_2)


@exercise.mistake
def weights_not_shifted(O_1, L_1, O_2, L_2):
    """the weights are made of e^(L_1), which is infinite where L_1 is 800. Subtract the merged L
    first: e^(L_1 - L) is the same share."""
    L, *_ = weights(L_1, L_2)
    share = np.exp(L_1) / (np.exp(L_1) + np.exp(L_2))
    return weighed(O_1, O_2, share, 1 - share), L


@exercise.mistake
def L_not_shifted(O_1, L_1, O_2, L_2):
    """L is the logarithm of e^(L_1) + e^(L_2) as it stands, and e^800 is infinite to a computer.
    np.logaddexp takes the maximum out first."""
    L = np.log(np.exp(L_1) + np.exp(L_2))
    return weighed(O_1, O_2, np.exp(L_1 - L), np.exp(L_2 - L)), L


@exercise.mistake
def weights_crossed(O_1, L_1, O_2, L_2):
    """the weights are crossed. e^(L_1 - L) belongs to O_1: the part with the larger L counts
    more."""
    L, w_1, w_2 = weights(L_1, L_2)
    return weighed(O_1, O_2, w_2, w_1), L


@exercise.mistake
def weights_upside_down(O_1, L_1, O_2, L_2):
    """the weights are upside down: e^(L - L_1) is at least 1. A weight is a share of the whole:
    e^(L_1 - L)."""
    L, *_ = weights(L_1, L_2)
    return weighed(O_1, O_2, np.exp(L - L_1), np.exp(L - L_2)), L


@exercise.mistake
def not_divided(O_1, L_1, O_2, L_2):
    """the weights e^(L_1 - m) do not add up to one: they are measured against the larger L. Measure
    them against the merged L, or divide by their sum."""
    L, *_ = weights(L_1, L_2)
    m = np.where(np.isneginf(L), 0, np.maximum(L_1, L_2))
    return weighed(O_1, O_2, np.exp(L_1 - m), np.exp(L_2 - m)), L


@exercise.mistake
def minus_infinity_from_itself(O_1, L_1, O_2, L_2):
    """-inf is subtracted from -inf, which is NaN. A query without a key in either part has O = 0
    and L = -inf: put a finite number in place of that L before you subtract."""
    L = np.logaddexp(L_1, L_2)
    return weighed(O_1, O_2, np.exp(L_1 - L), np.exp(L_2 - L)), L


@exercise.mistake
def maximum_of_minus_infinity(O_1, L_1, O_2, L_2):
    """the larger L is subtracted, and where both are -inf that gives NaN. A query without a key in
    either part has O = 0 and L = -inf: put a finite number in place of that maximum."""
    m = np.maximum(L_1, L_2)
    w_1, w_2 = np.exp(L_1 - m), np.exp(L_2 - m)
    return weighed(O_1, O_2, w_1, w_2) / (w_1 + w_2)[:, None], m + np.log(w_1 + w_2)


@exercise.mistake
def maximum_not_put_back(O_1, L_1, O_2, L_2):
    """L lacks the maximum. The sum of both weights was measured against it: add it again."""
    L, w_1, w_2 = weights(L_1, L_2)
    return weighed(O_1, O_2, w_1, w_2), L - np.maximum(L_1, L_2)


@exercise.mistake
def powers_of_2(O_1, L_1, O_2, L_2):
    """powers and logarithms of 2. These L are natural logarithms: merge with e and log, or multiply
    both L by log2 e first."""
    L = np.logaddexp2(L_1, L_2)
    known = np.where(np.isneginf(L), 0, L)
    return weighed(O_1, O_2, np.exp2(L_1 - known), np.exp2(L_2 - known)), L


@exercise.mistake
def weights_in_a_row(O_1, L_1, O_2, L_2):
    """the weights stand in a row, and O has a row for each query: they must stand in a column,
    [:, None]. Where O is square nothing else tells you."""
    L, w_1, w_2 = weights(L_1, L_2)
    return w_1 * O_1 + w_2 * O_2, L
