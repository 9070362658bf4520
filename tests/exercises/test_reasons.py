"""Why an answer is wrong: what an error means, where a dtype comes from, what the numbers show."""

import math

import numpy as np
import pytest
from support.complaint import complaint

from softmax_lib import attention_vjp, checks, softmax, softmax_vjp

# What an error means ---------------------------------------------------------------------------


def keys_not_turned(Q, K, V, *, scale):
    P = softmax(Q @ K * scale)
    return P @ V, P


def turned_all_round(dS, Q, *, scale):
    return scale * dS.transpose(-2, -1) @ Q


def keepdims_lost(S):
    E = np.exp(S - S.max(-1, keepdims=True))
    return E / E.sum(-1)


def no_power(f, df, g, dg):
    return (df * g - dg * f) / g ^ 2


def one_number_at_a_time(x):
    return math.exp(x) / (1 + math.exp(x)) ** 2


def one_yes_or_no(S):
    m = max(0, S.max(-1)) if S.ndim > 1 else S.max()
    return np.exp(S - m) / np.exp(S - m).sum(-1, keepdims=True)


def two_sizes(S):
    rows, N = S.shape
    return softmax(S).reshape(rows, N)


def as_in_pytorch(dP, P):
    return P * (dP - np.sum(P * dP, dim=-1, keepdim=True))


def a_method_of_tensors(S):
    return S.exp() / S.exp().sum(-1)


def places_for_rows(S, target):
    return (softmax(S) - target) / len(target)


def counted_from_one(P, k):
    slopes = -P * P[k]
    slopes[len(P)] += P[k]
    return slopes


def one_long_row(P):
    return np.diag(P) - np.kron(P, P)


def into_integers(S):
    S -= S.max(-1, keepdims=True) + 0.0
    return softmax(S)


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        ("attention", keys_not_turned, "Q @ K: Q is (3, 4), K is (5, 4); the inner sizes differ"),
        ("keys_gradient", turned_all_round, "axes don't match|transpose"),
        ("softmax", keepdims_lost, r"E is (2, 4), E.sum(-1) is (2,): one number for each row"),
        (
            "softmax",
            checks.softmax.mistakes["axis_1"],
            "axis=1 fits a matrix; here a single row came",
        ),
        ("quotient_rule", no_power, "`^` is no power: write **"),
        ("logistic_slope", one_number_at_a_time, "`np.exp` takes a whole array"),
        ("softmax", one_yes_or_no, "np.maximum compares"),
        ("softmax", two_sizes, "shape[-1] is the last size"),
        ("softmax_vjp", as_in_pytorch, "NumPy says axis= and keepdims="),
        ("softmax", a_method_of_tensors, "In NumPy it is np.exp(…)"),
        ("cross_entropy_grad", places_for_rows, "target holds places"),
        ("push", counted_from_one, "and 3 was asked for: is it counted from 1, or"),
        ("softmax_jacobian", one_long_row, "np.outer is their table"),
        ("softmax", into_integers, "S = S - … makes a new array|it changes S"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_error_says_what_to_do(task, answer, said):
    message = complaint(task, answer)
    assert any(part in message for part in said.split("|")), message


def test_numpy_s_own_line_is_kept():
    assert "gufunc signature" in complaint("attention", keys_not_turned)


def test_an_error_in_a_call_with_a_starred_argument_is_told_like_any_other():
    def added(Q, *others, scale):
        return np.add(Q, *others[:1]), None

    assert "could not be broadcast" in complaint("attention", added)


# Where a dtype comes from ----------------------------------------------------------------------


def identity(P):
    return P[:, None] * (np.eye(len(P)) - P)


def filled(P):
    J = np.zeros((len(P), len(P)))
    J[...] = np.diag(P) - np.outer(P, P)
    return J


def converted(dP, P):
    dP = np.asarray(dP, float)
    return softmax_vjp(dP, P.astype(dP.dtype))


def root_of_an_integer(Q, K, V, *, scale):
    P = softmax(Q @ K.T / np.sqrt(Q.shape[1]) * (scale * math.sqrt(Q.shape[1])))
    return P @ V, P


def one_python_number(P, j, k):
    return float(P[j] * ((j == k) - P[k]))


def a_list(P, k):
    return [float(p) * ((j == k) - float(P[k])) for j, p in enumerate(P)]


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        ("softmax_jacobian", lambda P: identity(P).T, "float64"),
        ("softmax_jacobian", filled, "`np.zeros((len(P), len(P)))` in line"),
        ("softmax_vjp", converted, "makes it: dP = np.asarray(dP, float)"),
        ("attention", root_of_an_integer, "`np.sqrt(Q.shape[1])` in line"),
        ("two_cases", one_python_number, "returns Python's own numbers"),
        ("push", a_list, "returns Python's own numbers"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_dtype_is_told_with_the_call_that_made_it(task, answer, said):
    message = complaint(task, answer)
    assert "should be float32, and is float64" in message
    assert "Where it comes from" in message
    assert said in message


def test_an_integer_for_a_float_is_no_matter_of_the_dtype_where_the_value_is_wrong():
    def nothing_elsewhere(P, j, k):
        return P[j] * (1 - P[j]) if j == k else 0

    message = complaint("two_cases", nothing_elsewhere)
    assert "int64" not in message
    assert "zero for j ≠ k" in message


# What the numbers show -------------------------------------------------------------------------


def scaled(task, factor):
    answer = getattr(checks, task).answer
    return lambda *letters, **options: factor(*letters) * answer(*letters, **options)


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        ("softmax_vjp", scaled("softmax_vjp", lambda dP, P: 2), "what it should be, times 2."),
        ("softmax_vjp", scaled("softmax_vjp", lambda dP, P: -3), "the sign turned and times 3."),
        (
            "rms_norm_vjp",
            scaled("rms_norm_vjp", lambda dU, U, r: 1 / U.shape[-1]),
            "divided by the length of a row.",
        ),
        (
            "softmax_jacobian",
            lambda P: 1.00001 * checks.softmax_jacobian.answer(P),
            "off by at most",
        ),
        (
            "attention_vjp",
            lambda *a, **o: attention_vjp(*a, **o)[::-1],
            "What comes is dV, dK, dQ, in this order; asked for is dQ, dK, dV.",
        ),
        (
            "linear_vjp",
            lambda dY, X, W: (dY @ W.T, np.tensordot(X.T, dY, 1) if X.ndim == 2 else X),
            "right for a matrix alone, and the exercise asks for any number of axes",
        ),
    ],
    ids=["twice", "minus three times", "divided by N", "nearly", "order", "one number of axes"],
)
def test_what_the_answer_is_beside_the_right_one_is_said(task, answer, said):
    assert said in complaint(task, answer)


