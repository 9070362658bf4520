"""What changes when attention changes: a factor, a cap, dropout, a sink, values that are shared."""

import numpy as np
from sympy import exp

from softmax_lib import loops
from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import (
    B,
    D,
    M,
    N_k,
    N_q,
    O,
    P,
    R,
    S,
    V,
    a,
    c,
    cap,
    d_v,
    dO,
    dP,
    dS,
    h,
    i,
    j,
    k,
    l,
    n,
    phi,
    s,
    w,
)
from softmax_lib.derivations.meaning import apply, measured
from softmax_lib.derivations.notation import Dot, Matmul, Partial, Sum, Transpose
from softmax_lib.numerical import complex_step


def scores_with_a_factor(a, B, dS):
    """Define S = a B, and φ as a function of S whose gradient is dS."""
    return {"S": a * B, "phi": (dS * (a * B)).sum()}


@checked(
    given={"a": (), "B": (N_q, N_k), "dS": (N_q, N_k)},
    define=scores_with_a_factor,
    truth=measured(lambda a, B, dS: np.einsum("ik,ik->", dS, a * B), "a"),
)
def gradient_of_a_factor():
    """One number that stands in every score"""
    yield Partial(phi, a)
    yield Sum(Sum(dS[i, k] * Partial(S[i, k], a), k, N_k), i, N_q)
    yield r"chain rule: $\phi$ depends on $a$ through every score"
    yield Sum(Sum(dS[i, k] * Partial(a * B[i, k], a), k, N_k), i, N_q)
    yield "write $S_{ik}$ out; what else is added does not hold $a$"
    yield Sum(Sum(dS[i, k] * B[i, k], k, N_k), i, N_q)
    yield "the derivative of $a$ times a number is that number"


def capped(R, cap):
    """Define S = cap · tanh(R / cap), with tanh made of exponentials."""
    up, down = apply(exp, R / cap), apply(exp, -R / cap)
    return {"S": cap * (up - down) / (up + down)}


@checked(
    given={"R": (N_q, N_k), "cap": ()},
    define=capped,
    truth=lambda R, cap: complex_step(lambda t: cap * np.tanh((R + t) / cap), 0.0),
    free={i: N_q, k: N_k},
)
def softcap_slope():
    """The derivative of a capped score"""
    up, down = exp(R[i, k] / cap), exp(-R[i, k] / cap)
    yield Partial(S[i, k], R[i, k])
    yield Partial(cap * ((up - down) / (up + down)), R[i, k])
    yield r"write $\tanh$ out: $\tanh x = (e^x - e^{-x}) / (e^x + e^{-x})$"
    yield (
        cap * ((up + down) / cap * (up + down) - (up - down) / cap * (up - down)) / (up + down) ** 2
    )
    yield r"the quotient rule of 01; each derivative brings $1 / \text{cap}$"
    yield ((up + down) ** 2 - (up - down) ** 2) / (up + down) ** 2
    yield r"cancel $\text{cap}$"
    yield 1 - ((up - down) / (up + down)) ** 2
    yield "divide each term"
    yield 1 - (S[i, k] / cap) ** 2
    yield r"the fraction is $\tanh(R_{ik} / \text{cap})$, that is $S_{ik} / \text{cap}$"


def dropped(P, M, V, dO):
    """Define O = (P∘M) V, and dP by the chain rule, M times dO Vᵀ."""
    dP = M * (dO @ V.T)
    return {"O": (P * M) @ V, "dP": dP, "D": (P * dP).sum(-1)}


def sum_of_P_dP(P, M, V, dO):
    """D, with dP by complex step."""

    def loss(P):
        return np.einsum("ij,ij,jc,ic->", P, M, V, dO)

    return (P * complex_step(loss, P)).sum(-1)


