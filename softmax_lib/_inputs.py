"""What every function does before its mathematics: refuse, convert, put the rows last."""

from math import sqrt
from numbers import Real
from operator import index

import numpy as np
from numpy.lib.array_utils import normalize_axis_index


def floats(**named):
    """Return the named arrays as floats, and the dtype that the answer must have.

    Integers become float64. float16 is computed in float32; the answer is rounded to float16
    once, at the end. The arrays are only read: neither copied without need nor written to.

    Raises
    ------
    TypeError
        For masked arrays, bool, complex, object, string: the message names the argument.
    """
    arrays = [_real(name, value) for name, value in named.items()]
    dtype = np.result_type(*(a.dtype for a in arrays))
    work = np.promote_types(dtype, np.float32)
    return [a.astype(work, copy=False) for a in arrays], dtype


def rows(axis, **named):
    """Return the named arrays as floats with `axis` last, and the way back for the answer.

    Raises
    ------
    TypeError
        As `floats`; or `axis` is not an int.
    numpy.exceptions.AxisError
        `axis` is out of range, or the array is 0-d.
    ValueError
        The arrays differ in shape, or the axis to normalise is empty.
    """
    arrays, dtype = floats(**named)
    first = arrays[0]
    axis = _axis(axis, first.ndim)
    same_shape(**dict(zip(named, arrays, strict=True)))
    if first.shape[axis] == 0:
        raise ValueError(f"{next(iter(named))} has nothing to sum on axis {axis}: {first.shape}")

    def back(answer):
        return np.moveaxis(answer, -1, axis).astype(dtype, copy=False)

    # NumPy sums a contiguous last axis pairwise: error grows with log N there, elsewhere with N.
    return [np.ascontiguousarray(np.moveaxis(a, axis, -1)) for a in arrays], back


def same_shape(**named):
    """Raise ValueError, with names and shapes, unless the named arrays have one shape."""
    (first, a), *others = named.items()
    for name, b in others:
        if a.shape != b.shape:
            raise ValueError(
                f"{first} and {name} must have the same shape: "
                f"{first} is {a.shape}, {name} is {b.shape}"
            )


# The last axes of each letter of attention. Axes of one name have one size; leading ones are equal.
AXES = {
    "Q": ("N_q", "d"),
    "K": ("N_k", "d"),
    "V": ("N_k", "d_v"),
    "P": ("N_q", "N_k"),
    "O": ("N_q", "d_v"),
    "dO": ("N_q", "d_v"),
    "L": ("N_q",),
}
MEANING = {
    "...": "leading dimensions",
    "N_q": "number of queries N_q",
    "N_k": "number of keys N_k",
    "d": "width d",
    "d_v": "width d_v",
}


def attention_inputs(*, scale, mask=None, bias=None, **named):
    """Return the named letters as floats, then scale, mask, bias, and the way back for the answer.

    mask and bias come back broadcast to the scores' shape, as views: nothing is copied.

    Raises
    ------
    TypeError
        As `floats`; the scale is not one number, or the mask is not boolean.
    ValueError
        The shapes do not fit together.
    """
    # Of the bias only the dtype takes part here: it may be N_q × N_k, and is not converted whole.
    alone = {} if bias is None else {"bias": np.atleast_1d(bias)[..., :0]}
    arrays, dtype = floats(**named, **alone)
    letters = dict(zip(named, arrays, strict=False))
    fit(**letters)
    *leading, N_q, d = letters["Q"].shape
    S = (*leading, N_q, letters["K"].shape[-2])

    def back(answer):
        return answer.astype(dtype, copy=False)

    # BLAS wants rows without gaps; a copy is made only of an array that has them.
    letters = [np.ascontiguousarray(a) for a in letters.values()]
    return letters, _scale(scale, d), _mask(mask, S), _like_scores("bias", bias, S), back


def fit(**named):
    """Raise ValueError, with names and shapes, unless the letters' shapes fit together."""
    sizes = {}
    for name, a in named.items():
        axes = AXES[name]
        if a.ndim < len(axes):
            raise ValueError(f"{name} must have shape (..., {', '.join(axes)}), not {a.shape}")
        leading = a.ndim - len(axes)
        for axis, size in zip(("...", *axes), (a.shape[:leading], *a.shape[leading:]), strict=True):
            other, expected = sizes.setdefault(axis, (name, size))
            if size != expected:
                raise ValueError(
                    f"{other} and {name} must have the same {MEANING[axis]}: "
                    f"{other} is {named[other].shape}, {name} is {a.shape}"
                )


def count(**named):
    """Return the named number as an int of at least 1, or say that it is not one."""
    ((name, value),) = named.items()
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be an int, not {value!r}")
    if index(value) < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    return index(value)


def _real(name, value):
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must be an array of floats or integers, not a masked array")
    array = np.asarray(value)
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must hold floats or integers, not {array.dtype}")
    return array


def _axis(axis, ndim):
    if isinstance(axis, bool) or not hasattr(axis, "__index__"):
        raise TypeError(f"axis must be one int, not {axis!r}")
    return normalize_axis_index(index(axis), ndim)


def _scale(scale, d):
    if scale is None:
        return 1 / sqrt(max(d, 1))  # without a column every score is 0, whatever the scale
    if isinstance(scale, bool) or not isinstance(scale, Real):
        raise TypeError(f"scale must be one number, not {scale!r}")
    return float(scale)


def _mask(mask, shape):
    if isinstance(mask, np.ma.MaskedArray):
        raise TypeError("mask must be a boolean array, not a masked array")
    if mask is not None and np.asarray(mask).dtype != bool:
        raise TypeError(f"mask must be boolean, True = may attend, not {np.asarray(mask).dtype}")
    return _like_scores("mask", mask, shape)


def _like_scores(name, a, shape):
    if a is None:
        return None
    try:
        return np.broadcast_to(a, shape)
    except ValueError:
        raise ValueError(
            f"{name} must broadcast to the scores S: {name} is {np.shape(a)}, S is {shape}"
        ) from None
