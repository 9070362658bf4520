"""Attention and its gradients, whole, tile by tile and in loops, against oracles of their own.

Every test that speaks about values takes each form: one promise, several ways to keep it. A
RuntimeWarning is an error in every test (pyproject.toml), so all of them ask for silence too.
"""

from collections import defaultdict
from functools import cache

import mpmath
import numpy as np
import pytest
from support import stored
from support.oracle import exact, exp, roundoff

from softmax_lib import (
    attention,
    attention_vjp,
    flash_attention,
    flash_attention_vjp,
    loops,
    softmax_vjp,
)
from softmax_lib.numerical import complex_step

LETTERS = "dO", "Q", "K", "V"
ANSWERS = "O", "dQ", "dK", "dV"


def whole(dO, Q, K, V, *, scale=None, **options):
    """Return O, dQ, dK, dV of the whole-matrix version."""
    O, P = attention(Q, K, V, scale=scale, **options)
    return O, *attention_vjp(dO, Q, K, V, P, scale=scale)


def flash(block_q, block_k):
    """Return a function like `whole` with tiles of this size."""

    def tiled(dO, Q, K, V, **options):
        options |= {"block_q": block_q, "block_k": block_k}
        O, L = flash_attention(Q, K, V, **options)
        return O, *flash_attention_vjp(dO, Q, K, V, O, L, **options)

    return tiled


FORMS = {
    "whole": whole,
    "tiles of 1 by 1": flash(1, 1),
    "tiles of 2 by 3": flash(2, 3),
    "tiles of 3 by 2": flash(3, 2),
    "one tile, larger than all": flash(100, 100),
}
each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def in_loops(dO, Q, K, V, *, scale=None, **options):
    """Return O, dQ, dK, dV of the loops."""
    O, P = loops.attention(Q, K, V, scale=scale, **options)
    return O, *loops.attention_vjp(dO, Q, K, V, P, scale=scale)


each_form_and_the_loops = pytest.mark.parametrize(
    "form", [*FORMS.values(), in_loops], ids=[*FORMS, "loops"]
)


def draw(sizes, *, leading=(), dtype=np.float64, seed=0):
    """Return random dO, Q, K, V for sizes (N_q, N_k, d, d_v)."""
    N_q, N_k, d, d_v = sizes
    rng = np.random.default_rng(seed)
    shapes = (N_q, d_v), (N_q, d), (N_k, d), (N_k, d_v)
    return [rng.normal(size=leading + shape).astype(dtype) for shape in shapes]


def assert_same(got, expected, *, rtol=1e-12, atol=1e-14):
    """Hold O, dQ, dK, dV against others."""
    for name, a, b in zip(ANSWERS, got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, err_msg=name)


def assert_identical(got, expected):
    """Hold O, dQ, dK, dV against others, to the last bit."""
    assert_same(got, expected, rtol=0, atol=0)


def draw_options(sizes, seed):
    """Return random options; every second mask has a row in which nothing is allowed."""
    N_q, N_k, _, _ = sizes
    rng = np.random.default_rng(seed)
    options = {}
    if rng.random() < 0.5:
        options["scale"] = rng.normal() * 2
    if rng.random() < 0.5:
        options["causal"] = True
    if rng.random() < 0.5:
        options["mask"] = rng.random((N_q, N_k)) < 0.7
        if rng.random() < 0.5:
            options["mask"][rng.integers(N_q)] = False
    if rng.random() < 0.5:
        options["bias"] = rng.normal(size=(N_q, N_k)).astype(np.float16)  # exact in every dtype
    return options


