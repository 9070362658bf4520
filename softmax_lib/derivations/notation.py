"""The notation that SymPy lacks, as nodes of its trees: each says how it is printed and what it is.

Both read the same tree, so the line that is shown is the line that is checked.
"""

from functools import reduce
from operator import add, matmul, mul

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.precedence import PRECEDENCE

from softmax_lib.derivations.letters import N
from softmax_lib.derivations.meaning import value


class Node(sp.Function):
    """A piece of notation that SymPy lacks: how it is printed, and what it computes."""

    is_Function = False  # a power of it is printed (…)², not sin²(…)
    precedence = PRECEDENCE["Mul"]

    def value(self, letters):
        return self.compute(*(value(a, letters) for a in self.args))

    def _sympystr(self, printer):
        return f"{self.func.__name__}({', '.join(map(printer._print, self.args))})"


@value.register(Node)
def _(e, letters):
    return e.value(letters)


class Binder(Node):
    """Notation with indices of its own: (body, index, …). They mean nothing outside it."""

    @property
    def free_symbols(self):
        return self.args[0].free_symbols - set(self.args[1:])


class Sum(Binder):
    """Σ of body over an index from 1 to N. An index that is in use already is refused."""

    def value(self, letters):
        body, index, _ = self.args
        if index.name in letters:
            raise ValueError(f"{index} is in use already: it cannot be the summation index too")
        return reduce(add, (value(body, letters | {index.name: a}) for a in self.terms(letters)))

    def terms(self, letters):
        return range(1, value(self.args[2], letters) + 1)

    def _latex(self, printer):
        body, index, last = (_factor(printer, a) for a in self.args)
        return rf"\sum_{{{index}=1}}^{{{last}}} {body}"


class SumOver(Sum):
    """Σ of body over the indices in a part of the row, such as a tile: a letter that lists them."""

    def terms(self, letters):
        return value(self.args[2], letters)

    def _latex(self, printer):
        body, index, part = (_factor(printer, a) for a in self.args)
        return rf"\sum_{{{index} \in {part}}} {body}"


class Delta(Node):
    """Kronecker's δ_jk: 1 where the two indices agree, 0 elsewhere."""

    def compute(self, a, b):
        return int(a == b)

    def _latex(self, printer):
        return r"\delta_{" + "".join(map(printer._print, self.args)) + "}"


class Cases(Node):
    """One formula where j = k, another where j ≠ k."""

    def value(self, letters):
        own, other, a, b = self.args
        return value(own if value(a, letters) == value(b, letters) else other, letters)

    def _latex(self, printer):
        own, other, a, b = map(printer._print, self.args)
        return (
            rf"\begin{{cases}} {own} & \text{{if }} {a} = {b} \\ "
            rf"{other} & \text{{if }} {a} \neq {b} \end{{cases}}"
        )


class WrittenOut(Binder):
    """The N × N matrix whose entry in row j and column k is given, printed with its dots."""

    def value(self, letters):
        body, row, column = self.args
        at = range(1, letters["N"] + 1)
        return np.array(
            [[value(body, letters | {row.name: a, column.name: b}) for b in at] for a in at]
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


class Slope(Node):
    """The slope of f as x moves, and all that follows from x with it."""

    def value(self, letters):
        return letters.slope(*self.args)


class Partial(Slope):
    """∂f/∂x."""

    def _latex(self, printer):
        f, x = map(printer._print, self.args)
        if self.args[0].is_Indexed or self.args[0].is_Symbol:
            return rf"\frac{{\partial {f}}}{{\partial {x}}}"
        return rf"\frac{{\partial}}{{\partial {x}}}\left[ {f} \right]"


class Prime(Slope):
    """f'(x), the derivative of a function of one variable; or [f(x)/g(x)]', of a formula in x."""

    def _latex(self, printer):
        f, x = self.args
        if isinstance(f, AppliedUndef):
            return f"{printer._print(sp.Symbol(f.func.__name__))}'({printer._print(x)})"
        return rf"\left[ {printer._print(f)} \right]'"


class Limit(Binder):
    """The limit as h goes to 0 of a ratio of polynomials."""

    def value(self, letters):
        return letters.limit(*self.args)

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

    sign, compute = r"\circ", staticmethod(mul)


class Outer(Infix):
    """a ⊗ b, whose entry (j, k) is a_j b_k."""

    sign, compute = r"\otimes", staticmethod(np.multiply.outer)


class Matmul(Infix):
    """A B, the matrix product."""

    sign, compute = r"\,", staticmethod(matmul)


class Dot(Node):
    """⟨a, b⟩, the sum of the products."""

    compute = staticmethod(lambda a, b: (a * b).sum())

    def _latex(self, printer):
        a, b = map(printer._print, self.args)
        return rf"\langle {a}, {b} \rangle"


class Named(Node):
    """A function that is printed by its name in small letters."""

    def _latex(self, printer):
        return rf"\operatorname{{{self.func.__name__.lower()}}}({printer._print(self.args[0])})"


class RowSum(Named):
    """rowsum(A): the sum of each row, as a column."""

    def compute(self, a):
        return a.sum(-1, keepdims=True)


class Diag(Named):
    """diag(a): a on the diagonal and zeros elsewhere, whether a lies or stands."""

    compute = staticmethod(np.diagflat)


class Transpose(Node):
    """Aᵀ."""

    compute = staticmethod(np.transpose)

    def _latex(self, printer):
        return printer.parenthesize(self.args[0], PRECEDENCE["Pow"]) + r"^\top"


def _factor(printer, e):
    """Print e so that it can stand next to another factor: a sum of terms gets brackets."""
    return printer.parenthesize(e, PRECEDENCE["Mul"], strict=True)
