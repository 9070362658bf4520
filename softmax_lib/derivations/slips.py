"""Lines that somebody wrote, each in the place of the right one: the check refuses them all."""

import sympy as sp
from sympy import exp

from softmax_lib.derivations.attention_backward import gradient_of_K
from softmax_lib.derivations.flash_attention import online_values, probability_from_L
from softmax_lib.derivations.jacobian import jacobian_matrix
from softmax_lib.derivations.letters import (
    A_new,
    A_old,
    N,
    P,
    Q,
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
from softmax_lib.derivations.mistakes_in_the_wild import gathered, output_kept_divided
from softmax_lib.derivations.notation import Diag, Matmul, Sum, Transpose
from softmax_lib.derivations.softmax import e_j
from softmax_lib.derivations.two_cases import both_cases, other_probability


def published_slips():
    """Return each derivation with its slip, by what the slip is."""
    with sp.evaluate(False):
        row = Diag(P[i]) - Matmul(P[i], Transpose(P[i]))
        missing = (exp(m_old - m) * Z_old * (Z_old * gathered(seen, m_old)) + A_new) / Z
        inverse = 1 / exp(m_old - m) * A_old + gathered(new, m)
        softmax_P = exp(P[i, j]) / Sum(exp(P[i, l]), l, N)
        return {
            "an index with two jobs": other_probability.with_line(1, e_j / Sum(e_j, j, N)),
            "p(1 - p), also for j ≠ k": both_cases.with_line(3, P[i, j] * (1 - P[i, k])),
            "p pᵀ with p a row": jacobian_matrix.with_line(5, row),
            "dK = Q dSᵀ": gradient_of_K.with_line(5, scale * Matmul(Q, Transpose(dS))),
            "the missing inverse": output_kept_divided.with_line(1, missing),
            "one inverse too many": online_values.with_line(5, inverse),
            "softmax of the probabilities": probability_from_L.with_line(1, softmax_P),
        }
