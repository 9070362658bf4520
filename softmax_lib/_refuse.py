"""What is refused, with the argument's name in the message, and what is converted."""

from math import isfinite
from numbers import Real
from operator import index

import numpy as np


def floats(**named):
    """Return the named arrays as floats to compute in, and the dtype that the answer must have.

    Raises
    ------
    TypeError
        For masked arrays, bool, complex, object, string: the message names the argument.
    """
    arrays = [_real(name, value) for name, value in named.items()]
    dtype = np.result_type(*(a.dtype for a in arrays))
    work = np.promote_types(dtype, np.float32)
    return [a.astype(work, copy=False) for a in arrays], dtype


def same_shape(**named):
    """Raise ValueError, with names and shapes, unless the named arrays have one shape."""
    (first, a), *others = named.items()
    for name, b in others:
        if a.shape != b.shape:
            raise ValueError(
                f"{first} and {name} must have the same shape: "
                f"{first} is {a.shape}, {name} is {b.shape}"
            )


MEANING = {
    "...": "leading dimensions",
    "N_q": "number of queries N_q",
    "N_k": "number of keys N_k",
    "d": "width d",
    "d_v": "width d_v",
    "m": "width m",
    "n": "width n",
}


def fit(axes, named):
    """Return the named arrays without gaps, as BLAS wants them, if their axes fit together.

    Raises
    ------
    ValueError
        With names and shapes.
    """
    found = {}
    for name, a in named.items():
        for axis, size in _sizes(name, a.shape, axes[name].split()).items():
            other, expected = found.setdefault(axis, (name, size))
            if size != expected:
                raise ValueError(
                    f"{other} and {name} must have the same {MEANING[axis]}: "
                    f"{other} is {named[other].shape}, {name} is {a.shape}"
                )
    return {name: np.ascontiguousarray(a) for name, a in named.items()}


def whole(**named):
    """Return the named number as an int, or say that it is not one."""
    ((name, value),) = named.items()
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be {'one' if name == 'axis' else 'an'} int, not {value!r}")
    return index(value)


def count(**named):
    """Return the named number as an int of at least 1, or say that it is not one."""
    ((name, value),) = named.items()
    if whole(**named) < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    return index(value)


def finite(scale):
    """Return the scale as a float, or say that it is not one finite number."""
    if isinstance(scale, bool) or not isinstance(scale, Real):
        raise TypeError(f"scale must be one number, not {scale!r}")
    if not isfinite(scale):
        raise ValueError(f"scale must be finite, not {scale}")
    return float(scale)


def true_or_false(causal):
    """Return it as a bool, or say that it is not one: "no" would be taken for yes."""
    if not isinstance(causal, bool | np.bool_):
        raise TypeError(f"causal must be True or False, not {causal!r}")
    return bool(causal)


def mask_like(shape, mask):
    """Return the mask, if there is one, broadcast to the scores' shape, or say what is wrong."""
    if isinstance(mask, np.ma.MaskedArray):
        raise TypeError("mask must be a boolean array, not a masked array")
    if mask is not None and np.asarray(mask).dtype != bool:
        raise TypeError(f"mask must be boolean, True = may attend, not {np.asarray(mask).dtype}")
    return None if mask is None else _like_scores("mask", mask, shape)


def bias_like(shape, bias):
    """Return the bias, if there is one, broadcast to the scores' shape, or say what is wrong."""
    return None if bias is None else _like_scores("bias", bias, shape)


def _real(name, value):
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must be an array of floats or integers, not a masked array")
    array = np.asarray(value)
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must hold floats or integers, not {array.dtype}")
    return array


def _sizes(name, shape, axes):
    """Return the size of each axis; that of "..." is a tuple, as there may be several or none."""
    leading = len(shape) - len(axes) + 1
    grouped = (shape[:leading], *shape[leading:]) if axes[0] == "..." and leading >= 0 else shape
    sizes = dict(zip(axes, grouped, strict=False))
    if len(grouped) != len(axes) or sizes.pop("1", 1) != 1:
        raise ValueError(f"{name} must have shape ({', '.join(axes)}), not {shape}")
    return sizes


def _like_scores(name, a, shape):
    try:
        return np.broadcast_to(a, shape)
    except ValueError:
        raise ValueError(
            f"{name} must broadcast to the scores S: {name} is {np.shape(a)}, S is {shape}"
        ) from None
