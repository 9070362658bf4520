"""A derivation as lines: each line that is shown is the line that is checked.

A line is one expression in the course's notation, with the reason why it equals the line above.
From that one expression come its LaTeX and its meaning, so the two cannot drift apart.
"""

from copy import copy
from functools import cached_property
from html import escape
from itertools import count, pairwise, product

import numpy as np
import sympy as sp
from IPython.display import HTML, Latex

from softmax_lib.derivations.algebra import is_zero
from softmax_lib.derivations.letters import SIZES, N, N_k, n
from softmax_lib.derivations.meaning import Numbers, Symbols, value
from softmax_lib.derivations.printer import in_words, latex

SYMBOLIC = (3, 1)  # how long a row is, and which sizes are the shorter ones: see Derivation.sizes
NUMERIC = ((2, 1), (3, 1), (5, 1), (5, -1))

COURSE = {}  # every derivation that is `checked`, by its name, in the order of the course


class DerivationError(AssertionError):
    """A line does not equal the line above it, or not the derivative that it should be."""


def checked(**claims):
    """Make a derivation of the function below, which yields its lines, and enter it in COURSE.

    The keywords are those of Derivation. The function runs when the derivation is first used:
    softmax.py has short ones.
    """

    def enter(write):
        if write.__name__ in COURSE:
            raise ValueError(f"there are two derivations named {write.__name__}")
        COURSE[write.__name__] = Derivation(write, **claims)
        return COURSE[write.__name__]

    return enter


