"""Merging: two answers to two sets of keys become that to all, forward and on the way back."""

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from support.attention import draw
from support.oracle import exact, exp, log, roundoff

from softmax_lib import flash_attention, flash_attention_vjp, merge

mpmath.mp.dps = 50


def parts(*cuts, sizes=(5, 11, 4, 3), dtype=np.float64, leading=(), **options):
    """Return letters, and the answers to their keys cut at these places."""
    dO, Q, K, V = draw(sizes, dtype=dtype, leading=leading)
    ends = (0, *cuts, sizes[1])
    slices = [np.s_[..., a:b, :] for a, b in pairwise(ends)]
    return (dO, Q, K, V), slices, [flash_attention(Q, K[j], V[j], **options) for j in slices]


def assert_close(got, expected, rtol=1e-13, atol=1e-15):
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


@pytest.mark.parametrize("leading", [(), (2, 3)])
@pytest.mark.parametrize("cut", [0, 1, 4, 11])
def test_two_parts_give_the_whole_answer(cut, leading):
    (_, Q, K, V), _, (one, other) = parts(cut, leading=leading)
    assert_close(merge(*one, *other), flash_attention(Q, K, V))


def test_the_order_of_three_parts_does_not_matter():
    (_, Q, K, V), _, (a, b, c) = parts(2, 7)
    whole = flash_attention(Q, K, V)
    for first, second, third in ((a, b, c), (b, c, a), (c, b, a)):
        assert_close(merge(*merge(*first, *second), *third), whole)
        assert_close(merge(*third, *merge(*second, *first)), whole)
    for x, y in zip(merge(*a, *b), merge(*b, *a), strict=True):
        np.testing.assert_array_equal(x, y)


def test_an_answer_to_no_key_at_all_changes_no_bit():
    _, _, (nothing, one) = parts(0)
    assert np.isneginf(nothing[1]).all()
    for merged in (merge(*nothing, *one), merge(*one, *nothing)):
        for a, b in zip(merged, one, strict=True):
            np.testing.assert_array_equal(a, b)
    O, L = merge(*nothing, *nothing)
    assert not O.any()
    assert np.isneginf(L).all()


def test_a_sink_is_given_to_one_of_the_parts():
    (_, Q, K, V), (i, j), _ = parts(4)
    one = flash_attention(Q, K[i], V[i], sink=0.3)
    assert_close(merge(*one, *flash_attention(Q, K[j], V[j])), flash_attention(Q, K, V, sink=0.3))


def test_masks_and_what_is_dropped_stay_with_their_keys():
    (_, Q, K, V), slices, _ = parts(4)
    rng = np.random.default_rng(1)
    mask, keep = rng.random((5, 11)) < 0.4, np.where(rng.random((5, 11)) < 0.7, 1.25, 0)
    mask[2] = False
    mask[3, :4] = False
    one, other = (
        flash_attention(Q, K[j], V[j], mask=mask[:, j[1]], keep=keep[:, j[1]]) for j in slices
    )
    assert_close(merge(*one, *other), flash_attention(Q, K, V, mask=mask, keep=keep))


def test_each_part_s_way_back_with_the_whole_s_O_and_L_gives_its_gradients():
    (dO, Q, K, V), slices, (one, other) = parts(4)
    O, L = merge(*one, *other)
    dQ, dK, dV = flash_attention_vjp(dO, Q, K, V, O, L)
    shares = [flash_attention_vjp(dO, Q, K[j], V[j], O, L) for j in slices]
    together = (
        shares[0][0] + shares[1][0],
        *map(np.vstack, zip(*(s[1:] for s in shares), strict=True)),
    )
    assert_close(together, (dQ, dK, dV), rtol=1e-12, atol=1e-14)
    alone = [
        flash_attention_vjp(dO, Q, K[j], V[j], *own)
        for j, own in zip(slices, (one, other), strict=True)
    ]
    assert np.abs(alone[0][0] + alone[1][0] - dQ).max() > 0.01


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_error_stays_within_the_bound(dtype):
    for seed in range(50):
        rng = np.random.default_rng(seed)
        L_1, L_2 = (
            rng.normal(scale=10.0 ** rng.uniform(-2, 3), size=4).astype(dtype) for _ in "12"
        )
        L_2 = (L_1 + rng.normal(size=4)).astype(dtype) if seed % 2 else L_2
        O_1, O_2 = (rng.normal(size=(4, 3)).astype(dtype) for _ in "12")
        O, L = merge(O_1, L_1, O_2, L_2)
        E_1, E_2 = exp(exact(L_1)), exp(exact(L_2))
        w_1, w_2 = (E_1 / (E_1 + E_2))[:, None], (E_2 / (E_1 + E_2))[:, None]
        m, u = np.maximum(np.abs(L_1), np.abs(L_2)).astype(float), roundoff(dtype)
        assert (np.abs(exact(L) - log(E_1 + E_2)) <= 4 * u * np.maximum(1, m)).all()
        size = w_1 * np.abs(exact(O_1)) + w_2 * np.abs(exact(O_2))
        tiny = float(np.finfo(dtype).smallest_subnormal)
        error = np.abs(exact(O) - w_1 * exact(O_1) - w_2 * exact(O_2))
        assert (error <= 2 * (m[:, None] + 8) * u * size + tiny).all()
        assert O.dtype == L.dtype == dtype


def test_scores_across_the_range_of_floats_are_right_and_silent():
    L = [1e308, -1e308, 800.0, -np.inf]
    O, L = merge(np.ones((4, 1)), L, np.full((4, 1), 3.0), [-1e308, 1e308, 800.0, 1e308])
    np.testing.assert_array_equal(O[[0, 1, 3]], [[1], [3], [3]])
    np.testing.assert_allclose(O[2], 2, rtol=1e-12)  # L of 800 is rounded to 800 u
    np.testing.assert_array_equal(L, [1e308, 1e308, 800 + np.log(2), 1e308])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_L_spoils_its_own_row_and_no_other(bad):
    O, L = merge(np.ones((3, 2)), [0, bad, 0], np.ones((3, 2)), np.zeros(3))
    assert np.isnan(O[1]).all()
    assert not np.isfinite(L[1])
    np.testing.assert_array_equal(O[[0, 2]], 1)


def test_merging_writes_to_nothing_and_takes_lists_and_integers():
    given = [np.ones((2, 3)), np.zeros(2), np.ones((2, 3)), np.zeros(2)]
    for a in given:
        a.flags.writeable = False
    expected = merge(*given)
    assert all(a.flags.writeable for a in expected)
    assert_close(merge(*(a.astype(int).tolist() for a in given)), expected)


NAMES = "O_1", "L_1", "O_2", "L_2"


@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_fit_or_is_no_number_is_refused_by_name(name):
    given = dict(zip(NAMES, (np.ones((2, 3)), np.ones(2)) * 2, strict=True))
    for dtype in (bool, complex, object, str):
        with pytest.raises(TypeError, match=rf"^{name} must hold floats or integers, not"):
            merge(**given | {name: given[name].astype(dtype)})
    with pytest.raises(TypeError, match=rf"^{name} .* not a masked array"):
        merge(**given | {name: np.ma.masked_array(given[name])})
    both = r"^(\w+) and (\w+) must have the same .*: \1 is \(.*, \2 is \("
    with pytest.raises(ValueError, match=both):
        merge(**given | {name: given[name][:1]})
    with pytest.raises(ValueError, match=rf"^{name} must have shape \(\.\.\., N_q"):
        merge(**given | {name: 1.0})
