"""The course's derivations, each from what is asked to the answer, in the order of the lessons.

The expressions are SymPy trees, kept as they are written (evaluate=False): SymPy must not
simplify what the reader has yet to see simplified.
"""

import numpy as np
import sympy as sp

from softmax_lib import loops
from softmax_lib.derivation import Derivation
from softmax_lib.notation import (
    Cases,
    Delta,
    Diag,
    Dot,
    Limit,
    Matmul,
    N,
    Outer,
    Partial,
    Prime,
    Sum,
    Times,
    Transpose,
    WrittenOut,
    i,
    j,
    k,
    l,
)
from softmax_lib.numerical import complex_step

S, P, J, dP, v, p = map(sp.IndexedBase, ["S", "P", "J", "dP", "v", "p"])
c, h, x, phi = sp.symbols("c h x phi")
f, g = sp.symbols("f g", cls=sp.Function)

row = (1, N)  # one row of scores: the index i is 1


def probabilities(S, dP=0, **_):
    """Define the letters that follow from S, and φ as a function of P whose gradient is dP."""
    E = np.vectorize(sp.exp)(S)
    P = E / E.sum()
    J = np.array([[[sp.diff(a, b) for b in S[0]] for a in P[0]]])
    return {"P": P, "p": P.T, "J": J, "phi": (dP * P).sum()}


def jacobian(S):
    """∂P_1j/∂S_1k by complex step: what the derivations below must equal."""
    return complex_step(lambda row: loops.softmax(row[None])[0], S[0])


# 01 -------------------------------------------------------------------------------------------


def polynomials(a, b, x):
    """Let f and g be polynomials with the coefficients a and b, so that they can be any of them."""

    def polynomial(coefficients):
        return lambda t: sum(a_n * t**n for n, a_n in enumerate(coefficients))

    return {"x": x.item(), "f": polynomial(a), "g": polynomial(b)}


def ratio_slope(a, b, x):
    """The derivative of f/g at x by complex step."""
    return complex_step(lambda t: np.polyval(a[::-1], t) / np.polyval(b[::-1], t), x)


with sp.evaluate(False):
    quotient_rule = Derivation(
        "The quotient rule",
        Prime(f(x) / g(x), x),
        [
            (
                Limit((f(x + h) / g(x + h) - f(x) / g(x)) / h, h),
                "the definition of a derivative",
            ),
            (
                Limit((f(x + h) * g(x) - g(x + h) * f(x)) / (h * g(x + h) * g(x)), h),
                "common denominator",
            ),
            (
                Limit(
                    sp.Add(f(x + h) * g(x), -(f(x) * g(x)), f(x) * g(x), -(g(x + h) * f(x)))
                    / (h * g(x + h) * g(x)),
                    h,
                ),
                "take $f(x)\\,g(x)$ away and put it back",
            ),
            (
                Limit(
                    ((f(x + h) - f(x)) * g(x) - (g(x + h) - g(x)) * f(x)) / (h * g(x + h) * g(x)),
                    h,
                ),
                "factor out $g(x)$ on the left, $-f(x)$ on the right",
            ),
            (
                Limit(
                    ((f(x + h) - f(x)) / h * g(x) - (g(x + h) - g(x)) / h * f(x))
                    / (g(x + h) * g(x)),
                    h,
                ),
                "let $h$ divide each difference",
            ),
            (
                (Prime(f(x), x) * g(x) - Prime(g(x), x) * f(x)) / (g(x) * g(x)),
                "let $h$ go to $0$; $g$ is continuous",
            ),
            (
                (Prime(f(x), x) * g(x) - Prime(g(x), x) * f(x)) / g(x) ** 2,
                "write the product as a square",
            ),
        ],
        given={"a": (N,), "b": (N,), "x": ()},
        define=polynomials,
        truth=ratio_slope,
    )

sigma = sp.Function(r"\sigma")
e_x = sp.exp(x)


def logistic_function(x):
    """Define σ, the logistic function, beside x."""
    return {"x": x.item(), r"\sigma": lambda t: sp.exp(t) / (sp.exp(t) + 1)}


