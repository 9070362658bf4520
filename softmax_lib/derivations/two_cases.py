"""One entry of the Jacobian of softmax: j = k, j ≠ k, and both at once."""

from functools import partial
from operator import eq, ne

from sympy import log

from softmax_lib import loops
from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import N, P, S, i, j, k
from softmax_lib.derivations.notation import Cases, Delta, Partial
from softmax_lib.derivations.softmax import e_j, e_k, probabilities, row, total
from softmax_lib.numerical import complex_step


def measured_jacobian(S):
    """∂P_1j/∂S_1k by complex step, through the loops."""
    return complex_step(lambda row: loops.softmax(row[None])[0], S[0])


entry = partial(
    checked, given={"S": row}, truth=measured_jacobian, free={j: N, k: N}, define=probabilities
)


@entry(where=eq)
def own_probability():
    """j = k: a score and its own probability"""
    yield Partial(P[i, j], S[i, k])
    yield Partial(e_j / total, S[i, k])
    yield "write $P_{ij}$ out"
    yield (e_j * total - e_k * e_j) / total**2
    yield "quotient rule: as $j = k$, $f' = e^{S_{ij}}$; $g' = e^{S_{ik}}$"
    yield e_j * (total - e_k) / total**2
    yield "factor out $e^{S_{ij}}$"
    yield e_j / total * ((total - e_k) / total)
    yield "one factor of the square for each fraction"
    yield e_j / total * (total / total - e_k / total)
    yield "split the second fraction"
    yield P[i, j] * (1 - P[i, k])
    yield "read the fractions as probabilities"


@entry(where=ne)
def other_probability():
    """j ≠ k: a score and another's probability"""
    yield Partial(P[i, j], S[i, k])
    yield Partial(e_j / total, S[i, k])
    yield "write $P_{ij}$ out"
    yield (0 * total - e_k * e_j) / total**2
    yield r"quotient rule: as $j \neq k$, $f' = 0$; $g' = e^{S_{ik}}$"
    yield (0 - e_k * e_j) / total**2
    yield "$0$ times anything is $0$"
    yield -(e_k / total * (e_j / total))
    yield "one factor of the square for each fraction"
    yield -(P[i, k] * P[i, j])
    yield "read the fractions as probabilities"


@entry()
def both_cases():
    """Both cases at once"""
    yield Partial(P[i, j], S[i, k])
    yield Cases(P[i, j] * (1 - P[i, k]), -(P[i, k] * P[i, j]), j, k)
    yield "the two cases, as derived"
    yield Cases(P[i, j] * (1 - P[i, k]), P[i, j] * (0 - P[i, k]), j, k)
    yield "write the second like the first"
    yield P[i, j] * (Delta(j, k) - P[i, k])
    yield r"$\delta_{jk}$ is 1 if $j = k$, and 0 if not"


@entry()
def through_the_logarithm():
    """Both cases at once, through the logarithm"""
    yield Partial(P[i, j], S[i, k])
    yield P[i, j] * Partial(log(P[i, j]), S[i, k])
    yield r"as $(\log f)' = f'/f$, we have $f' = f\,(\log f)'$"
    yield P[i, j] * Partial(log(e_j / total), S[i, k])
    yield "write $P_{ij}$ out"
    yield P[i, j] * Partial(S[i, j] - log(total), S[i, k])
    yield r"the logarithm of a fraction is a difference; $\log e^{S_{ij}} = S_{ij}$"
    yield P[i, j] * (Delta(j, k) - Partial(log(total), S[i, k]))
    yield "the derivative of $S_{ij}$ is 1 if it is the score $S_{ik}$, and 0 if not"
    yield P[i, j] * (Delta(j, k) - e_k / total)
    yield r"$(\log g)' = g'/g$, and $g' = e^{S_{ik}}$"
    yield P[i, j] * (Delta(j, k) - P[i, k])
    yield "read the fraction as a probability"
