"""07: the way back through attention in tiles, from O and L."""

from functools import partial
from itertools import product

import numpy as np

from softmax_lib import flash_attention_vjp
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import (
    NARROW,
    attention_letters,
    forward,
    hidden_giant,
    high_scores,
)
from softmax_lib.exercises.oracles import slopes_with_O_and_L
from softmax_lib.exercises.tiles import backward_loops

exercise = Exercise("tiled_attention_vjp", "dQ", "dK", "dV")


@exercise.inputs
def inputs(draw):
    def backward(what, sizes, causal, *blocks, dtype=np.float64, alter=None, keys=None, **kind):
        """Of the keys that O and L know, only the first `keys` are handed out."""
        letters = attention_letters(draw, *sizes, dtype=dtype)
        letters = alter(letters) if alter else letters
        O, _, L = forward(**letters, scale=0.3, causal=causal)
        letters |= {name: letters[name][:keys] for name in "KV"}
        letters = {"dO": draw.normal(*O.shape, dtype=dtype), **letters, "O": O, "L": L}
        tiles = dict(zip(("block_q", "block_k"), blocks, strict=True))
        return case(what, **letters, scale=0.3, causal=causal, **tiles, **kind)

    yield backward("tiles of 2 by 3 on 7 by 11", (7, 11, 4, 5), False, 2, 3)
    yield backward("tiles of 2 by 3 on 7 by 7, causal", (7, 7, 3, 2), True, 2, 3)
    yield backward("one tile for everything", (3, 5, 4, 7), False, 8, 8)
    yield backward("tiles of 2 by 2, all lengths 4", (4, 4, 4, 4), False, 2, 2)
    for dtype in NARROW:
        yield backward(dtype.__name__, (5, 4, 3, 2), False, 2, 3, dtype=dtype)
    square = (4, 4, 3, 2), True, 2, 2
    yield backward("scores about 1000", *square, alter=high_scores, extreme=True)
    giant = partial(hidden_giant, key=3)
    yield backward("a last key 1000 above the others", *square, alter=giant, beyond=True)
    what = "four of the seven keys that O and L know"
    yield backward(what, (3, 7, 4, 2), False, 2, 2, keys=4, extreme=True)


@exercise.oracle
def by_complex_step(dO, Q, K, V, O, L, scale, causal, block_q, block_k):
    mask = np.tri(len(Q), len(K), dtype=bool) if causal else np.ones((len(Q), len(K)), bool)
    return slopes_with_O_and_L(dO, Q, K, V, O, L, scale, mask)


@exercise.answer
def tiled_attention_vjp(dO, Q, K, V, O, L, *, scale, causal, block_q, block_k):
    # The library's tile_vjp takes softcap and keep as well: lesson 10 comes to them.
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    D = (dO * O).sum(-1, keepdims=True)  # (N_q, 1), over the complete rows
    for first_key in range(0, len(K), block_k):
        j = slice(first_key, min(first_key + block_k, len(K)))
        for first_query in range(0, len(Q), block_q):
            i = slice(first_query, min(first_query + block_q, len(Q)))
            P = np.exp(scale * Q[i] @ K[j].T - L[i, None])  # (block_q, block_k)
            if causal:
                query, key = np.arange(i.start, i.stop), np.arange(j.start, j.stop)
                P = np.where(key <= query[:, None], P, 0)
            dS = P * (dO[i] @ V[j].T - D[i])  # (block_q, block_k)
            dQ[i] += scale * dS @ K[j]
            dK[j] += scale * dS.T @ Q[i]
            dV[j] += P.T @ dO[i]
    return dQ, dK, dV


exercise.variant(flash_attention_vjp)


@exercise.variant
def queries_first(dO, Q, K, V, O, L, *, scale, causal, block_q, block_k):
    dQ, dK, dV = map(np.zeros_like, (Q, K, V))
    for a, b in product(range(0, len(Q), block_q), range(0, len(K), block_k)):
        i, j = slice(a, a + block_q), slice(b, b + block_k)
        S = scale * Q[i] @ K[j].T
        if causal:
            S[np.triu(np.ones(S.shape, bool), a - b + 1)] = -np.inf
        P = np.exp(S - L[i, None])
        dS = P * (dO[i] @ V[j].T - (dO[i] * O[i]).sum(1, keepdims=True))
        dQ[i] += scale * dS @ K[j]
        dK[j] += scale * dS.T @ Q[i]
        dV[j] += P.T @ dO[i]
    return dQ, dK, dV


@exercise.mistake
def mask_counts_from_the_tile(*letters, **options):
    """the causal mask counts from the corner of the tile. Query and key are compared by their
    places in the whole sentence: add where the tile begins."""
    return backward_loops(*letters, "local", **options)