with sp.evaluate(False):
    logistic = Derivation(
        "Top and bottom move: the slope of the logistic function",
        Prime(sigma(x), x),
        [
            (Prime(e_x / (e_x + 1), x), "the definition of $\\sigma$"),
            (
                (e_x * (e_x + 1) - e_x * e_x) / (e_x + 1) ** 2,
                "quotient rule: $f' = e^x$, $g' = e^x$",
            ),
            (e_x * sp.Add(e_x, 1, -e_x) / (e_x + 1) ** 2, "factor out $e^x$"),
            (
                e_x / (e_x + 1) * (sp.Add(e_x, 1, -e_x) / (e_x + 1)),
                "one factor of the square for each fraction",
            ),
            (
                e_x / (e_x + 1) * ((e_x + 1) / (e_x + 1) - e_x / (e_x + 1)),
                "split the second fraction",
            ),
            (sigma(x) * (1 - sigma(x)), "read the fractions as $\\sigma$"),
        ],
        given={"x": ()},
        define=logistic_function,
        truth=lambda x: complex_step(lambda t: np.exp(t) / (np.exp(t) + 1), x),
    )

    logistic_rest = Derivation(
        "Only the bottom moves: the slope of what is left",
        Prime(1 / (e_x + 1), x),
        [
            (
                (0 * (e_x + 1) - e_x) / (e_x + 1) ** 2,
                "quotient rule: $f = 1$, $f' = 0$, $g' = e^x$",
            ),
            (-(e_x / (e_x + 1) ** 2), "$0$ times anything is $0$"),
            (
                -(sigma(x) * (1 - sigma(x))),
                "$\\sigma = e^x / (e^x + 1)$, and $1 - \\sigma = 1 / (e^x + 1)$",
            ),
        ],
        given={"x": ()},
        define=logistic_function,
        truth=lambda x: complex_step(lambda t: 1 / (np.exp(t) + 1), x),
    )

# 02 -------------------------------------------------------------------------------------------

e_j, e_k, e_l = sp.exp(S[i, j]), sp.exp(S[i, k]), sp.exp(S[i, l])
total = Sum(e_l, l, N)

with sp.evaluate(False):
    shift_invariance = Derivation(
        "The same shift for every score changes nothing",
        sp.exp(S[i, j] + c) / Sum(sp.exp(S[i, l] + c), l, N),
        [
            (e_j * sp.exp(c) / Sum(e_l * sp.exp(c), l, N), "$e^{a + b} = e^a\\,e^b$"),
            (e_j * sp.exp(c) / (total * sp.exp(c)), "$e^c$ stands in every term: factor it out"),
            (e_j / total, "cancel $e^c$"),
            (P[i, j], "the definition of $P_{ij}$"),
        ],
        given={"S": row, "c": ()},
        define=probabilities,
        truth=lambda S, c: loops.softmax(S)[0],
        free={j: N},
    )

L = sp.IndexedBase("L")


def log_sum_exp(S):
    """Define L_1, the log-sum-exp of the row, beside the letters that follow from S."""
    return probabilities(S) | {"L": np.array([sp.log(np.vectorize(sp.exp)(S).sum())])}


with sp.evaluate(False):
    log_sum_exp_slope = Derivation(
        "The slope of log-sum-exp",
        Partial(L[i], S[i, k]),
        [
            (Partial(sp.log(total), S[i, k]), "the definition of $L_i$"),
            (
                Partial(total, S[i, k]) / total,
                "chain rule: the slope of $\\log x$ is $1/x$, times the slope of $x$",
            ),
            (
                Sum(Partial(e_l, S[i, k]), l, N) / total,
                "the slope of a sum is the sum of the slopes",
            ),
            (e_k / total, "only the term with $l = k$ moves, and its slope is itself"),
            (P[i, k], "read the fraction as a probability"),
        ],
        given={"S": row},
        define=log_sum_exp,
        truth=lambda S: complex_step(lambda row: loops.logsumexp(row[None])[0], S[0]),
        free={k: N},
    )

# 03 -------------------------------------------------------------------------------------------

