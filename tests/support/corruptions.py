"""Slips of the pen in the lines of a derivation, and whether its check sees them."""

import random
from copy import copy

import numpy as np
import sympy as sp

from softmax_lib.derivations import DerivationError
from softmax_lib.derivations.letters import SIZES, j, k, l, new, seen
from softmax_lib.derivations.meaning import Symbols
from softmax_lib.derivations.notation import Delta, Diag, Outer, Sum, SumOver, Times, Transpose


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
    if isinstance(e, Sum):
        body, index, last = e.args
        for wrong in {seen, new} - {last} if isinstance(e, SumOver) else {*SIZES} - {last}:
            yield "limit", e.func(body, index, wrong)
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


def with_other_ends(derivation):
    """Yield the derivation with each free index in turn running to each other size."""
    for index, end in derivation.free.items():
        for wrong in {*SIZES} - {end}:
            other = copy(derivation)
            other.free = derivation.free | {index: wrong}
            yield other


def says_the_same(derivation, line, wrong):
    """Evaluate both lines exactly at random fractions, for every index and several N."""
    draw = random.Random(1)
    for length in (2, 3, 4):
        letters = derivation.letters(Symbols, length)
        symbols = (symbol for array in letters.given.values() for symbol in np.ravel(array))
        at = {symbol: sp.Rational(draw.randrange(-99, 99), 50) for symbol in symbols}
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
    corrupt = derivation.with_line(number, wrong)
    first = max(0, number - 1)
    corrupt.lines = corrupt.lines[first : number + 2]
    return corrupt, number - first
