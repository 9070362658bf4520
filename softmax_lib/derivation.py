"""A derivation as lines: each line that is shown is the line that is checked.

A line is one expression in the course's notation, with the reason why it equals the line above.
From that one expression come its LaTeX and its meaning, so the two cannot drift apart.
"""

import re
from itertools import pairwise, product
from textwrap import wrap

import numpy as np
import sympy as sp
from IPython.display import Latex

from softmax_lib.notation import latex, value

SYMBOLIC_N = 3
NUMERIC_N = (2, 3, 5)
FORMULA = r"\$.*?\$"  # in a reason
REASON = 22  # characters in a line of a reason, so that it fits beside its formula in a page


class DerivationError(AssertionError):
    """A line does not equal the line above it, or not the derivative that it should be."""


class Derivation:
    """Lines of algebra, from what is asked to the answer, that can be shown and checked.

    Parameters
    ----------
    title : str
    start : expression
        What is asked: it stands on the left of the first equals sign.
    lines : list of (expression, str)
        Each line of the answer, and the reason why it equals the line above. The reason may hold
        inline LaTeX between dollar signs.
    given : dict
        The shape of each letter that may take any value: {"S": (1, N)}.
    truth : callable
        Takes the given letters as float arrays, by name, and returns by other means (complex
        step, say) what every line must equal: an array with one axis for each index of `free`.
    define : callable, optional
        Takes the given letters as arrays of SymPy symbols, by name, and returns a dict with the
        letters that follow from them, such as P from S.
    free : dict
        The indices that the lines speak about, and how far each runs: {j: N, k: N}. A line that
        names none of them is an array with these axes.
    fixed : dict, optional
        The indices that mean the same everywhere. By default the row i is 1.
    where : condition on the indices, optional
        Such as Eq(j, k): the derivation claims nothing elsewhere.

    Examples
    --------
    See softmax_lib.derived, which holds the course's derivations.
    """

    def __init__(
        self, title, start, lines, *, given, truth, define=None, free=None, fixed=None, where=True
    ):
        self.title = title
        self.lines = [(start, "what is asked"), *lines]
        self.given, self.truth, self.define = given, truth, define or dict
        self.free, self.where = free or {}, sp.sympify(where)
        self.fixed = {"i": 1} if fixed is None else fixed

    def show(self):
        """Check every line, then return them typeset: formula, reason, tick."""
        self.check()
        return Latex(self.latex())

    def check(self):
        """Check each line twice; raise DerivationError at the first that is wrong.

        Numerically: against `truth` at random values of the letters, for N = 2, 3 and 5.
        Symbolically: against the line above, for N = 3 and letters that stay symbols.
        """
        for size in NUMERIC_N:
            self._check_numbers(size)
        self._check_symbols(SYMBOLIC_N)

    def latex(self):
        """Typeset the lines under one another, aligned at the equals sign."""
        (start, _), *rest = self.lines
        body = r" \\[1.2ex] ".join(
            rf"&= {latex(line)} &\enspace& \checkmark\, {in_words(reason)}" for line, reason in rest
        )
        return rf"$$\begin{{alignedat}}{{2}} {latex(start)} {body} \end{{alignedat}}$$"

    def entries(self, line, letters):
        """Return what the line says at every place of the free indices, as a list."""
        env = letters | self.fixed
        if line.free_symbols & set(self.free):
            return [
                value(line, env | {str(index): a for index, a in at.items()})
                for at in self.places(letters)
            ]
        sizes = [value(size, letters) for size in self.free.values()]
        whole = np.broadcast_to(value(line, env), sizes)
        return [whole[tuple(a - 1 for a in at.values())] for at in self.places(letters)]

    def places(self, letters):
        """Return every value of the free indices at which the derivation claims something."""
        ranges = [range(1, value(size, letters) + 1) for size in self.free.values()]
        every = (dict(zip(self.free, at, strict=True)) for at in product(*ranges))
        return [at for at in every if self.where.subs(at)]

    def letters(self, size):
        """Return the given letters as arrays of symbols for N = size, and all letters.

        The sizes of attention all differ, so that a shape that does not fit cannot pass.
        """
        lengths = {"N": size, "N_k": size, "N_q": size - 1, "d": size + 1, "d_v": size + 2}
        lengths |= {"n": size}
        sizes = {name: sp.Integer(length) for name, length in lengths.items()}
        given = {
            name: _symbols(name, tuple(int(value(sp.sympify(n), sizes)) for n in shape))
            for name, shape in self.given.items()
        }
        return given, sizes | given | self.define(**given)

    def _check_numbers(self, size):
        given, letters = self.letters(size)
        numbers, places = _random(given), self.places(letters)
        truth = np.asarray(self.truth(**numbers))
        expected = np.array([truth[tuple(a - 1 for a in place.values())] for place in places])
        for number, (line, _) in enumerate(self.lines):
            try:
                entries = self.entries(line, letters)
            except ValueError as error:  # an index without a meaning, or with two
                self._fail(number, str(error))
            got = _work_out(entries, given, numbers)
            wrong = ~np.isclose(got, expected, rtol=1e-9, atol=1e-12)
            if wrong.any():
                first = wrong.argmax()
                drawn = {name: array.round(3).tolist() for name, array in numbers.items()}
                self._differ(number, places[first] | drawn, got[first], expected[first])

    def _check_symbols(self, size):
        _, letters = self.letters(size)
        meanings = [self.entries(line, letters) for line, _ in self.lines]
        for number, (above, below) in enumerate(pairwise(meanings), start=1):
            for place, a, b in zip(self.places(letters), above, below, strict=True):
                if not is_zero(a - b):
                    self._differ(number, place, b, a)

    def _differ(self, number, place, got, expected):
        at = ", ".join(f"{name} = {a}" for name, a in place.items())
        self._fail(number, f"at {at}\nit is {got}, and should be {expected}")

    def _fail(self, number, why):
        line, reason = self.lines[number]
        raise DerivationError(f"{self.title}: line {number} ({reason}) is wrong\n{line}\n{why}")


