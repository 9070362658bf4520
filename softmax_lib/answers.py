"""The answers to the exercises, and how a learner is shown them.

Most exercises ask for what the library has: their answer is its own function. Below stand the
others, which the library itself has no use for. Letters are the course's.
"""

import ast
import inspect
from html import escape

import numpy as np
from IPython.display import HTML

import softmax_lib
from softmax_lib import softmax
from softmax_lib.numerical import central_difference


def answer(task):
    """Return the right answer to an exercise: a function, from here or from the library.

    >>> answer("quotient_rule")(3.0, 1.75, 4.0, 1.0)
    0.25
    """
    return globals().get(task) or getattr(softmax_lib, task)


def solution(task):
    """Show the live source of the answer, folded, without its guard and its docstring."""
    source = inspect.getsource(inspect.unwrap(answer(task)))
    (function,) = ast.parse(source).body
    lines, doc = source.splitlines(), function.body[0]
    code = "\n".join(lines[function.lineno - 1 : doc.lineno - 1] + lines[doc.end_lineno :])
    return HTML(f"<details><summary>Solution</summary><pre>{escape(code)}</pre></details>")


def quotient_rule(f, df, g, dg):
    """[f/g]' = (f'g - g'f)/g², for f, g and their slopes df, dg."""
    return (df * g - dg * f) / g**2


def logistic_slope(x):
    """σ'(x) = σ(x) (1 - σ(x)), with σ(x) = e^x / (e^x + 1)."""
    sigma = np.exp(x) / (np.exp(x) + 1)
    return sigma * (1 - sigma)


def two_cases(P, j, k):
    """∂P_j/∂S_k for one row P (N,): P_j (1 - P_k) if j = k, else -P_k P_j."""
    if j == k:
        return P[j] * (1 - P[k])
    return -P[k] * P[j]


def push(P, k):
    """∂P_j/∂S_k for all j at once, P (N,): P_j (δ_jk - P_k)."""
    delta = np.arange(len(P)) == k
    return P * (delta - P[k])


def spread(v, P):
    """⟨v, J v⟩, the variance of v under the probabilities P; both (N,)."""
    mean = (P * v).sum()
    return (P * (v - mean) ** 2).sum()


def log_softmax_vjp(dlogP, P):
    """dS_ik = dlogP_ik - P_ik Σ_j dlogP_ij, row by row; both (…, N)."""
    return dlogP - P * dlogP.sum(-1, keepdims=True)


def masked_attention_vjp(dO, Q, K, V, O, L, *, scale, mask):
    """attention's dQ, dK, dV from O and L alone: P comes back as e^{S - L}, where allowed.

    Q (N_q, d), K (N_k, d), V (N_k, d_v), O and dO (N_q, d_v), L (N_q,), mask (N_q, N_k).
    """
    S = scale * Q @ K.T  # (N_q, N_k)
    P = np.where(mask, np.exp(S - L[:, None]), 0)  # (N_q, N_k)
    dP = dO @ V.T  # (N_q, N_k)
    D = (dO * O).sum(-1, keepdims=True)  # (N_q, 1)
    dS = P * (dP - D)  # (N_q, N_k)
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


def online_logsumexp(S, *, block):
    """L of one row of scores (N,), read tile by tile: m is the largest so far, Z the sum so far."""
    m, Z = -np.inf, 0.0
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        m_old, m = m, max(m, tile.max())
        Z = Z * np.exp(m_old - m) + np.exp(tile - m).sum()
    return (m + np.log(Z)).astype(S.dtype)


