"""07: the forward pass of attention in one pass over tiles of keys."""

import numpy as np

from softmax_lib import flash_attention, grow, loops, softmax
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW, attention_letters
from softmax_lib.exercises.tiles import finish, forward_loop, growing, rescaled

exercise = Exercise("online_attention", "O", "L")


@exercise.inputs
def inputs(draw):
    letters = attention_letters(draw, 7, 11, 4, 5)
    yield case("seven queries, eleven keys, tiles of 3", **letters, scale=0.3, block_k=3)
    letters = attention_letters(draw, 3, 5, 4, 7)
    yield case("one tile for all keys", **letters, scale=0.3, block_k=8)
    for dtype in NARROW:
        letters = attention_letters(draw, 3, 6, 2, 4, dtype=dtype)
        yield case(dtype.__name__, **letters, scale=0.3, block_k=2)
    letters = attention_letters(draw, 3, 7, 4, 2, size=5000)
    yield case("scores in the thousands", **letters, scale=0.3, block_k=2, extreme=True)
    low = {"Q": np.array([[-3000.0, 0.0]]), "K": 1 + np.abs(draw.normal(5, 2))}
    what = "a query whose scores all lie below -800"
    yield case(what, **low, V=draw.normal(5, 2), scale=0.3, block_k=2, extreme=True)


@exercise.oracle
def all_at_once(Q, K, V, scale, block_k):
    """O and L by the loops: the tiles must not change them."""
    O, _ = loops.attention(Q, K, V, scale=scale)
    return O, loops.logsumexp(scale * Q @ K.T)


def online_attention(Q, K, V, *, scale, block_k):
    m, Z, A = np.finfo(Q.dtype).min, 0.0, 0.0
    for start in range(0, len(K), block_k):
        j = slice(start, start + block_k)
        S = scale * Q @ K[j].T  # (N_q, block_k)
        m, Z, E, shrink = grow(m, Z, S)
        A = shrink * A + E @ V[j]  # (N_q, d_v)
    return A / Z, (m + np.log(Z))[:, 0]


exercise.answer(online_attention, steps=[grow])
exercise.variant(flash_attention)


@exercise.variant
def outputs_weighted_by_their_sums(Q, K, V, *, scale, block_k):
    O, L = np.zeros((len(Q), V.shape[1]), Q.dtype), np.full(len(Q), -np.inf, Q.dtype)
    for b in range(0, len(K), block_k):
        S = scale * Q @ K[b : b + block_k].T
        L_tile = S.max(1) + np.log(np.exp(S - S.max(1, keepdims=True)).sum(1))
        L_old, L = L, np.logaddexp(L, L_tile)
        O_tile = softmax(S) @ V[b : b + block_k]
        O = np.exp(L_old - L)[:, None] * O + np.exp(L_tile - L)[:, None] * O_tile
    return O, L


@exercise.mistake
def accumulator_not_rescaled(Q, K, V, *, scale, block_k):
    """the accumulator is not rescaled. A was measured against the old maximum, as Z was:
    multiply it by e^(m_old - m) too."""
    return finish(*forward_loop(Q, K, V, scale, block_k, shrink_A=False))


@exercise.mistake
def running_sum_not_rescaled(Q, K, V, *, scale, block_k):
    """the running sum is not rescaled. Z was measured against the old maximum, as A was:
    multiply it by e^(m_old - m) too."""
    return finish(*forward_loop(Q, K, V, scale, block_k, shrink_Z=False))


@exercise.mistake
def neither_sum_nor_accumulator_rescaled(Q, K, V, *, scale, block_k):
    """neither the sum nor the accumulator is rescaled. When the maximum grows, both are too
    large by e^(m - m_old)."""
    return finish(*forward_loop(Q, K, V, scale, block_k, shrink_Z=False, shrink_A=False))


@exercise.mistake
def not_divided_by_sum_at_end(Q, K, V, *, scale, block_k):
    """not divided by the sum at the end. A is a sum with weights e^(S - m). To make them
    probabilities, divide by Z."""
    m, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A, (m + np.log(Z))[:, 0]