@exercise.mistake
def causal_mask_forgotten(*letters, causal, **options):
    """the causal mask is forgotten. S is computed again in each tile, without any mask."""
    return backward_loops(*letters, **options, causal=False)


@exercise.mistake
def D_from_one_tile(*letters, **options):
    """D from one tile. D is a sum over the complete row, and rowsum(dO∘O) gives it."""
    return backward_loops(*letters, "D of tile", **options)


@exercise.mistake
def softmax_in_each_tile(*letters, **options):
    """a softmax in each tile. A tile does not know the sum of its row. L does: P = e^(S - L)."""
    return backward_loops(*letters, "softmax", **options)


@exercise.mistake
def dQ_overwritten(*letters, **options):
    """= for += in dQ. Every tile of keys has a share in it: add up."""
    return backward_loops(*letters, "dQ =", **options)


@exercise.mistake
def dK_overwritten(*letters, **options):
    """= for += in dK. Every tile of queries has a share in it: add up."""
    return backward_loops(*letters, "dK =", **options)


@exercise.mistake
def last_tiles_dropped(*letters, **options):
    """the last tiles are dropped. If a block does not divide N, the last tile is shorter."""
    return backward_loops(*letters, "whole tiles", **options)


@exercise.mistake
def scale_missing_in_dQ_and_dK(*letters, **options):
    """the scale is missing in dQ and dK. S = scale · Q Kᵀ: its gradient has the scale too."""
    dQ, dK, dV = backward_loops(*letters, **options)
    return dQ / options["scale"], dK / options["scale"], dV


@exercise.mistake
def no_query_sees_itself(*letters, **options):
    """a query may not attend to itself. Causal means: no later key. Is a query's own key later?"""
    return backward_loops(*letters, "<", **options)


@exercise.mistake
def mask_turned_round(*letters, **options):
    """the comparison of the causal mask is turned round. A query attends to itself and to what
    came before. Which of the two places is the larger?"""
    return backward_loops(*letters, ">=", **options)


@exercise.mistake
def mask_keeps_what_comes_later(*letters, **options):
    """the causal mask keeps what comes later. The zeros belong where the key is later."""
    return backward_loops(*letters, ">", **options)


@exercise.mistake
def dV_overwritten(*letters, **options):
    """= for += in dV. Every tile of queries has a share in it, as in dK: add up."""
    return backward_loops(*letters, "dV =", **options)


@exercise.mistake
def dQ_never_written_back(*letters, **options):
    """dQ stays zero: what is added up is never written back. dQ[i] += … writes into dQ."""
    dQ, dK, dV = backward_loops(*letters, **options)
    return np.zeros_like(dQ), dK, dV


@exercise.mistake
def dK_and_dV_never_written_back(*letters, **options):
    """dK and dV stay zero: what is added up in a tile has to be written into dK[j] and dV[j]."""
    dQ, dK, dV = backward_loops(*letters, **options)
    return dQ, np.zeros_like(dK), np.zeros_like(dV)


@exercise.mistake
def nothing_written_back(*letters, **options):
    """all three stay zero: dQ_i = dQ_i + … makes a new array, and leaves dQ as it was. dQ[i] +=
    … writes into it."""
    return tuple(map(np.zeros_like, backward_loops(*letters, **options)))


@exercise.mistake
def L_not_subtracted(dO, Q, K, V, O, L, **options):
    """L is forgotten: e^S alone is no probability yet. P = e^(S - L)."""
    return backward_loops(dO, Q, K, V, O, 0 * L, **options)


@exercise.mistake
def D_forgotten(dO, Q, K, V, O, L, **options):
    """D is forgotten. Compare dP with its mean over the complete row, which dO and O know."""
    return backward_loops(dO, Q, K, V, 0 * O, L, **options)


@exercise.mistake
def one_D_for_all_rows(dO, Q, K, V, O, L, **options):
    """one D for all rows: (dO∘O).sum() adds up the whole matrix. Each query has a D of its own."""
    D = np.full_like(O, (dO * O).sum())
    return backward_loops(dO, Q, K, V, O, L, **options, D=D[:, :1])


@exercise.mistake
def D_added(dO, Q, K, V, O, L, **options):
    """D is added. How much better than the row's mean is this key? Subtract D."""
    return backward_loops(dO, Q, K, V, -O, L, **options)


@exercise.mistake
def scale_missing_in_S(dO, Q, K, V, O, L, *, scale, **options):
    """the scale is missing in S. L was made of scaled scores: are yours, computed again, the
    same ones?"""
    dQ, dK, dV = backward_loops(dO, Q, K, V, O, L, scale=1, **options)
    return scale * dQ, scale * dK, dV


