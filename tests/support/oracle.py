"""Exact answers at 50 digits, and the cases that every function is tried on."""

import mpmath
import numpy as np

mpmath.mp.dps = 50
exact = np.vectorize(lambda x: mpmath.mpf(float(x)), otypes=[object])
exp = np.vectorize(mpmath.exp, otypes=[object])
log = np.vectorize(mpmath.log, otypes=[object])

CASES = 200


def softmax(S):
    """Return e^{S_ij} / Σ_l e^{S_il} along the last axis, in mpmath numbers."""
    E = exp(exact(S))
    return E / E.sum(-1, keepdims=True)


def logsumexp(S):
    return log(exp(exact(S)).sum(-1))


def log_softmax(S):
    return exact(S) - logsumexp(S)[..., None]


def jacobian(P):
    P = exact(P)
    return P[..., :, None] * (exact(np.eye(P.shape[-1])) - P[..., None, :])


def times_jacobian(x, P):
    """Return J x for each row, by the sum over the Jacobian's entries."""
    return (jacobian(P) * exact(x)[..., None, :]).sum(-1)


def roundoff(dtype):
    """Return u: half the spacing at 1, the most that rounding to the dtype moves a number by."""
    return float(np.finfo(dtype).eps) / 2


def scores(dtype, seed):
    """Return one case of at most 3 dimensions: usual, tied, shifted, near one-hot, or huge."""
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 6, size=rng.integers(1, 4)))
    scale = 10.0 ** rng.uniform(-1, 2 if dtype == np.float16 else 4)
    S = rng.normal(scale=scale, size=shape)
    kind = seed % 5
    if kind == 1:
        S = S.round()  # ties
    elif kind == 2:
        S = S + rng.choice([-2000, 2000], size=(*shape[:-1], 1))
    elif kind == 3:
        S[..., 0] += 30
    elif kind == 4:
        S[..., rng.integers(shape[-1])] = rng.choice([-800, 800])
    return S.astype(dtype)


def probabilities(dtype, seed):
    """Return P, rounded to the dtype, and a gradient of its shape that is never all ones."""
    S = scores(dtype, seed).astype(float)
    E = np.exp(S - S.max(-1, keepdims=True))
    P = E / E.sum(-1, keepdims=True)
    dP = np.random.default_rng(seed + 10_000).normal(scale=10.0 ** (seed % 3), size=P.shape)
    return dP.astype(dtype), P.astype(dtype)


def worst(got, expected, allowed):
    """Return the largest |got - expected| / allowed: at most 1 if the bound holds."""
    error = abs(exact(got) - expected)
    return max((float(e / a) for e, a in np.broadcast(error, exact(allowed))), default=0.0)