def in_words(reason):
    """Typeset a reason in lines short enough to stand beside a formula, none cut in a formula."""
    formulas = iter(re.findall(FORMULA, reason))
    as_long = re.sub(FORMULA, lambda formula: "\0" * seen(formula[0]), reason)
    lines = wrap(as_long, REASON, break_long_words=False, break_on_hyphens=False)
    lines = [re.sub("\0+", lambda _: next(formulas), line) for line in lines]
    rows = r" \\ ".join(rf"&\text{{{line}}}" for line in lines)
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


def seen(formula):
    """Count roughly how many characters a formula shows: a command is one, brackets are none."""
    return len(re.sub(r"[${}_^, ]", "", re.sub(r"\\[a-zA-Z]+", "x", formula)))


def is_zero(e):
    """Decide whether an expression built of + - * / exp and log of symbols is 0 everywhere.

    e^{2a + b} becomes x²y, one positive symbol for each of e^a, e^b; what is left is a ratio of
    polynomials, and SymPy's normal form of that is 0 only for 0.
    """
    bases = {}

    def split(exponent):
        terms = sp.expand(exponent).as_coefficients_dict().items()
        return sp.Mul(*(bases.setdefault(a, sp.Dummy(positive=True)) ** n for a, n in terms))

    return sp.cancel(sp.sympify(e).replace(sp.exp, split)) == 0


def _symbols(name, shape):
    array = np.empty(shape, dtype=object)
    for at in np.ndindex(shape):
        array[at] = sp.Symbol(name + "_" + "".join(str(a + 1) for a in at), real=True)
    return array


def _random(given):
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=array.shape) for name, array in given.items()}


def _work_out(entries, given, numbers):
    """Put numbers in the place of symbols. What is not real then is NaN, which equals nothing."""
    at = {
        symbol: sp.Float(number)
        for name, symbols in given.items()
        for symbol, number in zip(symbols.flat, numbers[name].flat, strict=True)
    }
    values = [sp.sympify(e).xreplace(at) for e in entries]
    return np.array([float(x) if x.is_real else np.nan for x in values])
