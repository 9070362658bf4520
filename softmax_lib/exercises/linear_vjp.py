"""08: back through a weight that all rows of all examples share."""

import numpy as np

from softmax_lib import linear_vjp
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.numerical import complex_step

exercise = Exercise("linear_vjp", "dX", "dW")


@exercise.inputs
def inputs(draw):
    def layer(what, *rows, m, n, dtype=np.float64):
        dY, X, W = (draw.normal(*shape, dtype=dtype) for shape in ((*rows, n), (*rows, m), (m, n)))
        return case(what, dY=dY, X=X, W=W)

    yield layer("three rows, m = 4, n = 5", 3, m=4, n=5)
    yield layer("a square case, 4 by 4", 4, m=4, n=4)
    yield layer("two examples of three rows each", 2, 3, m=4, n=5)
    for dtype in NARROW:
        yield layer(dtype.__name__, 3, m=4, n=2, dtype=dtype)


@exercise.oracle
def by_complex_step(dY, X, W):
    return (
        complex_step(lambda X: (dY * (X @ W)).sum(), X),
        complex_step(lambda W: (dY * (X @ W)).sum(), W),
    )


exercise.answer(linear_vjp)


@exercise.variant
def one_row_after_the_other(dY, X, W):
    dX, dW = np.empty_like(X), np.zeros_like(W)
    for at in np.ndindex(X.shape[:-1]):
        dX[at] = W @ dY[at]
        dW += np.outer(X[at], dY[at])
    return dX, dW


@exercise.variant
def by_tensordot(dY, X, W):
    dX = np.einsum("...j,kj->...k", dY, W)
    return dX, np.tensordot(X, dY, axes=(range(X.ndim - 1),) * 2)


def rows(X):
    return X.reshape(-1, X.shape[-1])


@exercise.mistake
def dW_kept_apart_for_each_example(dY, X, W):
    """dW is kept apart for each example. W is one matrix, used by all. A nudge of it is felt in
    every example: add up what each says."""
    return dY @ W.T, X.mT @ dY


@exercise.mistake
def dW_mean_over_examples(dY, X, W):
    """dW is the mean over the examples. The loss depends on W through every example, and over
    all paths we add. If the loss is a mean, that factor is in dY already."""
    return dY @ W.T, (rows(X).T @ rows(dY)) / (X.size // np.prod(X.shape[-2:]))


@exercise.mistake
def dW_mean_over_rows(dY, X, W):
    """dW is the mean over the rows. The loss depends on W through every row, and over all
    paths we add."""
    return dY @ W.T, rows(X).T @ rows(dY) / len(rows(X))


@exercise.mistake
def dW_lies_on_its_side(dY, X, W):
    """dW lies on its side. dW has the shape of W, (m, n)."""
    return dY @ W.T, rows(dY).T @ rows(X)


@exercise.mistake
def W_not_transposed_in_dX(dY, X, W):
    """W is not transposed in dX. dY has n columns and dX has m. Where both are equal, nothing
    else tells you."""
    return dY @ W, rows(X).T @ rows(dY)


@exercise.mistake
def dX_and_dW_exchanged(dY, X, W):
    """dX and dW are exchanged. First what flows on to the layer before, then what the weights
    get."""
    return rows(X).T @ rows(dY), dY @ W.T


@exercise.mistake
def last_example_alone(dY, X, W):
    """the last example alone. Is dW overwritten in a loop? It has to be added to."""
    X_last, dY_last = (A.reshape(-1, *A.shape[-2:])[-1] for A in (X, dY))
    return dY @ W.T, X_last.T @ dY_last


@exercise.mistake
def X_not_transposed_in_dW(dY, X, W):
    """X is not transposed in dW. Column of X with column of dY: the rows are what is summed
    over. Square matrices hide it."""
    return dY @ W.T, rows(X) @ rows(dY)


@exercise.mistake
def T_for_a_batch(dY, X, W):
    """right for one example, not for a batch. `.T` turns all axes round, the examples as well.
    Lay all rows under one another first."""
    return dY @ W.T, X.T @ dY


@exercise.mistake
def weights_stored_out_in(dY, X, W):
    """this is for weights that are stored as (out, in). Here Y = X W, with W of m rows and n
    columns: shapes tell which one is to be transposed."""
    return dY @ W, rows(dY).T @ rows(X)


@exercise.mistake
def samples_in_columns(dY, X, W):
    """this is for examples in columns. Here each row is an example: X is (…, m) and dY is (…,
    n)."""
    return W.T @ dY, dY @ X.T


@exercise.mistake
def dX_is_missing_its_weights(dY, X, W):
    """dX is made with X. The loss depends on a row of X through W."""
    return rows(dY).T @ rows(X) @ W if X.ndim == 2 else dY @ W.T, rows(X).T @ rows(dY)


@exercise.mistake
def dW_twice(dY, X, W):
    """dW is twice too large. φ holds no square here: one product for each row."""
    return dY @ W.T, 2 * rows(X).T @ rows(dY)


@exercise.mistake
def dW_divided_by_columns(dY, X, W):
    """dW is the mean over the columns of dY. Nothing is averaged: add up what every row says."""
    return dY @ W.T, rows(X).T @ rows(dY) / dY.shape[-1]


@exercise.mistake
def dX_divided_by_rows(dY, X, W):
    """dX is divided by the number of rows. Whether the loss is a mean is settled in dY."""
    return dY @ W.T / len(rows(X)), rows(X).T @ rows(dY) / len(rows(X))


@exercise.mistake
def bias_for_weights(dY, X, W):
    """this dW is the gradient of a bias, the sum of dY. Each weight multiplies its column of X."""
    return dY @ W.T, rows(dY).sum(0) + 0 * W


@exercise.mistake
def first_example_alone(dY, X, W):
    """the first example alone. W is used by all: add up what each says."""
    return dY @ W.T, X.reshape(-1, *X.shape[-2:])[0].T @ dY.reshape(-1, *dY.shape[-2:])[0]


@exercise.mistake
def reshaped_for_transposed(dY, X, W):
    """X is reshaped to (m, …), and not transposed. reshape never moves a number past another."""
    return dY @ W.T, X.reshape(X.shape[-1], -1) @ rows(dY)


@exercise.mistake
def W_returned(dY, X, W):
    """W itself comes back as dW. What W gets is made of X and dY."""
    return dY @ W.T, W.copy()


@exercise.mistake
def sign_turned(dY, X, W):
    """the sign is turned. A gradient points where φ grows; the step downhill comes later."""
    return -dY @ W.T, -rows(X).T @ rows(dY)


@exercise.mistake
def dW_divided_by_the_first_axis(dY, X, W):
    """dW is the mean over the first axis. Every example and every row is one road from W to φ,
    and roads are added up."""
    return dY @ W.T, rows(X).T @ rows(dY) / len(X)
