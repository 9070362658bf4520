"""What an expression and a reason look like, as LaTeX."""

import re
from textwrap import wrap

import sympy as sp
from sympy.printing.latex import LatexPrinter

from softmax_lib.derivations.letters import PRINTED
from softmax_lib.derivations.notation import Sum
from softmax_lib.figures import colours

FORMULA = r"\$.*?\$"  # in a reason
REASON = 22  # characters in a line of a reason, so that it fits beside its formula in a page


class _Printer(LatexPrinter):
    def _needs_mul_brackets(self, e, first=False, last=False):
        return isinstance(e, Sum) or super()._needs_mul_brackets(e, first, last)

    def _print_AppliedUndef(self, e, exp=None):
        name = self._print(sp.Symbol(e.func.__name__))
        applied = f"{name}({', '.join(map(self._print, e.args))})"
        return applied if exp is None else rf"\left[{applied}\right]^{{{exp}}}"

    def _print_Indexed(self, e):
        letter = str(e.base)
        indices = "".join(map(self._print, e.indices))
        return colours.latex(letter, rf"{letter}_{{{indices}}}")

    def _print_IndexedBase(self, e):
        return colours.latex(str(e), str(e))


def latex(e):
    """Print the expression as LaTeX, its terms and factors in the order in which they stand.

    >>> from softmax_lib.derivations.letters import N, l
    >>> latex(Sum(sp.exp(l), l, N))
    '\\\\sum_{l=1}^{N} e^{l}'
    """
    settings = {"order": "none", "mul_symbol": r"\,", "symbol_names": PRINTED}
    return _Printer(settings).doprint(e)


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
