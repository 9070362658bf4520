"""The derivations are right, what is wrong is found, and what is shown is what is checked."""

import random
import re

import numpy as np
import pytest
import sympy as sp

from softmax_lib import loops
from softmax_lib.derivation import Derivation, DerivationError, in_words, is_zero
from softmax_lib.derived import COURSE, SLIPS, P, S, probabilities, row, with_line
from softmax_lib.notation import Delta, Diag, N, Outer, Sum, Times, Transpose, i, j, k, l, latex

a, b = sp.symbols("a b", real=True)
course = pytest.mark.parametrize("derivation", COURSE.values(), ids=COURSE)


def softmax_row(S):
    return loops.softmax(S)[0]


def claim(start, *lines, **options):
    """Build a derivation about P_i = softmax(S_i), with a reason for each line."""
    defaults = {"given": {"S": row}, "define": probabilities, "truth": softmax_row, "free": {j: N}}
    return Derivation(
        "a claim", start, [(line, "a reason") for line in lines], **defaults | options
    )


@course
def test_every_line_of_the_course_is_right(derivation):
    derivation.check()


@course
def test_every_line_is_shown_with_its_reason_and_a_tick(derivation):
    shown = derivation.latex()
    for line, reason in derivation.lines[1:]:
        assert rf"&= {latex(line)} &\enspace& \checkmark\, {in_words(reason)}" in shown
    assert shown.count(r"\checkmark") == len(derivation.lines) - 1


@course
def test_a_reason_is_broken_into_lines_but_no_formula_in_it_is(derivation):
    for _, reason in derivation.lines[1:]:
        lines = re.findall(r"&\\text\{(.*?)\}(?: \\\\| \\end)", in_words(reason))
        assert " ".join(lines) == reason
        assert all(line.count("$") % 2 == 0 for line in lines)


# Corruptions ----------------------------------------------------------------------------------


def corrupted_here(e):
    """Yield what a slip of the pen could make of the top of this expression."""
    if e.is_Add:
        for n, term in enumerate(e.args):
            yield "sign of a term", e.func(*e.args[:n], -term, *e.args[n + 1 :])
            yield "dropped term", e.func(*e.args[:n], *e.args[n + 1 :])
    if e.is_Mul:
        for n in range(len(e.args)):
            yield "dropped factor", e.func(*e.args[:n], *e.args[n + 1 :])
    if e.is_Pow:
        yield "dropped power", e.base
    if e.is_Integer and e != -1:  # SymPy writes a/b as a b⁻¹, and a - b as a + (-1) b
        yield "number", e + 1
    if isinstance(e, sp.Indexed) and len(e.indices) > 1:
        for wrong in {j, k, l} - {e.indices[-1]}:
            yield "index", e.base[(*e.indices[:-1], wrong)]
    if isinstance(e, Delta):
        yield "dropped delta", sp.Integer(1)
    if isinstance(e, Diag | Transpose):
        yield "dropped " + type(e).__name__, e.args[0]
    if isinstance(e, Times | Outer):
        yield "dropped factor", e.args[0]
        yield "dropped factor", e.args[1]


def corruptions(e):
    """Yield (kind, expression) for every place in the tree, one corruption at a time."""
    yield from corrupted_here(e)
    for n, argument in enumerate(e.args):
        if isinstance(argument, sp.Expr) and not isinstance(e, sp.Indexed):
            for kind, wrong in corruptions(argument):
                yield kind, e.func(*e.args[:n], wrong, *e.args[n + 1 :])


def corruptions_of_a_line(line):
    with sp.evaluate(False):  # a list: SymPy must evaluate again before the first is looked at
        whole = [("sign of the line", -line), ("j and k swapped", line.xreplace({j: k, k: j}))]
        return [(kind, e) for kind, e in [*whole, *corruptions(line)] if e != line]


def says_the_same(derivation, line, wrong):
    """Evaluate both lines exactly at random fractions, for every index and several N."""
    draw = random.Random(1)
    for size in (2, 3, 4):
        given, letters = derivation.letters(size)
        at = {
            symbol: sp.Rational(draw.randrange(-99, 99), 50)
            for array in given.values()
            for symbol in array.flat
        }
        try:
            pairs = zip(
                derivation.entries(line, letters), derivation.entries(wrong, letters), strict=True
            )
            if any(abs(sp.N(sp.sympify(a - b).subs(at), 30)) > 1e-20 for a, b in pairs):
                return False
        except (ValueError, TypeError):  # an index without a meaning, or not a number at all
            return False
    return True


def complaint(derivation):
    """Return what the check says, or None if it finds nothing wrong."""
    try:
        derivation.check()
    except DerivationError as error:
        return str(error)
    return None


def among_its_neighbours(derivation, number, wrong):
    """Return a derivation of a wrong line and the lines beside it, and the wrong line's number.

    A line is held against the truth and against its neighbours: the others would be checked anew
    for each corruption, and say nothing of it.
    """
    corrupt = with_line(derivation, number, wrong)
    first = max(0, number - 1)
    corrupt.lines = corrupt.lines[first : number + 2]
    return corrupt, number - first


@course
def test_every_corruption_of_every_line_is_seen_and_caught(derivation):
    for number, (line, reason) in enumerate(derivation.lines):
        caught = 0
        for kind, wrong in corruptions_of_a_line(line):
            corrupt, place = among_its_neighbours(derivation, number, wrong)
            found = complaint(corrupt)
            if found is None:
                assert says_the_same(derivation, line, wrong), f"{kind}: {wrong}"
                continue
            assert f"line {place} ({reason})" in found
            assert latex(wrong) != latex(line), f"{kind} cannot be seen"
            caught += 1
        assert caught, f"no corruption of line {number} changes what it says"


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_wrong_line_that_somebody_wrote_is_refused_and_named(slip):
    (right,) = [derivation for derivation in COURSE.values() if derivation.title == slip.title]
    pairs = zip(right.lines, slip.lines, strict=True)
    (number,) = [n for n, (a, b) in enumerate(pairs) if a != b]
    with pytest.raises(DerivationError, match=rf"line {number} \(.*is wrong"):
        slip.show()


# What the checker says ------------------------------------------------------------------------

definition = sp.exp(S[i, j]) / Sum(sp.exp(S[i, l]), l, N)


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


@pytest.mark.parametrize(
    ("zero", "e"),
    [
        (True, sp.exp(a + b) - sp.exp(a) * sp.exp(b)),
        (True, sp.exp(2 * a) - sp.exp(a) ** 2),
        (True, (a**2 - b**2) / (a - b) - a - b),
        (True, 1 / (1 + sp.exp(-a)) - sp.exp(a) / (1 + sp.exp(a))),
        (False, sp.exp(a + b) - sp.exp(a) - sp.exp(b)),
        (False, a / b - b / a),
        (False, sp.Rational(1, 10**30)),
    ],
)
def test_is_zero_knows_zero_from_everything_else(zero, e):
    assert is_zero(e) is zero
