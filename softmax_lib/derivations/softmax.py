"""Softmax itself: a shift changes nothing; log-sum-exp's derivative is a probability."""

from sympy import exp, log

from softmax_lib import loops
from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import L, N, P, S, c, i, j, k, l
from softmax_lib.derivations.meaning import apply
from softmax_lib.derivations.notation import Partial, Sum
from softmax_lib.numerical import complex_step

row = (1, N)  # one row of scores: the index i is 1
e_j, e_k, e_l = exp(S[i, j]), exp(S[i, k]), exp(S[i, l])
total = Sum(e_l, l, N)


def probabilities(S, dP=0, **_):
    """Define P = softmax(S), row by row, and φ as a function of P whose gradient is dP."""
    E = apply(exp, S)
    P = E / E.sum(-1, keepdims=True)
    return {"P": P, "phi": (dP * P).sum()}


def log_sum_exp(S):
    """Define L, the log-sum-exp of each row, beside P."""
    return probabilities(S) | {"L": apply(log, apply(exp, S).sum(-1))}


def first_row(S, **_):
    """The probabilities of the row, through the loops."""
    return loops.softmax(S)[0]


@checked(given={"S": row, "c": ()}, define=probabilities, truth=first_row, free={j: N})
def shift_invariance():
    """The same shift for every score changes nothing"""
    yield exp(S[i, j] + c) / Sum(exp(S[i, l] + c), l, N)
    yield e_j * exp(c) / Sum(e_l * exp(c), l, N)
    yield r"$e^{a + b} = e^a\,e^b$"
    yield e_j * exp(c) / (total * exp(c))
    yield "$e^c$ stands in every term: factor it out"
    yield e_j / total
    yield "cancel $e^c$"
    yield P[i, j]
    yield "the definition of $P_{ij}$"


@checked(
    given={"S": row},
    define=log_sum_exp,
    truth=lambda S: complex_step(lambda row: loops.logsumexp(row[None])[0], S[0]),
    free={k: N},
)
def log_sum_exp_slope():
    """The derivative of log-sum-exp"""
    yield Partial(L[i], S[i, k])
    yield Partial(log(total), S[i, k])
    yield "the definition of $L_i$"
    yield Partial(total, S[i, k]) / total
    yield r"chain rule: $(\log g)' = g'/g$, and here $g$ is the sum"
    yield Sum(Partial(e_l, S[i, k]), l, N) / total
    yield "the derivative of a sum is the sum of the derivatives"
    yield e_k / total
    yield "only the term with $l = k$ holds $S_{ik}$, and its derivative is itself"
    yield P[i, k]
    yield "read the fraction as a probability"
