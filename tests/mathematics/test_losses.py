"""Cross-entropy and its gradient."""

import numpy as np
import pytest
from numpy.exceptions import AxisError
from support import oracle

from softmax_lib import cross_entropy, cross_entropy_grad, loops
from softmax_lib.numerical import complex_step

functions = pytest.mark.parametrize("f", [cross_entropy, cross_entropy_grad])


def case(seed, dtype=np.float64):
    """Return scores (…, N) of 1 to 3 dimensions and a target for each row."""
    S = oracle.scores(dtype, seed)
    return S, np.random.default_rng(seed).integers(S.shape[-1], size=S.shape[:-1])


def mean_loss(S, target):
    """The loss at 50 digits."""
    return -np.take_along_axis(oracle.log_softmax(S), target[..., None], -1).mean()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_loss_is_within_8_roundings_of_its_largest_term(dtype):
    for seed in range(oracle.CASES):
        S, target = case(seed, dtype)
        terms = -np.take_along_axis(oracle.log_softmax(S), target[..., None], -1)
        expected, u = mean_loss(S, target), oracle.roundoff(dtype)
        allowed = 8 * u * max(1.0, float(max(abs(terms.ravel()))))
        assert abs(cross_entropy(S, target) - float(expected)) <= allowed, seed


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_gradient_is_within_8_roundings_of_one_over_the_batch(dtype):
    for seed in range(oracle.CASES):
        S, target = case(seed, dtype)
        expected = oracle.softmax(S)
        Y = np.eye(S.shape[-1])[target]
        allowed = 8 * oracle.roundoff(dtype) / max(target.size, 1) + float(
            np.finfo(dtype).smallest_subnormal
        )
        got = cross_entropy_grad(S, target)
        assert got.dtype == dtype
        assert oracle.worst(got, (expected - Y) / max(target.size, 1), allowed) <= 1, seed


def test_both_equal_their_loops_and_the_complex_step():
    for seed in range(oracle.CASES):
        rng = np.random.default_rng(seed)
        S = rng.normal(scale=3, size=(rng.integers(1, 5), rng.integers(1, 6)))
        target = rng.integers(S.shape[1], size=len(S))
        np.testing.assert_allclose(cross_entropy(S, target), loops.cross_entropy(S, target))
        dS = cross_entropy_grad(S, target)
        np.testing.assert_allclose(dS, loops.cross_entropy_grad(S, target), atol=1e-15)
        slope = complex_step(lambda s, t=target: loops.cross_entropy(s, t), S)
        np.testing.assert_allclose(dS, slope, rtol=1e-12, atol=1e-15)


def test_by_hand_two_rows_of_two_equal_scores():
    S, target = np.zeros((2, 2)), [0, 1]
    np.testing.assert_allclose(cross_entropy(S, target), np.log(2))
    np.testing.assert_array_equal(cross_entropy_grad(S, target), [[-0.25, 0.25], [0.25, -0.25]])


def test_one_row_alone_is_a_batch_of_one():
    np.testing.assert_allclose(cross_entropy([0.0, 0.0], 1), np.log(2))
    np.testing.assert_array_equal(cross_entropy_grad([0.0, 0.0], 1), [0.5, -0.5])


def test_a_hopeless_answer_costs_its_distance_and_no_infinity():
    assert cross_entropy([[0.0, 800.0]], [0]) == 800.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_float_dtype_comes_out_as_it_went_in(dtype):
    S = np.zeros((2, 3), dtype)
    assert cross_entropy(S, [0, 1]).dtype == dtype
    assert cross_entropy_grad(S, [0, 1]).dtype == dtype


def test_float16_is_computed_in_float32_and_rounded_once():
    S = np.random.default_rng(3).normal(scale=3, size=(2000, 10)).astype(np.float16)
    target = np.arange(2000) % 10
    loss, dS = (f(S.astype(np.float32), target) for f in (cross_entropy, cross_entropy_grad))
    assert cross_entropy(S, target) == loss.astype(np.float16)
    np.testing.assert_array_equal(cross_entropy_grad(S, target), dS.astype(np.float16))


def test_a_batch_longer_than_the_largest_float16_still_has_a_gradient():
    S = np.zeros((70_000, 2), np.float16)
    target = np.zeros(70_000, int)
    dS = cross_entropy_grad(S, target)  # a RuntimeWarning would be an error
    np.testing.assert_array_equal(dS[0], np.float16([-0.5 / 70_000, 0.5 / 70_000]))
    assert dS[0, 1] > 0
    assert cross_entropy(S, target) == np.float16(np.log(2))


def test_the_inputs_are_only_read():
    S, target = np.random.default_rng(0).normal(size=(3, 4)), np.array([0, 3, 1])
    S.flags.writeable = target.flags.writeable = False
    before = S.copy()
    dS = cross_entropy_grad(S, target)
    cross_entropy(S, target)
    np.testing.assert_array_equal(S, before)
    assert not np.shares_memory(dS, S)


def test_an_empty_batch_has_no_mean_but_an_empty_gradient():
    target = np.zeros(0, int)
    with pytest.raises(ValueError, match=r"S must hold at least one row .* S is \(0, 3\)"):
        cross_entropy(np.zeros((0, 3)), target)
    assert cross_entropy_grad(np.zeros((0, 3)), target).shape == (0, 3)


@functions
@pytest.mark.parametrize("target", [[0.0, 1.0], [True, False], ["0", "1"]], ids=str)
def test_targets_are_integers(f, target):
    with pytest.raises(TypeError, match="^target must hold integers, not"):
        f(np.zeros((2, 3)), target)


@functions
def test_targets_are_no_masked_array(f):
    with pytest.raises(TypeError, match="^target must be an array of integers, not a masked array"):
        f(np.zeros((2, 3)), np.ma.masked_array([0, 1], [True, False]))


@functions
def test_targets_have_one_index_for_each_row(f):
    words = r"S is \(2, 3\), target is \(3,\)"
    with pytest.raises(ValueError, match=words):
        f(np.zeros((2, 3)), [0, 1, 2])


@functions
@pytest.mark.parametrize("target", [[0, 3], [-1, 0]])
def test_targets_lie_within_the_row(f, target):
    words = f"^target must be from 0 to 2, not {min(target)} to {max(target)}"
    with pytest.raises(ValueError, match=words):
        f(np.zeros((2, 3)), target)


@functions
def test_scores_without_an_axis_or_with_an_empty_one_are_refused_as_by_softmax(f):
    with pytest.raises(AxisError):
        f(3.0, 0)
    with pytest.raises(ValueError, match=r"^S has nothing to sum on axis 1: \(2, 0\)"):
        f(np.zeros((2, 0)), [0, 0])


@functions
@pytest.mark.parametrize(
    "S", [np.ma.masked_array([[1.0, 2.0]], [[True, False]]), [[True, False]], [[1j, 0]]], ids=str
)
def test_scores_are_real_numbers(f, S):
    with pytest.raises(TypeError, match="^S must"):
        f(S, [0])
