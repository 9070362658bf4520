"""What stands around every equation: refuse, convert, put the rows last, and round once.

Each decorator here guards a function whose body is the equation alone, and leaves its signature
and its docstring as they are. inspect.unwrap(f) is the body without its guard: it takes any float64
arrays, refuses nothing, and can be pasted into a notebook and run.

A guard reads the arrays that it is given, and never writes to them. Integers become float64;
float16 is computed in float32, and the answer is rounded to float16 once, at the end.
"""

import math
from functools import partial, wraps
from inspect import signature

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from softmax_lib._refuse import (
    array,
    boolean,
    broadcast,
    count,
    finite,
    fit,
    floats,
    groups,
    positive,
    same_shape,
    true_or_false,
    whole,
)

# S - max overflows to -inf when scores span more than the dtype does: exp then gives the right 0.
# A row that must be NaN becomes so through inf - inf. Neither deserves a warning.
quiet = np.errstate(over="ignore", invalid="ignore")

BLOCK = 2**16  # numbers that a function of rows takes at a time, of arrays above 8 times as many

# The axes of attention's letters.
LETTERS = {
    "Q": "... N_q d",
    "K": "... N_k d",
    "V": "... N_k d_v",
    "P": "... N_q N_k",
    "O": "... N_q d_v",
    "dO": "... N_q d_v",
    "L": "... N_q",
}
# With enable_gqa, K and V have fewer heads than the others.
GROUPED = {
    name: axes.replace("...", "... H_kv" if name in ("K", "V") else "... H")
    for name, axes in LETTERS.items()
}


def guard(prepare, *, silent=False):
    """Make a decorator of `prepare`, which checks and converts what a function is given, by name.

    It changes that dict in place, and returns what makes the body's answer the guarded one.
    """

    def decorate(f):
        parameters, body = signature(f), quiet(f) if silent else f

        @wraps(f)
        def guarded(*args, **kwargs):
            call = parameters.bind(*args, **kwargs)
            call.apply_defaults()
            finish = prepare(call.arguments)
            return finish(body(**call.arguments))

        return guarded

    return decorate


def rows(*names):
    """Guard a function of rows: the named arrays have one shape; its `axis`, or the last, is a row.

    The body gets that axis last, whatever axis was asked for.

    Raises
    ------
    TypeError
        As `floats`; or `axis` is not an int.
    numpy.exceptions.AxisError
        `axis` is out of range, or the array is 0-d.
    ValueError
        The arrays differ in shape, or the axis to normalise is empty.
    """

    def prepare(given):
        arrays, dtype = floats(**{name: given[name] for name in names})
        shape = arrays[0].shape
        axis = normalize_axis_index(whole(axis=given.get("axis", -1)), len(shape))
        same_shape(**dict(zip(names, arrays, strict=True)))
        if shape[axis] == 0:
            raise ValueError(f"{names[0]} has nothing to sum on axis {axis}: {shape}")
        for name, a in zip(names, arrays, strict=True):
            # NumPy sums a contiguous last axis pairwise: error grows with log N there, else with N.
            given[name] = np.ascontiguousarray(np.moveaxis(a, axis, -1))
        if "axis" in given:
            given["axis"] = -1

        def finish(answer):
            if answer.ndim == len(shape):  # logsumexp has one axis less, a Jacobian one more
                answer = np.moveaxis(answer, -1, axis)
            return rounded(answer, dtype)

        return finish

    return guard(prepare, silent=True)


