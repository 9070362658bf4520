"""What of a notebook an exercise needs, and nothing more."""

import ast

import pytest

from tools.grades.needed import needed, plain, statements_of


def kept(*cells):
    """Return what my_f needs of these cells."""
    statements = [each for n, cell in enumerate(cells) for each in statements_of(cell, str(n))]
    return [text(statement) for statement in needed("my_f", statements)]


def text(statement):
    return ast.unparse(statement.node)


def test_only_what_the_function_uses_is_kept():
    cells = "import numpy as np", "train()", "a = 2", "b = 3", "def my_f(x):\n    return a * x"
    assert kept(*cells) == ["a = 2", "def my_f(x):\n    return a * x"]


def test_of_an_import_only_the_names_that_are_used_are_kept():
    cells = "from softmax_lib import derived, softmax", "my_f = softmax"
    assert kept(*cells) == ["from softmax_lib import softmax", "my_f = softmax"]


def test_what_a_used_function_uses_is_kept_too():
    cells = "import math", "def g(x):\n    return math.exp(x)", "def my_f(x):\n    return g(x)"
    assert len(kept(*cells)) == 3


def test_the_last_of_two_answers_counts():
    assert kept("my_f = 1", "my_f = 2")[-1] == "my_f = 2"


def test_a_name_that_a_later_cell_makes_anew_is_taken_as_it_was():
    assert kept("a = 1", "def my_f():\n    return a", "a = 2")[0] == "a = 1"


def test_a_helper_below_the_answer_is_found():
    assert kept("def my_f():\n    return g()", "def g():\n    return 1")[1].startswith("def g")


def test_a_table_is_kept_with_what_is_written_into_it():
    cells = "a = {}", "a['b'] = 1", "def my_f():\n    return a"
    assert kept(*cells)[:2] == ["a = {}", "a['b'] = 1"]


def test_an_import_of_everything_is_kept():
    cells = "from numpy import *", "def my_f(x):\n    return exp(x)"
    assert kept(*cells)[0] == "from numpy import *"


def test_without_the_function_nothing_is_needed():
    assert kept("a = 1", "a") == []


@pytest.mark.parametrize("line", ["%matplotlib inline", "!pip install numpy", "?max"])
def test_lines_that_only_jupyter_understands_do_not_spoil_a_cell(line):
    statements = statements_of(plain(f"{line}\nmy_f = 1"), "cell")
    assert text(statements[-1]) == "my_f = 1"


def test_a_cell_that_is_timed_is_read():
    assert kept(plain("%%time\nmy_f = 1")) == ["my_f = 1"]


def test_what_is_no_python_is_refused():
    with pytest.raises(SyntaxError):
        plain("def my_f(:")