def online_attention(Q, K, V, *, scale, block_k):
    """attention's O and L, one tile of keys at a time: A is the sum of e^{S - m} V so far.

    Q (N_q, d), K (N_k, d), V (N_k, d_v); returns (N_q, d_v) and (N_q,).
    """
    m, Z, A = np.full((len(Q), 1), np.finfo(Q.dtype).min, Q.dtype), 0, 0
    for start in range(0, len(K), block_k):
        j = slice(start, start + block_k)
        S = scale * Q @ K[j].T  # (N_q, block_k)
        m_old, m = m, np.maximum(m, S.max(-1, keepdims=True))  # (N_q, 1)
        E = np.exp(S - m)  # (N_q, block_k)
        Z = Z * np.exp(m_old - m) + E.sum(-1, keepdims=True)  # (N_q, 1)
        A = A * np.exp(m_old - m) + E @ V[j]  # (N_q, d_v)
    return A / Z, (m + np.log(Z))[:, 0]


def tiled_attention_vjp(dO, Q, K, V, O, L, *, scale, causal, block_q, block_k):
    """attention's dQ, dK, dV from O and L, tile by tile; causal for N_q = N_k.

    Q (N_q, d), K (N_k, d), V (N_k, d_v), O and dO (N_q, d_v), L (N_q,).
    """
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    D = (dO * O).sum(-1)  # (N_q,), over the complete rows
    for first_key in range(0, len(K), block_k):
        j = slice(first_key, min(first_key + block_k, len(K)))
        for first_query in range(0, len(Q), block_q):
            i = slice(first_query, min(first_query + block_q, len(Q)))
            P = np.exp(scale * Q[i] @ K[j].T - L[i, None])  # (block_q, block_k)
            if causal:
                query, key = np.arange(i.start, i.stop), np.arange(j.start, j.stop)
                P *= key <= query[:, None]
            dS = P * (dO[i] @ V[j].T - D[i, None])  # (block_q, block_k)
            dQ[i] += scale * dS @ K[j]
            dK[j] += scale * dS.T @ Q[i]
            dV[j] += P.T @ dO[i]
    return dQ, dK, dV


def linear_vjp(dY, X, W):
    """dX (…, m) and dW (m, n) for Y = X W: all rows of X, in all examples, share the one W."""
    dX = dY @ W.T  # (…, m)
    rows, slopes = X.reshape(-1, X.shape[-1]), dY.reshape(-1, dY.shape[-1])
    return dX, rows.T @ slopes


def split_heads(X, *, heads):
    """(…, N, heads · d) to (…, heads, N, d): each head has d neighbouring columns."""
    parts = X.reshape(*X.shape[:-1], heads, -1)  # (…, N, heads, d)
    return np.moveaxis(parts, -2, -3)


def rms_norm_vjp(dU, U, r):
    """dH (…, n) for U = H / r, with r (…, 1) the root mean square of each row of H."""
    return (dU - U * (U * dU).mean(-1, keepdims=True)) / r


def keys_gradient(dS, Q, *, scale):
    """dK = scale · dSᵀ Q; dS (…, N_q, N_k), Q (…, N_q, d)."""
    return scale * dS.mT @ Q


def tile_of_dS(dO, O, P, V):
    """dS for some of the keys: P (N_q, n), V (n, d_v) know those alone; dO, O (N_q, d_v)."""
    dP = dO @ V.T  # (N_q, n)
    D = (dO * O).sum(-1, keepdims=True)  # (N_q, 1), over all keys
    return P * (dP - D)


def masked_softmax(S, *, mask):
    """P for scores (…, N) of any dtype, over the keys where mask is True; 0 if there is none."""
    S = np.where(mask, S, -np.inf)  # integers become floats here
    m = S.max(-1, keepdims=True)
    E = np.exp(S - np.maximum(m, np.finfo(S.dtype).min))
    return E / np.maximum(E.sum(-1, keepdims=True), 1)  # the sum is 0 without a key, else ≥ 1


def vjp_test(vjp):
    """Whether vjp(dP, P) is softmax's: P uneven, dP random, rows in a batch, float64."""
    S, dP = np.random.default_rng(0).normal(size=(2, 2, 3, 4))
    right = central_difference(lambda S: (dP * softmax(S)).sum(), S)
    return np.allclose(vjp(dP, softmax(S)), right, rtol=1e-6, atol=1e-9)