def by_blocks(f):
    """Let a function meet large arrays some rows at a time: a row's answer must need no other row.

    No bit changes. What its body makes on the way stays in the processor's cache: it is faster so.
    """

    @wraps(f)
    def each(**given):
        arrays = {name: a for name, a in given.items() if isinstance(a, np.ndarray)}
        *front, N = next(iter(arrays.values())).shape
        if math.prod(front) * N <= 8 * BLOCK:
            return f(**given)
        flat = {name: a.reshape(-1, N) for name, a in arrays.items()}
        starts = range(0, math.prod(front), max(1, BLOCK // N))
        cuts = [slice(a, a + starts.step) for a in starts]
        parts = (f(**given | {name: a[cut] for name, a in flat.items()}) for cut in cuts)
        for cut, part in zip(cuts, parts, strict=True):
            if cut.start == 0:
                answer = np.empty((starts.stop, *part.shape[1:]), part.dtype)
            answer[cut] = part
        return answer.reshape(*front, *answer.shape[1:])

    return each


def targets(*, at_least):
    """Guard a function of scores S, floats already, and of the `target` in each of their rows.

    Raises
    ------
    TypeError
        target does not hold integers, or is a masked array.
    ValueError
        target does not have one index for each row, or one that is out of range; there are not
        `at_least` so many rows.
    """

    def prepare(given):
        (*batch, N), target = given["S"].shape, array("integers", target=given["target"])
        shapes = f"S is {given['S'].shape}, target is {target.shape}"
        if target.dtype.kind not in "iu":
            raise TypeError(f"target must hold integers, not {target.dtype}")
        if target.shape != tuple(batch):
            raise ValueError(f"target must have one index for each row of S: {shapes}")
        if ((target < 0) | (target >= N)).any():
            ends = f"{target.min()} to {target.max()}"
            raise ValueError(f"target must be from 0 to {N - 1}, not {ends}")
        if target.size < at_least:
            raise ValueError(f"S must hold at least one row to average over: {shapes}")
        given["target"] = target.astype(np.intp)
        return unchanged

    return guard(prepare)


def entries(*names, of):
    """Guard a function of ints that pick entries of one row, an array already.

    Raises
    ------
    TypeError
        One of them is not an int.
    ValueError
        One of them is negative, or not less than the row's length.
    """

    def prepare(given):
        N = len(given[of])
        for name in names:
            given[name] = whole(**{name: given[name]})
            if not 0 <= given[name] < N:
                raise ValueError(f"{name} must be from 0 to {N - 1}, not {given[name]}")
        return unchanged

    return guard(prepare)


def parts(name, *, of):
    """Guard a function of an int that divides the last axis of an array.

    Raises
    ------
    TypeError
        It is not an int.
    ValueError
        It is less than 1, or does not divide that axis.
    """

    def prepare(given):
        given[name], shape = count(**{name: given[name]}), given[of].shape
        if shape[-1] % given[name]:
            words = f"{name} must divide the last axis of {of}"
            raise ValueError(f"{words}: {name} is {given[name]}, {of} is {shape}")
        return unchanged

    return guard(prepare)


def elementwise(*names):
    """Guard a function of numbers or arrays that computes entry by entry.

    Raises
    ------
    TypeError
        As `floats`.
    ValueError
        The shapes do not broadcast to one.
    """

    def prepare(given):
        arrays, dtype = floats(**{name: given[name] for name in names})
        given |= dict(zip(names, arrays, strict=True))
        try:
            np.broadcast_shapes(*(a.shape for a in arrays))
        except ValueError:
            each = ", ".join(f"{name} is {a.shape}" for name, a in given.items())
            raise ValueError(f"the shapes must broadcast to one: {each}") from None
        return partial(rounded, dtype=dtype)

    return guard(prepare)


def shapes(**axes):
    """Guard a function of arrays whose shapes must fit together, as in shapes(X="... m", W="m n").

    Axes of one name have one size; "..." are leading dimensions, any number of them; 1 is 1.

    Raises
    ------
    TypeError
        As `floats`.
    ValueError
        The shapes do not fit together.
    """

    def prepare(given):
        arrays, dtype = floats(**{name: given[name] for name in axes})
        given |= fit(axes, dict(zip(axes, arrays, strict=True)))
        return partial(rounded, dtype=dtype, views=True)

    return guard(prepare)


def letters(*names):
    """Guard a function of attention: its letters fit together, and its options make sense.

    Scale and softcap arrive as floats, and what is of the scores' shape broadcast to it, as views:
    nothing of that is copied. With enable_gqa each head of Q arrives beside its head of K and V.

    Raises
    ------
    TypeError
        As `floats`; scale or softcap is not one number, the mask not boolean, or a switch no bool.
    ValueError
        The shapes do not fit together, the heads of K and V do not divide those of Q, a number is
        not finite, or the softcap not above 0.
    """

    def prepare(given):
        gqa = given["enable_gqa"] = true_or_false(enable_gqa=given["enable_gqa"])
        # These may be N_q × N_k: only their dtypes take part here.
        added = [name for name in ("bias", "sink", "keep") if given.get(name) is not None]
        given |= {name: array("floats or integers", **{name: given[name]}) for name in added}
        dtypes = {name: np.atleast_1d(given[name])[..., :0] for name in added}
        arrays, dtype = floats(**{name: given[name] for name in names}, **dtypes)
        axes = {name: (GROUPED if gqa else LETTERS)[name] for name in names}
        given |= fit(axes, dict(zip(names, arrays, strict=False)))
        settle(given, arrays[0].dtype)
        together = in_groups(given) if gqa else unchanged
        return lambda answers: rounded(together(answers), dtype)

    return guard(prepare, silent=True)


def settle(given, dtype):
    """Check attention's options, and broadcast those that are as large as the scores may be."""
    *leading, N_q, d = given["Q"].shape
    S, scale = (*leading, N_q, given["K"].shape[-2]), given["scale"]
    # Without a column every score is 0, whatever the scale.
    given["scale"] = max(d, 1) ** -0.5 if scale is None else finite(scale=scale)
    if given["softcap"] is not None:
        given["softcap"] = positive(dtype, softcap=given["softcap"])
    given["keep"] = broadcast("keep", given["keep"], "the scores S", S)
    if "causal" in given:  # attention_vjp has all of these in P
        given["causal"] = true_or_false(causal=given["causal"])
        given["mask"] = broadcast("mask", boolean(given["mask"]), "the scores S", S)
        given["bias"] = broadcast("bias", given["bias"], "the scores S", S)
        column = "one more column of the scores S"
        given["sink"] = broadcast("sink", given["sink"], column, (*leading, N_q, 1))


def in_groups(given):
    """Cut the heads H of Q into (H_kv, group), and repeat K and V along the group, as views.

    So query head h reads head h // group. Return what makes one axis of the two again, and adds up
    what K and V owe to a group.
    """
    *batch, H_kv, _, _ = given["K"].shape
    group, axis = groups(given["Q"], given["K"]), len(batch)
    for name, a in given.items():
        if name in ("K", "V"):
            apart = np.expand_dims(a, axis + 1)
            given[name] = np.broadcast_to(apart, (*batch, H_kv, group, *a.shape[-2:]))
        elif isinstance(a, np.ndarray):
            given[name] = a.reshape(*batch, H_kv, group, *a.shape[axis + 1 :])

    def joined(a):
        return a.reshape(*batch, H_kv * group, *a.shape[axis + 2 :])

    @quiet
    def together(answers):
        if "dO" not in given:
            return tuple(map(joined, answers))
        dQ, dK, dV = answers
        return joined(dQ), dK.sum(axis + 1), dV.sum(axis + 1)

    return together


def unchanged(answer):
    """Return an answer that an outer guard will round."""
    return answer


@quiet
def rounded(answer, dtype, *, views=False):
    """Return an answer, or each of several, in its dtype; `views` may be of what was given."""
    if isinstance(answer, tuple):
        return tuple(rounded(each, dtype, views=views) for each in answer)
    return answer.astype(dtype, copy=views and answer.base is not None)[()]
