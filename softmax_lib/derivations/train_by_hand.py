"""The derivatives of RMS norm, and how a gradient crosses it."""

from functools import partial

import numpy as np
from sympy import sqrt

from softmax_lib.derivations.derivation import checked
from softmax_lib.derivations.letters import H, U, dU, i, j, k, l, n, phi, r
from softmax_lib.derivations.meaning import apply
from softmax_lib.derivations.notation import Delta, Dot, Partial, Sum
from softmax_lib.numerical import complex_step

wide_row = (1, n)  # one row of n numbers, no scores


def same_size(H, dU=0):
    """Define r, the root mean square of each row, U = H / r, and φ as a function of U."""
    r = apply(sqrt, (H**2).sum(-1) / H.shape[-1])
    return {"r": r, "U": H / r, "phi": (dU * (H / r)).sum()}


def root_mean_square(row):
    return np.sqrt((row**2).mean())


def normed(row):
    return row / root_mean_square(row)


of_a_row = partial(checked, given={"H": wide_row}, define=same_size)


@of_a_row(truth=lambda H: complex_step(root_mean_square, H[0]), free={k: n})
def root_mean_square_slope():
    """The derivative of a root mean square"""
    yield Partial(r[i], H[i, k])
    yield Partial(sqrt(Sum(H[i, l] ** 2, l, n) / n), H[i, k])
    yield "write $r_i$ out"
    yield (
        1 / (2 * sqrt(Sum(H[i, l] ** 2, l, n) / n)) * Partial(Sum(H[i, l] ** 2, l, n) / n, H[i, k])
    )
    yield r"chain rule: the derivative of $\sqrt{x}$ is $1 / 2\sqrt{x}$"
    yield 1 / (2 * r[i]) * (2 * H[i, k] / n)
    yield "the root is $r_i$; only the term with $l = k$ holds $H_{ik}$"
    yield H[i, k] / (n * r[i])
    yield "cancel the $2$"


@of_a_row(truth=lambda H: complex_step(normed, H[0]), free={j: n, k: n})
def rms_norm_slope():
    """A row brought to one size"""
    yield Partial(U[i, j], H[i, k])
    yield Partial(H[i, j] / r[i], H[i, k])
    yield "write $U_{ij}$ out"
    yield (Partial(H[i, j], H[i, k]) * r[i] - Partial(r[i], H[i, k]) * H[i, j]) / r[i] ** 2
    yield "the quotient rule, from 01"
    yield (Delta(j, k) * r[i] - H[i, k] / (n * r[i]) * H[i, j]) / r[i] ** 2
    yield "$H_{ij}$ moves only if it is $H_{ik}$; the derivative of $r_i$ is above"
    yield (Delta(j, k) - (H[i, k] / r[i]) * (H[i, j] / r[i]) / n) / r[i]
    yield "divide top and bottom by $r_i$"
    yield (Delta(j, k) - U[i, j] * U[i, k] / n) / r[i]
    yield "$H / r$ is $U$, twice"


@of_a_row(
    given={"H": wide_row, "dU": wide_row},
    truth=lambda H, dU: complex_step(lambda row: dU[0] @ normed(row), H[0]),
    free={k: n},
)
def rms_norm_vjp():
    """A gradient crosses the norm"""
    yield Partial(phi, H[i, k])
    yield Sum(dU[i, j] * Partial(U[i, j], H[i, k]), j, n)
    yield r"chain rule: $\phi$ depends on $H_{ik}$ through every $U_{ij}$"
    yield Sum(dU[i, j] * ((Delta(j, k) - U[i, j] * U[i, k] / n) / r[i]), j, n)
    yield "the derivative above"
    yield (Sum(dU[i, j] * Delta(j, k), j, n) - Sum(dU[i, j] * U[i, j] * U[i, k] / n, j, n)) / r[i]
    yield "multiply out, sum each term; $r_i$ is the same in all"
    yield (dU[i, k] - U[i, k] * (Sum(U[i, j] * dU[i, j], j, n) / n)) / r[i]
    yield r"$\delta_{jk}$ leaves one term; $U_{ik} / n$ stands in all of the other"
    yield (dU[i] - U[i] * (Dot(U[i], dU[i]) / n)) / r[i]
    yield "every $k$ at once"
