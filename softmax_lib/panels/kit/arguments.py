"""What a panel's arguments may be: any sequence will do, and what does not is refused by name."""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import is_color_like, to_hex

from softmax_lib.figures.colours import DIVERGING


def row_of(values, lengths, limit, wanted):
    """Return a sequence of numbers from -limit to limit as floats, or say what is wanted."""
    try:
        row = np.array([*values])
    except (TypeError, ValueError):  # no sequence, or some of its entries are
        row = np.array("no row")
    fits = row.ndim == 1 and row.dtype.kind in "fiu" and len(row) in lengths
    if not fits or not (np.abs(row) <= limit).all():
        raise ValueError(f"{wanted}, not {values!r}")
    return row.astype(float).tolist()


def matrix_of(name, X, most):
    """Return 2 to `most` finite rows of numbers as an array, or say what is wrong with them."""
    try:
        array = np.asarray(X)
    except ValueError:  # its rows are not of one length
        array = np.array("no matrix")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} must be rows of numbers, all of one length, not {X!r}")
    if array.ndim != 2 or not 2 <= len(array) <= most or not array.shape[1]:
        raise ValueError(
            f"{name} must have 2 to {most} rows of numbers, not the shape {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, and has {array[~np.isfinite(array)][0]} in it")
    return array.astype(float)


def names_of(labels, N, argument="labels", of="scores"):
    """Return what N things are called: their labels, or 1 … N if there are none."""
    try:
        names = [str(label) for label in (() if labels is None else labels)]
    except TypeError:
        raise ValueError(f"{argument} must be a sequence of texts, not {labels!r}") from None
    if names and len(names) != N:
        raise ValueError(f"{argument} must be one for each of {N} {of}, not {labels!r}")
    return names or [str(n) for n in range(1, N + 1)]


def functions_of(**yours):
    """Return the functions that a learner may have written, or say which of them is none."""
    for name, function in yours.items():
        if not callable(function):
            raise ValueError(f"{name} must be a function, not {function!r}")
    return yours


def colours_of(own, places):
    """Return the colours that a learner gave to some of the places, as hex."""
    try:
        colours = dict(() if own is None else own)
    except (TypeError, ValueError):
        raise ValueError(f'colours must be like {{"{places[0]}": "teal"}}, not {own!r}') from None
    for place, colour in colours.items():
        if place not in places:
            raise ValueError(f"colours must be for {' and '.join(places)}, not for {place!r}")
        if not is_color_like(colour):
            raise ValueError(f"colours must be those of Matplotlib, not {colour!r} for {place}")
    return {place: to_hex(colour) for place, colour in colours.items()}


def colour_map(name):
    """Return the name of a colour map for heatmaps: the course's, or one that Matplotlib knows."""
    if name is None:
        return DIVERGING
    if not isinstance(name, str) or name not in colormaps:
        raise ValueError(f"colours must be the name of a colour map of Matplotlib, not {name!r}")
    return str(name)
