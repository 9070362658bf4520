"""What `make mutations` spoils: files that are there, and tests that are there."""

import pytest

from tools.mutations import TESTS
from tools.notebooks import ROOT


@pytest.mark.parametrize("path", TESTS)
def test_what_is_spoiled_and_the_tests_that_must_notice_are_there(path):
    assert all((ROOT / each).exists() for each in [path, *TESTS[path].split()])


def test_all_of_the_mathematics_but_the_loops_is_spoiled():
    mathematics = {f"softmax_lib/{path.name}" for path in (ROOT / "softmax_lib").glob("*.py")}
    others = {f"softmax_lib/{name}.py" for name in ("__init__", "loops", "yours")}
    assert mathematics - set(TESTS) == others
