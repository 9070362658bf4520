"""Derivatives by nudging: what a formula is held against.

Two ways to nudge. `central_difference` moves x a little up and a little down and needs nothing
but the function; a third of its digits is lost to subtraction. `complex_step` moves x along the
imaginary axis, subtracts nothing, and is right to the last digits; the function must accept
complex numbers and be real on the real line (no abs, no comparison of complex values).

Nothing here knows what a softmax is.
"""

import numpy as np

from softmax_lib._refuse import not_negative, positive, real


def complex_step(f, x, *, along=None):
    """Differentiate f at x by an imaginary nudge: f'(x) = Im f(x + ih) / h, with h = 1e-150.

    Parameters
    ----------
    f : callable
        Takes an array of x's shape, complex, and returns an array or a number.
    x : array of floats or a float
    along : array of x's shape, optional
        A direction v: return the derivative of f along v, J v, instead of all of J.

    Returns
    -------
    array, f(x).shape + x.shape; or f(x).shape when `along` is given
        The last axes are those of x: for a vector, J[j, k] = ∂f_j/∂x_k.

    Raises
    ------
    TypeError
        f drops the imaginary part, and with it the derivative; x or `along` is not real.
    ValueError
        `along` does not have x's shape.

    Notes
    -----
    Squire and Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998). There is no subtraction, so h may be as small as we like.

    Examples
    --------
    >>> float(complex_step(np.sin, 0.0))
    1.0
    """
    x, h = real(x=x), 1e-150

    def derivative(v):
        y = f(x + 1j * h * v)
        if np.isrealobj(y):
            raise TypeError("f must compute with complex numbers: it returned real ones")
        return np.imag(y) / h

    return _each_direction(derivative, x, along)


def central_difference(f, x, *, along=None, h=None):
    """Differentiate f at x by two real nudges: f'(x) ≈ (f(x + h) - f(x - h)) / 2h.

    Parameters, and the shape that is returned, are complex_step's; f meets real numbers only.
    h is by default the cube root of float64's spacing at 1, times max(1, |x|∞): the error of the
    formula, about h², and that of the subtraction, about 1e-16/h, are then equally small.

    Raises
    ------
    TypeError
        x or `along` is not real; h is not one number.
    ValueError
        `along` does not have x's shape; h is not finite, or not above 0.

    Examples
    --------
    >>> float(central_difference(np.sin, 0.0).round(9))
    1.0
    """
    x = real(x=x).astype(float)
    if h is None:
        h = np.cbrt(np.spacing(1.0)) * max(1.0, np.abs(x).max(initial=0))
    h = positive(x.dtype, h=h)
    return _each_direction(lambda v: (f(x + h * v) - f(x - h * v)) / (2 * h), x, along)


def gradcheck(f, yours, x, *, step=complex_step, rtol=1e-6, atol=1e-15):
    """Hold a derivative that you computed against a numerical one; raise where they differ.

    Parameters
    ----------
    f : callable
        The function, as `step` wants it.
    yours : array, f(x).shape + x.shape
        What you say its derivative at x is: a gradient if f returns a number, else a Jacobian.
    x : array of floats
    step : complex_step or central_difference
        For central_difference, rtol must allow for its error, and atol for 1e-10 or so times f.
    rtol, atol : float
        An entry passes if it is within rtol times the entry that is expected, or within atol
        times the largest value of f. That is no more than f's own rounding: a gradient of 1e-13
        must not pass for 0.

    Raises
    ------
    TypeError
        rtol or atol is not one number.
    ValueError
        The shape is not f(x).shape + x.shape; rtol or atol is not finite, or negative.
    AssertionError
        At the entry that is furthest off: its index, yours, expected.

    Examples
    --------
    >>> gradcheck(np.square, 2 * 3.0, 3.0)
    >>> gradcheck(np.square, 3.0, 3.0)
    Traceback (most recent call last):
    AssertionError: derivative wrong at index (): yours 3.0, expected 6.0
    """
    rtol, atol = not_negative(rtol=rtol), not_negative(atol=atol)
    yours, expected = np.asarray(yours), step(f, x)
    if yours.shape != expected.shape:
        raise ValueError(f"yours must have shape {expected.shape}, not {yours.shape}")
    allowed = rtol * np.abs(expected) + atol * np.abs(f(x)).max(initial=0)
    excess = np.nan_to_num(np.abs(yours - expected) - allowed, nan=np.inf)
    if (excess > 0).any():
        at = tuple(map(int, np.unravel_index(excess.argmax(), excess.shape)))
        raise AssertionError(
            f"derivative wrong at index {at}: yours {yours[at]}, expected {expected[at]}"
        )


def _each_direction(derivative, x, along):
    """Return the derivative along one direction, or along each coordinate of x, stacked last."""
    if along is not None:
        along = real(along=along).astype(float)
        if along.shape != x.shape:
            raise ValueError(f"along must have x's shape {x.shape}, not {along.shape}")
        return np.asarray(derivative(along))
    coordinates = np.eye(x.size).reshape(x.size, *x.shape)
    columns = [np.asarray(derivative(v)) for v in coordinates]
    if not columns:  # nothing to nudge: f's shape alone is asked for
        return np.empty(np.shape(derivative(x)) + x.shape)
    return np.stack(columns, -1).reshape(columns[0].shape + x.shape)
