"""softmax and its family, against exact arithmetic and against what the mathematics promises."""

import numpy as np
import pytest
import scipy.special
from support import oracle
from support.softmax import floats, of_gradients, of_scores

from softmax_lib import (
    log_softmax,
    logsumexp,
    loops,
    softmax,
    softmax_jacobian,
    softmax_jvp,
    softmax_vjp,
    two_cases,
)
from softmax_lib.numerical import complex_step

# Accuracy, at 50 digits -------------------------------------------------------------------------


def bound(dtype, roundings, value):
    """Return the error that is allowed: so many roundings of 1, or one of the smallest number.

    A float16 answer is computed in float32 and rounded once. That last rounding moves a number
    by at most u of its size, or by half the smallest float16.
    """
    if dtype == np.float16:
        last = oracle.roundoff(np.float16) * value + 2.0**-25
        return oracle.roundoff(np.float32) * roundings + last
    return oracle.roundoff(dtype) * roundings + float(np.finfo(dtype).smallest_subnormal)


@floats
def test_softmax_of_a_short_row_is_within_the_distance_to_the_maximum_and_8_roundings(dtype):
    for seed in range(oracle.CASES):
        S = oracle.scores(dtype, seed)
        expected = oracle.softmax(S)
        value = expected.astype(float)
        distance = S.max(-1, keepdims=True).astype(float) - S
        allowed = bound(dtype, (distance + 8) * value, value)
        assert oracle.worst(softmax(S), expected, allowed) <= 1, seed


@floats
def test_log_softmax_of_a_short_row_is_within_8_roundings_of_its_value_or_of_one(dtype):
    for seed in range(oracle.CASES):
        S = oracle.scores(dtype, seed)
        expected = oracle.log_softmax(S)
        value = np.maximum(1, np.abs(expected.astype(float)))
        allowed = bound(dtype, 8 * value, value)
        assert oracle.worst(log_softmax(S), expected, allowed) <= 1, seed


@floats
def test_logsumexp_of_a_short_row_is_within_8_roundings_of_its_value_or_of_one(dtype):
    for seed in range(oracle.CASES):
        S = oracle.scores(dtype, seed)
        expected = oracle.logsumexp(S)
        value = np.maximum(1, np.abs(expected.astype(float)))
        allowed = bound(dtype, 8 * value, value)
        assert oracle.worst(logsumexp(S), expected, allowed) <= 1, seed


@floats
def test_the_jacobian_is_within_2_roundings_of_each_entry(dtype):
    for seed in range(oracle.CASES):
        _, P = oracle.probabilities(dtype, seed)
        expected = oracle.jacobian(P)
        value = np.abs(expected.astype(float))
        allowed = bound(dtype, 2 * value, value)
        assert oracle.worst(softmax_jacobian(P), expected, allowed) <= 1, seed


@of_gradients
@floats
def test_the_products_of_short_rows_are_within_8_roundings_of_the_largest_gradient(f, dtype):
    for seed in range(oracle.CASES):
        x, P = oracle.probabilities(dtype, seed)
        expected = oracle.times_jacobian(x, P)
        largest = np.abs(x).max().astype(float)
        value = np.abs(expected.astype(float))
        allowed = bound(dtype, 8 * largest, value)
        assert oracle.worst(f(x, P), expected, allowed) <= 1, seed


