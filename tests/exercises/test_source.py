"""What is evaluated a second time, to explain an error, changes nothing."""

import ast
import inspect

import numpy as np
import pytest

from softmax_lib.exercises.source import worth


def value_of(text):
    S, twice = np.array([1.0, 2.0]), []
    frame = inspect.currentframe()
    value = worth(ast.parse(text, mode="eval").body, frame)
    assert S.tolist() == [1.0, 2.0]
    assert twice == []
    return value


@pytest.mark.parametrize(
    "text",
    ["S.sum()", "np.exp(S - S.max())", "S[:, None] @ S[None]", "-S", "len(S)", "np.eye(2).T"],
)
def test_what_changes_nothing_is_evaluated(text):
    assert value_of(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "np.exp(S, out=S)",
        "np.copyto(S, 0)",
        "S.sort()",
        "twice.append(1)",
        "print(S)",
        "(S := S - 1)",
        "[twice.append(s) for s in S]",
        "open('file')",
        "unknown",
    ],
)
def test_anything_else_is_left_alone(text):
    assert value_of(text) is None
