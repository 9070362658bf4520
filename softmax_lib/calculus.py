"""How a ratio changes, and the smallest softmax: the logistic function, with its slope."""

import numpy as np

from softmax_lib._inputs import elementwise, quiet


@elementwise("f", "df", "g", "dg")
def quotient_rule(f, df, g, dg):
    """Take the slope of a ratio from those of its parts: [f/g]' = (f'g - g'f)/g².

    Parameters
    ----------
    f, df, g, dg : numbers or arrays of floats or integers
        The values of f and g, and their slopes f' and g'; their shapes broadcast to one.

    Returns
    -------
    float scalar or array, the shape to which they broadcast
        Where g is 0 the ratio has no slope: infinity or NaN, with NumPy's warning.

    Raises
    ------
    TypeError
        An argument holds bool, complex, object or string, or is a masked array.
    ValueError
        The shapes do not broadcast.

    Examples
    --------
    >>> float(quotient_rule(3.0, 1.75, 4.0, 1.0))
    0.25
    """
    return (df * g - dg * f) / g**2


@elementwise("x")
@quiet
def logistic(x):
    """Turn one score into a probability: σ(x) = e^x / (e^x + 1) = 1 / (1 + e^{-x}).

    It is the first entry of softmax([x, 0]). The second form is the one that is computed: where e^x
    would overflow, and inf / inf be NaN, its e^{-x} is 0.

    Parameters
    ----------
    x : number or array of floats or integers

    Returns
    -------
    float scalar or array, the shape of x
        Between 0 and 1.

    Raises
    ------
    TypeError
        As quotient_rule.

    Examples
    --------
    >>> float(logistic(0.0))
    0.5
    """
    return 1 / (1 + np.exp(-x))


@elementwise("x")
@quiet
def logistic_slope(x):
    """Differentiate the logistic function: σ'(x) = σ(x) (1 - σ(x)).

    Parameters, the shape returned and errors are logistic's.

    Notes
    -----
    Error at most 2 u: where σ(x) is nearly 1 the subtraction leaves few digits of a small number.

    Examples
    --------
    >>> float(logistic_slope(0.0))
    0.25
    """
    sigma = 1 / (1 + np.exp(-x))
    return sigma * (1 - sigma)