@checked(
    given={"P": (N_q, N_k), "M": (N_q, N_k), "V": (N_k, d_v), "dO": (N_q, d_v)},
    define=dropped,
    truth=sum_of_P_dP,
    free={i: N_q},
)
def D_with_dropout():
    """D from the output, with dropout"""
    yield D[i]
    yield Sum(P[i, j] * dP[i, j], j, N_k)
    yield "the definition of $D_i$"
    yield Sum(P[i, j] * (M[i, j] * Sum(dO[i, c] * V[j, c], c, d_v)), j, N_k)
    yield "write $dP_{ij}$ out: the mask stands in it"
    yield Sum(dO[i, c] * Sum(P[i, j] * M[i, j] * V[j, c], j, N_k), c, d_v)
    yield "add the same numbers in another order"
    yield Sum(dO[i, c] * O[i, c], c, d_v)
    yield "the inner sum is $O_{ic}$: the mask stands in it too"
    yield Dot(dO[i], O[i])
    yield "the sum is an inner product, of two rows"


def with_a_sink(S, s, dP):
    """Define P and the sink's share w from one sum, D, and φ as a function of P."""
    E, sink = apply(exp, S), apply(exp, s)
    Z = E.sum(-1) + sink
    P = E / Z[:, None]
    return {"P": P, "w": sink / Z, "D": (P * dP).sum(-1), "phi": (dP * P).sum()}


def loss_with_a_sink(s, S, dP):
    """φ through the loops' softmax of one column more, which has no dP."""
    P = loops.softmax(np.concatenate([S, s[:, None]], 1))
    return (dP * P[:, :-1]).sum()


@checked(
    given={"S": (N_q, N_k), "s": (N_q,), "dP": (N_q, N_k)},
    define=with_a_sink,
    truth=measured(loss_with_a_sink, "s"),
    free={i: N_q},
)
def gradient_of_a_sink():
    """The score that has no value"""
    total = Sum(exp(S[i, l]), l, N_k) + exp(s[i])
    yield Partial(phi, s[i])
    yield Sum(dP[i, j] * Partial(P[i, j], s[i]), j, N_k)
    yield r"chain rule: $\phi$ depends on $s_i$ through row $i$ of $P$"
    yield Sum(dP[i, j] * Partial(exp(S[i, j]) / total, s[i]), j, N_k)
    yield "write $P_{ij}$ out: the sink stands in the denominator alone"
    yield Sum(dP[i, j] * (-exp(s[i]) * exp(S[i, j]) / total**2), j, N_k)
    yield "the quotient rule of 01: the numerator stands still"
    yield -Sum(dP[i, j] * w[i] * P[i, j], j, N_k)
    yield r"two fractions: $w_i$ and $P_{ij}$, as in the case $j \neq k$ of 03"
    yield -w[i] * Sum(P[i, j] * dP[i, j], j, N_k)
    yield "$w_i$ is the same in every term"
    yield -w[i] * D[i]
    yield "the definition of $D_i$"


def shared_values(P, V, dO):
    """Define the outputs O_h = P_h V of heads that share V, and φ as a function of them."""
    O = np.stack([P_h @ V for P_h in P])
    return {"O": O, "phi": (dO * O).sum()}


@checked(
    given={"P": (n, N_q, N_k), "V": (N_k, d_v), "dO": (n, N_q, d_v)},
    define=shared_values,
    truth=measured(lambda P, V, dO: np.einsum("hij,jc,hic->", P, V, dO), "V"),
    free={j: N_k, c: d_v},
)
def gradient_of_shared_values():
    """From the outputs of n heads to the values that they share"""
    yield Partial(phi, V[j, c])
    yield Sum(Sum(dO[h, i, c] * Partial(O[h, i, c], V[j, c]), i, N_q), h, n)
    yield r"chain rule: $\phi$ depends on $V_{jc}$ through every query of every head"
    yield Sum(Sum(dO[h, i, c] * P[h, i, j], i, N_q), h, n)
    yield "as in 06, in each head: $O_{hic}$ holds $V_{jc}$ with the weight $P_{hij}$"
    yield Sum(Matmul(Transpose(P[h]), dO[h]), h, n)
    yield "every $j$ and $c$ at once: a sum over heads of 06's products"
