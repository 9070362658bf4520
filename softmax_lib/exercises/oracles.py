"""What several exercises hold an answer against: loops and complex steps, and nothing judged."""

import numpy as np

from softmax_lib import loops
from softmax_lib.numerical import complex_step


def by_rows(oracle):
    """Let an oracle that takes (rows, N) take any number of leading dimensions."""

    def every(**letters):
        first = next(iter(letters.values()))
        flat = [a.reshape(-1, a.shape[-1]) for a in letters.values()]
        answer = oracle(*flat)
        return answer.reshape(first.shape[:-1] + answer.shape[1:])

    return every


def slope_of(f, x):
    """Differentiate f entry by entry, by a complex step in all entries at once."""
    return complex_step(lambda t: f(x + t), 0.0)


def row_of_softmax(s):
    return loops.softmax(s[None])[0]


def jacobian_at(P):
    """∂P_j/∂S_k by complex step, at the scores log P."""
    return complex_step(row_of_softmax, log_of(P))


def log_of(P):
    """Scores whose softmax is P. For a P of 0 the score is finite: P comes out below 1e-300."""
    return np.log(np.maximum(P, 1e-300))


def attention_slopes(dO, Q, K, V, scale, **rules):
    """∂φ/∂Q, ∂φ/∂K, ∂φ/∂V by complex step through the loops, for φ = Σ dO ∘ O."""
    return slopes(lambda Q, K, V: (dO * loops.attention(Q, K, V, scale=scale, **rules)[0]).sum())(
        Q, K, V
    )


def slopes_with_O_and_L(dO, Q, K, V, O, L, scale, mask):
    """dQ, dK and dV when O and L are what they are, whoever computed them, by complex step.

    With P = e^{S - L} and D = ⟨dO, O⟩, dS = P (dP - D) is the slope of Σ P (dP - D) by the S in P,
    and dV that of Σ P dP by the V in dP.
    """
    dP, D = dO @ V.T, (dO * O).sum(1, keepdims=True)
    closed = ~mask.any(1)
    L = np.where(closed, 0, L)[:, None]

    def P(Q, K):
        return np.where(mask, np.exp(np.where(mask, scale * Q @ K.T - L, 0)), 0)

    return (
        complex_step(lambda Q: (P(Q, K) * (dP - D)).sum(), Q),
        complex_step(lambda K: (P(Q, K) * (dP - D)).sum(), K),
        complex_step(lambda V: (P(Q, K) * (dO @ V.T)).sum(), V),
    )


def slopes(f):
    """Return the function that gives f's slope by each of its arguments, by complex step."""

    def each(*letters):
        def by(n):
            return lambda x: f(*letters[:n], x, *letters[n + 1 :])

        return tuple(complex_step(by(n), x) for n, x in enumerate(letters))

    return each
