"""What stands around attention in a network: linear layers, a norm, and heads.

Letters as in the course; each row of X or H is one token, … are leading dimensions (batch, heads).
Floats come back in their own dtype: float16 is computed in float32 and rounded once, integers
become float64. Inputs are never modified. What is not a number raises TypeError, and shapes that
don't fit raise ValueError, by name.
"""

import numpy as np

from softmax_lib._inputs import parts, shapes


@shapes(X="... m", W="m n")
def linear(X, W):
    """Multiply each row by one matrix: Y = X W.

    Parameters
    ----------
    X : array of floats or integers, (…, m)
    W : array of floats or integers, (m, n)
        The weights, which all rows of all examples share.

    Returns
    -------
    Y : array, (…, n)

    Examples
    --------
    >>> linear([1.0, 2.0], [[3.0], [4.0]])
    array([11.])
    """
    return X @ W


@shapes(dY="... n", X="... m", W="m n")
def linear_vjp(dY, X, W):
    """Carry a gradient back through a linear layer: dX = dY Wᵀ, dW = Σ Xᵀ dY over all rows.

    Parameters
    ----------
    dY : array of floats, (…, n)
        The upstream gradient ∂φ/∂Y.
    X, W : arrays, as in linear

    Returns
    -------
    dX : array, (…, m)
    dW : array, (m, n)
        The sum of what each row adds, since all of them share W.

    Examples
    --------
    >>> dX, dW = linear_vjp([1.0], [1.0, 2.0], [[3.0], [4.0]])
    >>> dX, dW.ravel()
    (array([3., 4.]), array([1., 2.]))
    """
    dX = dY @ W.T  # (…, m)
    rows, slopes = X.reshape(-1, X.shape[-1]), dY.reshape(-1, dY.shape[-1])
    return dX, rows.T @ slopes


@shapes(H="... n")
def rms_norm(H):
    """Divide each row by its root mean square: U = H / r.

    Parameters
    ----------
    H : array of floats or integers, (…, n)

    Returns
    -------
    U : array, (…, n)
        Its rows have the mean square 1. A row of zeros has no such U: NaN, with NumPy's warning.
    r : array, (…, 1)
        The root mean square of each row, which rms_norm_vjp wants.

    Notes
    -----
    Zhang and Sennrich, "Root mean square layer normalization", NeurIPS 2019; here without its gain,
    and without a small number added to the mean.

    Examples
    --------
    >>> U, r = rms_norm([[3.0, 4.0, 0.0, 0.0]])
    >>> U, r
    (array([[1.2, 1.6, 0. , 0. ]]), array([[2.5]]))
    """
    r = np.sqrt((H * H).mean(axis=-1, keepdims=True))  # (…, 1)
    return H / r, r


@shapes(dU="... n", U="... n", r="... 1")
def rms_norm_vjp(dU, U, r):
    """Carry a gradient back through the norm: dH_i = (dU_i - U_i ⟨U_i, dU_i⟩ / n) / r_i.

    Parameters
    ----------
    dU : array of floats, (…, n)
        The upstream gradient ∂φ/∂U.
    U, r : arrays, (…, n) and (…, 1)
        What rms_norm returned.

    Returns
    -------
    dH : array, (…, n)
        At a right angle to its row of H: a longer row has the same U.

    Examples
    --------
    >>> rms_norm_vjp([[1.0, 1.0]], [[1.0, 1.0]], [[3.0]])
    array([[0., 0.]])
    """
    return (dU - U * (U * dU).mean(axis=-1, keepdims=True)) / r


@shapes(X="... N n")
@parts("heads", of="X")
def split_heads(X, *, heads):
    """Give each head its own neighbouring columns: (…, N, heads · d) to (…, heads, N, d).

    Parameters
    ----------
    X : array of floats or integers, (…, N, heads · d)
    heads : int
        It divides the last axis: head h has the columns h · d to (h + 1) · d.

    Returns
    -------
    array, (…, heads, N, d)

    Examples
    --------
    >>> split_heads([[1, 2, 3, 4], [10, 20, 30, 40]], heads=2)[0]
    array([[ 1.,  2.],
           [10., 20.]])
    """
    X = X.reshape(*X.shape[:-1], heads, X.shape[-1] // heads)  # (…, N, heads, d)
    return np.moveaxis(X, -2, -3)  # (…, heads, N, d)


@shapes(O="... heads N d")
def merge_heads(O):
    """Put the heads side by side again, as they were before split_heads: (…, N, heads · d).

    Parameters
    ----------
    O : array of floats or integers, (…, heads, N, d)

    Returns
    -------
    array, (…, N, heads · d)

    Notes
    -----
    Each undoes the other, and each is the other's vjp: numbers are moved, none is changed.

    Examples
    --------
    >>> merge_heads([[[1, 2], [10, 20]], [[3, 4], [30, 40]]])
    array([[ 1.,  2.,  3.,  4.],
           [10., 20., 30., 40.]])
    """
    O = np.moveaxis(O, -3, -2)  # (…, N, heads, d)
    return O.reshape(*O.shape[:-2], O.shape[-2] * O.shape[-1])  # (…, N, heads · d)
