"""What a learner reads: true of the numbers beside it, and in the learner's own terms."""

import re
from functools import cache, partial

import numpy as np
import pytest
from support.complaint import complaint

from softmax_lib import checks, softmax, softmax_vjp
from softmax_lib.exercises.exercise import Wrong

keepdims_missing = checks.softmax.mistakes["keepdims_missing"]


def plain(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


# Errors ----------------------------------------------------------------------------------------


def test_an_error_is_told_with_the_learner_s_own_line():
    message = complaint("softmax", keepdims_missing)
    assert "ValueError: operands could not be broadcast" in message
    assert "in keepdims_missing, line" in message
    assert "return E / E.sum(axis=-1)" in message


class Callable:
    def __call__(self, S):
        return keepdims_missing(S)


@pytest.mark.parametrize(
    "wrapped",
    [partial(keepdims_missing), Callable(), Callable().__call__],
    ids=["partial", "object", "method"],
)
def test_what_is_wrapped_around_an_answer_hides_no_line_of_it(wrapped):
    message = complaint("softmax", wrapped)
    assert re.search(r"in (keepdims_missing|__call__), line \d+: ", message)
    assert "fromnumeric" not in message


def test_a_cache_is_told_with_the_learner_s_line():
    assert "in keepdims_missing, line" in complaint("softmax", cache(keepdims_missing))


@pytest.mark.parametrize(
    ("given", "what"),
    [(3, "3"), (np.zeros((2, 3)), "an array of float64, (2, 3)"), (None, "None")],
    ids=["number", "array", "nothing"],
)
def test_a_check_that_is_not_given_a_function_says_so(given, what):
    message = complaint("softmax", given)
    assert f"takes a function, and was given {what}" in message
    assert "line" not in message


def test_an_answer_that_renames_a_keyword_is_told_to_keep_the_stub_s_letters():
    message = complaint("online_logsumexp", lambda S, *, size: S.max())
    assert "unexpected keyword argument 'block'" in message
    assert "The check calls it as online_logsumexp(S, block=…): keep the letters" in message


def test_an_answer_with_too_few_letters_is_told_how_it_is_called():
    message = complaint("softmax_vjp", lambda dP: dP)
    assert "The check calls it as softmax_vjp(dP, P)" in message


def test_a_keyword_of_numpy_s_that_does_not_exist_is_no_matter_of_the_stub():
    message = complaint("softmax", lambda S: S / S.sum(-1, keepdim=True))
    assert "unexpected keyword argument 'keepdim'" in message
    assert "keep the letters" not in message


def test_a_branch_that_is_not_written_is_told_as_such():
    def half(P, j, k):
        if j == k:
            return P[j] * (1 - P[k])
        raise NotImplementedError

    message = complaint("two_cases", half)
    assert "still ends in `raise NotImplementedError`" in message
    assert "j = 0, k = 1" in message


def test_a_read_only_array_of_one_s_own_is_not_taken_for_a_changed_input():
    def on_the_diagonal(P):
        J = -np.outer(P, P)
        J.diagonal()[:] += P
        return J

    message = complaint("softmax_jacobian", on_the_diagonal)
    assert "read-only" in message
    assert "it changes" not in message


@pytest.mark.parametrize(
    "answer",
    [
        lambda S: 1.0 if S.max() == S else S,
        lambda S: np.einsum("ij->k", S),
        lambda S: S.reshape(7, 7),
    ],
    ids=["truth value", "einsum", "reshape"],
)
def test_an_error_of_another_kind_gets_no_name(answer):
    assert "known mistake" not in complaint("softmax", answer)


def test_a_batch_that_is_unpacked_into_three_gets_no_name():
    def three_axes(dY, X, W):
        B, T, N = X.shape
        return dY @ W.T, X.reshape(-1, N).T @ dY.reshape(B * T, -1)

    message = complaint("linear_vjp", three_axes)
    assert "not enough values to unpack" in message
    assert "known mistake" not in message


def test_T_is_spoken_of_only_to_who_wrote_it():
    def first_two_axes(dY, X, W):
        return dY @ W.T, X.swapaxes(0, 1) @ dY

    message = complaint("linear_vjp", first_two_axes)
    assert "`.T`" not in message


# Inputs ----------------------------------------------------------------------------------------


def counted_from_one(S, target):
    target -= 1
    P = softmax(S)
    P[np.arange(len(target)), target] -= 1
    return P / S.dtype.type(len(target))


def all_opened(S, *, mask):
    mask[...] = True
    return softmax(S)


@pytest.mark.parametrize(
    ("task", "answer", "letter"),
    [("cross_entropy_grad", counted_from_one, "target"), ("masked_softmax", all_opened, "mask")],
)
def test_an_input_that_is_changed_is_named_and_nothing_is_spoilt(task, answer, letter):
    check = getattr(checks, task)
    assert f"it changes {letter}, an array that it was given" in complaint(task, answer)
    for other in ("masked_attention_vjp", task):
        assert getattr(checks, other).judge(getattr(checks, other).answer) is True
    assert check.judge(check.answer) is True


def test_rows_that_are_opened_in_place_are_told_of_the_mask_and_not_of_values():
    mistake = checks.masked_softmax.mistakes["mask_changed_in_place"]
    message = complaint("masked_softmax", mistake)
    assert "it changes mask" in message
    assert "should be" not in message.partition("\n")[0]


# Numbers ---------------------------------------------------------------------------------------


def test_two_numbers_are_told_apart():
    message = complaint("softmax", lambda S: plain(S) * (1 + 1e-7))
    told = re.search(r"should be (\S+), and is (\S+?)\)?$", message.split("\n")[0])
    assert told[1] != told[2]


def test_a_broken_promise_cites_the_row_that_breaks_it():
    message = complaint("softmax", lambda S: 1.0 * S)
    assert "it breaks a promise: each row adds up to one (P adds up to 6;" in message


def test_a_negative_probability_is_the_one_that_is_cited():
    def one_below_zero(S):
        P = plain(S)
        P[..., 0] -= 1
        P[..., 1] += 1
        return P

    message = complaint("softmax", one_below_zero)
    cited = re.search(r"no probability is negative \(P\[.*?\] is (\S+);", message)
    assert float(cited[1]) < 0


def test_a_matrix_that_is_not_symmetric_is_told_with_both_entries():
    def lower(P):
        J = np.diag(P) - np.outer(P, P)
        J[0, 1] += 0.1
        J[0, 0] -= 0.1
        return J

    message = complaint("softmax_jacobian", lower)
    assert re.search(r"it is symmetric \(J\[0, 1\] is \S+, and J\[1, 0\] is -", message)


def test_rows_that_add_up_to_zero_are_not_told_that_they_do_not():
    """Sums of 1e-17 are zero, also in an answer that is wrong by being small."""
    message = complaint("softmax_vjp", lambda dP, P: 1e-8 * softmax_vjp(dP, P))
    assert "adds up" not in message


def test_a_value_is_told_with_its_index_and_both_numbers():
    message = complaint("softmax_jacobian", lambda P: 2 * (np.diag(P) - np.outer(P, P)))
    assert "J[2, 2] should be 0.222695, and is 0.445391" in message


def test_of_several_wrong_values_the_one_that_is_furthest_off_is_told():
    def wrong_in_two(P):
        J = np.diag(P) - np.outer(P, P)
        J[0, 1] -= 0.01
        J[1, 2] += 0.001
        return J

    assert "J[0, 1] should be -0.022033, and is -0.032033" in complaint(
        "softmax_jacobian", wrong_in_two
    )


def test_the_telling_case_comes_before_the_row_of_nan():
    one_maximum = checks.log_softmax.mistakes["one_maximum_for_all_rows"]
    assert "Tried on rows that are 2000 apart" in complaint("log_softmax", one_maximum)


def test_what_lies_beyond_the_question_is_remarked_and_not_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    checks.softmax(plain)
    said = capsys.readouterr().out
    assert said.startswith("✓ softmax is right on 12 inputs")
    remark = said[said.index("Beyond") :]
    assert remark == (
        "Beyond the question, tried on uint8 scores: P should be float64, and is float16. The\n"
        "solution does the same.\n"
    )
    assert max(map(len, said.splitlines())) <= 88


def test_an_int8_that_wraps_round_is_told_of_one_thing():
    in_integers = checks.masked_softmax.mistakes["integers_left_as_they_are"]
    message = complaint("masked_softmax", in_integers)
    assert "Tried on int8 scores" in message
    assert "known mistake" not in message or "integers" in message


# A test that a learner writes ------------------------------------------------------------------


def test_a_test_that_a_learner_writes_is_told_which_function_it_misjudged():
    assert (
        "a wrong vjp (the plain sum of dP, not weighted by P): verdict should be False, and is True"
        in complaint("vjp_test", lambda vjp: True)
    )
    assert (
        "a right vjp (the Jacobian, index by index): verdict should be True, and is False"
        in complaint("vjp_test", lambda vjp: False)
    )
    assert "verdict should be bool, and is float64" in complaint("vjp_test", lambda vjp: 1.0)


# In a notebook ---------------------------------------------------------------------------------


def test_an_interrupt_goes_through():
    def endless(S):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checks.softmax.judge(endless)


def test_a_notebook_shows_the_message_and_none_of_our_lines():
    with pytest.raises(Wrong) as error:
        checks.softmax.judge(keepdims_missing)
    shown = error.value._render_traceback_()
    assert " ".join(shown).split() == str(error.value).split()
    assert max(map(len, shown)) <= 88


def test_an_exercise_that_does_not_exist_is_refused_by_name():
    with pytest.raises(AttributeError, match="there is no exercise 'softmx'"):
        checks.softmx  # noqa: B018


def test_a_vectorized_function_leads_to_its_own_line():
    @np.vectorize
    def one_place(x):
        return unknown(x)  # noqa: F821

    message = complaint("logistic_slope", one_place)
    assert "in one_place, line" in message
    assert "return unknown(x)" in message


def test_integers_that_cut_what_is_written_into_them_are_named():
    def into_integers(S):
        P = np.zeros(S.shape, int)
        P[...] = plain(S)
        return P

    assert "and is 0, in an array of integers" in complaint("softmax", into_integers)
