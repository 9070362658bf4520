"""A gradient crosses a softmax, and the one of the cross-entropy among them."""

from functools import partial

import numpy as np
from sympy import log

from softmax_lib import loops
from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import L, N, P, S, dP, i, j, k, phi, t
from softmax_lib.derivations.notation import Delta, Dot, Partial, Sum, Times
from softmax_lib.derivations.softmax import log_sum_exp, probabilities, row
from softmax_lib.derivations.two_cases import measured_jacobian
from softmax_lib.numerical import complex_step


@checked(
    given={"S": row, "dP": row},
    define=probabilities,
    truth=lambda S, dP: dP[0] @ measured_jacobian(S),
    free={k: N},
)
def vector_jacobian_product():
    """A gradient crosses a softmax"""
    yield Partial(phi, S[i, k])
    yield Sum(dP[i, j] * Partial(P[i, j], S[i, k]), j, N)
    yield r"chain rule: $\phi$ depends on $S_{ik}$ through every $P_{ij}$"
    yield Sum(dP[i, j] * (P[i, j] * (Delta(j, k) - P[i, k])), j, N)
    yield "both cases at once, from lesson 03"
    yield Sum(dP[i, j] * P[i, j] * Delta(j, k), j, N) - Sum(dP[i, j] * P[i, j] * P[i, k], j, N)
    yield "multiply out, and sum each term"
    yield dP[i, k] * P[i, k] - P[i, k] * Sum(dP[i, j] * P[i, j], j, N)
    yield r"$\delta_{jk}$ leaves one term; $P_{ik}$ is the same in every term of the other"
    yield P[i, k] * (dP[i, k] - Sum(P[i, j] * dP[i, j], j, N))
    yield "factor out $P_{ik}$"
    yield P[i, k] * (dP[i, k] - Dot(P[i], dP[i]))
    yield "the sum is an inner product"
    yield Times(P[i], dP[i] - Dot(P[i], dP[i]))
    yield "every $k$ at once"


def slope_of_surprise(S):
    """-∂ log P_1t/∂S_1k at [k, t] by complex step, through the loops."""
    slopes = [
        complex_step(lambda s, t=t: loops.cross_entropy(s[None], [t]), S[0]) for t in range(S.size)
    ]
    return np.stack(slopes, -1)


surprise = partial(
    checked, given={"S": row}, define=log_sum_exp, truth=slope_of_surprise, free={k: N, t: N}
)


@surprise()
def cross_entropy_gradient():
    """The gradient of the cross-entropy, across the softmax"""
    yield Partial(-log(P[i, t]), S[i, k])
    yield -Sum(Delta(j, t) / P[i, t] * Partial(P[i, j], S[i, k]), j, N)
    yield r"chain rule, with $dP_{ij} = -\delta_{jt} / P_{it}$; the minus stands in front"
    yield P[i, k] * (-(Delta(k, t) / P[i, t]) - Sum(P[i, j] * -(Delta(j, t) / P[i, t]), j, N))
    yield r"$P_{ik}\,(dP_{ik} - \langle P_i, dP_i \rangle)$ for this $dP_i$"
    yield P[i, k] * (-(Delta(k, t) / P[i, t]) + P[i, t] / P[i, t])
    yield r"$\delta_{jt}$ leaves one term of the sum, and minus a minus is a plus"
    yield P[i, k] * (1 - Delta(k, t) / P[i, t])
    yield "cancel $P_{it}$; write the $1$ first"
    yield P[i, k] - P[i, k] / P[i, t] * Delta(k, t)
    yield "multiply out"
    yield P[i, k] - Delta(k, t)
    yield r"where $\delta_{kt}$ is not $0$, $k = t$ and the fraction is $1$"


@surprise()
def cross_entropy_through_the_logarithm():
    """The gradient of the cross-entropy, through the logarithm"""
    yield Partial(-log(P[i, t]), S[i, k])
    yield Partial(L[i] - S[i, t], S[i, k])
    yield r"$\log P_{it} = S_{it} - L_i$, from lesson 02"
    yield Partial(L[i], S[i, k]) - Delta(k, t)
    yield r"the derivative of $S_{it}$ is $1$ if it is the same score, $k = t$, and $0$ if not"
    yield P[i, k] - Delta(k, t)
    yield "the derivative of log-sum-exp, from lesson 02"
