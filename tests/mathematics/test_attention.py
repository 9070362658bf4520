"""Attention and its gradients, whole, tile by tile and in loops, against oracles of their own.

Every test that speaks about values takes each form: one promise, several ways to keep it. A
RuntimeWarning is an error in every test (pyproject.toml), so all of them ask for silence too.
"""

from collections import defaultdict
from functools import cache

import numpy as np
import pytest
from support import stored
from support.attention import (
    ANSWERS,
    LETTERS,
    SIZES,
    assert_same,
    draw,
    each_form,
    each_form_and_the_loops,
    flash,
    whole,
)
from support.formula import assert_within_bound, formula, largest_score
from support.oracle import roundoff

from softmax_lib import (
    attention,
    loops,
)
from softmax_lib.numerical import complex_step


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


@cache
def random_case(seed, dtype):
    """Return letters, options and what the formula makes of them: computed once for all forms."""
    sizes = SIZES[seed % len(SIZES)]
    case, options = draw(sizes, dtype=dtype, seed=seed), draw_options(sizes, seed)
    return case, options, formula(*case, **options)


@pytest.mark.slow
@each_form_and_the_loops
def test_two_hundred_random_cases_meet_the_formula_at_50_digits(form):
    for seed in range(200):
        case, options, oracle = random_case(seed, np.float64)
        assert_within_bound(form(*case, **options), case, options, oracle)


@pytest.mark.slow
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


@pytest.mark.parametrize(("N_k", "d", "score"), [(4, 256, 200), (100, 64, 60), (4000, 2, 0)])
def test_equal_numbers_stay_within_the_bound_of_sums_that_are_rounded_one_way(N_k, d, score):
    scale, u = score / d, roundoff(np.float32)
    for seed in range(50):
        rng = np.random.default_rng(seed)
        Q = np.full((1, d), rng.uniform(0.5, 1), np.float32)
        K = (rng.uniform(0.5, 1, (N_k, 1)) * np.ones(d)).astype(np.float32)
        V = np.stack([np.full(N_k, 0.7), rng.choice([-1, 1], N_k)], 1).astype(np.float32)
        O, _ = attention(Q, K, V, scale=scale)
        expected, P = attention(*map(np.float64, (Q, K, V)), scale=scale)
        factor = 2 * ((d + 3) * largest_score(Q, K, scale=scale) + N_k + 16) * u
        assert (abs(O - expected) <= factor * (P @ abs(V))).all()


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


@pytest.mark.slow
def test_the_reference_file_is_what_pytorch_computes_today():
    pytest.importorskip("torch", reason="no PyTorch: pip install torch==2.13.0 to compute it anew")
    script = stored.script("make_attention_reference.py")
    for case in reference().values():
        letters = {name: case[name] for name in LETTERS}
        options = {name: case[name] for name in case.keys() - {*LETTERS, *ANSWERS}}
        for name, value in script.answers(letters, options).items():
            np.testing.assert_allclose(case[name], value, rtol=1e-12, atol=1e-14)
