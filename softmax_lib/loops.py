"""The same equations index by index: slow, and meant to be read aloud.

The letters and the order of the loops are those of the derivations: i is the row, j the
probability, k the score, l the summation index. The arrays meet only + - * / exp, log and tanh, and
the largest score is the one with the largest real part, so these functions also take complex
numbers: that is what lets `numerical.complex_step` differentiate them, and makes them the oracle
for the rest of the library.
"""

import numpy as np


def numbers(x):
    """Return x as an array whose numbers can be divided: integers become floats."""
    return 1.0 * np.asarray(x)


def logsumexp(S):
    """L_i = log Σ_l e^{S_il}, for scores (rows, N); returns (rows,)."""
    L = []
    for S_i in numbers(S):
        m = max(S_i, key=np.real)
        total = 0
        for l in range(len(S_i)):
            total = total + np.exp(S_i[l] - m)
        L.append(m + np.log(total))
    return np.array(L)


def log_softmax(S):
    """log P_ij = S_ij - L_i, for scores (rows, N); returns (rows, N)."""
    S = numbers(S)
    L = logsumexp(S)
    rows, N = S.shape
    return np.array([[S[i, j] - L[i] for j in range(N)] for i in range(rows)])


def softmax(S):
    """P_ij = e^{S_ij} / Σ_l e^{S_il}, for scores (rows, N); returns (rows, N)."""
    S = numbers(S)
    rows, N = S.shape
    P = np.empty_like(S)
    for i in range(rows):
        m = max(S[i], key=np.real)
        total = 0
        for l in range(N):
            total = total + np.exp(S[i, l] - m)
        for j in range(N):
            P[i, j] = np.exp(S[i, j] - m) / total
    return P


def softmax_jacobian(P):
    """J_i[j, k] = P_ij (1 - P_ik) if j = k, else -P_ij P_ik; (rows, N) to (rows, N, N)."""
    P = numbers(P)
    rows, N = P.shape
    J = np.empty((rows, N, N), P.dtype)
    for i in range(rows):
        for j in range(N):
            for k in range(N):
                if j == k:
                    J[i, j, k] = P[i, j] * (1 - P[i, k])
                else:
                    J[i, j, k] = -P[i, j] * P[i, k]
    return J


def softmax_vjp(dP, P):
    """dS_ik = Σ_j dP_ij J_i[j, k]: one column of the Jacobian at a time."""
    dP, J = numbers(dP), softmax_jacobian(P)
    dS = np.zeros_like(dP)
    for i, k in np.ndindex(dP.shape):
        for j in range(dP.shape[1]):
            dS[i, k] += dP[i, j] * J[i, j, k]
    return dS


def softmax_jvp(tS, P):
    """tP_ij = Σ_k J_i[j, k] tS_ik: one row of the Jacobian at a time."""
    tS, J = numbers(tS), softmax_jacobian(P)
    tP = np.zeros_like(tS)
    for i, j in np.ndindex(tS.shape):
        for k in range(tS.shape[1]):
            tP[i, j] += J[i, j, k] * tS[i, k]
    return tP


def cross_entropy(S, target):
    """φ = -(1/B) Σ_i log P_i,target_i, for scores (B, N) and targets (B,)."""
    log_P = log_softmax(S)
    B = len(target)
    phi = 0
    for i in range(B):
        phi = phi - log_P[i, target[i]] / B
    return phi


def cross_entropy_grad(S, target):
    """dS_ik = (P_ik - 1 if k is row i's target, else P_ik) / B; (B, N) to (B, N)."""
    dS = softmax(S)
    B, N = dS.shape
    for i in range(B):
        for k in range(N):
            dS[i, k] = (dS[i, k] - (k == target[i])) / B
    return dS


def score(Q_i, K_j, scale, softcap=None):
    """S_ij = scale Σ_c Q_ic K_jc; with a softcap, softcap tanh(S_ij / softcap)."""
    S_ij = 0
    for c in range(len(Q_i)):
        S_ij = S_ij + scale * Q_i[c] * K_j[c]
    return S_ij if softcap is None else softcap * np.tanh(S_ij / softcap)


def visible(i, N_q, N_k, causal, mask):
    """List the keys that row i may attend to."""
    keys = range(min(N_k, max(0, i + N_k - N_q + 1))) if causal else range(N_k)
    return [j for j in keys if mask is None or mask[i][j]]


