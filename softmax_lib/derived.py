"""The course's derivations, each from what is asked to the answer, in the order of the lessons.

The expressions are SymPy trees, kept as they are written (evaluate=False): SymPy must not
simplify what the reader has yet to see simplified.
"""

from copy import copy

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
    N_k,
    N_q,
    Outer,
    Partial,
    Prime,
    RowSum,
    Sum,
    SumOver,
    Times,
    Transpose,
    WrittenOut,
    d,
    d_v,
    i,
    j,
    k,
    l,
    n,
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
                -(e_x / (e_x + 1) * (1 / (e_x + 1))),
                "one factor of the square for each fraction",
            ),
            (
                -(sigma(x) * (1 - sigma(x))),
                "read the fractions as $\\sigma$ and $1 - \\sigma$",
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

mu = sp.Symbol("mu")


def with_mean(S, v):
    """Define μ, the mean of v, beside the letters that follow from S."""
    letters = probabilities(S)
    return letters | {"mu": (letters["P"][0] * v).sum()}


with sp.evaluate(False):
    jacobian_matrix = Derivation(
        "The Jacobian of a row",
        J[i],
        [
            (WrittenOut(Partial(P[i, j], S[i, k]), j, k), "row $j$, column $k$"),
            (
                WrittenOut(Cases(P[i, j] * (1 - P[i, k]), -(P[i, j] * P[i, k]), j, k), j, k),
                "the two cases of 03",
            ),
            (
                WrittenOut(Cases(P[i, j] - P[i, j] * P[i, k], 0 - P[i, j] * P[i, k], j, k), j, k),
                "multiply out, on the diagonal",
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
                Sum(P[i, j] * v[j] ** 2, j, N) - mu**2,
                "the two sums are the same one: the mean $\\mu$",
            ),
            (
                sp.Add(Sum(P[i, j] * v[j] ** 2, j, N), -(2 * mu**2), mu**2),
                "take $\\mu^2$ away and put it back",
            ),
            (
                sp.Add(
                    Sum(P[i, j] * v[j] ** 2, j, N), -(2 * mu * Sum(P[i, j] * v[j], j, N)), mu**2
                ),
                "write one $\\mu$ out",
            ),
            (
                Sum(P[i, j] * (v[j] ** 2 - 2 * mu * v[j]), j, N) + mu**2,
                "one sum of the two, with $P_{ij}$ factored out",
            ),
            (
                Sum(P[i, j] * sp.Add(v[j] ** 2, -(2 * mu * v[j]), mu**2), j, N),
                "take $\\mu^2$ into the sum: probabilities sum to one",
            ),
            (
                Sum(P[i, j] * (v[j] - mu) ** 2, j, N),
                "a square: the mean square distance from $\\mu$",
            ),
        ],
        given={"S": row, "v": (N,)},
        define=with_mean,
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

t = sp.Symbol("t")  # the target: which probability should have been 1


def surprise_slope(S):
    """-∂ log P_1t/∂S_1k at [k, t] by complex step, through the loops."""
    slopes = [
        complex_step(lambda s, t=t: loops.cross_entropy(s[None], [t]), S[0]) for t in range(S.size)
    ]
    return np.stack(slopes, -1)


with sp.evaluate(False):
    cross_entropy_gradient = Derivation(
        "The gradient of the cross-entropy, across the softmax",
        Partial(-sp.log(P[i, t]), S[i, k]),
        [
            (
                -Sum(Delta(j, t) / P[i, t] * Partial(P[i, j], S[i, k]), j, N),
                "chain rule, with $dP_{ij} = -\\delta_{jt} / P_{it}$; the minus stands in front",
            ),
            (
                P[i, k]
                * (-(Delta(k, t) / P[i, t]) - Sum(P[i, j] * -(Delta(j, t) / P[i, t]), j, N)),
                "$P_{ik}\\,(dP_{ik} - \\langle P_i, dP_i \\rangle)$ for this $dP_i$",
            ),
            (
                P[i, k] * (-(Delta(k, t) / P[i, t]) + P[i, t] / P[i, t]),
                "$\\delta_{jt}$ leaves one term of the sum, and minus a minus is a plus",
            ),
            (P[i, k] * (1 - Delta(k, t) / P[i, t]), "cancel $P_{it}$; write the $1$ first"),
            (P[i, k] - P[i, k] / P[i, t] * Delta(k, t), "multiply out"),
            (
                P[i, k] - Delta(k, t),
                "where $\\delta_{kt}$ is not $0$, $k = t$ and the fraction is $1$",
            ),
        ],
        given={"S": row},
        define=probabilities,
        truth=surprise_slope,
        free={k: N, t: N},
    )

    cross_entropy_through_the_logarithm = Derivation(
        "The gradient of the cross-entropy, through the logarithm",
        Partial(-sp.log(P[i, t]), S[i, k]),
        [
            (Partial(L[i] - S[i, t], S[i, k]), "$\\log P_{it} = S_{it} - L_i$, from lesson 02"),
            (
                Partial(L[i], S[i, k]) - Delta(k, t),
                "$S_{it}$ moves with $S_{ik}$ if it is the same score, and not otherwise",
            ),
            (P[i, k] - Delta(k, t), "the slope of log-sum-exp, from lesson 02"),
        ],
        given={"S": row},
        define=log_sum_exp,
        truth=surprise_slope,
        free={k: N, t: N},
    )

# 06 -------------------------------------------------------------------------------------------

Q, K, V, O, dO, dS, D = map(sp.IndexedBase, ["Q", "K", "V", "O", "dO", "dS", "D"])
scale = sp.Symbol(r"\text{scale} \cdot")  # it always stands in front: scale · Q Kᵀ
weights = {"P": (N_q, N_k), "V": (N_k, d_v), "dO": (N_q, d_v)}
queries_and_keys = {"Q": (N_q, d), "K": (N_k, d), "scale": (), "dS": (N_q, N_k)}


def weighted_values(P, V, dO):
    """Define O = P V, whatever P is, and φ as a function of O whose gradient is dO."""
    O, dP = P @ V, dO @ V.T
    return {"O": O, "phi": (dO * O).sum(), "dP": dP, "D": (P * dP).sum(-1)}


def loss_of_output(P, V, dO):
    """φ from P and V, one product at a time."""
    return np.einsum("ij,jc,ic->", P, V, dO)


def score_matrix(Q, K, scale, dS):
    """Define S = scale · Q Kᵀ, and φ as a function of S whose gradient is dS."""
    S = scale * Q @ K.T
    return {r"\text{scale} \cdot": scale.item(), "S": S, "phi": (dS * S).sum()}


def loss_of_scores(Q, K, scale, dS):
    """φ from Q and K, one product at a time."""
    return scale * np.einsum("ic,kc,ik->", Q, K, dS)


def probability_rows(S, dP):
    """Define P = softmax(S), row by row, and φ as a function of P whose gradient is dP."""
    E = np.vectorize(sp.exp)(S)
    P = E / E.sum(-1, keepdims=True)
    return {"P": P, "phi": (dP * P).sum(), "D": (P * dP).sum(-1)}


with sp.evaluate(False):
    gradient_of_V = Derivation(
        "From O to V",
        Partial(phi, V[j, c]),
        [
            (
                Sum(dO[i, c] * Partial(O[i, c], V[j, c]), i, N_q),
                "chain rule: $\\phi$ hears of $V_{jc}$ through column $c$ of $O$, in every row",
            ),
            (
                Sum(dO[i, c] * Partial(Sum(P[i, l] * V[l, c], l, N_k), V[j, c]), i, N_q),
                "write $O_{ic}$ out",
            ),
            (
                Sum(dO[i, c] * P[i, j], i, N_q),
                "only the term with $l = j$ holds $V_{jc}$, and its slope is $P_{ij}$",
            ),
            (Sum(P[i, j] * dO[i, c], i, N_q), "column $j$ of $P$, with column $c$ of $dO$"),
            (Matmul(Transpose(P), dO), "every $j$ and $c$ at once"),
        ],
        given=weights,
        define=weighted_values,
        truth=lambda P, V, dO: complex_step(lambda V: loss_of_output(P, V, dO), V),
        free={j: N_k, c: d_v},
        fixed={},
    )

    gradient_of_P = Derivation(
        "From O to P",
        Partial(phi, P[i, j]),
        [
            (
                Sum(dO[i, c] * Partial(O[i, c], P[i, j]), c, d_v),
                "chain rule: $\\phi$ hears of $P_{ij}$ through row $i$ of $O$, in every column",
            ),
            (
                Sum(dO[i, c] * Partial(Sum(P[i, l] * V[l, c], l, N_k), P[i, j]), c, d_v),
                "write $O_{ic}$ out",
            ),
            (
                Sum(dO[i, c] * V[j, c], c, d_v),
                "only the term with $l = j$ holds $P_{ij}$, and its slope is $V_{jc}$",
            ),
            (Matmul(dO, Transpose(V)), "row $i$ of $dO$ with row $j$ of $V$; every $i$, $j$"),
        ],
        given=weights,
        define=weighted_values,
        truth=lambda P, V, dO: complex_step(lambda P: loss_of_output(P, V, dO), P),
        free={i: N_q, j: N_k},
        fixed={},
    )

    gradient_of_S = Derivation(
        "From P to S",
        Partial(phi, S[i, k]),
        [
            (
                Sum(dP[i, j] * Partial(P[i, j], S[i, k]), j, N_k),
                "chain rule: $\\phi$ hears of $S_{ik}$ through row $i$ of $P$, and no other",
            ),
            (
                Sum(dP[i, j] * (P[i, j] * (Delta(j, k) - P[i, k])), j, N_k),
                "both cases at once, from lesson 03",
            ),
            (
                P[i, k] * dP[i, k] - P[i, k] * Sum(P[i, j] * dP[i, j], j, N_k),
                "$\\delta_{jk}$ leaves one term; $P_{ik}$ stands in every term of the other",
            ),
            (P[i, k] * (dP[i, k] - D[i]), "factor out $P_{ik}$; the sum is called $D_i$"),
            (Times(P, dP - RowSum(Times(P, dP))), "every $i$ and $k$ at once"),
        ],
        given={"S": (N_q, N_k), "dP": (N_q, N_k)},
        define=probability_rows,
        truth=lambda S, dP: complex_step(lambda S: (dP * loops.softmax(S)).sum(), S),
        free={i: N_q, k: N_k},
        fixed={},
    )

    D_from_O = Derivation(
        "D from the output",
        D[i],
        [
            (Sum(P[i, j] * dP[i, j], j, N_k), "the definition of $D_i$"),
            (
                Sum(P[i, j] * Sum(dO[i, c] * V[j, c], c, d_v), j, N_k),
                "write $dP_{ij}$ out",
            ),
            (
                Sum(Sum(P[i, j] * dO[i, c] * V[j, c], c, d_v), j, N_k),
                "$P_{ij}$ is the same in every term of the inner sum",
            ),
            (
                Sum(Sum(P[i, j] * dO[i, c] * V[j, c], j, N_k), c, d_v),
                "add the same numbers in another order",
            ),
            (
                Sum(dO[i, c] * Sum(P[i, j] * V[j, c], j, N_k), c, d_v),
                "$dO_{ic}$ does not depend on $j$",
            ),
            (Sum(dO[i, c] * O[i, c], c, d_v), "the inner sum is $O_{ic}$"),
            (Dot(dO[i], O[i]), "the sum is an inner product, of two rows"),
        ],
        given=weights,
        define=weighted_values,
        truth=lambda P, V, dO: (P * complex_step(lambda P: loss_of_output(P, V, dO), P)).sum(-1),
        free={i: N_q},
        fixed={},
    )

    gradient_of_Q = Derivation(
        "From S to Q",
        Partial(phi, Q[i, c]),
        [
            (
                Sum(dS[i, k] * Partial(S[i, k], Q[i, c]), k, N_k),
                "chain rule: $\\phi$ hears of $Q_{ic}$ through row $i$ of $S$",
            ),
            (
                Sum(dS[i, k] * Partial(scale * Sum(Q[i, l] * K[k, l], l, d), Q[i, c]), k, N_k),
                "write $S_{ik}$ out",
            ),
            (
                Sum(scale * dS[i, k] * K[k, c], k, N_k),
                "only the term with $l = c$ holds $Q_{ic}$: slope $\\text{scale} \\cdot K_{kc}$",
            ),
            (
                scale * Sum(dS[i, k] * K[k, c], k, N_k),
                "the scale is the same in every term",
            ),
            (scale * Matmul(dS, K), "every $i$ and $c$ at once"),
        ],
        given=queries_and_keys,
        define=score_matrix,
        truth=lambda Q, K, scale, dS: complex_step(lambda Q: loss_of_scores(Q, K, scale, dS), Q),
        free={i: N_q, c: d},
        fixed={},
    )

    gradient_of_K = Derivation(
        "From S to K",
        Partial(phi, K[k, c]),
        [
            (
                Sum(dS[i, k] * Partial(S[i, k], K[k, c]), i, N_q),
                "chain rule: $\\phi$ hears of $K_{kc}$ through column $k$ of $S$",
            ),
            (
                Sum(dS[i, k] * Partial(scale * Sum(Q[i, l] * K[k, l], l, d), K[k, c]), i, N_q),
                "write $S_{ik}$ out",
            ),
            (
                Sum(scale * dS[i, k] * Q[i, c], i, N_q),
                "only the term with $l = c$ holds $K_{kc}$: slope $\\text{scale} \\cdot Q_{ic}$",
            ),
            (
                scale * Sum(dS[i, k] * Q[i, c], i, N_q),
                "the scale is the same in every term",
            ),
            (
                scale * Matmul(Transpose(dS), Q),
                "column $k$ of $dS$ with column $c$ of $Q$; every $k$ and $c$ at once",
            ),
        ],
        given=queries_and_keys,
        define=score_matrix,
        truth=lambda Q, K, scale, dS: complex_step(lambda K: loss_of_scores(Q, K, scale, dS), K),
        free={k: N_k, c: d},
        fixed={},
    )

# 07 -------------------------------------------------------------------------------------------

# A row is cut in two: the keys that were seen, and a tile of new ones. m is what is taken from
# every score, Z the sum of e^{S - m}, A that of e^{S - m} V; the old ones know the seen keys only.
seen, new = sp.symbols(r"\text{seen} \text{new}")
m, m_old = sp.symbols(r"m m_{\text{old}}")
Z, Z_old = sp.symbols(r"Z Z_{\text{old}}")
A, A_old = sp.symbols(r"A A_{\text{old}}")
cut_row = {"S": row, "m": (), "m_old": ()}


def two_tiles(S, m, m_old=0, V=None):
    """Define the tiles and what was gathered. No m is a maximum: they may be any numbers."""
    cut = (S.size + 1) // 2
    tiles = {str(seen): range(1, cut + 1), str(new): range(cut + 1, S.size + 1)}
    E, E_old = (np.vectorize(sp.exp)(S[0] - number) for number in (m, m_old))
    letters = log_sum_exp(S) | tiles | {r"m_{\text{old}}": m_old}
    letters |= {"Z": E.sum(), r"Z_{\text{old}}": E_old[:cut].sum()}
    if V is None:
        return letters
    O = letters["P"] @ V
    return letters | {"O": O, "A": E @ V, r"A_{\text{old}}": E_old[:cut] @ V[:cut]}


with sp.evaluate(False):
    online_softmax = Derivation(
        "One more tile of scores",
        Sum(sp.exp(S[i, l] - m), l, N),
        [
            (
                SumOver(sp.exp(S[i, l] - m), l, seen) + SumOver(sp.exp(S[i, l] - m), l, new),
                "each key was seen before, or is new",
            ),
            (
                SumOver(sp.exp(sp.Add(S[i, l], -m_old, m_old, -m)), l, seen)
                + SumOver(sp.exp(S[i, l] - m), l, new),
                "take $m_{\\text{old}}$ away and put it back",
            ),
            (
                SumOver(sp.exp(S[i, l] - m_old) * sp.exp(m_old - m), l, seen)
                + SumOver(sp.exp(S[i, l] - m), l, new),
                "$e^{a + b} = e^a\\,e^b$",
            ),
            (
                sp.exp(m_old - m) * SumOver(sp.exp(S[i, l] - m_old), l, seen)
                + SumOver(sp.exp(S[i, l] - m), l, new),
                "the second factor is the same in every term",
            ),
            (
                sp.exp(m_old - m) * Z_old + SumOver(sp.exp(S[i, l] - m), l, new),
                "the old sum is what we have kept",
            ),
        ],
        given=cut_row,
        define=two_tiles,
        truth=lambda S, m, m_old: np.exp(loops.logsumexp(S)[0] - m),
    )

    online_values = Derivation(
        "One more tile of values",
        Sum(sp.exp(S[i, l] - m) * V[l], l, N),
        [
            (
                SumOver(sp.exp(S[i, l] - m) * V[l], l, seen)
                + SumOver(sp.exp(S[i, l] - m) * V[l], l, new),
                "each key was seen before, or is new",
            ),
            (
                SumOver(sp.exp(sp.Add(S[i, l], -m_old, m_old, -m)) * V[l], l, seen)
                + SumOver(sp.exp(S[i, l] - m) * V[l], l, new),
                "take $m_{\\text{old}}$ away and put it back",
            ),
            (
                SumOver(sp.exp(S[i, l] - m_old) * sp.exp(m_old - m) * V[l], l, seen)
                + SumOver(sp.exp(S[i, l] - m) * V[l], l, new),
                "$e^{a + b} = e^a\\,e^b$",
            ),
            (
                sp.exp(m_old - m) * SumOver(sp.exp(S[i, l] - m_old) * V[l], l, seen)
                + SumOver(sp.exp(S[i, l] - m) * V[l], l, new),
                "the second factor is the same in every term",
            ),
            (
                sp.exp(m_old - m) * A_old + SumOver(sp.exp(S[i, l] - m) * V[l], l, new),
                "the old sum is what we have kept",
            ),
        ],
        given=cut_row | {"V": (N, d_v)},
        define=two_tiles,
        truth=lambda S, m, m_old, V: np.exp(loops.logsumexp(S)[0] - m) * loops.softmax(S)[0] @ V,
        free={c: d_v},
    )

    output_at_the_end = Derivation(
        "When all keys are seen",
        A / Z,
        [
            (
                Sum(sp.exp(S[i, j] - m) * V[j], j, N) / Sum(sp.exp(S[i, l] - m), l, N),
                "nothing is new any more: both sums are complete",
            ),
            (
                sp.exp(-m) * Sum(e_j * V[j], j, N) / (sp.exp(-m) * total),
                "$e^{-m}$ stands in every term, above and below",
            ),
            (Sum(e_j * V[j], j, N) / total, "cancel $e^{-m}$"),
            (Sum(e_j / total * V[j], j, N), "let the denominator divide each term"),
            (Sum(P[i, j] * V[j], j, N), "the definition of $P_{ij}$"),
            (O[i], "row $i$ of $O = P V$"),
        ],
        given={"S": row, "m": (), "V": (N, d_v)},
        define=two_tiles,
        truth=lambda S, m, V: loops.softmax(S)[0] @ V,
        free={c: d_v},
    )

    probability_from_L = Derivation(
        "A probability from its score and one number of its row",
        P[i, j],
        [
            (e_j / total, "the definition of $P_{ij}$"),
            (e_j / sp.exp(L[i]), "$L_i$ is the logarithm of that sum"),
            (sp.exp(S[i, j] - L[i]), "$e^a / e^b = e^{a - b}$"),
        ],
        given={"S": row},
        define=log_sum_exp,
        truth=lambda S: loops.softmax(S)[0],
        free={j: N},
    )

# 08 -------------------------------------------------------------------------------------------

H, U, dU, r = map(sp.IndexedBase, ["H", "U", "dU", "r"])
wide_row = (1, n)  # one row of n numbers, no scores


def same_size(H, dU=0):
    """Define r, the root mean square of a row, U = H / r, and φ as a function of U."""
    r = sp.sqrt((H**2).sum() / H.size)
    return {"r": np.array([r]), "U": H / r, "phi": (dU * (H / r)).sum()}


def root_mean_square(row):
    return np.sqrt((row**2).mean())


with sp.evaluate(False):
    root_mean_square_slope = Derivation(
        "The slope of a root mean square",
        Partial(r[i], H[i, k]),
        [
            (Partial(sp.sqrt(Sum(H[i, l] ** 2, l, n) / n), H[i, k]), "write $r_i$ out"),
            (
                1
                / (2 * sp.sqrt(Sum(H[i, l] ** 2, l, n) / n))
                * Partial(Sum(H[i, l] ** 2, l, n) / n, H[i, k]),
                "chain rule: the slope of $\\sqrt{x}$ is $1 / 2\\sqrt{x}$",
            ),
            (
                1 / (2 * r[i]) * (2 * H[i, k] / n),
                "the root is $r_i$; only the term with $l = k$ holds $H_{ik}$",
            ),
            (H[i, k] / (n * r[i]), "cancel the $2$"),
        ],
        given={"H": wide_row},
        define=same_size,
        truth=lambda H: complex_step(root_mean_square, H[0]),
        free={k: n},
    )

    rms_norm_slope = Derivation(
        "A row brought to one size",
        Partial(U[i, j], H[i, k]),
        [
            (Partial(H[i, j] / r[i], H[i, k]), "write $U_{ij}$ out"),
            (
                (Partial(H[i, j], H[i, k]) * r[i] - Partial(r[i], H[i, k]) * H[i, j]) / r[i] ** 2,
                "the quotient rule, from 01",
            ),
            (
                (Delta(j, k) * r[i] - H[i, k] / (n * r[i]) * H[i, j]) / r[i] ** 2,
                "$H_{ij}$ moves only if it is $H_{ik}$; the slope of $r_i$ is above",
            ),
            (
                (Delta(j, k) - (H[i, k] / r[i]) * (H[i, j] / r[i]) / n) / r[i],
                "divide top and bottom by $r_i$",
            ),
            ((Delta(j, k) - U[i, j] * U[i, k] / n) / r[i], "$H / r$ is $U$, twice"),
        ],
        given={"H": wide_row},
        define=same_size,
        truth=lambda H: complex_step(lambda row: row / root_mean_square(row), H[0]),
        free={j: n, k: n},
    )

    rms_norm_vjp = Derivation(
        "A gradient crosses the norm",
        Partial(phi, H[i, k]),
        [
            (
                Sum(dU[i, j] * Partial(U[i, j], H[i, k]), j, n),
                "chain rule: $\\phi$ hears of $H_{ik}$ through every $U_{ij}$",
            ),
            (
                Sum(dU[i, j] * ((Delta(j, k) - U[i, j] * U[i, k] / n) / r[i]), j, n),
                "the slope above",
            ),
            (
                (Sum(dU[i, j] * Delta(j, k), j, n) - Sum(dU[i, j] * U[i, j] * U[i, k] / n, j, n))
                / r[i],
                "multiply out, sum each term; $r_i$ is the same in all",
            ),
            (
                (dU[i, k] - U[i, k] * (Sum(U[i, j] * dU[i, j], j, n) / n)) / r[i],
                "$\\delta_{jk}$ leaves one term; $U_{ik} / n$ stands in all of the other",
            ),
            ((dU[i] - U[i] * (Dot(U[i], dU[i]) / n)) / r[i], "every $k$ at once"),
        ],
        given={"H": wide_row, "dU": wide_row},
        define=same_size,
        truth=lambda H, dU: complex_step(
            lambda row: (dU[0] * row / root_mean_square(row)).sum(), H[0]
        ),
        free={k: n},
    )

# 09 -------------------------------------------------------------------------------------------

O_old, A_new = sp.symbols(r"O_{\text{old}} A_{\text{new}}")


def two_outputs(S, m, m_old, V):
    """Define what two_tiles does, the output of the seen keys alone, and what the new ones add."""
    letters = two_tiles(S, m, m_old, V)
    at = np.array(letters[str(new)]) - 1
    letters[str(A_new)] = np.vectorize(sp.exp)(S[0, at] - m) @ V[at]
    return letters | {str(O_old): letters[str(A_old)] / letters[str(Z_old)]}


with sp.evaluate(False):
    gathered = SumOver(sp.exp(S[i, l] - m_old) * V[l], l, seen)
    newcomers = SumOver(sp.exp(S[i, l] - m) * V[l], l, new)

    output_kept_divided = Derivation(
        "One more tile, when the output is kept divided",
        (sp.exp(m_old - m) * Z_old * O_old + A_new) / Z,
        [
            (
                (sp.exp(m_old - m) * Z_old * (gathered / Z_old) + A_new) / Z,
                "write the old output out",
            ),
            ((sp.exp(m_old - m) * gathered + A_new) / Z, "cancel $Z_{\\text{old}}$"),
            (
                (SumOver(sp.exp(S[i, l] - m) * V[l], l, seen) + A_new) / Z,
                "$e^{a + b} = e^a\\,e^b$",
            ),
            (
                (SumOver(sp.exp(S[i, l] - m) * V[l], l, seen) + newcomers) / Z,
                "write $A_{\\text{new}}$ out",
            ),
            (Sum(sp.exp(S[i, l] - m) * V[l], l, N) / Z, "seen and new are all the keys"),
            (O[i], "the end of 07: the whole sum, divided by $Z$"),
        ],
        given=cut_row | {"V": (N, d_v)},
        define=two_outputs,
        truth=lambda S, m, m_old, V: loops.softmax(S)[0] @ V,
        free={c: d_v},
    )

COURSE = {
    name: derivation
    for name, derivation in list(globals().items())
    if isinstance(derivation, Derivation)
}


def with_line(derivation, number, line):
    """Return the derivation with another line in the place of one, under the same reason."""
    other = copy(derivation)
    other.lines = [*derivation.lines]
    other.lines[number] = (line, derivation.lines[number][1])
    return other


# Lines that somebody wrote, each in the place of the right one: a check refuses every one of them.
with sp.evaluate(False):
    SLIPS = {
        "an index with two jobs": with_line(other_probability, 1, e_j / Sum(e_j, j, N)),
        "p(1 - p), also for j ≠ k": with_line(both_cases, 3, P[i, j] * (1 - P[i, k])),
        "p pᵀ with p a row": with_line(
            jacobian_matrix, 5, Diag(P[i]) - Matmul(P[i], Transpose(P[i]))
        ),
        "dK = Q dSᵀ": with_line(gradient_of_K, 5, scale * Matmul(Q, Transpose(dS))),
        "the missing inverse": with_line(
            output_kept_divided,
            1,
            (sp.exp(m_old - m) * Z_old * (Z_old * gathered) + A_new) / Z,
        ),
        "one inverse too many": with_line(
            online_values, 5, 1 / sp.exp(m_old - m) * A_old + newcomers
        ),
        "softmax of the probabilities": with_line(
            probability_from_L, 1, sp.exp(P[i, j]) / Sum(sp.exp(P[i, l]), l, N)
        ),
    }
