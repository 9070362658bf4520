"""The slope of a ratio: in general, and of the logistic function."""

from functools import partial

import numpy as np
from sympy import Add, exp

from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import N, f, g, h, sigma, x
from softmax_lib.derivations.meaning import apply, measured
from softmax_lib.derivations.notation import Limit, Prime

e_x = exp(x)


def polynomials(a, b, x):
    """Let f and g be polynomials with the coefficients a and b, so that they can be any of them."""

    def polynomial(coefficients):
        return lambda t: sum(a_n * t**n for n, a_n in enumerate(coefficients))

    return {"f": polynomial(a), "g": polynomial(b)}


def ratio(a, b, x):
    """The same f/g, by Horner's rule."""
    return np.polyval(a[::-1], x) / np.polyval(b[::-1], x)


@checked(given={"a": (N,), "b": (N,), "x": ()}, define=polynomials, truth=measured(ratio, "x"))
def quotient_rule():
    """The quotient rule"""
    yield Prime(f(x) / g(x), x)
    yield Limit((f(x + h) / g(x + h) - f(x) / g(x)) / h, h)
    yield "the definition of a derivative"
    yield Limit((f(x + h) * g(x) - g(x + h) * f(x)) / (h * g(x + h) * g(x)), h)
    yield "common denominator"
    yield Limit(
        Add(f(x + h) * g(x), -(f(x) * g(x)), f(x) * g(x), -(g(x + h) * f(x)))
        / (h * g(x + h) * g(x)),
        h,
    )
    yield r"take $f(x)\,g(x)$ away and put it back"
    yield Limit(((f(x + h) - f(x)) * g(x) - (g(x + h) - g(x)) * f(x)) / (h * g(x + h) * g(x)), h)
    yield "factor out $g(x)$ on the left, $-f(x)$ on the right"
    yield (
        Limit(((f(x + h) - f(x)) / h * g(x) - (g(x + h) - g(x)) / h * f(x)) / (g(x + h) * g(x)), h)
    )
    yield "let $h$ divide each difference"
    yield (Prime(f(x), x) * g(x) - Prime(g(x), x) * f(x)) / (g(x) * g(x))
    yield "let $h$ go to $0$; $g$ is continuous"
    yield (Prime(f(x), x) * g(x) - Prime(g(x), x) * f(x)) / g(x) ** 2
    yield "write the product as a square"


def logistic_function(x):
    """Define σ, the logistic function."""
    return {"sigma": lambda t: apply(exp, t) / (apply(exp, t) + 1)}


of_logistic = partial(checked, given={"x": ()}, define=logistic_function)


@of_logistic(truth=measured(lambda x: np.exp(x) / (np.exp(x) + 1), "x"))
def logistic():
    """Top and bottom move: the slope of the logistic function"""
    yield Prime(sigma(x), x)
    yield Prime(e_x / (e_x + 1), x)
    yield r"the definition of $\sigma$"
    yield (e_x * (e_x + 1) - e_x * e_x) / (e_x + 1) ** 2
    yield "quotient rule: $f' = e^x$, $g' = e^x$"
    yield e_x * Add(e_x, 1, -e_x) / (e_x + 1) ** 2
    yield "factor out $e^x$"
    yield e_x / (e_x + 1) * (Add(e_x, 1, -e_x) / (e_x + 1))
    yield "one factor of the square for each fraction"
    yield e_x / (e_x + 1) * ((e_x + 1) / (e_x + 1) - e_x / (e_x + 1))
    yield "split the second fraction"
    yield sigma(x) * (1 - sigma(x))
    yield r"read the fractions as $\sigma$"


@of_logistic(truth=measured(lambda x: 1 / (np.exp(x) + 1), "x"))
def logistic_rest():
    """Only the bottom moves: the slope of what is left"""
    yield Prime(1 / (e_x + 1), x)
    yield (0 * (e_x + 1) - e_x) / (e_x + 1) ** 2
    yield "quotient rule: $f = 1$, $f' = 0$, $g' = e^x$"
    yield -(e_x / (e_x + 1) ** 2)
    yield "$0$ times anything is $0$"
    yield -(e_x / (e_x + 1) * (1 - e_x / (e_x + 1)))
    yield r"one factor for each fraction; $\frac{1}{e^x + 1}$ is $1$ minus the other"
    yield -(sigma(x) * (1 - sigma(x)))
    yield r"read the fractions as $\sigma$"
