"""What a check says of an answer that is near the right one: its sign, a factor, its transpose."""

from types import SimpleNamespace

import numpy as np
import pytest
from support.complaint import complaint

from softmax_lib import attention_vjp, checks, log_softmax, softmax
from softmax_lib.exercises.attempt import close
from softmax_lib.exercises.relations import scaled, side_or_factor

CASES = checks.softmax_vjp.cases[:2]
DIFFERS = "times a number that differs from input to input"


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ([-1.0, -1.0], "with the sign turned"),
        ([3.0, 3.0], "times 3"),
        ([-3.0, -3.0], "with the sign turned and times 3"),
        ([2.5, 3.5], DIFFERS),
        ([2.5, -3.5], DIFFERS),
    ],
)
def test_a_sign_and_a_factor_are_named(factors, said):
    assert scaled(factors, CASES, told=True) == said


@pytest.mark.parametrize("factors", [[2.5, 3.5], [2.5, -3.5]])
def test_that_one_number_is_some_number_times_another_is_not_worth_saying(factors):
    assert scaled(factors, CASES, told=False) is None


def results(*arrays):
    return [SimpleNamespace(results=(a,)) for a in arrays]


def test_a_transpose_is_named_and_a_single_row_is_none():
    J = SimpleNamespace(returns=("J",))
    A, B = np.arange(4.0).reshape(2, 2), np.arange(6.0).reshape(2, 3)
    said = "J lies on its side: its transpose is right."
    assert side_or_factor(J, CASES, results(A.T, B.T), results(A, B)) == said
    assert side_or_factor(J, CASES, results(A.T, B), results(A, B)) is None


def test_nothing_is_said_of_an_answer_that_is_no_multiple():
    message = complaint("softmax", lambda S: softmax(S) ** 1.5)
    assert "what it should be" not in message
    assert "rounding" not in message


def test_the_first_result_that_is_wrong_is_named_and_not_one_that_is_right():
    def two_thirds(dO, Q, K, V, P, *, scale):
        dQ, dK, dV = attention_vjp(dO, Q, K, V, P, scale=scale)
        return dQ, dK * (2 / 3), dV

    assert "dK is what it should be, times 0.6667." in complaint("attention_vjp", two_thirds)


def test_an_answer_that_is_off_by_a_thousandth_is_not_called_near():
    assert "off by at most" in complaint("log_softmax", lambda S: log_softmax(S) * (1 + 5e-4))
    assert "off by at most" not in complaint("log_softmax", lambda S: log_softmax(S) * (1 + 5e-3))


def test_an_answer_that_is_nan_in_one_plain_case_is_not_called_near():
    def hidden_by_minus_infinity(dO, Q, K, V, O, L, *, scale, causal, block_q, block_k):
        P = np.exp(scale * Q @ K.T - L[:, None])
        P = np.where(np.tri(*P.shape, dtype=bool), P, -np.inf) if causal else P
        dS = P * (dO @ V.T - (dO * O).sum(-1, keepdims=True))
        return scale * dS @ K, scale * dS.T @ Q, P.T @ dO

    message = complaint("tiled_attention_vjp", hidden_by_minus_infinity)
    assert message.endswith("dQ[0, 0] is NaN, and should be a number")


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e8])
def test_how_near_is_near_goes_with_the_largest_entry(size):
    right = size * np.array([1.0, 1e-6])
    assert close(right + size * 1e-13, right).all()
    assert not close(right + size * 1e-3, right).any()
    assert close(right * (1 + 1e-3), right, largest=1e12 * size).all()
