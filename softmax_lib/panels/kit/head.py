"""What the panels of attention share: the arrays of one head."""

from softmax_lib.panels.kit.arguments import matrix_of


def one_head(most, **arrays):
    """Return Q, K, V and dO of one head as arrays of float64, or say which of them does not fit."""
    Q, K, V, dO = (matrix_of(name, X, most) for name, X in arrays.items())
    if Q.shape != K.shape:
        raise ValueError(f"K must have the shape of Q, {Q.shape}, not {K.shape}")
    if len(V) != len(K):
        raise ValueError(f"V must have a row for each of {len(K)} keys, not the shape {V.shape}")
    if dO.shape != V.shape:
        raise ValueError(f"dO must have the shape of V, {V.shape}, not {dO.shape}")
    return Q, K, V, dO