@exercise.mistake
def last_tile_dropped(Q, K, V, *, scale, block_k):
    """the last tile is dropped. If block_k does not divide N_k, a shorter tile is left at the
    end."""
    stop = len(K) // block_k * block_k
    return finish(*forward_loop(Q, K, V, scale, block_k, stop=stop))


@exercise.mistake
def maximum_starts_at_0(Q, K, V, *, scale, block_k):
    """the maximum starts at 0. If all scores of a row lie far below 0, nothing is left of them.
    Start at -∞, or at the lowest number there is."""
    return finish(*forward_loop(Q, K, V, scale, block_k, m=0))


@exercise.mistake
def L_maximum_alone(Q, K, V, *, scale, block_k):
    """L is the maximum alone. L = m + log Z: the backward pass needs the whole log-sum-exp."""
    m, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A / Z, m[:, 0]


@exercise.mistake
def each_tile_normalised_by_itself(Q, K, V, *, scale, block_k):
    """each tile is normalised by itself. A mean of the tiles' outputs gives every tile the same
    say. Divide once, at the end."""
    tiles = [slice(start, start + block_k) for start in range(0, len(K), block_k)]
    O = sum(softmax(scale * Q @ K[j].T) @ V[j] for j in tiles) / Q.dtype.type(len(tiles))
    m, Z, _ = forward_loop(Q, K, V, scale, block_k)
    return O, (m + np.log(Z))[:, 0]


@exercise.mistake
def divided_by_sum_in_every_tile(Q, K, V, *, scale, block_k):
    """divided by the sum in every tile. What the first tile has divided, the second divides
    again. How many divisions did the derivation end with?"""
    m, Z, O = forward_loop(Q, K, V, scale, block_k, divide=True)
    return O, (m + np.log(Z))[:, 0]


@exercise.mistake
def tile_s_own_maximum(Q, K, V, *, scale, block_k):
    """the maximum of the tile, and not the largest so far. When a later tile is lower, what was
    summed before grows beyond all bounds."""
    m, Z, A = np.finfo(Q.dtype).min, 0.0, 0.0
    for start in range(0, len(K), block_k):
        S = scale * Q @ K[start : start + block_k].T
        m_old, m = m, S.max(-1, keepdims=True)
        E, shrink = np.exp(S - m), np.exp(m_old - m)
        Z, A = Z * shrink + E.sum(-1, keepdims=True), A * shrink + E @ V[start : start + block_k]
    return finish(m, Z, A)


@exercise.mistake
def one_key_a_tile(Q, K, V, *, scale, block_k):
    """one key of each tile is read: a slice from j to j + 1 holds a single row. A tile ends at
    start + block_k."""
    return finish(*forward_loop(Q, K[::block_k], V[::block_k], scale, 1))


@exercise.mistake
def tiles_added_up(Q, K, V, *, scale, block_k):
    """each tile is normalised by itself, and the outputs are added. The weights of a row must
    add up to one over all tiles: divide once, at the end."""
    O = sum(
        softmax(scale * Q @ K[b : b + block_k].T) @ V[b : b + block_k]
        for b in range(0, len(K), block_k)
    )
    m, Z, _ = forward_loop(Q, K, V, scale, block_k)
    return O, (m + np.log(Z))[:, 0]


@exercise.mistake
def no_maximum_subtracted(Q, K, V, *, scale, block_k):
    """no maximum is subtracted. Scores of 800 overflow: keep the largest so far, and shift by
    it."""
    E = np.exp(scale * Q @ K.T)
    Z = E.sum(-1, keepdims=True)
    return E @ V / Z, np.log(Z)[:, 0]


@exercise.mistake
def rescaling_upside_down(Q, K, V, *, scale, block_k):
    """the rescaling is upside down. The maximum grows, so the old sums must shrink: e to a
    negative number."""
    return rescaled(Q, K, V, scale, block_k, scale * Q @ K[:1].T, growing, growing)


