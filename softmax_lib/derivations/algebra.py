"""Decide whether an expression is 0, whatever its symbols are."""

from collections import Counter
from functools import reduce
from operator import add, mul, or_

import sympy as sp


def is_zero(e):
    """Decide whether an expression built of + - * / exp and log of symbols is 0 everywhere.

    e^{2a + b} becomes x²y, one positive symbol for each of e^a, e^b. What is left is a ratio of
    polynomials, which is 0 where its numerator, multiplied out, is 0.
    """
    bases = {}

    def split(exponent):
        terms = sp.expand(exponent).as_coefficients_dict().items()
        return sp.Mul(*(bases.setdefault(a, sp.Dummy(positive=True)) ** n for a, n in terms))

    numerator, _ = ratio(sp.sympify(e).replace(sp.exp, split))
    return sp.expand(numerator) == 0


def ratio(e):
    """Bring e over one denominator: return its numerator, and the power of each factor below.

    No common factor is cancelled, which is what takes long.

    >>> a, b = sp.symbols("a b")
    >>> ratio(1 / a + 1 / (a * b))
    (b + 1, Counter({a: 1, b: 1}))
    """
    if e.is_Add or e.is_Mul:
        above, below = zip(*map(ratio, e.args), strict=True)
        if e.is_Mul:
            return sp.Mul(*above), reduce(add, below)
        common = reduce(or_, below)
        missing = [_product(common - b) for b in below]
        return sp.Add(*map(mul, above, missing)), common
    if e.is_Pow and e.exp.is_Rational:
        above, below = ratio(e.base) if e.exp.is_Integer else (e.base, Counter())
        power = abs(e.exp)
        below = Counter({factor: n * power for factor, n in below.items()})
        return (above**power, below) if e.exp > 0 else (_product(below), Counter({above: power}))
    return e, Counter()


def _product(powers):
    return sp.Mul(*(factor**n for factor, n in powers.items()))