@exercise.mistake
def scale_twice(*letters, **options):
    """the scale is applied twice. Once in dS, or once in dQ and dK, not in both."""
    dQ, dK, dV = backward_loops(*letters, **options)
    return options["scale"] * dQ, options["scale"] * dK, dV


@exercise.mistake
def dP_for_dS(*letters, **options):
    """dP is taken for dS. The gradient has not crossed the softmax yet: P∘(dP - D)."""
    return backward_loops(*letters, "not crossed", **options)


@exercise.mistake
def always_causal(*letters, causal, **options):
    """causal, whether it is asked for or not. `causal` says when to hide the later keys."""
    return backward_loops(*letters, **options, causal=True)


@exercise.mistake
def visible_tiles_skipped(*letters, **options):
    """a tile is skipped that still holds visible keys. Its first key may be no later than its
    last query: compare those two."""
    return backward_loops(*letters, "skip by first query", **options)


@exercise.mistake
def mask_on_dS_alone(*letters, causal, **options):
    """the mask is put on dS alone. dV is made of P, and a hidden key must get 0: mask P."""
    dQ, dK, _ = backward_loops(*letters, **options, causal=causal)
    _, _, dV = backward_loops(*letters, **options, causal=False)
    return dQ, dK, dV


@exercise.mistake
def e_to_S_over_e_to_L(*letters, **options):
    """e^S is divided by e^L. Both overflow where scores are large: e^(S - L) is the same, and
    small."""
    return backward_loops(*letters, "/", **options)


@exercise.mistake
def D_of_all_of_the_tile(*letters, **options):
    """one D for a whole tile. Each query has a D of its own: rowsum(dO∘O)."""
    return backward_loops(*letters, "D of all of the tile", **options)


@exercise.mistake
def divided_by_L(*letters, **options):
    """divided by L. L is a logarithm: P = e^S / e^L = e^(S - L)."""
    return backward_loops(*letters, "/", "L for e^L", **options)


@exercise.mistake
def one_key_a_tile(*letters, **options):
    """one key of each tile is read: a slice from j to j + 1 holds a single row. A tile ends at
    start + block_k."""
    return backward_loops(*letters, "one key", **options)


@exercise.mistake
def scale_on_dV(*letters, **options):
    """the scale is on dV as well. V stands behind the softmax, and never meets the scale."""
    dQ, dK, dV = backward_loops(*letters, **options)
    return dQ, dK, options["scale"] * dV


@exercise.mistake
def scale_in_dK_alone(*letters, **options):
    """the scale is in dK alone. Q and K stand in S in the same way: both gradients carry the
    scale."""
    dQ, dK, dV = backward_loops(*letters, **options)
    return dQ / options["scale"], dK, dV


@exercise.mistake
def dK_and_dV_overwritten(*letters, **options):
    """= for += in dK and in dV. Each tile of queries has a share in both: add up."""
    return backward_loops(*letters, "dK =", "dV =", **options)


@exercise.mistake
def all_three_overwritten(*letters, **options):
    """= for += in all three. What a tile gives is its share: add it to what is there."""
    return backward_loops(*letters, "dQ =", "dK =", "dV =", **options)


@exercise.mistake
def power_of_2(*letters, **options):
    """a power of 2. L is a natural logarithm: P = e^(S - L)."""
    return backward_loops(*letters, "2^(S - L)", **options)


@exercise.mistake
def scores_in_base_2_and_L_is_not(*letters, **options):
    """the scores are in base 2, and L is not: it has to be multiplied by log2 e as well."""
    return backward_loops(*letters, "2^S", **options)


@exercise.mistake
def L_in_a_row(*letters, **options):
    """L stands in a row, and not in a column. It has one number for each query: L[i, None]."""
    return backward_loops(*letters, "L in a row", **options)


@exercise.mistake
def tiles_on_the_diagonal_skipped(*letters, **options):
    """the tiles on the diagonal are skipped. It is there that each query sees itself."""
    return backward_loops(*letters, "skip the diagonal", **options)


@exercise.mistake
def partly_hidden_tiles_skipped(*letters, **options):
    """a tile is skipped that is hidden in part. Skip it only if all of it is hidden: its first
    key is later than its last query."""
    return backward_loops(*letters, "skip by last key", **options)


@exercise.mistake
def scale_in_dQ_alone(*letters, **options):
    """the scale is in dQ alone. Q and K stand in S in the same way: dK carries the scale too."""
    dQ, dK, dV = backward_loops(*letters, **options)
    return dQ, dK / options["scale"], dV