with sp.evaluate(False):
    own_probability = Derivation(
        "j = k: a score and its own probability",
        Partial(P[i, j], S[i, k]),
        [
            (Partial(e_j / total, S[i, k]), "write $P_{ij}$ out"),
            (
                (e_j * total - e_k * e_j) / total**2,
                "quotient rule: as $j = k$, $f' = e^{S_{ij}}$; $g' = e^{S_{ik}}$",
            ),
            (e_j * (total - e_k) / total**2, "factor out $e^{S_{ij}}$"),
            (e_j / total * ((total - e_k) / total), "one factor of the square for each fraction"),
            (e_j / total * (total / total - e_k / total), "split the second fraction"),
            (P[i, j] * (1 - P[i, k]), "read the fractions as probabilities"),
        ],
        given={"S": row},
        define=probabilities,
        truth=jacobian,
        free={j: N, k: N},
        where=sp.Eq(j, k),
    )

    other_probability = Derivation(
        "j ≠ k: a score and another's probability",
        Partial(P[i, j], S[i, k]),
        [
            (Partial(e_j / total, S[i, k]), "write $P_{ij}$ out"),
            (
                (0 * total - e_k * e_j) / total**2,
                "quotient rule: as $j \\neq k$, $f' = 0$; $g' = e^{S_{ik}}$",
            ),
            ((0 - e_k * e_j) / total**2, "$0$ times anything is $0$"),
            (-(e_k / total * (e_j / total)), "one factor of the square for each fraction"),
            (-(P[i, k] * P[i, j]), "read the fractions as probabilities"),
        ],
        given={"S": row},
        define=probabilities,
        truth=jacobian,
        free={j: N, k: N},
        where=sp.Ne(j, k),
    )

    both_cases = Derivation(
        "Both cases at once",
        Partial(P[i, j], S[i, k]),
        [
            (
                Cases(P[i, j] * (1 - P[i, k]), -(P[i, k] * P[i, j]), j, k),
                "the two cases, as derived",
            ),
            (
                Cases(P[i, j] * (1 - P[i, k]), P[i, j] * (0 - P[i, k]), j, k),
                "write the second like the first",
            ),
            (P[i, j] * (Delta(j, k) - P[i, k]), "$\\delta_{jk}$ is 1 if $j = k$, and 0 if not"),
        ],
        given={"S": row},
        define=probabilities,
        truth=jacobian,
        free={j: N, k: N},
    )

with sp.evaluate(False):
    through_the_logarithm = Derivation(
        "Both cases at once, through the logarithm",
        Partial(P[i, j], S[i, k]),
        [
            (
                P[i, j] * Partial(sp.log(P[i, j]), S[i, k]),
                "as $(\\log f)' = f'/f$, we have $f' = f\\,(\\log f)'$",
            ),
            (P[i, j] * Partial(sp.log(e_j / total), S[i, k]), "write $P_{ij}$ out"),
            (
                P[i, j] * Partial(S[i, j] - sp.log(total), S[i, k]),
                "the log of a ratio is a difference; $\\log e^{S_{ij}} = S_{ij}$",
            ),
            (
                P[i, j] * (Delta(j, k) - Partial(sp.log(total), S[i, k])),
                "$S_{ij}$ moves with $S_{ik}$ if it is the same score, and not otherwise",
            ),
            (
                P[i, j] * (Delta(j, k) - e_k / total),
                "$(\\log g)' = g'/g$, and $g' = e^{S_{ik}}$",
            ),
            (P[i, j] * (Delta(j, k) - P[i, k]), "read the fraction as a probability"),
        ],
        given={"S": row},
        define=probabilities,
        truth=jacobian,
        free={j: N, k: N},
    )

# 04 -------------------------------------------------------------------------------------------

