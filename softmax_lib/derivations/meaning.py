"""What an expression means: letters are looked up by name, in numbers or in symbols.

Indices count from 1, as on paper. P[i, j] is an entry, P[i] the whole row P_i, P the matrix.
"""

from functools import reduce, singledispatch
from operator import add, mul

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from softmax_lib.numerical import complex_step

CIRCLE = 1e-3 * np.exp(2j * np.pi * np.arange(16) / 16)  # where a limit to 0 is measured


class Letters(dict):
    """What each letter, index, size and function means, by its name.

    What is `known` depends on no other; `given` letters may take any value; `define` takes those
    by name and returns a dict of the letters that follow from them.
    """

    def __init__(self, known, given=None, define=dict):
        self.given = {name: array[()] for name, array in (given or {}).items()}  # () is a number
        self.define = define
        super().__init__(known | self.given | define(**self.given))

    def __or__(self, more):
        other = type(self).__new__(type(self))
        other.__dict__ = self.__dict__
        other.update(self)
        other.update(more)
        return other


class Symbols(Letters):
    """Each entry of a given letter is a symbol: derivatives and limits are algebra."""

    @staticmethod
    def letter(name, shape):
        """Return S_11, S_12, … as symbols."""
        indices = ("".join(str(a + 1) for a in at) for at in np.ndindex(shape))
        symbols = [sp.Symbol(f"{name}_{at}", real=True) for at in indices]
        return np.array(symbols, dtype=object).reshape(shape)

    number = staticmethod(sp.sympify)

    def slope(self, f, x):
        return sp.diff(value(f, self), value(x, self))

    def limit(self, body, h):
        """Divide the lowest powers of h in a ratio of polynomials."""
        ratio = sp.fraction(sp.together(value(body, self | {h.name: h})))
        ((above,), a), ((below,), b) = (sp.Poly(e, h).terms()[-1] for e in ratio)
        if above < below and a != 0:
            raise ValueError(f"there is no limit as {h} goes to 0")
        return a / b if above == below else sp.Integer(0)


class Numbers(Letters):
    """Each entry of a given letter is a number: derivatives and limits are measured."""

    @staticmethod
    def letter(name, shape):
        """Draw a letter's numbers, the same every time, and others for each letter."""
        return np.random.default_rng([*name.encode()]).normal(size=shape)

    number = staticmethod(np.float64)

    def slope(self, f, x):
        """Nudge the given letter x, or its entry, and see what f does: a complex step."""
        name, at = getattr(x, "base", x).name, _places(getattr(x, "indices", ()), self)
        if name not in self.given:
            raise ValueError(f"{x} follows from other letters: it cannot be nudged")

        def moved(number):
            letter = np.array(self.given[name], complex)
            letter[at] = number
            given = self.given | {name: letter[()]}
            return value(f, self | given | self.define(**given)) + 0j

        return complex_step(moved, self.given[name][at])[()]

    def limit(self, body, h):
        """Take the mean round a small circle, which is the value in its middle (Cauchy)."""
        around = value(body, self | {h.name: CIRCLE})
        if np.abs(np.mean(around * CIRCLE)) > 1e-9 * np.abs(around).max():
            raise ValueError(f"there is no limit as {h} goes to 0")
        return np.mean(around).real


@singledispatch
def value(e, letters):
    """Work out the expression e.

    >>> P, i, N = sp.IndexedBase("P"), *sp.symbols("i N")
    >>> int(value(P[i] - N, Numbers({"P": np.array([5, 7]), "i": 2, "N": 3})))
    4
    """
    raise TypeError(f"no meaning is known for {e!r}")


@value.register(sp.Number)
def _(e, letters):
    return letters.number(e)


@value.register(sp.Symbol)
@value.register(sp.IndexedBase)
def _(e, letters):
    if e.name not in letters:
        raise ValueError(f"{e} has no meaning here")
    return letters[e.name]


@value.register(sp.Indexed)
def _(e, letters):
    try:
        return value(e.base, letters)[_places(e.indices, letters)]
    except IndexError:
        raise ValueError(f"{e} has no such entry") from None


@value.register(AppliedUndef)
def _(e, letters):
    return letters[e.func.__name__](*(value(a, letters) for a in e.args))


@value.register(sp.Add)
@value.register(sp.Mul)
def _(e, letters):
    return reduce({sp.Add: add, sp.Mul: mul}[e.func], (value(a, letters) for a in e.args))


@value.register(sp.Pow)
def _(e, letters):
    return value(e.base, letters) ** value(e.exp, letters)


@value.register(sp.exp)
@value.register(sp.log)
def _(e, letters):
    return apply(e.func, value(e.args[0], letters))


def apply(function, a):
    """Apply sp.exp, sp.log or sp.sqrt to each entry, whether they are numbers or symbols.

    >>> apply(sp.exp, np.zeros(2)), apply(sp.exp, sp.Symbol("a"))
    (array([1., 1.]), exp(a))
    """
    if np.asarray(a).dtype == object:
        return np.vectorize(function, otypes=[object])(a)[()]
    return getattr(np, function.__name__)(a)


def measured(f, letter):
    """Return a truth: the slope of f, which takes the given letters, as one of them moves."""
    return lambda **given: complex_step(lambda x: f(**given | {letter: x}), given[letter])


def slopes(f, x):
    """Return ∂f_j/∂x_k at [j, k], of vectors of numbers or of symbols.

    Where x is itself being nudged, by an imaginary step, these are the slopes at the place it left.
    """
    if x.dtype == object:
        return np.array([[sp.diff(a, b) for b in x] for a in f(x)])
    return complex_step(f, x.real)


def _places(indices, letters):
    return tuple(value(index, letters) - 1 for index in indices)
