"""The course's notation as SymPy trees: what a line looks like, and what it means.

A line of a derivation is one expression. `latex` prints it in the order in which it was written;
`value` works it out for given letters. Both read the same tree, so the line that is shown is the
line that is checked.

Indices count from 1, as on paper. P[i, j] is an entry, P[i] the whole row P_i, P the matrix.
"""

from functools import reduce, singledispatch
from operator import add, mul

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from softmax_lib import colours

i, j, k, l, m, n = sp.symbols("i j k l m n")
N, N_q, N_k, d, d_v = sp.symbols("N N_q N_k d d_v")


# What an expression means ---------------------------------------------------------------------


@singledispatch
def value(e, env):
    """Work out the expression e, with letters, indices and functions looked up by name in env.

    >>> P = sp.IndexedBase("P")
    >>> value(P[i] - N, {"P": np.array([5, 7]), "i": 2, "N": 3})
    4
    """
    raise TypeError(f"no meaning is known for {e!r}")


@value.register(sp.Number)
@value.register(sp.core.numbers.NumberSymbol)
def _(e, env):
    return e


@value.register(sp.Symbol)
@value.register(sp.IndexedBase)
def _(e, env):
    if str(e) not in env:
        raise ValueError(f"{e} has no meaning here")
    return env[str(e)]


@value.register(sp.Indexed)
def _(e, env):
    try:
        return env[str(e.base)][tuple(value(index, env) - 1 for index in e.indices)]
    except IndexError:
        raise ValueError(f"{e} has no such entry") from None


@value.register(AppliedUndef)
def _(e, env):
    return env[str(e.func)](*(value(a, env) for a in e.args))


@value.register(sp.Add)
def _(e, env):
    return reduce(add, (value(a, env) for a in e.args))


@value.register(sp.Mul)
def _(e, env):
    return reduce(mul, (value(a, env) for a in e.args))


@value.register(sp.Pow)
def _(e, env):
    return value(e.base, env) ** value(e.exp, env)


@value.register(sp.exp)
@value.register(sp.log)
def _(e, env):
    return np.vectorize(e.func, otypes=[object])(value(e.args[0], env))[()]


class Node(sp.Function):
    """A piece of notation that SymPy lacks: how it is printed, and what it computes."""

    is_Function = False  # a power of it is printed (…)², not sin²(…)
    precedence = PRECEDENCE["Mul"]

    def value(self, env):
        return self.compute(*(value(a, env) for a in self.args))

    def _sympystr(self, printer):
        return f"{self.func.__name__}({', '.join(map(printer._print, self.args))})"


@value.register(Node)
def _(e, env):
    return e.value(env)


class Binder(Node):
    """Notation with indices of its own: (body, index, …). They mean nothing outside it."""

    @property
    def free_symbols(self):
        return self.args[0].free_symbols - set(self.args[1:])


class Sum(Binder):
    """Σ of body over an index from 1 to N. An index that is in use already is refused."""

    def value(self, env):
        body, index, _ = self.args
        if str(index) in env:
            raise ValueError(f"{index} is in use already: it cannot be the summation index too")
        return reduce(add, (value(body, env | {str(index): a}) for a in self.terms(env)))

    def terms(self, env):
        return range(1, value(self.args[2], env) + 1)

    def _latex(self, printer):
        body, index, last = (_factor(printer, a) for a in self.args)
        return rf"\sum_{{{index}=1}}^{{{last}}} {body}"


class SumOver(Sum):
    """Σ of body over the indices in a part of the row, such as a tile: a letter that lists them."""

    def terms(self, env):
        return value(self.args[2], env)

    def _latex(self, printer):
        body, index, part = (_factor(printer, a) for a in self.args)
        return rf"\sum_{{{index} \in {part}}} {body}"


class Delta(Node):
    """Kronecker's δ_jk: 1 where the two indices agree, 0 elsewhere."""

    def compute(self, a, b):
        return sp.Integer(a == b)

    def _latex(self, printer):
        return r"\delta_{" + "".join(map(printer._print, self.args)) + "}"


class Cases(Node):
    """One formula where j = k, another where j ≠ k."""

    def value(self, env):
        own, other, a, b = self.args
        return value(own if value(a, env) == value(b, env) else other, env)

    def _latex(self, printer):
        own, other, a, b = map(printer._print, self.args)
        return (
            rf"\begin{{cases}} {own} & \text{{if }} {a} = {b} \\ "
            rf"{other} & \text{{if }} {a} \neq {b} \end{{cases}}"
        )


