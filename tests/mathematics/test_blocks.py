"""Large arrays are met some rows at a time, and no bit of an answer changes."""

import numpy as np
import pytest

import softmax_lib
from softmax_lib import _inputs, log_softmax, logsumexp, softmax, softmax_jvp, softmax_vjp

rng = np.random.default_rng(0)
S, dP = rng.normal(size=(2, 3, 40, 7))
FUNCTIONS = {
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "softmax_vjp": lambda S, **axis: softmax_vjp(dP, softmax(S, **axis), **axis),
    "softmax_jvp": lambda S, **axis: softmax_jvp(dP, softmax(S, **axis), **axis),
}


@pytest.mark.parametrize("axis", [-1, 1, 0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_blocks_of_rows_change_no_bit(name, dtype, axis, monkeypatch):
    whole = FUNCTIONS[name](S.astype(dtype), axis=axis)
    for block in (1, 8, 50):  # less than a row, one row, several of which the last block lacks some
        monkeypatch.setattr(_inputs, "BLOCK", block)
        parts = FUNCTIONS[name](S.astype(dtype), axis=axis)
        assert parts.dtype == whole.dtype
        np.testing.assert_array_equal(parts, whole)


def test_the_jacobian_of_many_rows_is_that_of_each(monkeypatch):
    P = softmax(S)
    whole = softmax_lib.softmax_jacobian(P)
    monkeypatch.setattr(_inputs, "BLOCK", 8)
    np.testing.assert_array_equal(softmax_lib.softmax_jacobian(P), whole)


@pytest.mark.parametrize("f", [softmax_lib.cross_entropy, softmax_lib.cross_entropy_grad])
def test_a_mean_over_the_rows_is_one_mean(f, monkeypatch):
    target = rng.integers(S.shape[-1], size=S.shape[:-1])
    whole = f(S, target)
    monkeypatch.setattr(_inputs, "BLOCK", 8)
    np.testing.assert_array_equal(f(S, target), whole)


def test_a_large_batch_has_its_loss():
    S = np.zeros((2, 8 * _inputs.BLOCK))
    np.testing.assert_allclose(softmax_lib.cross_entropy(S, [0, 1]), np.log(S.shape[-1]))
