"""The loss that softmax is most often met under, and its gradient with respect to the scores."""

import numpy as np

from softmax_lib._inputs import rows, targets
from softmax_lib._softmax import log_softmax, softmax


@rows("S")
@targets(at_least=1)
def cross_entropy(S, target):
    """Average the surprise at the right answers: φ = -(1/B) Σ_i log P_i,target_i.

    Parameters
    ----------
    S : array of floats or integers, (…, N)
        Scores, one row for each example.
    target : array of integers, (…)
        For each row the index of the right answer, from 0 to N - 1. B is their number.

    Returns
    -------
    φ : float scalar of S's dtype
        In nats.

    Raises
    ------
    TypeError, numpy.exceptions.AxisError
        S as in softmax; target does not hold integers.
    ValueError
        S has no score in a row, or no row to average over; target's shape is not S's without the
        last axis, or an index is out of range.

    Examples
    --------
    >>> float(cross_entropy([[0.0, 0.0]], [1]).round(4))
    0.6931
    """
    log_P = np.take_along_axis(log_softmax(S), target[..., None], -1)  # (…, 1)
    return -log_P.mean()


@rows("S")
@targets(at_least=0)
def cross_entropy_grad(S, target):
    """Differentiate cross_entropy with respect to the scores: dS = (P - Y) / B.

    Y is 1 at each row's target and 0 elsewhere. Parameters and errors are cross_entropy's,
    but a batch without rows is fine here: its gradient is empty.

    Returns
    -------
    dS : array, the shape of S
        Each row sums to 0.

    Examples
    --------
    >>> cross_entropy_grad([[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    P = softmax(S)
    Y = np.arange(P.shape[-1]) == target[..., None]  # (…, N), one True a row
    return (P - Y) / target.size