class Derivation:
    """Lines of algebra, from what is asked to the answer, that can be shown and checked.

    Parameters
    ----------
    write : callable
        Its docstring is the title. It yields what is asked, which stands on the left of the first
        equals sign, and then, in turn, a line of the answer and the reason why that equals the
        line above. A reason may hold inline LaTeX between dollar signs. SymPy keeps every line as
        it is written, and simplifies nothing that the reader has yet to see simplified.
    given : dict
        The shape of each letter that may take any value: {"S": (1, N)}. Where a letter is one
        row, i is 1.
    truth : callable
        Takes the given letters as float arrays, by name, and returns by other means (complex
        step, say) what every line must equal: an array with one axis for each index of `free`.
    define : callable, optional
        Takes the given letters by name, of numbers or of SymPy symbols, and returns a dict with
        the letters that follow from them, such as P from S.
    free : dict, optional
        The indices that the lines speak about, and how far each runs: {j: N, k: N}. A line that
        names none of them is an array with these axes.
    where : callable, optional
        Takes the free indices; such as operator.eq: the derivation claims nothing elsewhere.
    """

    def __init__(self, write, *, given, truth, define=dict, free=None, where=None):
        self.write, self.title = write, write.__doc__
        self.given, self.truth, self.define = given, truth, define
        self.free, self.where = free or {}, where or (lambda *at: True)

    @cached_property
    def lines(self):
        """Every (expression, reason), built when first asked for."""
        with sp.evaluate(False):
            start, *rest = self.write()
        return [(start, "what is asked"), *zip(rest[::2], rest[1::2], strict=True)]

    def with_line(self, number, line):
        """Return the derivation with another line in the place of one, under the same reason."""
        other = copy(self)
        other.lines = [*self.lines]
        other.lines[number] = (line, self.lines[number][1])
        return other

    def show(self, folded=False):
        """Check every line, then return them typeset: formula, reason, tick.

        Folded, they are out of sight until asked for: for who writes them on paper first.
        """
        self.check()
        if folded:
            lines = escape(self.latex())
            return HTML(f"<details><summary>The lines, checked</summary>{lines}</details>")
        return Latex(self.latex())

    def latex(self):
        """Typeset the lines under one another, aligned at the equals sign."""
        (start, _), *rest = self.lines
        body = r" \\[1.2ex] ".join(
            rf"&= {latex(line)} &\enspace& \checkmark\, {in_words(reason)}" for line, reason in rest
        )
        return rf"$$\begin{{alignedat}}{{2}} {latex(start)} {body} \end{{alignedat}}$$"

    def check(self):
        """Check each line twice; raise DerivationError at the first that is wrong.

        Numerically: against `truth` at random values of the letters, for rows of 2, 3 and 5.
        Symbolically: against the line above, for rows of 3 and letters that stay symbols.
        """
        for sizes in NUMERIC:
            self._check_numbers(self.letters(Numbers, *sizes))
        self._check_symbols(self.letters(Symbols, *SYMBOLIC))

    def sizes(self, length, order):
        """Return how long each size is if a row has that length: no two are equal.

        So a limit that is another's, or a shape that does not fit, cannot pass. Each other size
        is once below the row's and once above: a sum of δ to a larger one would be the same.
        """
        used = set().union(*self.given.values())
        row = N_k if N_k in used else n if n in used else N
        others = (size.name for size in SIZES[::order] if size != row)
        lengths = (a for a in count(2) if a != length)
        return {row.name: length} | dict(zip(others, lengths, strict=False))

    def letters(self, kind, length, order=1):
        """Return what every letter means, as Symbols or as Numbers."""
        sizes = self.sizes(length, order)
        given = {
            name: kind.letter(name, tuple(sizes.get(str(size), size) for size in shape))
            for name, shape in self.given.items()
        }
        row = {"i": 1} if any(shape[:1] == (1,) for shape in self.given.values()) else {}
        return kind(sizes | row, given, self.define)

    def entries(self, line, letters):
        """Return what the line says at every place of the free indices, as a list."""
        places = self.places(letters)
        if line.free_symbols & set(self.free):
            return [value(line, letters | place) for place in places]
        whole = np.broadcast_to(value(line, letters), self._ends(letters))
        return [whole[tuple(a - 1 for a in place.values())] for place in places]

    def places(self, letters):
        """Return every value of the free indices at which the derivation claims something."""
        names = [index.name for index in self.free]
        every = product(*(range(1, end + 1) for end in self._ends(letters)))
        return [dict(zip(names, at, strict=True)) for at in every if self.where(*at)]

    def _ends(self, letters):
        return tuple(int(value(size, letters)) for size in self.free.values())

    def _check_numbers(self, letters):
        places, truth = self.places(letters), np.asarray(self.truth(**letters.given))
        if truth.shape != self._ends(letters):
            self._fail(0, f"{self.free} gives {self._ends(letters)} places, not {truth.shape}")
        expected = np.array([truth[tuple(a - 1 for a in place.values())] for place in places])
        for number in range(len(self.lines)):
            got = np.array(self._entries(number, letters), float)
            if got.shape != expected.shape:
                self._fail(number, "it is not one number")
            wrong = ~np.isclose(got, expected, rtol=1e-9, atol=1e-12)
            if wrong.any():
                first = wrong.argmax()
                drawn = {name: a.round(3).tolist() for name, a in letters.given.items()}
                self._differ(number, places[first] | drawn, got[first], expected[first])

    def _check_symbols(self, letters):
        meanings = [self._entries(number, letters) for number in range(len(self.lines))]
        for number, (above, below) in enumerate(pairwise(meanings), start=1):
            for place, a, b in zip(self.places(letters), above, below, strict=True):
                if not is_zero(a - b):
                    self._differ(number, place, b, a)

    def _entries(self, number, letters):
        with np.errstate(all="ignore"):  # what is not a number equals nothing
            try:
                return self.entries(self.lines[number][0], letters)
            except ValueError as error:  # an index without a meaning, or with two
                self._fail(number, str(error))

    def _differ(self, number, place, got, expected):
        at = ", ".join(f"{name} = {a}" for name, a in place.items())
        self._fail(number, f"at {at}\nit is {got}, and should be {expected}")

    def _fail(self, number, why):
        line, reason = self.lines[number]
        plain = reason.replace("$", "")  # an error's message sets no formula
        raise DerivationError(f"{self.title}: line {number} ({plain}) is wrong\n{line}\n{why}")
