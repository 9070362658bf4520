"""What the checker says of a claim that is wrong, and how it tells zero from everything else."""

import re

import numpy as np
import pytest
import sympy as sp

from softmax_lib import loops
from softmax_lib.derivations import Derivation, DerivationError
from softmax_lib.derivations.algebra import is_zero
from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import N, P, S, h, i, j, k, l, x
from softmax_lib.derivations.meaning import Numbers, Symbols, value
from softmax_lib.derivations.notation import Limit, Partial, Sum
from softmax_lib.derivations.softmax import probabilities, row

a, b = sp.symbols("a b", real=True)
definition = sp.exp(S[i, j]) / Sum(sp.exp(S[i, l]), l, N)


def softmax_row(S):
    return loops.softmax(S)[0]


def claim(start, *lines, **options):
    """Build a derivation about P_i = softmax(S_i), with a reason for each line."""

    def write():
        """a claim"""
        yield start
        for line in lines:
            yield line
            yield "a reason"

    defaults = {"given": {"S": row}, "define": probabilities, "truth": softmax_row, "free": {j: N}}
    return Derivation(write, **defaults | options)


def test_a_wrong_line_is_named_with_its_reason_and_a_point_where_the_sides_differ():
    with pytest.raises(DerivationError) as error:
        claim(definition, P[i, j], P[i, j] ** 2).check()
    message = str(error.value)
    assert "a claim: line 2 (a reason) is wrong\nP[i, j]**2\n" in message
    at = re.search(r"at j = 1, S = (\[\[.*\]\])\nit is (\S+), and should be (\S+)", message)
    score, got, expected = ([float(x) for x in re.findall(r"-?[\d.]+", g)] for g in at.groups())
    p = 1 / (1 + np.exp(score[1] - score[0]))
    np.testing.assert_allclose([*expected, *got], [p, p**2], rtol=1e-2)


def test_lines_that_agree_with_each_other_but_not_with_the_truth_are_wrong_from_the_start():
    with pytest.raises(DerivationError, match=r"line 0 \(what is asked\)"):
        claim(2 * P[i, j], P[i, j] + P[i, j]).check()


def test_a_line_that_only_the_symbols_can_tell_apart_is_caught():
    with pytest.raises(DerivationError, match=r"line 1 .*(\n.*)*at j = 1\nit is"):
        claim(definition, P[i, j] + sp.Rational(1, 10**13)).check()


def test_a_summation_index_that_is_in_use_already_is_refused():
    with pytest.raises(DerivationError, match="j is in use already"):
        claim(definition, sp.exp(S[i, j]) / Sum(sp.exp(S[i, j]), j, N)).check()


def test_an_index_without_a_meaning_is_refused():
    with pytest.raises(DerivationError, match="k has no meaning here"):
        claim(definition, P[i, k]).check()


def test_a_whole_row_where_one_entry_is_meant_is_refused():
    with pytest.raises(DerivationError, match=r"line 1 .*\n.*\nit is not one number"):
        claim(definition, P[i, j] * S[i]).check()


def test_a_slope_along_what_follows_from_other_letters_is_refused():
    with pytest.raises(DerivationError, match=r"P\[i, j\] follows from other letters"):
        claim(definition, Partial(P[i, j], P[i, j])).check()


def test_a_line_is_kept_as_it_was_written():
    line, _ = Derivation(lambda: [a + a], given={"S": row}, truth=softmax_row).lines[0]
    assert line.args == (a, a)


def test_a_reason_that_was_forgotten_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        _ = Derivation(lambda: [P[i, j], definition], given={"S": row}, truth=softmax_row).lines


def test_two_derivations_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two derivations named both_cases"):

        @checked(given={"S": row}, truth=softmax_row)
        def both_cases():
            """Another"""


def limit(kind, body):
    """Work out the limit of a body in x and h as h goes to 0, at x = 3."""
    letters = kind({}, {"x": kind.letter("x", ()) if kind is Symbols else np.float64(3)})
    return float(sp.sympify(value(Limit(body, h), letters)).subs({sp.Symbol("x_", real=True): 3}))


@pytest.mark.parametrize("kind", [Numbers, Symbols])
@pytest.mark.parametrize("size", [10**-10, 1, 10**10])
def test_a_limit_is_worked_out_if_there_is_one_and_else_refused(kind, size):
    size = sp.Rational(size)
    assert limit(kind, size * ((x + h) ** 2 - x**2) / h) == pytest.approx(float(6 * size), rel=1e-9)
    assert limit(kind, size * x * h**2 / (2 * h)) == pytest.approx(0, abs=1e-9 * float(size))
    for body in (size * (x + h) ** 2 / h, size / h, -size / h):
        with pytest.raises(ValueError, match="there is no limit as h goes to 0"):
            limit(kind, body)


def test_a_difference_that_is_zero_has_the_limit_zero():
    assert limit(Symbols, ((x + h) ** 2 - x**2 - 2 * x * h - h**2) / h) == 0


@pytest.mark.parametrize("f", [P[i, j], sp.log(P[i, j]), S[i, j] ** 2, sp.Integer(3)])
def test_a_slope_is_the_same_measured_and_by_algebra(f):
    numbers = Numbers({"i": 1, "j": 2, "k": 1}, {"S": Numbers.letter("S", (1, 3))}, probabilities)
    symbols = Symbols({"i": 1, "j": 2, "k": 1}, {"S": Symbols.letter("S", (1, 3))}, probabilities)
    at = dict(zip(symbols.given["S"][0], numbers.given["S"][0], strict=True))
    expected = sp.sympify(value(Partial(f, S[i, k]), symbols)).subs(at)
    np.testing.assert_allclose(value(Partial(f, S[i, k]), numbers), float(expected), atol=1e-15)


@pytest.mark.parametrize(
    ("zero", "e"),
    [
        (True, sp.exp(a + b) - sp.exp(a) * sp.exp(b)),
        (True, sp.exp(2 * a) - sp.exp(a) ** 2),
        (True, (a**2 - b**2) / (a - b) - a - b),
        (True, ((a + b) / b) ** 2 - (a / b + 1) ** 2),
        (True, a / sp.sqrt(a**2 + b**2) - a * sp.sqrt(a**2 + b**2) / (a**2 + b**2)),
        (True, 1 / (1 / a + 1 / b) - a * b / (a + b)),
        (True, 1 / (1 + sp.exp(-a)) - sp.exp(a) / (1 + sp.exp(a))),
        (False, sp.exp(a + b) - sp.exp(a) - sp.exp(b)),
        (False, a / b - b / a),
        (False, ((a + b) / b) ** 2 - (a / b) ** 2 - 1),
        (False, a / sp.sqrt(a**2 + b**2) - a / sp.sqrt(a**2 + 2 * b**2)),
        (False, sp.Rational(1, 10**30)),
    ],
)
def test_is_zero_knows_zero_from_everything_else(zero, e):
    assert is_zero(e) is zero