def formula(dO, Q, K, V, *, scale=None, causal=False, mask=None, bias=None):
    """Return O, dQ, dK, dV at 50 digits, then the same with every term absolute.

    The gradient goes through the explicit Jacobian of each row, diag(P_i) - P_i ⊗ P_i.
    """
    (N_q, d), N_k = Q.shape, len(K)
    dO, Q, K, V = map(exact, (dO, Q, K, V))
    scale = 1 / mpmath.sqrt(d) if scale is None else mpmath.mpf(scale)
    allowed = np.ones((N_q, N_k), bool) if mask is None else mask.copy()
    if causal:
        allowed &= np.arange(N_k) <= np.arange(N_q)[:, None] + N_k - N_q
    S = scale * (Q @ K.T) + (0 if bias is None else exact(bias))
    E = np.where(allowed, exp(S), mpmath.mpf(0))
    P = E / np.where(allowed.any(1), E.sum(1), 1)[:, None]

    def answers(dO, Q, K, V, P, scale, minus):
        jacobians = [np.diag(P_i) + minus * np.outer(P_i, P_i) for P_i in P]
        dS = np.array([dP_i @ J_i for dP_i, J_i in zip(dO @ V.T, jacobians, strict=True)])
        return P @ V, scale * (dS @ K), scale * (dS.T @ Q), P.T @ dO

    sizes = (np.abs(x).astype(float) for x in (dO, Q, K, V, P))  # of a bound 16 digits will do
    return answers(dO, Q, K, V, P, scale, -1), answers(*sizes, abs(float(scale)), +1)


def largest_score(Q, K, scale=None, bias=None, **_):
    """Return max scale|Q||K|ᵀ, with |bias| as one more term."""
    scale = 1 / np.sqrt(Q.shape[-1]) if scale is None else abs(scale)
    terms = scale * np.abs(Q.astype(float)) @ np.abs(K.astype(float)).mT
    return (terms + (0 if bias is None else np.abs(bias))).max(initial=0)


def assert_within_bound(got, case, options, oracle=None):
    """Hold O, dQ, dK, dV against the formula: 2 (max scale|Q||K|ᵀ + 16) u × every term absolute."""
    _, Q, K, _ = case
    factor = 2 * (largest_score(Q, K, **options) + 16) * roundoff(Q.dtype)
    tiny = float(np.finfo(Q.dtype).smallest_subnormal)
    expected, sizes = oracle or formula(*case, **options)
    for name, a, b, size in zip(ANSWERS, got, expected, sizes, strict=True):
        assert a.shape == b.shape, name
        assert a.dtype == Q.dtype, name
        excess = np.abs(exact(a) - b) - factor * size - tiny
        assert (excess <= 0).all(), f"{name}: {np.argwhere(excess > 0)[0]}"


SIZES = [(3, 5, 4, 7), (6, 6, 4, 3), (7, 11, 4, 5), (5, 3, 2, 1), (1, 4, 1, 2)]


@cache
def random_case(seed, dtype):
    """Return letters, options and what the formula makes of them: computed once for all forms."""
    sizes = SIZES[seed % len(SIZES)]
    case, options = draw(sizes, dtype=dtype, seed=seed), draw_options(sizes, seed)
    return case, options, formula(*case, **options)


@each_form_and_the_loops
def test_two_hundred_random_cases_meet_the_formula_at_50_digits(form):
    for seed in range(200):
        case, options, oracle = random_case(seed, np.float64)
        assert_within_bound(form(*case, **options), case, options, oracle)


@each_form
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_two_hundred_cases_of_lower_precision_meet_it_too(form, dtype):
    for seed in range(200):
        case, options, oracle = random_case(seed, dtype)
        assert_within_bound(form(*case, **options), case, options, oracle)


@each_form
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_plus_and_minus_800_stay_within_the_bound(form, dtype):
    for seed in range(10):
        dO, Q, K, V = draw((7, 11, 4, 5), dtype=dtype, seed=seed)
        Q[:], K[:] = np.sign(Q) * 20, np.sign(K) * 20
        assert np.abs(Q @ K.T / 2).max() == 800
        assert_within_bound(form(dO, Q, K, V), (dO, Q, K, V), {})


