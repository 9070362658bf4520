"""08: cut the columns of a matrix into heads."""

import numpy as np

from softmax_lib import split_heads
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW

exercise = Exercise("split_heads", "heads")


@exercise.inputs
def inputs(draw):
    yield case("three rows, two heads of two columns", X=draw.normal(3, 4), heads=2)
    yield case("four rows, four heads of four columns", X=draw.normal(4, 16), heads=4)
    yield case("one head", X=draw.normal(3, 4), heads=1)
    yield case("two examples, three heads", X=draw.normal(2, 5, 6), heads=3)
    for dtype in NARROW:
        yield case(dtype.__name__, X=draw.normal(3, 4, dtype=dtype), heads=2)


@exercise.oracle
def one_column_at_a_time(X, heads):
    *batch, N, width = X.shape
    d = width // heads
    split = np.empty((*batch, heads, N, d))
    for head, c in np.ndindex(heads, d):
        split[..., head, :, c] = X[..., head * d + c]
    return split


exercise.answer(split_heads)


@exercise.variant
def cut_and_stacked(X, *, heads):
    return np.stack(np.split(X, heads, axis=-1), axis=-3)


@exercise.variant
def two_axes_exchanged(X, *, heads):
    return X.reshape(*X.shape[:-1], heads, -1).swapaxes(-2, -3)


@exercise.mistake
def reshaped_and_not_turned(X, *, heads):
    """reshaped, and not turned. reshape never moves a number past another: it cuts a row of X
    off for a head, and not columns. Cut the last axis in two, then move the head to the front."""
    return X.reshape(*X.shape[:-2], heads, X.shape[-2], -1)


@exercise.mistake
def head_stays_behind_row(X, *, heads):
    """the head stays behind the row. Cut, and not moved: attention takes the last two axes for
    rows and columns."""
    return X.reshape(*X.shape[:-1], heads, -1)


@exercise.mistake
def every_so_many_columns(X, *, heads):
    """every so many columns instead of neighbours. The first head has the first d columns.
    Which of the two new axes has to come first?"""
    return np.moveaxis(X.reshape(*X.shape[:-1], -1, heads), -1, -3)


@exercise.mistake
def head_transposed(X, *, heads):
    """rows and columns of a head are exchanged. One axis moves, and the other two keep their
    order: (heads, N, d)."""
    return np.moveaxis(X.reshape(*X.shape[:-1], heads, -1), -3, -1)


@exercise.mistake
def first_two_axes_change_places(X, *, heads):
    """the first two axes change places. Only the head moves. In a batch the examples have to
    stay in front."""
    return X.reshape(*X.shape[:-1], heads, -1).swapaxes(0, 1)


@exercise.mistake
def heads_and_d_exchanged(X, *, heads):
    """heads and d are exchanged. `heads` says how many, and what is left for each is d."""
    return np.moveaxis(X.reshape(*X.shape[:-1], -1, X.shape[-1] // heads), -1, -3)


@exercise.mistake
def one_head_is_all(X, *, heads):
    """one head is all. Each head has columns of its own: together they are X."""
    return np.stack([X] * heads, -3)


@exercise.mistake
def heads_before_the_batch(X, *, heads):
    """the heads stand before the batch. The examples stay in front: (…, heads, N, d)."""
    return np.stack(np.split(X, heads, axis=-1), axis=0)


@exercise.mistake
def concatenated(X, *, heads):
    """the heads are laid under one another. Each head is a matrix of its own: an axis for the
    heads, (…, heads, N, d)."""
    return np.concatenate(np.split(X, heads, axis=-1), axis=-2)


@exercise.mistake
def heads_last(X, *, heads):
    """the heads come last. In front of the rows is where they belong: (…, heads, N, d)."""
    return np.stack(np.split(X, heads, axis=-1), axis=-1)


@exercise.mistake
def a_list_of_rows_cut(X, *, heads):
    """the rows are cut into heads, and not the columns. Each head has all the rows, and d of
    the columns."""
    N = X.shape[-2]
    return (
        X.reshape(*X.shape[:-2], heads, N, -1).swapaxes(-1, -2).reshape(*X.shape[:-2], heads, N, -1)
    )


@exercise.mistake
def transposed_first(X, *, heads):
    """transposed, and then cut. Each head has N rows and d columns, as they stand in X."""
    return X.mT.reshape(*X.shape[:-2], heads, X.shape[-2], -1)


@exercise.mistake
def one_axis_for_all(X, *, heads):
    """right for a matrix, not for a batch: transpose(1, 0, 2) names three axes. np.moveaxis and
    swapaxes count from the end."""
    return X.reshape(X.shape[-2], heads, -1).transpose(1, 0, 2)


@exercise.mistake
def d_for_heads(X, *, heads):
    """cut into d heads. `heads` says how many there are; what is left for each is d."""
    d = X.shape[-1] // heads
    return X.reshape(*X.shape[:-1], d, heads).swapaxes(-2, -3)


@exercise.mistake
def concatenated_along_the_first(X, *, heads):
    """the heads are laid under one another, along the first axis. Each head is a matrix of its
    own: an axis for the heads, (…, heads, N, d)."""
    return np.concatenate(np.split(X, heads, axis=-1), axis=0)


@exercise.mistake
def reshaped_from_the_front(X, *, heads):
    """reshaped, and not turned: reshape(-1, heads, N, d) never moves a number past another. Cut
    the last axis in two, then move the head to the front."""
    return X.reshape(-1, heads, X.shape[-2], X.shape[-1] // heads)
