"""07: the log-sum-exp of one row that is read tile by tile."""

import numpy as np

from softmax_lib import loops
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW

exercise = Exercise("online_logsumexp", "L")


@exercise.inputs
def inputs(draw):
    yield case("scores that rise, in tiles of 2", S=np.arange(1.0, 7.0), block=2)
    yield case("scores that fall, in tiles of 2", S=np.arange(6.0, 0.0, -1.0), block=2)
    yield case("seven scores in tiles of 3", S=draw.normal(7), block=3)
    yield case("three scores in one tile of 5", S=draw.normal(3), block=5)
    for dtype in NARROW:
        yield case(f"{dtype.__name__} scores", S=draw.normal(5, dtype=dtype), block=2)
    low = np.array([-900.0, -801.0, -850.0])
    yield case("scores below -800", S=low, block=2, extreme=True)
    high = np.array([800.0, 801.0, 805.0])
    yield case("scores above 800", S=high, block=1, extreme=True)
    falling = np.array([800.0, -800.0])
    yield case("scores 1600 apart that fall, in tiles of 1", S=falling, block=1, extreme=True)
    rising = np.array([-800.0, 800.0])
    yield case("scores 1600 apart that rise, in tiles of 1", S=rising, block=1, extreme=True)


@exercise.oracle
def all_at_once(S, block):
    return loops.logsumexp(S[None])[0]


@exercise.answer
def online_logsumexp(S, *, block):
    m, Z = -np.inf, 0.0
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        m_old, m = m, max(m, tile.max())
        Z = Z * np.exp(m_old - m) + np.exp(tile - m).sum()
    return (m + np.log(Z)).astype(S.dtype)


@exercise.variant
def by_logaddexp(S, *, block):
    L = -np.inf
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        L = np.logaddexp(L, tile.max() + np.log(np.exp(tile - tile.max()).sum()))
    return S.dtype.type(L)


def altered(S, block, shrink, m=-np.inf, stop=None, L=lambda m, Z: m + np.log(Z)):
    """The loop over tiles, with one of its parts exchanged."""
    Z = 0.0
    for start in range(0, len(S) if stop is None else stop, block):
        tile = S[start : start + block]
        m_old, m = m, max(m, tile.max())
        Z = Z * shrink(m_old, m) + np.exp(tile - m).sum()
    return np.asarray(L(m, Z)).astype(S.dtype)


def true_shrink(m_old, m):
    return np.exp(m_old - m)


@exercise.mistake
def old_sum_not_rescaled(S, *, block):
    """the old sum is not rescaled. When the maximum grows, the old terms were measured against
    the old one: multiply by e^(m_old - m)."""
    return altered(S, block, lambda m_old, m: 1.0)


@exercise.mistake
def rescaling_upside_down(S, *, block):
    """the rescaling is upside down. The maximum grows, so the old sum must shrink: e to a
    negative number."""
    return altered(S, block, lambda m_old, m: np.exp(m - m_old) if m_old > -np.inf else 0.0)


