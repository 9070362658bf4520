"""The same equations index by index: slow, and meant to be read aloud.

The letters and the order of the loops are those of the derivations: i is the row, j the
probability, k the score, l the summation index. Only + - * / exp and log are used, so these
functions also take complex numbers: that is what lets `numerical.complex_step` differentiate
them, and makes them the oracle for the rest of the library.
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


def attention(Q, K, V, *, scale=None, causal=False, mask=None, bias=None):
    """O_ic = Σ_j P_ij V_jc, with S_ij = scale Σ_c Q_ic K_jc + bias_ij; returns O, P.

    For Q (N_q, d), K (N_k, d), V (N_k, d_v); mask and bias (N_q, N_k). A key that row i may not
    attend to is left out of the row's sums.
    """
    Q, K, V = numbers(Q), numbers(K), numbers(V)
    (N_q, d), (N_k, d_v) = Q.shape, V.shape
    scale = 1 / np.sqrt(d) if scale is None else scale
    number = np.result_type(Q, K, V, 0.0 if bias is None else bias)
    O, P = np.zeros((N_q, d_v), number), np.zeros((N_q, N_k), number)
    for i in range(N_q):
        keys = range(min(N_k, max(0, i + N_k - N_q + 1))) if causal else range(N_k)
        keys = [j for j in keys if mask is None or mask[i][j]]
        if not keys:
            continue
        S_i = []
        for j in keys:
            S_ij = 0 if bias is None else bias[i][j]
            for c in range(d):
                S_ij = S_ij + scale * Q[i, c] * K[j, c]
            S_i.append(S_ij)
        P[i, keys] = softmax([S_i])[0]
        for j in keys:
            for c in range(d_v):
                O[i, c] += P[i, j] * V[j, c]
    return O, P


def attention_vjp(dO, Q, K, V, P, *, scale=None):
    """dQ_ic = scale Σ_k dS_ik K_kc and so on, one index at a time; returns dQ, dK, dV."""
    dO, Q, K, V, P = map(numbers, (dO, Q, K, V, P))
    (N_q, d), (N_k, d_v) = Q.shape, V.shape
    scale = 1 / np.sqrt(d) if scale is None else scale
    number = np.result_type(dO, Q, K, V, P)
    dQ, dK, dV = (np.zeros(X.shape, number) for X in (Q, K, V))
    dP = np.zeros((N_q, N_k), number)
    for i, j, c in np.ndindex(N_q, N_k, d_v):
        dP[i, j] += dO[i, c] * V[j, c]
        dV[j, c] += P[i, j] * dO[i, c]
    dS = softmax_vjp(dP, P)
    for i, k, c in np.ndindex(N_q, N_k, d):
        dQ[i, c] += scale * dS[i, k] * K[k, c]
        dK[k, c] += scale * dS[i, k] * Q[i, c]
    return dQ, dK, dV