@each_form
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_terms_of_one_sign_which_add_their_rounding_stay_within_the_bound(form, dtype):
    case = [np.abs(x) for x in draw((5, 40, 64, 3), dtype=dtype)]
    assert_within_bound(form(*case), case, {})


@pytest.mark.parametrize("form", [whole, flash(256, 512)], ids=["whole", "tiles of 256 by 512"])
@pytest.mark.parametrize("sizes", [(8, 6000, 16, 4), (6000, 8, 16, 4)])
def test_rows_and_columns_of_thousands_stay_within_the_bound_of_float32(form, sizes):
    dO, Q, K, V = case = [np.abs(x) for x in draw(sizes, dtype=np.float32)]
    expected = form(*map(np.float64, case))
    P = attention(*map(np.float64, (Q, K, V)))[1]
    dP = dO @ V.T
    dS = P * (dP + (P * dP).sum(1, keepdims=True)) / 4  # every term absolute, and the scale
    factor = 2 * (largest_score(Q, K) + 16) * roundoff(np.float32)
    sizes = P @ V, dS @ K, dS.T @ Q, P.T @ dO
    for got, value, size in zip(form(*case), expected, sizes, strict=True):
        assert (np.abs(got - value) <= factor * size).all()


@each_form_and_the_loops
def test_gradients_meet_complex_step_through_the_whole_of_attention(form):
    for seed in range(10):
        sizes = SIZES[seed % len(SIZES)]
        (dO, *QKV), options = draw(sizes, seed=seed), draw_options(sizes, seed)
        _, *gradients = form(dO, *QKV, **options)
        for n, got in enumerate(gradients):

            def loss(X, n=n, dO=dO, QKV=QKV, options=options):
                O, _ = loops.attention(*QKV[:n], X, *QKV[n + 1 :], **options)
                return (dO * O).sum()

            expected = complex_step(loss, QKV[n])
            np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-13)


def reference():
    """Return what the file holds, by case and name: letters, options, and PyTorch's answers."""
    cases = defaultdict(dict)
    for key, a in stored.arrays("attention_reference.npz").items():
        case, name = key.split("/")
        cases[case][name] = a if a.ndim else a.item()
    return cases


@each_form
@pytest.mark.parametrize("case", reference().values(), ids=reference())
def test_answers_are_those_that_pytorch_gave_in_float64(form, case):
    given = {name: a for name, a in case.items() if name not in ANSWERS}
    assert_same(form(**given), (case[name] for name in ANSWERS), rtol=1e-10, atol=1e-13)


def test_the_reference_file_is_what_pytorch_computes_today():
    pytest.importorskip("torch", reason="no PyTorch: pip install torch==2.13.0 to compute it anew")
    script = stored.script("make_attention_reference.py")
    for case in reference().values():
        letters = {name: case[name] for name in LETTERS}
        options = {name: case[name] for name in case.keys() - {*LETTERS, *ANSWERS}}
        for name, value in script.answers(letters, options).items():
            np.testing.assert_allclose(case[name], value, rtol=1e-12, atol=1e-14)


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


# What comes in, and what comes out ----------------------------------------------------------------


@each_form
def test_float16_is_computed_in_float32_and_rounded_once(form):
    dO, Q, K, V = draw((7, 11, 4, 5), dtype=np.float16)
    O, *_ = form(dO, Q, K, V)
    unrounded, *_ = form(*(np.float32(x) for x in (dO, Q, K, V)))
    np.testing.assert_array_equal(O, unrounded.astype(np.float16))


def test_gradients_of_float16_are_computed_in_float32_and_rounded_once():
    dO, Q, K, V = draw((7, 11, 4, 5), dtype=np.float16)
    P = attention(Q, K, V)[1]
    for vjp, kept in ((attention_vjp, [P]), (flash_attention_vjp, flash_attention(Q, K, V))):
        unrounded = vjp(*(np.float32(x) for x in (dO, Q, K, V, *kept)))
        for a, b in zip(vjp(dO, Q, K, V, *kept), unrounded, strict=True):
            assert a.dtype == np.float16
            np.testing.assert_array_equal(a, b.astype(np.float16))


