"""Attention and its gradients at 50 digits, and the bound that the library's docstrings state."""

import mpmath
import numpy as np

from support.attention import ANSWERS
from support.oracle import exact, exp, roundoff

tanh = np.vectorize(mpmath.tanh, otypes=[object])


def formula(
    dO,
    Q,
    K,
    V,
    *,
    scale=None,
    causal=False,
    mask=None,
    bias=None,
    softcap=None,
    sink=None,
    keep=None,
):
    """Return O, dQ, dK, dV at 50 digits, then the same with every term absolute.

    The gradient goes through the explicit Jacobian of each row, diag(P_i) - P_i ⊗ P_i.
    """
    (N_q, d), N_k = Q.shape, len(K)
    keep = np.ones((N_q, N_k)) if keep is None else keep
    dO, Q, K, V, keep = map(exact, (dO, Q, K, V, keep))
    scale = 1 / mpmath.sqrt(d) if scale is None else mpmath.mpf(scale)
    allowed = np.ones((N_q, N_k), bool) if mask is None else mask.copy()
    if causal:
        allowed &= np.arange(N_k) <= np.arange(N_q)[:, None] + N_k - N_q
    S, T = scale * (Q @ K.T), exact(np.zeros((N_q, N_k)))
    if softcap is not None:
        T = tanh(S / mpmath.mpf(softcap))
        S = mpmath.mpf(softcap) * T
    S = S + (0 if bias is None else exact(bias))
    E = np.where(allowed, exp(S), mpmath.mpf(0))
    Z = E.sum(1, keepdims=True) + (0 if sink is None else exp(exact(sink)))
    P = E / np.where(Z == 0, 1, Z)

    def answers(dO, Q, K, V, P, keep, T, scale, minus):
        jacobians = [np.diag(P_i) + minus * np.outer(P_i, P_i) for P_i in P]
        dP = keep * (dO @ V.T)
        dS = np.array([dP_i @ J_i for dP_i, J_i in zip(dP, jacobians, strict=True)])
        dS = dS * (1 + minus * T**2)
        return (keep * P) @ V, scale * (dS @ K), scale * (dS.T @ Q), (keep * P).T @ dO

    # Of a bound 16 digits will do.
    sizes = (np.abs(x).astype(float) for x in (dO, Q, K, V, P, keep, T))
    return answers(dO, Q, K, V, P, keep, T, scale, -1), answers(*sizes, abs(float(scale)), +1)


def largest_score(Q, K, scale=None, bias=None, softcap=None, sink=None, **_):
    """Return max scale|Q||K|ᵀ, with |bias| as one more term, and |sink| as one more score.

    With softcap the term counts three times, and once more / softcap for the slope.
    """
    scale = 1 / np.sqrt(Q.shape[-1]) if scale is None else abs(scale)
    terms = scale * np.abs(Q.astype(float)) @ np.abs(K.astype(float)).mT
    terms = terms * (1 if softcap is None else 3 + 1 / softcap)
    largest = (terms + (0 if bias is None else np.abs(bias))).max(initial=0)
    return max(largest, 0 if sink is None else float(np.abs(sink).max(initial=0)))


def assert_within_bound(got, case, options, oracle=None):
    """Hold O, dQ, dK, dV against the formula: 2 (max scale|Q||K|ᵀ + 16) u × every term absolute."""
    _, Q, K, _ = case
    factor = 2 * (largest_score(Q, K, **options) + 16) * roundoff(Q.dtype)
    tiny = float(np.finfo(Q.dtype).smallest_subnormal)
    expected, sizes = oracle or formula(*case, **options)
    for name, a, b, size in zip(ANSWERS, got, expected, sizes, strict=True):
        assert a.shape == b.shape, name
        assert a.dtype == Q.dtype, name
        excess = np.abs(exact(a) - b) - factor * size - tiny
        assert (excess <= 0).all(), f"{name}: {np.argwhere(excess > 0)[0]}"
