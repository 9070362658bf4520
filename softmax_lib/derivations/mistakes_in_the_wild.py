"""A published slip put right: what must become of an output that is kept divided."""

from sympy import exp

from softmax_lib.derivations.flash_attention import cut_row, of_output, values
from softmax_lib.derivations.letters import (
    A_new,
    N,
    O,
    O_old,
    S,
    V,
    Z,
    Z_old,
    i,
    l,
    m,
    m_old,
    new,
    seen,
)
from softmax_lib.derivations.notation import Sum, SumOver


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
