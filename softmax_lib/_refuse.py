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
    ValueError
        For rows that differ in length: the message names the argument.
    """
    arrays = [real(**{name: value}) for name, value in named.items()]
    dtype = np.result_type(*(a.dtype for a in arrays))
    work = np.promote_types(dtype, np.float32)
    return [a.astype(work, copy=False) for a in arrays], dtype


def real(**named):
    """Return the named array, integers as float64, or say that it does not hold real numbers."""
    ((name, _),) = named.items()
    a = array("floats or integers", **named)
    if a.dtype.kind in "iu":
        return a.astype(np.float64)
    if a.dtype.kind != "f":
        raise TypeError(f"{name} must hold floats or integers, not {a.dtype}")
    return a


def array(of, **named):
    """Return the named value as an array, or say that it is masked, or why NumPy makes none."""
    ((name, value),) = named.items()
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must be an array of {of}, not a masked array")
    try:
        return np.asarray(value)
    except ValueError as error:
        words = f"{name} must be an array of {of}, its rows of one length"
        raise ValueError(f"{words}: {error}") from None


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
    "H_kv": "number of heads H_kv",
    "H": "number of heads H",
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
        raise TypeError(f"{name} must be an int, not {value!r}")
    return index(value)


def count(**named):
    """Return the named number as an int of at least 1, or say that it is not one."""
    ((name, value),) = named.items()
    if whole(**named) < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    return index(value)


def finite(**named):
    """Return the named number as a float, or say that it is not one finite number."""
    ((name, value),) = named.items()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be one number, not {value!r}")
    try:
        number = float(value)
    except OverflowError:  # an int has no end, and may have more digits than Python writes
        raise ValueError(f"{name} must be finite, not beyond the largest float") from None
    if not isfinite(number):
        raise ValueError(f"{name} must be finite, not {value}")
    return number


def not_negative(**named):
    """Return the named number as a float, or say that it is not one of at least 0."""
    ((name, value),) = named.items()
    if finite(**named) < 0:
        raise ValueError(f"{name} must be at least 0, not {value}")
    return float(value)


def positive(dtype, **named):
    """Return the named number as a float, or say that it is not one above 0 in this dtype."""
    ((name, value),) = named.items()
    with np.errstate(over="ignore", under="ignore"):  # 1e-300 is 0 in float32, and 1e300 infinite
        if not 0 < dtype.type(finite(**named)) < np.inf:
            raise ValueError(f"{name} must be more than 0 and finite in {dtype}, not {value}")
    return float(value)


def true_or_false(**named):
    """Return the named value as a bool, or say that it is not one: "no" would be taken for yes."""
    ((name, value),) = named.items()
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return bool(value)


def boolean(mask):
    """Return the mask, or say that it is not one of True and False."""
    if mask is not None and (dtype := array("booleans", mask=mask).dtype).kind != "b":
        raise TypeError(f"mask must be boolean, True = may attend, not {dtype}")
    return mask


def broadcast(name, a, what, shape):
    """Return the array, if there is one, as a view of this shape, or say that it does not fit."""
    try:
        return None if a is None else np.broadcast_to(a, shape)
    except ValueError:
        raise ValueError(
            f"{name} must broadcast to {what}: {name} is {np.shape(a)}, {what[-1]} is {shape}"
        ) from None


def groups(Q, K):
    """Return how many heads of Q read each head of K, or say that they cannot be shared out."""
    H, H_kv = Q.shape[-3], K.shape[-3]
    if H % H_kv if H_kv else H:
        words = "with enable_gqa the heads of K and V must divide those of Q"
        raise ValueError(f"{words}: Q is {Q.shape}, K is {K.shape}")
    return H // max(H_kv, 1)


def _sizes(name, shape, axes):
    """Return the size of each axis; that of "..." is a tuple, as there may be several or none."""
    leading = len(shape) - len(axes) + 1
    grouped = (shape[:leading], *shape[leading:]) if axes[0] == "..." and leading >= 0 else shape
    sizes = dict(zip(axes, grouped, strict=False))
    if len(grouped) != len(axes) or sizes.pop("1", 1) != 1:
        raise ValueError(f"{name} must have shape ({', '.join(axes)}), not {shape}")
    return sizes
