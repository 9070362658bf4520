"""The Jacobian of a whole row: its matrix, its row sums, and the variance that it measures."""

import numpy as np
from sympy import Add, Integer

from softmax_lib import loops
from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import J, N, P, S, i, j, k, mu, p, v
from softmax_lib.derivations.meaning import slopes
from softmax_lib.derivations.notation import (
    Cases,
    Delta,
    Diag,
    Dot,
    Matmul,
    Outer,
    Partial,
    Sum,
    Transpose,
    WrittenOut,
)
from softmax_lib.derivations.softmax import probabilities, row
from softmax_lib.derivations.two_cases import entry


def as_a_column(S):
    """Define J_1, the slopes of P's formula, and p, the row as a column, beside P."""
    letters = probabilities(S)
    J = slopes(lambda row: probabilities(row)["P"], S[0])
    return letters | {"J": J[None], "p": letters["P"].T}


def with_mean(S, v):
    """Define μ, the mean of v, beside P."""
    letters = probabilities(S)
    return letters | {"mu": (letters["P"][0] * v).sum()}


@entry(define=as_a_column)
def jacobian_matrix():
    """The Jacobian of a row"""
    yield J[i]
    yield WrittenOut(Partial(P[i, j], S[i, k]), j, k)
    yield "row $j$, column $k$"
    yield WrittenOut(Cases(P[i, j] * (1 - P[i, k]), -(P[i, j] * P[i, k]), j, k), j, k)
    yield "the two cases of 03"
    yield WrittenOut(Cases(P[i, j] - P[i, j] * P[i, k], 0 - P[i, j] * P[i, k], j, k), j, k)
    yield "multiply out, on the diagonal"
    yield Diag(P[i]) - Outer(P[i], P[i])
    yield r"$P_{ij}$ on the diagonal only, $P_{ij}\,P_{ik}$ everywhere"
    yield Diag(p) - Matmul(p, Transpose(p))
    yield r"with $p = P_i^\top$, a column"


@checked(given={"S": row}, define=probabilities, truth=lambda S: np.zeros(S.shape[1]), free={j: N})
def row_sums():
    """A row of the Jacobian sums to zero"""
    yield Sum(P[i, j] * (Delta(j, k) - P[i, k]), k, N)
    yield Sum(P[i, j] * Delta(j, k), k, N) - Sum(P[i, j] * P[i, k], k, N)
    yield "multiply out, and sum each term"
    yield P[i, j] - P[i, j] * Sum(P[i, k], k, N)
    yield r"$\delta_{jk}$ leaves one term; $P_{ij}$ is the same in every term of the other"
    yield P[i, j] - P[i, j]
    yield "probabilities sum to one"
    yield Integer(0)
    yield "nothing is left"


@checked(
    given={"S": row, "v": (N,)},
    define=with_mean,
    truth=lambda S, v: np.cov(v, aweights=loops.softmax(S)[0], ddof=0),
)
def variance():
    """The Jacobian measures a variance"""
    yield Dot(v, Matmul(Diag(P[i]) - Outer(P[i], P[i]), v))
    yield Sum(v[j] * Sum(P[i, j] * (Delta(j, k) - P[i, k]) * v[k], k, N), j, N)
    yield "write out both products"
    yield Sum(v[j] * (P[i, j] * v[j] - P[i, j] * Sum(P[i, k] * v[k], k, N)), j, N)
    yield r"$\delta_{jk}$ leaves one term of the inner sum"
    yield Sum(P[i, j] * v[j] ** 2, j, N) - Sum(P[i, j] * v[j], j, N) * Sum(P[i, k] * v[k], k, N)
    yield "multiply out; the inner sum does not depend on $j$"
    yield Sum(P[i, j] * v[j] ** 2, j, N) - mu**2
    yield r"the two sums are the same one: the mean $\mu$"
    yield Add(Sum(P[i, j] * v[j] ** 2, j, N), -(2 * mu**2), mu**2)
    yield r"take $\mu^2$ away and put it back"
    yield Add(Sum(P[i, j] * v[j] ** 2, j, N), -(2 * mu * Sum(P[i, j] * v[j], j, N)), mu**2)
    yield r"write one $\mu$ out"
    yield Sum(P[i, j] * (v[j] ** 2 - 2 * mu * v[j]), j, N) + mu**2
    yield "one sum of the two, with $P_{ij}$ factored out"
    yield Sum(P[i, j] * Add(v[j] ** 2, -(2 * mu * v[j]), mu**2), j, N)
    yield r"take $\mu^2$ into the sum: probabilities sum to one"
    yield Sum(P[i, j] * (v[j] - mu) ** 2, j, N)
    yield r"a square: the mean square distance from $\mu$"