@each_form
def test_integers_become_float64(form):
    case = [np.round(x * 3) for x in draw((3, 5, 4, 7))]
    for dtype in (np.int8, np.int64, np.uint8):
        if dtype == np.uint8:
            case = [np.abs(x) for x in case]
        got = form(*(x.astype(dtype) for x in case))
        assert all(x.dtype == np.float64 for x in got)
        assert_identical(got, form(*case))


@each_form
def test_mixed_dtypes_are_promoted_the_bias_among_them(form):
    dO, Q, K, V = draw((3, 5, 4, 7), dtype=np.float32)
    assert form(dO, Q, K.astype(np.float64), V)[0].dtype == np.float64
    assert form(dO, Q, K.astype(np.float16), V)[0].dtype == np.float32
    assert form(dO, Q, K, V, bias=np.zeros((3, 5), np.float16))[0].dtype == np.float32
    assert form(dO, Q, K, V, bias=np.zeros((3, 5), np.float64))[0].dtype == np.float64
    assert form(dO, Q, K, V, bias=np.zeros((3, 5), int))[0].dtype == np.float64


@each_form
def test_a_scale_from_numpy_does_not_change_the_dtype(form):
    case = draw((3, 5, 4, 7), dtype=np.float32)
    assert all(x.dtype == np.float32 for x in form(*case, scale=np.float64(0.3)))


@each_form
def test_inputs_may_be_read_only_of_any_strides_and_are_never_modified(form):
    case = draw((7, 11, 4, 5))
    bias, mask = np.zeros((7, 11)), np.ones((7, 11), bool)
    expected = form(*case, bias=bias, mask=mask)

    def spread(x):
        """The same values, backwards in memory, with gaps, columns first."""
        y = np.zeros((2 * x.shape[1], 3 * x.shape[0]), x.dtype)[::-2, ::3].T
        y[:] = x
        y.flags.writeable = False
        return y

    odd = [spread(x) for x in case]
    before = [x.copy() for x in odd]
    answers = form(*odd, bias=spread(bias), mask=spread(mask))
    assert_same(answers, expected)
    assert all(x.flags.writeable for x in answers)
    assert_identical(odd, before)


@each_form
def test_lists_will_do(form):
    case, options = draw((3, 5, 4, 7)), {"mask": np.tri(3, 5, dtype=bool), "bias": np.eye(3, 5)}
    lists = {name: a.tolist() for name, a in options.items()}
    assert_identical(form(*(x.tolist() for x in case), **lists), form(*case, **options))


FUNCTIONS = {
    attention: ("Q", "K", "V"),
    flash_attention: ("Q", "K", "V"),
    attention_vjp: ("dO", "Q", "K", "V", "P"),
    flash_attention_vjp: ("dO", "Q", "K", "V", "O", "L"),
}
each_argument = pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, names in FUNCTIONS.items() for name in names]
)


def arguments(function):
    """Return fitting arguments by name."""
    dO, Q, K, V = draw((3, 5, 4, 7))
    O, L = flash_attention(Q, K, V)
    every = {"dO": dO, "Q": Q, "K": K, "V": V, "P": attention(Q, K, V)[1], "O": O, "L": L}
    return {name: every[name] for name in FUNCTIONS[function]}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_argument_is_written_to(function):
    given = arguments(function)
    for a in given.values():
        a.flags.writeable = False
    for a in function(**given):
        assert a.flags.writeable


@each_argument
def test_an_array_of_something_else_than_numbers_is_refused_by_name(function, name):
    given = arguments(function)
    array = given[name]
    for dtype in (bool, complex, object, str):
        given[name] = array.astype(dtype)
        with pytest.raises(TypeError, match=rf"^{name} must hold floats or integers, not"):
            function(**given)
    given[name] = np.ma.masked_array(array)
    with pytest.raises(TypeError, match=rf"^{name} .* not a masked array"):
        function(**given)