@pytest.mark.parametrize("N", [7, 15, 63, 127, 128, 255, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_bounds_of_long_rows_hold_where_the_roundings_of_a_sum_go_one_way(dtype, N):
    u = oracle.roundoff(dtype)
    allowed = (8 + 4 * np.log2(N)) * u
    # One score is the largest. All the others are equal: 1 + e^S is rounded the same way each time.
    for others in [*np.log(u * np.array([0.98, 1.96, 2.94, 4.9])), -1.3387168, -0.57928365]:
        S = np.full(N, others, dtype)
        S[0] = 0
        P, L, log_P = oracle.softmax(S), oracle.logsumexp(S), oracle.log_softmax(S)
        assert oracle.worst(softmax(S), P, (allowed - u * S) * P) <= 1
        assert oracle.worst(logsumexp(S), L, allowed * max(1, L)) <= 1
        assert oracle.worst(log_softmax(S), log_P, allowed * np.maximum(1, -log_P)) <= 1
        P = softmax(S)
        ones, dS = np.ones(N, dtype), oracle.exact(P) * (1 - oracle.exact(P).sum())
        assert oracle.worst(softmax_vjp(ones, P), dS, allowed) <= 1


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_rows_are_as_accurate_as_short_ones_along_any_axis(dtype, axis):
    N, u = 32768, oracle.roundoff(dtype)
    S = np.zeros((2, N), dtype)  # all equal: every rounding of a naive sum would go one way
    S[1] = 0.1
    P = np.moveaxis(softmax(np.moveaxis(S, 1, axis), axis), axis, 1)
    np.testing.assert_allclose(P, 1 / N, rtol=8 * u)
    L = logsumexp(np.moveaxis(S, 1, axis), axis)
    np.testing.assert_allclose(L, S[:, 0].astype(float) + np.log(N), rtol=8 * u)
    p = np.full((2, N), 0.5 / (N - 1), dtype)
    p[:, 0] = 0.5
    ones = np.ones((2, N), dtype)
    dS = softmax_vjp(np.moveaxis(ones, 1, axis), np.moveaxis(p, 1, axis), axis)
    expected = p.astype(float) * (1 - p.astype(float).sum(1, keepdims=True))
    np.testing.assert_allclose(np.moveaxis(dS, axis, 1), expected, rtol=0, atol=8 * u)


# Second opinions --------------------------------------------------------------------------------


def two_dimensional(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.normal(scale=3, size=(rng.integers(1, 5), rng.integers(1, 7))).astype(dtype)


@floats
def test_each_function_equals_its_loops(dtype):
    for seed in range(oracle.CASES):
        S, x = two_dimensional(seed, dtype), two_dimensional(seed, dtype)[..., ::-1]
        P = softmax(S)
        tolerance = {"rtol": 8 * np.finfo(dtype).eps, "atol": 16 * np.finfo(dtype).eps}
        exactly = np.float64  # the loops are the oracle: they compute in full precision
        for f in (softmax, log_softmax, logsumexp):
            twin = getattr(loops, f.__name__)(S.astype(exactly))
            np.testing.assert_allclose(f(S), twin, **tolerance)
        twin = loops.softmax_jacobian(P.astype(exactly))
        np.testing.assert_allclose(softmax_jacobian(P), twin, **tolerance)
        for f in (softmax_vjp, softmax_jvp):
            twin = getattr(loops, f.__name__)(x.astype(exactly), P.astype(exactly))
            scale = max(1, np.abs(x).max())
            np.testing.assert_allclose(f(x, P) / scale, twin / scale, **tolerance)


def test_each_derivative_equals_the_complex_step():
    for seed in range(oracle.CASES):
        S = two_dimensional(seed)[0]
        P, x = softmax(S), np.random.default_rng(seed).normal(size=S.shape)
        J = complex_step(lambda s: loops.softmax(s[None])[0], S)
        np.testing.assert_allclose(softmax_jacobian(P), J, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(softmax_vjp(x, P), x @ J, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(softmax_jvp(x, P), J @ x, rtol=1e-12, atol=1e-14)
        slope = complex_step(lambda s: loops.logsumexp(s[None])[0], S)
        np.testing.assert_allclose(P, slope, rtol=1e-12)
        log_J = complex_step(lambda s: loops.log_softmax(s[None])[0], S)
        np.testing.assert_allclose(np.eye(len(P)) - P, log_J, rtol=1e-12, atol=1e-14)


@floats
def test_one_slope_is_that_entry_of_the_jacobian(dtype):
    for seed in range(20):
        P = softmax(two_dimensional(seed, dtype)[0])
        J = softmax_jacobian(P)
        for j, k in np.ndindex(J.shape):
            slope = two_cases(P, j, k)
            assert slope.dtype == dtype
            np.testing.assert_allclose(slope, J[j, k], rtol=4 * np.finfo(dtype).eps)


ARANGE = [0.03205860328008499, 0.08714431874203256, 0.23688281808991013, 0.6439142598879722]
LOG_ARANGE = [-3.4401896985611953, -2.4401896985611953, -1.4401896985611953, -0.44018969856119533]
WIDE = [[-25.0, 0.0, 25.0, 50.0], [1.0, 325.0, 749.0, 750.0]]
P_WIDE = [
    [2.678636961770877e-33, 1.9287498479371314e-22, 1.3887943864771144e-11, 0.999999999986112],
    [0.0, 1.9444526359919372e-185, 0.2689414213699951, 0.7310585786300048],
]


@pytest.mark.parametrize(
    ("f", "S", "axis", "expected"),
    [
        (softmax, [1000.0, 0.0, 0.0, 0.0], -1, [1, 0, 0, 0]),
        (softmax, [1.0, 1.0], -1, [0.5, 0.5]),
        (softmax, [0.0, 1.0], -1, np.array([1, np.e]) / (1 + np.e)),
        (softmax, np.arange(4.0), -1, ARANGE),
        (softmax, np.arange(4.0) + 100, -1, ARANGE),
        (softmax, [[1000.0, 0.0], [1000.0, 0.0]], 0, [[0.5, 0.5], [0.5, 0.5]]),
        (softmax, [[1000.0, 0.0], [1000.0, 0.0]], 1, [[1, 0], [1, 0]]),
        (softmax, WIDE, 1, P_WIDE),
        (softmax, np.transpose(WIDE), 0, np.transpose(P_WIDE)),
        (log_softmax, [1000.0, 1.0], -1, [0, -999]),
        (log_softmax, [1000, 1], -1, [0, -999]),
        (log_softmax, np.arange(4.0), -1, LOG_ARANGE),
        (log_softmax, np.arange(4.0) + 100, -1, LOG_ARANGE),
        (log_softmax, np.arange(4.0) - 100, -1, LOG_ARANGE),
        (log_softmax, [[1000.0, 1.0], [1000.0, 1.0]], 0, np.full((2, 2), np.log(0.5))),
        (log_softmax, [[1000.0, 1.0], [1000.0, 1.0]], 1, [[0, -999], [0, -999]]),
        (log_softmax, np.arange(8.0).reshape(2, 4), 1, [LOG_ARANGE, LOG_ARANGE]),
        (log_softmax, np.arange(8.0).reshape(2, 4).T, 0, np.transpose([LOG_ARANGE, LOG_ARANGE])),
    ],
)
def test_the_values_that_scipy_expects_of_itself_are_met(f, S, axis, expected):
    """Inputs and values of scipy/special/tests/test_logsumexp.py, SciPy 1.17, BSD-3-Clause."""
    np.testing.assert_allclose(f(S, axis=axis), expected, rtol=1e-13)


@of_scores
def test_live_scipy_agrees_along_every_axis(f):
    S = np.random.default_rng(7).normal(scale=5, size=(3, 4, 5))
    for axis in range(-3, 3):
        theirs = getattr(scipy.special, f.__name__)(S, axis=axis)
        np.testing.assert_allclose(f(S, axis=axis), theirs, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_pytorch_agrees_in_float64(axis):
    torch = pytest.importorskip(
        "torch", reason="no PyTorch: pip install torch==2.13.0 to compare with it too"
    )
    rng = np.random.default_rng(3)
    S, dP = rng.normal(scale=4, size=(2, 3, 5, 4))
    s = torch.tensor(S, requires_grad=True)
    P = torch.softmax(s, axis)
    P.backward(torch.tensor(dP))
    np.testing.assert_allclose(softmax(S, axis), P.detach().numpy(), rtol=1e-14)
    np.testing.assert_allclose(softmax_vjp(dP, softmax(S, axis), axis), s.grad.numpy(), atol=1e-14)
    log_P = torch.log_softmax(s, axis).detach().numpy()
    np.testing.assert_allclose(log_softmax(S, axis), log_P, rtol=1e-14)


# By hand -----------------------------------------------------------------------------------------


def test_the_courses_own_example_by_hand():
    P = softmax([1, 2, 3])
    np.testing.assert_allclose(P, [0.09003057, 0.24472847, 0.66524096], atol=5e-9)
    J = [[0.0819, -0.0220, -0.0599], [-0.0220, 0.1848, -0.1628], [-0.0599, -0.1628, 0.2227]]
    np.testing.assert_allclose(softmax_jacobian(P), J, atol=5e-5)