@exercise.mistake
def scale_missing(Q, K, V, *, scale, block_k):
    """the scale is missing. S = scale · Q Kᵀ, in each tile."""
    return finish(*forward_loop(Q, K, V, 1, block_k))


@exercise.mistake
def Z_returned_for_L(Q, K, V, *, scale, block_k):
    """Z is returned, and not L. Z is measured against m, and has had no logarithm: L = m + log
    Z."""
    _, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A / Z, Z[:, 0]


@exercise.mistake
def maximum_not_put_back(Q, K, V, *, scale, block_k):
    """L lacks the maximum. Z was measured against m: L = m + log Z."""
    _, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A / Z, np.log(Z)[:, 0]


@exercise.mistake
def L_stands_in_a_column(Q, K, V, *, scale, block_k):
    """L stands in a column, (N_q, 1). One number for each query was asked for, (N_q,)."""
    m, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A / Z, m + np.log(Z)


@exercise.mistake
def one_maximum_for_all_queries(Q, K, V, *, scale, block_k):
    """one maximum for all queries. A row that lies thousands below another one underflows: each
    needs its own."""
    m, Z, A = np.finfo(Q.dtype).min, 0.0, 0.0
    for start in range(0, len(K), block_k):
        S = scale * Q @ K[start : start + block_k].T
        m_old, m = m, np.maximum(m, S.max())
        E, shrink = np.exp(S - m), np.exp(m_old - m)
        Z, A = Z * shrink + E.sum(-1, keepdims=True), A * shrink + E @ V[start : start + block_k]
    return A / Z, (m + np.log(Z))[:, 0]


@exercise.mistake
def last_tile_alone(Q, K, V, *, scale, block_k):
    """the last tile alone counts: Z and A are begun anew with each tile, or m is never moved
    on. All three are carried from tile to tile."""
    first = (len(K) - 1) // block_k * block_k
    return finish(*forward_loop(Q, K[first:], V[first:], scale, block_k))


