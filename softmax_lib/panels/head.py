"""What the panels of attention share: the arrays of one head."""

import numpy as np


def one_head(most, **arrays):
    """Return Q, K, V and dO of one head as arrays of float64, or say which of them does not fit."""
    arrays = {name: np.asarray(X, float) for name, X in arrays.items()}
    for name, X in arrays.items():
        if X.ndim != 2 or not 2 <= len(X) <= most or not X.shape[1]:
            raise ValueError(
                f"{name} must have 2 to {most} rows of numbers, not the shape {X.shape}"
            )
        if not np.isfinite(X).all():
            raise ValueError(f"{name} must be finite, and has {X[~np.isfinite(X)][0]} in it")
    Q, K, V, dO = arrays.values()
    if Q.shape != K.shape:
        raise ValueError(f"K must have the shape of Q, {Q.shape}, not {K.shape}")
    if len(V) != len(K):
        raise ValueError(f"V must have a row for each of {len(K)} keys, not the shape {V.shape}")
    if dO.shape != V.shape:
        raise ValueError(f"dO must have the shape of V, {V.shape}, not {dO.shape}")
    return Q, K, V, dO
