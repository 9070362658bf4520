"""Softmax and its output, one tile of keys after another."""

from functools import partial

import numpy as np
from sympy import Add, exp

from softmax_lib import loops
from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import (
    A,
    A_old,
    L,
    N,
    O,
    P,
    S,
    V,
    Z,
    Z_old,
    c,
    d_v,
    i,
    j,
    l,
    m,
    m_old,
    new,
    seen,
)
from softmax_lib.derivations.meaning import apply
from softmax_lib.derivations.notation import Sum, SumOver
from softmax_lib.derivations.softmax import e_j, first_row, log_sum_exp, row, total

cut_row = {"S": row, "m": (), "m_old": ()}
values = {"V": (N, d_v)}


def two_tiles(S, m, m_old=0, V=None):
    """Define the tiles and what was gathered. No m is a maximum: they may be any numbers."""
    cut = (S.size + 1) // 2
    E, E_old = (apply(exp, S[0] - number) for number in (m, m_old))
    letters = log_sum_exp(S) | {"seen": range(1, cut + 1), "new": range(cut + 1, S.size + 1)}
    letters |= {"Z": E.sum(), "Z_old": E_old[:cut].sum()}
    if V is None:
        return letters
    A_new, A_old = E[cut:] @ V[cut:], E_old[:cut] @ V[:cut]
    letters |= {"A": E @ V, "A_new": A_new, "A_old": A_old}
    return letters | {"O": letters["P"] @ V, "O_old": A_old / letters["Z_old"]}


def output(S, V, **_):
    """The row's output, through the loops."""
    return first_row(S) @ V


def one_more_tile(weighed, kept):
    """Yield the lines for a sum of e^{S - m}, each term weighed, of which the old one was kept."""
    arriving = SumOver(weighed(exp(S[i, l] - m)), l, new)
    yield Sum(weighed(exp(S[i, l] - m)), l, N)
    yield SumOver(weighed(exp(S[i, l] - m)), l, seen) + arriving
    yield "each key was seen before, or is new"
    yield SumOver(weighed(exp(Add(S[i, l], -m_old, m_old, -m))), l, seen) + arriving
    yield r"take $m_{\text{old}}$ away and put it back"
    yield SumOver(weighed(exp(S[i, l] - m_old) * exp(m_old - m)), l, seen) + arriving
    yield r"$e^{a + b} = e^a\,e^b$"
    yield exp(m_old - m) * SumOver(weighed(exp(S[i, l] - m_old)), l, seen) + arriving
    yield "the second factor is the same in every term"
    yield exp(m_old - m) * kept + arriving
    yield "the old sum is what we have kept"


@checked(
    given=cut_row, define=two_tiles, truth=lambda S, m, m_old: np.exp(loops.logsumexp(S)[0] - m)
)
def online_softmax():
    """One more tile of scores"""
    yield from one_more_tile(lambda term: term, Z_old)


@checked(
    given=cut_row | values,
    define=two_tiles,
    truth=lambda S, m, m_old, V: np.exp(loops.logsumexp(S)[0] - m) * output(S, V),
    free={c: d_v},
)
def online_values():
    """One more tile of values"""
    yield from one_more_tile(lambda term: term * V[l], A_old)


of_output = partial(checked, define=two_tiles, truth=output, free={c: d_v})


@of_output(given={"S": row, "m": ()} | values)
def output_at_the_end():
    """When all keys are seen"""
    yield A / Z
    yield Sum(exp(S[i, j] - m) * V[j], j, N) / Sum(exp(S[i, l] - m), l, N)
    yield "nothing is new any more: both sums are complete"
    yield exp(-m) * Sum(e_j * V[j], j, N) / (exp(-m) * total)
    yield "$e^{-m}$ stands in every term, above and below"
    yield Sum(e_j * V[j], j, N) / total
    yield "cancel $e^{-m}$"
    yield Sum(e_j / total * V[j], j, N)
    yield "let the denominator divide each term"
    yield Sum(P[i, j] * V[j], j, N)
    yield "the definition of $P_{ij}$"
    yield O[i]
    yield "row $i$ of $O = P V$"


@checked(given={"S": row}, define=log_sum_exp, truth=first_row, free={j: N})
def probability_from_L():
    """A probability from its score and one number of its row"""
    yield P[i, j]
    yield e_j / total
    yield "the definition of $P_{ij}$"
    yield e_j / exp(L[i])
    yield "$L_i$ is the logarithm of that sum"
    yield exp(S[i, j] - L[i])
    yield "$e^a / e^b = e^{a - b}$"