def attention(
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
    enable_gqa=False,
):
    """O_ic = Σ_j P_ij keep_ij V_jc, with S_ij = score(Q_i, K_j) + bias_ij; returns O, P.

    For Q (N_q, d), K (N_k, d), V (N_k, d_v); mask, bias and keep (N_q, N_k); sink (N_q, 1), one
    more score in row i, whose probability is left out. A key that row i may not attend to is left
    out of the row's sums. With enable_gqa, Q is (H, N_q, d), and so on: see `each_head`.
    """
    Q, K, V = numbers(Q), numbers(K), numbers(V)
    if enable_gqa:
        of_S = {"mask": mask, "bias": bias, "sink": sink, "keep": keep}
        same = {"scale": scale, "causal": causal, "softcap": softcap}
        heads = [attention(Q[h], K[g], V[g], **same, **own) for h, g, own in each_head(Q, K, of_S)]
        return tuple(map(np.array, zip(*heads, strict=True)))
    (N_q, d), (N_k, d_v) = Q.shape, V.shape
    options = (scale, bias, softcap, sink, keep)
    number = np.result_type(Q, K, V, *(a for a in options if a is not None))
    scale = 1 / np.sqrt(d) if scale is None else scale
    O, P = np.zeros((N_q, d_v), number), np.zeros((N_q, N_k), number)
    for i in range(N_q):
        keys = visible(i, N_q, N_k, causal, mask)
        S_i = [
            score(Q[i], K[j], scale, softcap) + (0 if bias is None else bias[i][j]) for j in keys
        ]
        if keys:
            P[i, keys] = softmax([S_i + ([] if sink is None else [sink[i][0]])])[0, : len(keys)]
        for j in keys:
            for c in range(d_v):
                O[i, c] += P[i, j] * (1 if keep is None else keep[i][j]) * V[j, c]
    return O, P


def each_head(Q, K, of_S):
    """List h, the head of K and V that it reads, h // (H / H_kv), and its share of what is of S.

    What is of S has heads in front, (H, N_q, N_k), or is the same for all of them, (N_q, N_k).
    """
    group = len(Q) // len(K)
    return [
        (h, h // group, {name: a[h] if np.ndim(a) == 3 else a for name, a in of_S.items()})
        for h in range(len(Q))
    ]


def attention_vjp(dO, Q, K, V, P, *, scale=None, softcap=None, keep=None, enable_gqa=False):
    """dQ_ic = scale Σ_k dS_ik K_kc and so on, one index at a time; returns dQ, dK, dV.

    With softcap dS_ik meets the slope 1 - tanh²(S_ik / softcap).
    """
    dO, Q, K, V, P = map(numbers, (dO, Q, K, V, P))
    number = np.result_type(dO, Q, K, V, P)
    dQ, dK, dV = (np.zeros(X.shape, number) for X in (Q, K, V))
    if enable_gqa:
        options = {"scale": scale, "softcap": softcap}
        for h, g, own in each_head(Q, K, {"keep": keep}):
            shares = attention_vjp(dO[h], Q[h], K[g], V[g], P[h], **options, **own)
            for total, share in zip((dQ[h], dK[g], dV[g]), shares, strict=True):
                total += share
        return dQ, dK, dV
    (N_q, d), (N_k, d_v) = Q.shape, V.shape
    scale = 1 / np.sqrt(d) if scale is None else scale
    dP = np.zeros((N_q, N_k), number)
    for i, j, c in np.ndindex(N_q, N_k, d_v):
        keep_ij = 1 if keep is None else keep[i][j]
        dP[i, j] += dO[i, c] * V[j, c] * keep_ij
        dV[j, c] += P[i, j] * keep_ij * dO[i, c]
    dS = softmax_vjp(dP, P)
    for i, k in np.ndindex(N_q, N_k):
        if softcap is not None:
            dS[i, k] *= 1 - (score(Q[i], K[k], scale, softcap) / softcap) ** 2
        for c in range(d):
            dQ[i, c] += scale * dS[i, k] * K[k, c]
            dK[k, c] += scale * dS[i, k] * Q[i, c]
    return dQ, dK, dV