BIAS = "^bias must hold floats or integers, not"
MASK = "^mask must be boolean, True = may attend, not"
SHAPES = r"^%s must broadcast to the scores S: %s is \(.*, S is \(3, 5\)$"
REFUSED = [
    ("bias", np.ones((3, 5), bool), TypeError, BIAS),
    ("bias", np.ones((3, 5), complex), TypeError, BIAS),
    ("bias", "steep", TypeError, BIAS),
    ("bias", np.ma.masked_array(np.ones((3, 5))), TypeError, "^bias must be .* not a masked array"),
    *(("mask", np.ones((3, 5), t), TypeError, MASK) for t in (int, np.uint8, float, object)),
    ("mask", np.ma.ones((3, 5), bool), TypeError, "^mask must be .* not a masked array"),
    *(("mask", np.ones(shape, bool), ValueError, SHAPES) for shape in ((5, 3), (3, 4), (2, 3, 5))),
    *(("bias", np.ones(shape), ValueError, SHAPES) for shape in ((5, 3), (3, 4), (2, 3, 5))),
]


@pytest.mark.parametrize("function", [attention, flash_attention, flash_attention_vjp])
@pytest.mark.parametrize(("name", "value", "error", "message"), REFUSED)
def test_a_mask_or_bias_of_the_wrong_kind_or_shape_is_refused(
    function, name, value, error, message
):
    with pytest.raises(error, match=message.replace("%s", name)):
        function(**arguments(function), **{name: value})


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("scale", [True, 1j, "0.5", [0.5], np.ones(3)], ids=str)
def test_a_scale_that_is_not_one_number_is_refused(function, scale):
    with pytest.raises(TypeError, match="^scale must be one number, not"):
        function(**arguments(function), scale=scale)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("scale", [np.nan, np.inf, -np.inf, np.float32("nan")], ids=repr)
def test_a_scale_that_is_not_finite_is_refused(function, scale):
    with pytest.raises(ValueError, match=f"^scale must be finite, not {scale}"):
        function(**arguments(function), scale=scale)


@pytest.mark.parametrize("function", [attention, flash_attention, flash_attention_vjp])
@pytest.mark.parametrize("causal", ["no", None, 1, np.zeros(2)], ids=str)
def test_causal_is_a_bool(function, causal):
    with pytest.raises(TypeError, match="^causal must be True or False, not"):
        function(**arguments(function), causal=causal)
    assert function(**arguments(function), causal=np.bool_(True))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_keys_and_values_of_different_number_are_refused_with_both_shapes(function):
    given = arguments(function)
    given["V"] = given["V"][:4]
    expected = r"^K and V must have the same number of keys N_k: K is \(5, 4\), V is \(4, 7\)$"
    with pytest.raises(ValueError, match=expected):
        function(**given)


SHORTER = {"leading": np.s_[:1], "row": np.s_[:, :-1], "column": np.s_[..., :-1]}


@each_argument
@pytest.mark.parametrize("axis", SHORTER)
def test_an_axis_that_is_one_too_short_is_refused_with_names_and_shapes(function, name, axis):
    if "vjp" not in function.__name__ and (name, axis) in [("Q", "row"), ("V", "column")]:
        return  # forwards nothing else has these sizes
    given = {key: np.stack([a, a]) for key, a in arguments(function).items()}
    given[name] = given[name][SHORTER[axis]]
    same = "leading dimensions" if axis == "leading" else "(number|width)"
    both = rf"^(\w+) and (\w+) must have the same {same}.*: \1 is \(.*, \2 is \("
    with pytest.raises(ValueError, match=both):
        function(**given)


@each_argument
def test_too_few_dimensions_are_refused_by_name(function, name):
    given = arguments(function)
    given[name] = given[name].flat[0] if name == "L" else given[name][0]
    with pytest.raises(ValueError, match=rf"^{name} must have shape \(\.\.\., N_"):
        function(**given)
