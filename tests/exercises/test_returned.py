"""What cannot be compared, or cannot even be written, is told in words of its own."""

import numpy as np
import pytest
from support.complaint import complaint


def generator(S):
    yield S


async def coroutine(S):
    return S


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        ("softmax", lambda S: None, "it returned nothing: is a `return` missing?"),
        ("softmax", generator, "it returned a generator: write `return`"),
        ("softmax", coroutine, "it returned a coroutine: write `def`"),
        ("softmax", lambda S: np.exp, "it returned a function, exp: is it to be called?"),
        ("softmax", lambda S: "P", "P should be an array of numbers, and is 'P'"),
        ("softmax", lambda S: [[1, 2], [3]], "its rows are not of one length"),
        ("softmax", lambda S: np.ma.masked_array(S), "P should be a plain array, and is a masked"),
        ("attention", lambda *a, **o: a[0], "it should return O, P, and returned an array of"),
        ("attention", lambda *a, **o: (a[0], None), "P should be an array of numbers, and is None"),
        ("attention", lambda *a, **o: a, "it should return O, P, and returned a tuple of 3"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_compared_is_said_in_its_own_words(task, answer, said):
    assert said in complaint(task, answer)


def test_shape_comes_before_dtype_and_values():
    message = complaint("softmax", lambda S: np.zeros(7, np.float16))
    assert "P should have the shape (3,), and has (7,)" in message


def test_dtype_comes_before_values():
    message = complaint("softmax", lambda S: np.zeros(S.shape, np.float16))
    assert "P should be float64, and is float16" in message


def test_a_verdict_that_is_no_bool_is_told_of_true_and_false():
    assert "verdict should be True, and is 0" in complaint("vjp_test", lambda vjp: 0)


def test_an_object_that_cannot_be_written_is_told_by_its_type():
    class Silent:
        def __repr__(self):
            raise RuntimeError

    assert "was given a value of the type Silent" in complaint("softmax", Silent())


def test_an_error_that_cannot_be_written_is_told_by_its_type():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    def mute(S):
        raise Mute

    assert "Mute\nin mute, line" in complaint("softmax", mute)


def test_leaving_the_program_is_an_error_like_others():
    def leave(S):
        raise SystemExit

    assert "SystemExit" in complaint("softmax", leave)
