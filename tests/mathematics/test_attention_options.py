"""Attention's options, and what must hold whatever they are, in each of its forms."""

import numpy as np
import pytest
from support.attention import (
    assert_identical,
    assert_same,
    draw,
    each_form,
    each_form_and_the_loops,
)

from softmax_lib import (
    attention,
    loops,
    softmax_vjp,
)
from softmax_lib.numerical import complex_step

# The options --------------------------------------------------------------------------------------


@each_form_and_the_loops
def test_the_scale_is_one_over_root_d_unless_given(form):
    case = draw((3, 5, 4, 7))
    assert_identical(form(*case), form(*case, scale=0.5))


@each_form
def test_scale_zero_averages_all_values_and_leaves_queries_and_keys_without_gradient(form):
    dO, Q, K, V = draw((3, 5, 4, 7))
    O, dQ, dK, dV = form(dO, Q, K, V, scale=0)
    np.testing.assert_allclose(O, np.broadcast_to(V.mean(0), O.shape), rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(dV, np.broadcast_to(dO.sum(0) / 5, dV.shape), rtol=1e-14)
    assert not dQ.any()
    assert not dK.any()


@each_form
def test_a_negative_scale_is_a_positive_one_with_the_queries_turned_round(form):
    dO, Q, K, V = draw((3, 5, 4, 7))
    O, dQ, dK, dV = form(dO, Q, K, V, scale=-0.7)
    assert_identical((O, -dQ, dK, dV), form(dO, -Q, K, V, scale=0.7))


@each_form_and_the_loops
@pytest.mark.parametrize("sizes", [(6, 6, 4, 3), (3, 5, 4, 7), (5, 3, 4, 7)])
def test_causal_lets_the_last_query_see_every_key_and_each_before_it_one_less(form, sizes):
    N_q, N_k, _, _ = sizes
    case = draw(sizes)
    sees = np.array([[k <= i + N_k - N_q for k in range(N_k)] for i in range(N_q)])
    assert sees[-1].all()
    assert_same(form(*case, causal=True), form(*case, mask=sees))


@each_form
def test_the_first_queries_of_a_tall_causal_attention_see_nothing(form):
    O, dQ, _, _ = form(*draw((5, 3, 4, 7)), causal=True)
    assert not O[:2].any()
    assert not dQ[:2].any()
    assert (O[2:] != 0).all()


def test_a_mask_from_tri_gives_the_other_alignment():
    _, Q, K, V = draw((3, 5, 4, 7))
    O, P = attention(Q, K, V, mask=np.tri(3, 5, dtype=bool))
    np.testing.assert_array_equal(P[0], [1, 0, 0, 0, 0])
    np.testing.assert_array_equal(O[0], V[0])


@each_form
def test_mask_and_causal_must_both_allow(form):
    case = draw((7, 11, 4, 5))
    mask = np.random.default_rng(1).random((7, 11)) < 0.6
    both = mask & np.tri(7, 11, 4, dtype=bool)
    assert_same(form(*case, mask=mask, causal=True), form(*case, mask=both))


@each_form
def test_true_in_the_mask_means_may_attend(form):
    dO, Q, K, V = draw((3, 5, 4, 7))
    O, _, _, dV = form(dO, Q, K, V, mask=np.arange(5) == 2)
    np.testing.assert_array_equal(O, np.broadcast_to(V[2], O.shape))
    np.testing.assert_allclose(dV[2], dO.sum(0), rtol=1e-14)
    assert not dV[[0, 1, 3, 4]].any()


@each_form
def test_a_key_that_nobody_may_attend_to_gets_no_gradient(form):
    mask = np.ones((7, 11), bool)
    mask[:, 4] = False
    _, _, dK, dV = form(*draw((7, 11, 4, 5)), mask=mask)
    assert not dK[4].any()
    assert not dV[4].any()
    assert (np.delete(dK, 4, 0) != 0).all()


@each_form
def test_a_bias_of_minus_infinity_hides_a_key_as_the_mask_does(form):
    case = draw((7, 11, 4, 5))
    mask = np.random.default_rng(1).random((7, 11)) < 0.6
    mask[2] = False
    bias = np.where(mask, 0.0, -np.inf)
    assert_identical(form(*case, bias=bias), form(*case, mask=mask))


@each_form
@pytest.mark.parametrize("hide", ["mask", "bias", "both"])
def test_a_query_that_may_attend_to_nothing_is_zero_and_silent_and_changes_no_other(form, hide):
    mask = np.ones((7, 11), bool)
    mask[3] = False
    bias = np.where(mask, 0.0, -np.inf)
    options = {"mask": {"mask": mask}, "bias": {"bias": bias}, "both": {"mask": mask, "bias": bias}}
    dO, Q, K, V = draw((7, 11, 4, 5))
    O, dQ, dK, dV = form(dO, Q, K, V, **options[hide])
    assert not O[3].any()
    assert not dQ[3].any()
    others = np.arange(7) != 3
    assert_same((O[others], dQ[others], dK, dV), form(dO[others], Q[others], K, V))


def test_a_query_that_may_attend_to_nothing_has_no_probabilities():
    _, Q, K, V = draw((3, 5, 4, 7))
    mask = np.ones((3, 5), bool)
    mask[1] = False
    _, P = attention(Q, K, V, mask=mask)
    np.testing.assert_allclose(P.sum(1), [1, 0, 1], rtol=1e-14)
    assert not P[1].any()


@each_form
@pytest.mark.parametrize("shape", [(11,), (7, 1), (1, 11), (3, 1, 1, 11), (2, 7, 11), ()])
def test_mask_and_bias_broadcast_to_the_scores(form, shape):
    rng = np.random.default_rng(1)
    case = draw((7, 11, 4, 5), leading=(3, 2))
    for name, a in {"mask": rng.random(shape) < 0.7, "bias": rng.normal(size=shape)}.items():
        full = np.broadcast_to(a, (3, 2, 7, 11)).copy()
        assert_identical(form(*case, **{name: a}), form(*case, **{name: full}))


def test_the_gradient_of_a_bias_is_the_gradient_of_the_scores():
    dO, Q, K, V = draw((3, 5, 4, 7))
    bias = np.random.default_rng(1).normal(size=(3, 5))
    _, P = attention(Q, K, V, bias=bias)

    def loss(bias):
        return (dO * loops.attention(Q, K, V, bias=bias)[0]).sum()

    np.testing.assert_allclose(softmax_vjp(dO @ V.mT, P), complex_step(loss, bias), rtol=1e-12)


# What must always hold ----------------------------------------------------------------------------


@each_form
def test_each_combination_of_leading_dimensions_is_an_attention_of_its_own(form):
    case = draw((7, 11, 4, 5), leading=(2, 3))
    together = form(*case, causal=True)
    for h in np.ndindex(2, 3):
        assert_same((x[h] for x in together), form(*(x[h] for x in case), causal=True))


@each_form
def test_the_order_of_the_keys_does_not_matter(form):
    dO, Q, K, V = draw((7, 11, 4, 5))
    order = np.random.default_rng(1).permutation(11)
    O, dQ, dK, dV = form(dO, Q, K, V)
    assert_same(form(dO, Q, K[order], V[order]), (O, dQ, dK[order], dV[order]))


@each_form
def test_gradients_add_up_as_they_must(form):
    dO, Q, K, V = draw((7, 11, 4, 5))
    _, _, dK, dV = form(dO, Q, K, V)
    # A vector added to every key changes no P; one added to every value is added to every O.
    np.testing.assert_allclose(dK.sum(0), 0, atol=1e-14)
    np.testing.assert_allclose(dV.sum(0), dO.sum(0), rtol=1e-13)


@each_form
@pytest.mark.parametrize(("N_q", "N_k"), [(3, 0), (0, 5), (0, 0)])
@pytest.mark.parametrize("options", [{}, {"causal": True}, {"mask": True}, {"bias": 1.0}], ids=str)
def test_no_key_gives_zeros_and_no_query_gives_nothing(form, N_q, N_k, options):
    case = draw((N_q, N_k, 4, 7), leading=(2,), dtype=np.float32)
    for got, like in zip(form(*case, **options), case, strict=True):
        assert got.shape == like.shape
        assert got.dtype == np.float32 or "bias" in options
        assert not got.any()


@each_form
@pytest.mark.parametrize("leading", [(0,), (2, 0)])
def test_an_empty_batch_gives_an_empty_batch(form, leading):
    case = draw((3, 5, 4, 7), leading=leading)
    for got, like in zip(form(*case), case, strict=True):
        assert got.shape == like.shape


@each_form
def test_queries_and_keys_of_width_zero_average_all_values(form):
    dO, Q, K, V = draw((3, 5, 0, 7))
    O, dQ, dK, _ = form(dO, Q, K, V)
    np.testing.assert_allclose(O, np.broadcast_to(V.mean(0), O.shape), rtol=1e-14, atol=1e-15)
    assert dQ.shape == (3, 0)
    assert dK.shape == (5, 0)


@each_form
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_query_spoils_its_own_row_and_no_other(form, bad):
    dO, Q, K, V = draw((7, 11, 4, 5))
    Q[3, 0] = bad
    K[:, 0] = np.abs(K[:, 0]) * np.where(np.arange(11) % 2, 1, -1)
    good = form(dO, np.nan_to_num(Q, posinf=0, neginf=0), K, V)
    O, dQ, _, _ = form(dO, Q, K, V)
    assert np.isnan(O[3]).all()
    assert np.isnan(dQ[3]).all()
    others = np.arange(7) != 3
    np.testing.assert_array_equal(O[others], good[0][others])
    np.testing.assert_array_equal(dQ[others], good[1][others])


@each_form
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_key_spoils_those_queries_alone_that_may_attend_to_it(form, bad):
    dO, Q, K, V = draw((7, 11, 4, 5))
    Q[:, 0] = np.abs(Q[:, 0]) * np.sign(bad) if np.isinf(bad) else Q[:, 0]
    mask = np.ones((7, 11), bool)
    mask[2:, 4] = False
    good, *_ = form(dO, Q, K, V, mask=mask)
    K[4, 0] = bad
    O, *_ = form(dO, Q, K, V, mask=mask)
    assert np.isnan(O[:2]).all()
    np.testing.assert_array_equal(O[2:], good[2:])


@each_form
def test_scores_across_the_whole_range_of_floats_are_right_and_silent(form):
    Q, V = np.array([[1.0], [-1.0]]), np.array([[1.0], [2.0], [3.0]])
    K = np.array([[1e308], [-1e308], [0.0]])
    O, dQ, dK, dV = form(np.ones((2, 1)), Q, K, V, scale=1)
    np.testing.assert_array_equal(O, [[1.0], [2.0]])
    np.testing.assert_array_equal(dV, [[1.0], [1.0], [0.0]])
    assert not dQ.any()
    assert not dK.any()


@each_form
def test_products_that_overflow_or_cancel_infinities_spoil_their_own_rows_in_silence(form):
    dO, Q, K, V = draw((7, 11, 4, 5))
    good = form(dO, Q, K, V)
    Q[2], Q[3], Q[3, 0], dO[5], dO[5, 0] = 1e200, np.inf, -np.inf, np.inf, -np.inf
    O, dQ, _, _ = form(dO, Q, np.abs(K) * 1e200, V)
    assert np.isnan(O[2:4]).all()
    assert np.isnan(dQ[[2, 3, 5]]).all()
    O, dQ, _, _ = form(dO, Q, K, V)
    others = [0, 1, 4, 6]
    np.testing.assert_array_equal(O[others], good[0][others])
    np.testing.assert_array_equal(dQ[others], good[1][others])