@exercise.mistake
def divided_by_the_number_of_tiles(Q, K, V, *, scale, block_k):
    """the output is divided by the number of tiles. Z is the sum over all tiles, and dividing
    by it is enough."""
    m, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A / Z / (-(-len(K) // block_k)), (m + np.log(Z))[:, 0]


@exercise.mistake
def logarithm_missing(Q, K, V, *, scale, block_k):
    """the logarithm is missing in L. L = m + log Z, not m + Z."""
    m, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A / Z, (m + Z)[:, 0]


@exercise.mistake
def m_times_the_logarithm(Q, K, V, *, scale, block_k):
    """m times log Z. The logarithm of a product is a sum: L = m + log Z."""
    m, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A / Z, (m * np.log(Z))[:, 0]


@exercise.mistake
def first_values_for_every_tile(Q, K, V, *, scale, block_k):
    """the values of the first tile meet the keys of every tile. The same slice cuts K and V."""
    m, Z, A = np.finfo(Q.dtype).min, 0.0, 0.0
    for start in range(0, len(K), block_k):
        S = scale * Q @ K[start : start + block_k].T
        m_old, m = m, np.maximum(m, S.max(-1, keepdims=True))
        E, shrink = np.exp(S - m), np.exp(m_old - m)
        Z, A = Z * shrink + E.sum(-1, keepdims=True), A * shrink + E @ V[: S.shape[1]]
    return finish(m, Z, A)


@exercise.mistake
def divided_by_N_over_block(Q, K, V, *, scale, block_k):
    """each tile is normalised by itself, and a mean is taken with N / block. The tiles have
    unequal shares of a row: divide once, by the sum of all."""
    tiles = [slice(b, b + block_k) for b in range(0, len(K), block_k)]
    O = sum(softmax(scale * Q @ K[j].T) @ V[j] for j in tiles) / Q.dtype.type(len(K) / block_k)
    m, Z, _ = forward_loop(Q, K, V, scale, block_k)
    return O, (m + np.log(Z))[:, 0]


@exercise.mistake
def divided_by_the_scale(Q, K, V, *, scale, block_k):
    """divided by the scale. S = scale · Q Kᵀ, in each tile."""
    return finish(*forward_loop(Q, K, V, Q.dtype.type(1 / scale), block_k))


@exercise.mistake
def scale_hard_coded(Q, K, V, *, scale, block_k):
    """the scale is hard-coded. 1/√d is the usual one, but the caller passes one: use it."""
    return finish(*forward_loop(Q, K, V, Q.shape[-1] ** -0.5, block_k))


@exercise.mistake
def one_inverse_too_many(Q, K, V, *, scale, block_k):
    """one inverse too many: A is divided by e^(m_old - m), which is 0 at the first tile, and 0 / 0
    is NaN. FlashAttention-2's paper prints it so (Algorithm 1, line 10). A shrinks as Z does:
    multiply."""
    return rescaled(Q, K, V, scale, block_k, np.finfo(Q.dtype).min, np.exp, growing)


@exercise.mistake
def accumulator_grows(Q, K, V, *, scale, block_k):
    """the accumulator is divided by e^(m_old - m), and grows. It was measured against the old
    maximum, as Z was: multiply it by the same factor."""
    first = (scale * Q @ K[:block_k].T).max(-1, keepdims=True)
    return rescaled(Q, K, V, scale, block_k, first, np.exp, growing)


@exercise.mistake
def divided_by_the_sum_so_far(Q, K, V, *, scale, block_k):
    """each tile's weights are divided by the sum so far. What an early tile was divided by is
    too small at the end: divide once, after the last tile."""
    m, Z, A = np.finfo(Q.dtype).min, 0.0, 0.0
    for start in range(0, len(K), block_k):
        S = scale * Q @ K[start : start + block_k].T
        m_old, m = m, np.maximum(m, S.max(-1, keepdims=True))
        E, shrink = np.exp(S - m), np.exp(m_old - m)
        Z = Z * shrink + E.sum(-1, keepdims=True)
        A = A * shrink + E / Z @ V[start : start + block_k]
    return A, (m + np.log(Z))[:, 0]


@exercise.mistake
def L_in_base_2(Q, K, V, *, scale, block_k):
    """L is a logarithm to base 2. What was asked for is the natural one: multiply by log 2."""
    m, Z, A = forward_loop(Q, K, V, scale, block_k)
    return A / Z, ((m + np.log(Z)) * Q.dtype.type(np.log2(np.e)))[:, 0]


@exercise.mistake
def powers_of_2(Q, K, V, *, scale, block_k):
    """powers of 2 for powers of e. 2^(S log2 e) is e^S: the scores must be multiplied by log2 e
    first, and L divided by it at the end."""
    S = scale * Q @ K.T
    m = S.max(-1, keepdims=True)
    E = np.exp2(S - m)
    Z = E.sum(-1, keepdims=True)
    return E @ V / Z, (m + np.log2(Z))[:, 0]


@exercise.mistake
def rescaling_upside_down_from_the_start(Q, K, V, *, scale, block_k):
    """the rescaling is upside down from the first tile on: 0 times an infinite factor is NaN."""
    return rescaled(Q, K, V, scale, block_k, -np.inf, growing, growing)


@exercise.mistake
def scale_taken_twice(Q, K, V, *, scale, block_k):
    """the scale is taken twice. S = scale · Q Kᵀ, once in each tile."""
    return finish(*forward_loop(Q, K, V, scale * scale, block_k))


@exercise.mistake
def divided_in_every_tile_and_at_the_end(Q, K, V, *, scale, block_k):
    """each tile's weights are divided by the sum so far, and the whole again: once is enough."""
    A, L = divided_by_the_sum_so_far(Q, K, V, scale=scale, block_k=block_k)
    _, Z, _ = forward_loop(Q, K, V, scale, block_k)
    return A / Z, L
