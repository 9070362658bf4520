"""What an answer must keep whatever its numbers are: promises that a check tries before values.

A promise takes the name of a result, the result, and how far off it may be. It returns what breaks
it, in words that are true of the very numbers beside them, or nothing.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Promise:
    """A sentence, and the function that says where it does not hold."""

    sentence: str
    broken: callable
    result: int = 0  # which of the results it speaks of

    def __str__(self):
        return self.sentence


def rows_add_up_to(total, sentence, result=0):
    """Promise that the entries along the last axis add up to one number."""

    def broken(name, a, off):
        sums = a.astype(float).sum(-1)
        wrong = np.abs(sums - total) > off
        if wrong.any():
            at = np.unravel_index(wrong.argmax(), wrong.shape)
            _, came = told_apart(np.float64(total), sums[at])
            return f"{place(name, at)} adds up to {came}"
        return None

    return Promise(sentence, broken, result)


def entries(sentence, allowed):
    """Promise something of every entry: allowed(entries, off) says where it holds."""

    def broken(name, a, off):
        wrong = ~allowed(a, off)
        if wrong.any():
            at = np.unravel_index(wrong.argmax(), wrong.shape)
            return f"{place(name, at)} is {a[at]:.6g}"
        return None

    return Promise(sentence, broken)


def symmetric(sentence="it is symmetric"):
    """Promise that a matrix is its own transpose."""

    def broken(name, a, off):
        wrong = np.abs(a - np.swapaxes(a, -1, -2)) > off
        if wrong.any():
            *front, j, k = np.unravel_index(wrong.argmax(), wrong.shape)
            across = (*front, k, j)
            return (
                f"{place(name, (*front, j, k))} is {a[*front, j, k]:.6g}, and "
                f"{place(name, across)} is {a[across]:.6g}"
            )
        return None

    return Promise(sentence, broken)


def place(name, at):
    """Write an entry as Python does: dS[0, 2]."""
    return f"{name}[{', '.join(map(str, at))}]" if at else name


def told_apart(a, b):
    """Write two numbers with six digits, or with as many as tell them apart.

    >>> told_apart(np.float64(0.25), np.float64(1 / 3))
    ('0.25', '0.333333')
    >>> told_apart(np.float64(0.66524096), np.float64(0.66524122))
    ('0.66524096', '0.66524122')
    """
    if a.dtype == bool:
        return str(a), str(b)
    digits = 6
    while digits < 17 and f"{a:.{digits}g}" == f"{b:.{digits}g}":
        digits += 2
    return f"{a:.{digits}g}", f"{b:.{digits}g}"


EACH_ROW_IS_ONE = rows_add_up_to(1, "each row adds up to one")
EACH_ROW_IS_ZERO = rows_add_up_to(0, "each row adds up to zero")
NONE_IS_NEGATIVE = entries("no probability is negative", lambda P, off: P + off >= 0)