def test_of_one_wrong_number_nothing_is_said_that_would_fit_any():
    assert "what it should be" not in complaint("two_cases", lambda P, j, k: P[j] ** 3 + k)


@pytest.mark.parametrize("task", ["push", "attention", "keys_gradient"])
def test_of_right_numbers_nothing_is_said(task):
    answer = getattr(checks, task).answer

    def in_place(*letters, **options):
        results = answer(*letters, **options)
        letters[0][...] = 0
        return results

    message = complaint(task, in_place)
    assert "make a new array instead" in message
    assert "off by" not in message


# Two mistakes ----------------------------------------------------------------------------------


def test_of_two_mistakes_the_one_that_explains_the_plain_cases_is_told_first():
    def axis_and_maximum(S):
        return np.exp(S) / np.exp(S).sum(axis=0, keepdims=True)

    def maximum(S):
        return np.exp(S) / np.exp(S).sum(axis=-1, keepdims=True)

    assert "the first axis instead of the last" in complaint("softmax", axis_and_maximum)
    assert "not brought down by their maximum" in complaint("softmax", maximum)


def test_sign_and_mean_are_both_told():
    def both(S, target):
        return np.eye(S.shape[1])[target] - softmax(S)

    message = complaint("cross_entropy_grad", both)
    assert "the sign is turned, and nothing is divided" in message


# What stands in the notebook, and not in the function -------------------------------------------

O = np.ones((2, 1))


def test_an_array_of_the_notebook_s_own_is_named_where_a_letter_is_meant():
    def reads_another(dO, Q, K, V, P, *, scale):
        return dO * O, Q, K + O

    message = complaint("attention_vjp", reads_another)
    assert "`O` is not handed to your function: this one is the notebook's own." in message
    assert "notebook's own" not in complaint("attention", keys_not_turned)


def test_a_part_and_a_whole_are_not_asked_to_be_transposed():
    def one_slice_missing(Q, K, V, *, scale, block_k):
        E = np.exp(scale * Q @ K[:block_k].T)
        return E @ V, E.sum(-1)

    message = complaint("online_attention", one_slice_missing)
    assert "E is (7, 3), V is (11, 5); the inner sizes differ, turned or not" in message


def test_two_columns_are_told_which_way_a_table_is_made():
    def two_columns(P):
        return np.diag(P) - P[:, None] @ P[:, None]

    assert "a column @ a row is the table of all products" in complaint(
        "softmax_jacobian", two_columns
    )


def test_a_rounded_answer_is_asked_whether_it_was_rounded():
    assert "Is the answer rounded" in complaint("softmax", lambda S: softmax(S).round(5))


def test_one_constant_is_not_called_right_for_a_single_number():
    assert "alone" not in complaint("logistic_slope", lambda x: 0.25 + 0 * np.min(x))


def test_a_zero_is_not_shown_as_the_dust_of_its_rounding():
    def no_sign(dO, Q, K, V, O, L, *, scale, causal, block_q, block_k):
        right = checks.tiled_attention_vjp.answer(
            dO, Q, K, V, O, L, scale=scale, causal=causal, block_q=block_q, block_k=block_k
        )
        return tuple(a + 1.0 * (abs(a) < 1e-12) for a in right)

    assert "should be 0, and is 1" in complaint("tiled_attention_vjp", no_sign)