class WrittenOut(Binder):
    """The N × N matrix whose entry in row j and column k is given, printed with its dots."""

    def value(self, env):
        body, row, column = self.args
        at = range(1, env["N"] + 1)
        return np.array(
            [[value(body, env | {str(row): a, str(column): b}) for b in at] for a in at]
        )

    def _latex(self, printer):
        def line(a):
            shown = [self._entry(printer, a, b) for b in (1, 2, 3, N)]
            return " & ".join([*shown[:3], r"\cdots", shown[3]])

        dots = r"\vdots & \vdots & \vdots & \ddots & \vdots"
        lines = [line(1), line(2), dots, line(N)]
        return r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}"

    def _entry(self, printer, a, b):
        body, row, column = self.args
        if isinstance(body, Cases):
            body = body.args[0] if a == b else body.args[1]
        with sp.evaluate(False):
            return printer._print(body.xreplace({row: sp.sympify(a), column: sp.sympify(b)}))


class Partial(Node):
    """∂f/∂x."""

    def compute(self, f, x):
        return sp.diff(f, x)

    def _latex(self, printer):
        f, x = map(printer._print, self.args)
        if self.args[0].is_Indexed or self.args[0].is_Symbol:
            return rf"\frac{{\partial {f}}}{{\partial {x}}}"
        return rf"\frac{{\partial}}{{\partial {x}}}\left[ {f} \right]"


class Prime(Node):
    """f'(x), the derivative of a function of one variable; or [f(x)/g(x)]', of a formula in x."""

    def value(self, env):
        f, x = self.args
        t = sp.Dummy()
        return sp.diff(value(f, env | {str(x): t}), t).subs(t, value(x, env))

    def _latex(self, printer):
        f, x = self.args
        if isinstance(f, AppliedUndef):
            return f"{f.func}'({printer._print(x)})"
        return rf"\left[ {printer._print(f)} \right]'"


class Limit(Binder):
    """The limit as h goes to 0 of a ratio of polynomials."""

    def value(self, env):
        body, h = self.args
        limit = sp.cancel(value(body, env | {str(h): h})).subs(h, 0)
        if limit.has(sp.zoo, sp.nan):
            raise ValueError(f"there is no limit as {h} goes to 0")
        return limit

    def _latex(self, printer):
        body, h = map(printer._print, self.args)
        return rf"\lim_{{{h} \to 0}} {body}"


class Infix(Node):
    """Two things with a sign between them, as a ∘ b."""

    def _latex(self, printer):
        a, b = (_factor(printer, x) for x in self.args)
        return f"{a} {self.sign} {b}"


class Times(Infix):
    """a ∘ b, entry by entry."""

    sign = r"\circ"

    def compute(self, a, b):
        return a * b


class Outer(Infix):
    """a ⊗ b, whose entry (j, k) is a_j b_k."""

    sign = r"\otimes"

    def compute(self, a, b):
        return np.multiply.outer(a, b)


class Matmul(Infix):
    """A B, the matrix product."""

    sign = r"\,"

    def compute(self, a, b):
        return a @ b


class Dot(Node):
    """⟨a, b⟩, the sum of the products."""

    def compute(self, a, b):
        return (a * b).sum()

    def _latex(self, printer):
        a, b = map(printer._print, self.args)
        return rf"\langle {a}, {b} \rangle"


class RowSum(Node):
    """rowsum(A): the sum of each row, as a column."""

    def compute(self, a):
        return a.sum(-1, keepdims=True)

    def _latex(self, printer):
        return rf"\operatorname{{rowsum}}({printer._print(self.args[0])})"


class Diag(Node):
    """diag(a): a on the diagonal and zeros elsewhere, whether a lies or stands."""

    def compute(self, a):
        return np.diagflat(a)

    def _latex(self, printer):
        return rf"\operatorname{{diag}}({printer._print(self.args[0])})"


class Transpose(Node):
    """Aᵀ."""

    def compute(self, a):
        return a.T

    def _latex(self, printer):
        return printer.parenthesize(self.args[0], PRECEDENCE["Pow"]) + r"^\top"


# What an expression looks like ----------------------------------------------------------------


def _factor(printer, e):
    """Print e so that it can stand next to another factor: a sum of terms gets brackets."""
    return printer.parenthesize(e, PRECEDENCE["Mul"], strict=True)


class _Printer(LatexPrinter):
    def _needs_mul_brackets(self, e, first=False, last=False):
        return isinstance(e, Sum) or super()._needs_mul_brackets(e, first, last)

    def _print_AppliedUndef(self, e, exp=None):
        applied = f"{e.func}({', '.join(map(self._print, e.args))})"
        return applied if exp is None else rf"\left[{applied}\right]^{{{exp}}}"

    def _print_Indexed(self, e):
        letter = str(e.base)
        indices = "".join(map(self._print, e.indices))
        return colours.latex(letter, rf"{letter}_{{{indices}}}")

    def _print_IndexedBase(self, e):
        return colours.latex(str(e), str(e))


def latex(e):
    """Print the expression as LaTeX, its terms and factors in the order in which they stand.

    >>> latex(Sum(sp.exp(l), l, N))
    '\\\\sum_{l=1}^{N} e^{l}'
    """
    return _Printer({"order": "none", "mul_symbol": r"\,"}).doprint(e)
