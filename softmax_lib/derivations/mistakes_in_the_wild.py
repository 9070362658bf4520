"""A published slip put right, and slips that a check refuses."""

import sympy as sp
from sympy import exp

from .attention_backward import gradient_of_K
from .flash_attention import cut_row, of_output, online_values, probability_from_L, values
from .jacobian import jacobian_matrix
from .letters import (
    A_new,
    A_old,
    N,
    O,
    O_old,
    P,
    Q,
    S,
    V,
    Z,
    Z_old,
    dS,
    i,
    j,
    k,
    l,
    m,
    m_old,
    new,
    scale,
    seen,
)
from .notation import Diag, Matmul, Sum, SumOver, Transpose
from .softmax import e_j
from .two_cases import both_cases, other_probability


def gathered(tile, number):
    """The sum of e^{S - number} V over a tile."""
    return SumOver(exp(S[i, l] - number) * V[l], l, tile)


@of_output(given=cut_row | values)
def output_kept_divided():
    """One more tile, when the output is kept divided"""
    yield (exp(m_old - m) * Z_old * O_old + A_new) / Z
    yield (exp(m_old - m) * Z_old * (gathered(seen, m_old) / Z_old) + A_new) / Z
    yield "write the old output out"
    yield (exp(m_old - m) * gathered(seen, m_old) + A_new) / Z
    yield r"cancel $Z_{\text{old}}$"
    yield (gathered(seen, m) + A_new) / Z
    yield r"$e^{a + b} = e^a\,e^b$"
    yield (gathered(seen, m) + gathered(new, m)) / Z
    yield r"write $A_{\text{new}}$ out"
    yield Sum(exp(S[i, l] - m) * V[l], l, N) / Z
    yield "seen and new are all the keys"
    yield O[i]
    yield "the end of 07: the whole sum, divided by $Z$"


def slips():
    """Lines that somebody wrote, each in the place of the right one: the check refuses them all."""
    with sp.evaluate(False):
        return {
            "an index with two jobs": other_probability.with_line(1, e_j / Sum(e_j, j, N)),
            "p(1 - p), also for j ≠ k": both_cases.with_line(3, P[i, j] * (1 - P[i, k])),
            "p pᵀ with p a row": jacobian_matrix.with_line(
                5, Diag(P[i]) - Matmul(P[i], Transpose(P[i]))
            ),
            "dK = Q dSᵀ": gradient_of_K.with_line(5, scale * Matmul(Q, Transpose(dS))),
            "the missing inverse": output_kept_divided.with_line(
                1, (exp(m_old - m) * Z_old * (Z_old * gathered(seen, m_old)) + A_new) / Z
            ),
            "one inverse too many": online_values.with_line(
                5, 1 / exp(m_old - m) * A_old + gathered(new, m)
            ),
            "softmax of the probabilities": probability_from_L.with_line(
                1, exp(P[i, j]) / Sum(exp(P[i, l]), l, N)
            ),
        }
