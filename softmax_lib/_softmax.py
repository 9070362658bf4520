"""softmax, its logarithm, its slopes and Jacobian, and what a gradient needs of that Jacobian.

Letters as in the course: S scores, P probabilities, L log-sum-exp; dX is ∂φ/∂X with X's shape;
tX is the tangent of X, the direction in which X moves.

Every function but two_cases, which takes one row, takes floats of any leading dimensions. It
returns the same dtype; float16 is computed in float32 and rounded once; integers become float64.
Inputs are never modified. A row that holds NaN or +inf, or nothing but -inf, becomes NaN, and no
other row does.
"""

import numpy as np

from softmax_lib._inputs import by_blocks, entries, rows, shapes


@rows("S")
@by_blocks
def softmax(S, axis=-1):
    """Turn scores into probabilities: P_ij = e^{S_ij} / Σ_l e^{S_il}.

    Parameters
    ----------
    S : array of floats or integers, (…, N)
        Scores; N is the length of `axis`.
    axis : int
        The axis along which the probabilities sum to one.

    Returns
    -------
    P : array, the shape of S

    Raises
    ------
    TypeError
        S holds bool, complex, object or string, or is a masked array; axis is not an int.
    numpy.exceptions.AxisError
        `axis` is out of range, or S is 0-d.
    ValueError
        `axis` has length 0; S is a list whose rows differ in length.

    Notes
    -----
    Relative error at most (|S_ij - max| + 8 + 4 log₂ N) u, with u the dtype's unit roundoff; of the
    last term little is seen unless the roundings of the sum all go one way. The maximum is
    subtracted first, which changes nothing but the range: Blanchard, Higham and Higham,
    "Accurately computing the log-sum-exp and softmax functions", IMA J. Numer. Anal. 41 (2021).

    Examples
    --------
    >>> softmax([1.0, 2.0, 3.0]).round(2)
    array([0.09, 0.24, 0.67])
    """
    E = np.exp(S - S.max(axis, keepdims=True))
    return E / E.sum(axis, keepdims=True)


@rows("S")
@by_blocks
def log_softmax(S, axis=-1):
    """Take the logarithm of softmax, without ever forming it: log P_ij = S_ij - L_i.

    Parameters, dtypes and errors are softmax's.

    Returns
    -------
    array, the shape of S
        Natural logarithms of probabilities: never above 0.

    Notes
    -----
    Error at most (8 + 4 log₂ N) u max(1, |value|), as in softmax. log(softmax(S)) would be -inf
    wherever P underflows.

    Examples
    --------
    >>> log_softmax([0.0, -1000.0])
    array([    0., -1000.])
    """
    S = S - S.max(axis, keepdims=True)
    return S - np.log(np.exp(S).sum(axis, keepdims=True))


@rows("S")
@by_blocks
def logsumexp(S, axis=-1):
    """Sum the exponentials of each row and take the logarithm: L_i = log Σ_l e^{S_il}.

    Parameters, dtypes and errors are softmax's.

    Returns
    -------
    L : array, the shape of S without `axis`

    Notes
    -----
    L = max + log Σ_l e^{S_il - max}: the sum has a term that is 1, so it is never 0. A row of
    only -inf gives NaN, as it does in softmax, because no P could belong to it.

    Examples
    --------
    >>> float(logsumexp([1000.0, 1000.0]).round(4))
    1000.6931
    """
    m = S.max(axis, keepdims=True)
    L = m + np.log(np.exp(S - m).sum(axis, keepdims=True))
    return L.squeeze(axis)


@shapes(P="N")
@entries("j", "k", of="P")
def two_cases(P, j, k):
    """Take one slope of one row: ∂P_j/∂S_k is P_j (1 - P_k) if j = k, else -P_k P_j.

    Parameters
    ----------
    P : array of floats, (N,)
        What softmax returned for one row.
    j, k : int
        Which probability, and which score: from 0 to N - 1.

    Returns
    -------
    float scalar of P's dtype

    Raises
    ------
    TypeError
        P holds something else than floats or integers; j or k is not an int.
    ValueError
        P is not one row, or j or k is not one of its entries.

    Examples
    --------
    >>> float(two_cases([0.5, 0.5], 0, 1))
    -0.25
    """
    if j == k:
        return P[j] * (1 - P[k])
    return -P[k] * P[j]


@rows("P")
def softmax_jacobian(P):
    """Write out the Jacobian of each row: J[j, k] = ∂P_j/∂S_k = P_j (δ_jk - P_k).

    This is diag(P_i) - P_i ⊗ P_i, entry by entry.

    Parameters
    ----------
    P : array of floats, (…, N)
        What softmax returned, along the last axis.

    Returns
    -------
    J : array, (…, N, N)
        Symmetric; rows and columns sum to 0.

    Raises
    ------
    TypeError, numpy.exceptions.AxisError, ValueError
        As softmax.

    Examples
    --------
    >>> softmax_jacobian([0.5, 0.5])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    I = np.eye(P.shape[-1], dtype=P.dtype)
    return P[..., :, None] * (I - P[..., None, :])  # (…, N, N)


@rows("dP", "P")
@by_blocks
def softmax_vjp(dP, P, axis=-1):
    """Carry a gradient back through softmax: dS = P ∘ (dP - ⟨P, dP⟩).

    This is J_iᵀ dP_i for each row, without J_i: ∂φ/∂S_ik = Σ_j ∂φ/∂P_ij ∂P_ij/∂S_ik.

    Parameters
    ----------
    dP : array of floats, any shape
        The upstream gradient ∂φ/∂P.
    P : array of floats, the shape of dP
        What softmax returned.
    axis : int
        The axis that softmax took.

    Returns
    -------
    dS : array, the shape of P
        ∂φ/∂S. It sums to 0 along `axis`.

    Raises
    ------
    TypeError, numpy.exceptions.AxisError
        As softmax.
    ValueError
        dP and P differ in shape, or `axis` has length 0.

    Notes
    -----
    Error at most (8 + 4 log₂ N) u ‖dP‖∞.

    Examples
    --------
    >>> softmax_vjp([1.0, 0.0], [0.5, 0.5])
    array([ 0.25, -0.25])
    """
    return P * (dP - (P * dP).sum(axis, keepdims=True))


@rows("tS", "P")
@by_blocks
def softmax_jvp(tS, P, axis=-1):
    """Push a direction forward through softmax: tP = P ∘ (tS - ⟨P, tS⟩).

    This is J_i tS_i for each row: how fast P moves when S moves along tS. It is the same formula
    as softmax_vjp's because J_i is symmetric. Parameters, errors and accuracy are softmax_vjp's,
    with the tangent tS in the place of dP.

    Returns
    -------
    tP : array, the shape of P
        It sums to 0 along `axis`: probability is moved, never made.

    Examples
    --------
    >>> softmax_jvp([1.0, 0.0], [0.5, 0.5])
    array([ 0.25, -0.25])
    """
    return P * (tS - (P * tS).sum(axis, keepdims=True))
