"""The loss that softmax is most often met under, and its gradient with respect to the scores."""

import numpy as np

from softmax_lib._inputs import rows
from softmax_lib.softmax import log_softmax, softmax


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
    S, target = np.asanyarray(S), _targets(S, target)
    if target.size == 0:
        raise ValueError(f"S must hold at least one row to average over: S is {S.shape}")
    log_P = np.take_along_axis(log_softmax(S), target[..., None], -1)
    return -log_P.mean()


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
    target = _targets(S, target)
    P = softmax(S)
    Y = np.arange(P.shape[-1]) == target[..., None]  # (…, N), one True a row
    return (P - Y.astype(P.dtype)) / P.dtype.type(max(target.size, 1))


def _targets(S, target):
    """Return target as an integer array that fits the rows of S, or say why it does not."""
    (S,), _ = rows(-1, S=S)
    shape, target = S.shape, np.asarray(target)
    if target.dtype.kind not in "iu":
        raise TypeError(f"target must hold integers, not {target.dtype}")
    if target.shape != shape[:-1]:
        raise ValueError(
            f"target must have one index for each row of S: S is {shape}, target is {target.shape}"
        )
    if ((target < 0) | (target >= shape[-1])).any():
        raise ValueError(
            f"target must be from 0 to {shape[-1] - 1}, not {target.min()} to {target.max()}"
        )
    return target.astype(np.intp)