@exercise.mistake
def last_tile_dropped(S, *, block):
    """the last tile is dropped. If the block does not divide N, a shorter tile is left at the
    end."""
    return altered(S, block, true_shrink, stop=len(S) // block * block)


@exercise.mistake
def maximum_starts_at_0(S, *, block):
    """the maximum starts at 0. If all scores lie far below 0, nothing is left of their
    exponentials. Start at -∞."""
    return altered(S, block, true_shrink, m=0.0)


@exercise.mistake
def maximum_not_put_back(S, *, block):
    """the maximum is not put back. Z was measured against m: L = m + log Z."""
    return altered(S, block, true_shrink, L=lambda m, Z: np.log(Z))


@exercise.mistake
def maximum_for_L(S, *, block):
    """the maximum instead of the log-sum-exp. m is near L, and a little too small: where is the
    sum?"""
    return altered(S, block, true_shrink, L=lambda m, Z: m)


@exercise.mistake
def sums_added_as_they_are(S, *, block):
    """the sums of the tiles are added as they are. Each tile was measured against its own
    maximum. Bring them to a common one first."""
    tiles = [S[start : start + block] for start in range(0, len(S), block)]
    Z = sum(np.exp(tile - tile.max()).sum() for tile in tiles)
    return (S.max() + np.log(Z)).astype(S.dtype)


@exercise.mistake
def rescaling_upside_down_from_the_start(S, *, block):
    """the rescaling is upside down from the first tile on. The usual reason why all is NaN:
    before the first tile Z is 0 and the factor infinite. The maximum only grows, so which way
    must the old sum go?"""
    return altered(S, block, lambda m_old, m: np.exp(m - m_old))


@exercise.mistake
def Z_returned_not_L(S, *, block):
    """Z is returned, not L. Z is measured against m, and has had no logarithm."""
    return altered(S, block, true_shrink, L=lambda m, Z: Z)


@exercise.mistake
def tile_s_own_maximum(S, *, block):
    """the maximum of the tile, and not the largest so far. When a later tile is lower, what was
    summed before grows beyond all bounds."""
    m, Z = -np.inf, 0.0
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        m_old, m = m, tile.max()
        Z = Z * np.exp(m_old - m) + np.exp(tile - m).sum()
    return (m + np.log(Z)).astype(S.dtype)


@exercise.mistake
def new_terms_rescaled_too(S, *, block):
    """the new terms are rescaled too. They are measured against the new maximum already: only
    the old sum shrinks."""
    m, Z = S[0], S.dtype.type(0)
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        m_old, m = m, max(m, tile.max())
        Z = (Z + np.exp(tile - m).sum()) * np.exp(m_old - m)
    return (m + np.log(Z)).astype(S.dtype)


@exercise.mistake
def new_terms_against_the_old_maximum(S, *, block):
    """the new terms are measured against the old maximum. First the maximum, then the
    exponentials."""
    m, Z = S[0], S.dtype.type(0)
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        m_new = max(m, tile.max())
        Z = Z * np.exp(m - m_new) + np.exp(tile - m).sum()
        m = m_new
    return (m + np.log(Z)).astype(S.dtype)


@exercise.mistake
def last_tile_alone(S, *, block):
    """the last tile alone counts: Z is begun anew with each tile, or m is never moved on. Both
    are carried from tile to tile."""
    tile = S[(len(S) - 1) // block * block :]
    return (tile.max() + np.log(np.exp(tile - tile.max()).sum())).astype(S.dtype)


@exercise.mistake
def sum_of_the_tiles_L(S, *, block):
    """the L of the tiles are added. Logarithms are added where numbers are multiplied: sums of
    exponentials are not."""
    L = 0.0
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        L = L + tile.max() + np.log(np.exp(tile - tile.max()).sum())
    return L.astype(S.dtype)


@exercise.mistake
def not_shifted(S, *, block):
    """no maximum is subtracted. e^800 is infinite to a computer: keep the largest score so far,
    and shift by it."""
    Z = 0.0
    for start in range(0, len(S), block):
        Z = Z + np.exp(S[start : start + block]).sum()
    return np.log(Z).astype(S.dtype)


@exercise.mistake
def one_score_a_tile(S, *, block):
    """only the first score of each tile is read. A slice ends at start + block."""
    seen = S[::block]
    return (seen.max() + np.log(np.exp(seen - seen.max()).sum())).astype(S.dtype)


@exercise.mistake
def maximum_subtracted_at_the_end(S, *, block):
    """the maximum is taken away at the end. Z was measured against m: L = m + log Z."""
    m = S.max()
    return (np.log(np.exp(S - m).sum()) - m).astype(S.dtype)


@exercise.mistake
def mean_for_sum(S, *, block):
    """a mean over the tiles. The sum of a row is the sum of its tiles' sums."""
    m = S.max()
    return (m + np.log(np.exp(S - m).sum() / (-(-len(S) // block)))).astype(S.dtype)


@exercise.mistake
def logarithm_missing(S, *, block):
    """the logarithm is missing. L = m + log Z, not m + Z."""
    return altered(S, block, true_shrink, L=lambda m, Z: m + Z)


@exercise.mistake
def tiles_overlap(S, *, block):
    """the tiles overlap: each begins one score after the last. range needs the step: range(0,
    len(S), block)."""
    m = S.max()
    Z = sum(np.exp(S[a : a + block] - m).sum() for a in range(len(S)))
    return (m + np.log(Z)).astype(S.dtype)


@exercise.mistake
def first_tile_alone(S, *, block):
    """the first tile alone counts: a slice that ends at `block`, or a return inside the loop. A
    tile ends at start + block."""
    tile = S[:block]
    return (tile.max() + np.log(np.exp(tile - tile.max()).sum())).astype(S.dtype)


@exercise.mistake
def first_tile_twice(S, *, block):
    """the first tile is read twice: before the loop, and in it."""
    m = S.max()
    Z = np.exp(S - m).sum() + np.exp(S[:block] - m).sum()
    return (m + np.log(Z)).astype(S.dtype)


@exercise.mistake
def base_2(S, *, block):
    """powers and logarithms of 2. L is the natural logarithm of a sum of powers of e."""
    m = S.max()
    return (m + np.log2(np.exp2(S - m).sum())).astype(S.dtype)


@exercise.mistake
def mean_of_the_tiles_L(S, *, block):
    """the L of the tiles are averaged. Each tile's sum belongs into the one sum of the row:
    bring them to one maximum, and add."""
    tiles = [S[a : a + block] for a in range(0, len(S), block)]
    return np.mean([t.max() + np.log(np.exp(t - t.max()).sum()) for t in tiles]).astype(S.dtype)


@exercise.mistake
def base_10(S, *, block):
    """a logarithm to base 10. np.log undoes e^x, np.log10 undoes 10^x."""
    m = S.max()
    return (m + np.log10(np.exp(S - m).sum())).astype(S.dtype)


@exercise.mistake
def new_terms_rescaled_instead(S, *, block):
    """the new terms are rescaled, and not the old sum. The new ones are measured against the new
    maximum already: which of the two is out of date?"""
    m, Z = -np.inf, 0.0
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        m_old, m = m, max(m, tile.max())
        Z = Z + np.exp(m_old - m) * np.exp(tile - m).sum()
    return (m + np.log(Z)).astype(S.dtype)


@exercise.mistake
def nothing_rescaled_from_the_first_maximum(S, *, block):
    """all is measured against the maximum of the first tile. A later score that is larger by 710
    or more overflows: let m grow, and the old sum shrink."""
    m, Z = S[:block].max(), 0.0
    for start in range(0, len(S), block):
        Z = Z + np.exp(S[start : start + block] - m).sum()
    return (m + np.log(Z)).astype(S.dtype)


@exercise.mistake
def m_times_the_logarithm(S, *, block):
    """m times log Z. The logarithm of a product is a sum: L = m + log Z."""
    return altered(S, block, true_shrink, L=lambda m, Z: m * np.log(Z))
