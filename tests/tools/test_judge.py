"""How an exercise of a hand-in stands. These hand-ins are ours, so they run without a sandbox."""

import json

import pytest
from support.hand_ins import SOFTMAX, body, hand_in, notebook

from softmax_lib.exercises import load
from softmax_lib.exercises.exercise import hint
from tools.grades.found import HandIn
from tools.grades.run import Limits, Result, graded
from tools.grades.sandbox import unprotected
from tools.notebooks import LESSONS, read, tasks

STUB = body('"""P."""', "raise NotImplementedError")


def judged(*cells, task="softmax"):
    """Return the result of a notebook with these cells."""
    return graded(hand_in(*cells), unprotected(), Limits()).results[task]


def refused(data):
    return graded(HandIn(("ada.ipynb",), data), unprotected(), Limits()).refused


def test_a_right_answer_is_right():
    assert judged(SOFTMAX, "checks.softmax(my_softmax)") == Result("right")


def test_a_known_mistake_is_named():
    result = judged(body("E = np.exp(S)", "return E / E.sum(axis=-1, keepdims=True)"))
    known = [hint(mistake) for mistake in load("softmax").mistakes.values()]
    assert result.state == "wrong"
    assert result.mistake in known
    assert result.mistake in result.words


def test_an_unknown_mistake_is_told_in_the_check_s_words():
    result = judged(body("return S + 17"))
    assert (result.state, result.mistake) == ("wrong", "")
    assert result.words.startswith("softmax is not right yet.")


def test_an_untouched_stub_is_not_attempted():
    assert judged(STUB) == Result("untouched")


def test_of_an_error_the_learner_s_own_line_is_told():
    assert "in my_softmax, line 2: return np.expp(S)" in judged(body("return np.expp(S)")).words


def test_a_function_that_only_the_check_speaks_of_is_absent():
    assert judged("checks.softmax(my_softmax)") == Result("absent")


def test_a_cell_that_is_no_python_is_told_of():
    result = judged(body("return (S"))
    assert result.state == "error"
    assert result.words.startswith("Cell 2 is no Python: ")


@pytest.mark.parametrize(
    "cell", ["return 3", "nonlocal S", "x = '\0'", "-" * 10**5 + "1", "(" * 999]
)
def test_a_cell_that_python_cannot_read_costs_no_other(cell):
    assert judged(cell, SOFTMAX) == Result("right")


def test_a_cell_that_fails_costs_what_it_makes_alone():
    result = judged("scale = 1 / 0", "other = scale", SOFTMAX)
    assert result == Result("right")
    result = judged("my_softmax = make(softmax)")
    assert (result.state, result.words) == (
        "error",
        "In <cell 2>, line 1: NameError: name 'make' is not defined",
    )


@pytest.mark.parametrize("cell", ["my_softmax = softmax", body("return softmax(S)")])
def test_the_library_s_own_function_is_no_answer(cell):
    assert judged(cell) == Result("library")


def test_what_it_prints_shows_and_asks_for_does_no_harm():
    noisy = SOFTMAX.replace("    E =", "    print('noise')\n    display(S)\n    E =")
    assert judged("%matplotlib inline\n!ls", noisy) == Result("right")
    assert "EOFError" in judged(body("return input()")).words


def test_each_exercise_of_a_notebook_is_judged_for_itself():
    cells = SOFTMAX, "def my_spread(P, x):\n    while True:\n        pass"
    results = graded(hand_in(*cells), unprotected(), Limits(seconds=1)).results
    assert [result.state for result in results.values()] == ["right", "endless"]


def test_a_lesson_as_it_is_handed_out_is_not_attempted():
    path = LESSONS[1]
    results = graded(HandIn((path.name,), path.read_bytes()), unprotected(), Limits()).results
    assert list(results) == tasks(read(path))
    assert {result.state for result in results.values()} == {"untouched"}


def test_of_a_list_of_very_many_names_ours_are_found():
    listed = HandIn(("progress.json",), json.dumps(["softmax", *map(str, range(10**5))]).encode())
    assert list(graded(listed, unprotected(), Limits()).results) == ["softmax"]


def test_a_learner_s_list_is_taken_at_its_word_and_marked_so():
    listed = HandIn(("progress.json",), json.dumps(["softmax", "nothing of ours", 3]).encode())
    results = graded(listed, unprotected(), Limits()).results
    assert results == {"softmax": Result("listed")}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is no notebook, or one cut short: "),
        (notebook(SOFTMAX)[:-20], "it is no notebook, or one cut short: "),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "it is no notebook: it holds no text"),
        (b"[" * 10**5, "it is no notebook: it is nested without end"),
        (b"{}", "it is JSON, but no notebook of today's format"),
        (b"3", "it is JSON, but no notebook of today's format"),
        (b'{"cells": [{"cell_type": "code", "source": 3}]}', "it is JSON, but no notebook of "),
        (notebook("1 + 1"), "it is a notebook without an exercise of the course"),
    ],
)
def test_what_is_no_notebook_is_refused_in_a_sentence(data, why):
    assert refused(data).startswith(why)