with sp.evaluate(False):
    jacobian_matrix = Derivation(
        "The Jacobian of a row",
        J[i],
        [
            (WrittenOut(Partial(P[i, j], S[i, k]), j, k), "row $j$, column $k$"),
            (
                WrittenOut(Cases(P[i, j] * (1 - P[i, k]), -(P[i, j] * P[i, k]), j, k), j, k),
                "the two cases of lesson 03",
            ),
            (
                WrittenOut(Cases(P[i, j] - P[i, j] * P[i, k], 0 - P[i, j] * P[i, k], j, k), j, k),
                "multiply out the diagonal",
            ),
            (
                Diag(P[i]) - Outer(P[i], P[i]),
                "$P_{ij}$ on the diagonal only, $P_{ij}\\,P_{ik}$ everywhere",
            ),
            (
                Diag(p) - Matmul(p, Transpose(p)),
                "with $p = P_i^\\top$, a column",
            ),
        ],
        given={"S": row},
        define=probabilities,
        truth=jacobian,
        free={j: N, k: N},
    )

    row_sums = Derivation(
        "A row of the Jacobian sums to zero",
        Sum(P[i, j] * (Delta(j, k) - P[i, k]), k, N),
        [
            (
                Sum(P[i, j] * Delta(j, k), k, N) - Sum(P[i, j] * P[i, k], k, N),
                "multiply out, and sum each term",
            ),
            (
                P[i, j] - P[i, j] * Sum(P[i, k], k, N),
                "$\\delta_{jk}$ leaves one term; $P_{ij}$ is the same in every term of the other",
            ),
            (P[i, j] - P[i, j], "probabilities sum to one"),
            (sp.Integer(0), "nothing is left"),
        ],
        given={"S": row},
        define=probabilities,
        truth=lambda S: np.zeros(S.shape[1]),
        free={j: N},
    )

    variance = Derivation(
        "The Jacobian measures a variance",
        Dot(v, Matmul(Diag(P[i]) - Outer(P[i], P[i]), v)),
        [
            (
                Sum(v[j] * Sum(P[i, j] * (Delta(j, k) - P[i, k]) * v[k], k, N), j, N),
                "write out both products",
            ),
            (
                Sum(v[j] * (P[i, j] * v[j] - P[i, j] * Sum(P[i, k] * v[k], k, N)), j, N),
                "$\\delta_{jk}$ leaves one term of the inner sum",
            ),
            (
                Sum(P[i, j] * v[j] ** 2, j, N)
                - Sum(P[i, j] * v[j], j, N) * Sum(P[i, k] * v[k], k, N),
                "multiply out; the inner sum does not depend on $j$",
            ),
            (
                Sum(P[i, j] * v[j] ** 2, j, N) - Sum(P[i, l] * v[l], l, N) ** 2,
                "the two sums are the same one: the mean of $v$",
            ),
            (
                Sum(P[i, j] * (v[j] - Sum(P[i, l] * v[l], l, N)) ** 2, j, N),
                "the mean square distance from that mean",
            ),
        ],
        given={"S": row, "v": (N,)},
        define=probabilities,
        truth=lambda S, v: np.cov(v, aweights=loops.softmax(S)[0], ddof=0),
    )

# 05 -------------------------------------------------------------------------------------------

with sp.evaluate(False):
    vector_jacobian_product = Derivation(
        "A gradient crosses a softmax",
        Partial(phi, S[i, k]),
        [
            (
                Sum(dP[i, j] * Partial(P[i, j], S[i, k]), j, N),
                "chain rule: $\\phi$ hears of $S_{ik}$ through every $P_{ij}$",
            ),
            (
                Sum(dP[i, j] * (P[i, j] * (Delta(j, k) - P[i, k])), j, N),
                "both cases at once, from lesson 03",
            ),
            (
                Sum(dP[i, j] * P[i, j] * Delta(j, k), j, N)
                - Sum(dP[i, j] * P[i, j] * P[i, k], j, N),
                "multiply out, and sum each term",
            ),
            (
                dP[i, k] * P[i, k] - P[i, k] * Sum(dP[i, j] * P[i, j], j, N),
                "$\\delta_{jk}$ leaves one term; $P_{ik}$ is the same in every term of the other",
            ),
            (P[i, k] * (dP[i, k] - Sum(P[i, j] * dP[i, j], j, N)), "factor out $P_{ik}$"),
            (P[i, k] * (dP[i, k] - Dot(P[i], dP[i])), "the sum is an inner product"),
            (Times(P[i], dP[i] - Dot(P[i], dP[i])), "every $k$ at once"),
        ],
        given={"S": row, "dP": row},
        define=probabilities,
        truth=lambda S, dP: dP[0] @ jacobian(S),
        free={k: N},
    )

COURSE = {
    name: derivation
    for name, derivation in list(globals().items())
    if isinstance(derivation, Derivation)
}
