"""What there is to complain of in what an answer did: one thing at a time, the first that fails.

Each stage takes the case, what the answer did with it, what is right, and the exercise. It returns
a sentence, or nothing.
"""

import dis
import inspect
import re
from functools import partial

import numpy as np

from softmax_lib import yours
from softmax_lib.exercises.attempt import attempt, close, size, tolerance
from softmax_lib.exercises.dtypes import origin
from softmax_lib.exercises.errors import explained
from softmax_lib.exercises.promises import place, told_apart


def complaint(exercise, answer, case, did, right):
    """Return the first complaint, or None if there is none."""
    if did.error is not None:
        return error(exercise, answer, did)
    for stage in (shape, dtype, changed, nan, promise, value):
        if said := stage(exercise, case, did, right):
            if stage is dtype and (made := where_made(exercise, answer, case, did, right)):
                said += f"\n{made}"
            return said
    return None


def error(exercise, answer, did):
    told, raised = did.told, did.error
    if isinstance(raised, NotImplementedError):
        told = "this way through it still ends in `raise NotImplementedError`"
    if raised.__traceback__.tb_next is None and re.search(r"\bargument", told):
        told += f"\nThe check calls it as {exercise.call}: keep the letters of the stub."
    lines = told, yours.line(raised, answer), explained(did, answer), not_given(answer)
    return "\n".join(filter(None, lines))


def not_given(answer):
    """Say which of the notebook's own arrays an answer reads, where it should read its letters."""
    around = getattr(inspect.unwrap(answer), "__globals__", {})
    code = yours.code_of(answer)
    read = (
        [i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"] if code else []
    )
    for name in read:
        if isinstance(around.get(name), np.ndarray):
            return f"`{name}` is not handed to your function: this one is the notebook's own."
    return None


def shape(exercise, case, did, right):
    for name, got, wanted in zip(exercise.returns, did.results, right.results, strict=True):
        if got.shape != wanted.shape:
            return f"{name} should have the shape {wanted.shape}, and has {got.shape}"
    return None


def dtype(exercise, case, did, right):
    for name, got, wanted in other_dtypes(exercise, did, right):
        return f"{name} should be {wanted.dtype}, and is {got.dtype}"
    return None


def other_dtypes(exercise, did, right):
    """Yield the results of another dtype than they should have.

    An integer that stands for a float is no matter of its own where its value is wrong.
    """
    for name, got, wanted in zip(exercise.returns, did.results, right.results, strict=True):
        stands_in = got.dtype.kind == "i" and not close(got, wanted, within=right.within).all()
        if got.dtype != wanted.dtype and not stands_in:
            yield name, got, wanted


def where_made(exercise, answer, case, did, right):
    """Say which call or line made the dtype that a result should not have, or nothing."""
    _, got, _ = next(other_dtypes(exercise, did, right))
    again = partial(attempt, answer, case, exercise.returns, exercise.keywords)
    said = origin(answer, again, got.dtype)
    return said and f"Where it comes from: {said}."


def changed(exercise, case, did, right):
    """`-=` is the usual reason."""
    if not did.changed:
        return None
    return (
        f"it changes {did.changed}, an array that it was given. `-=`, `*=`, out= and writing into "
        "a part of it do that: make a new array instead"
    )


def nan(exercise, case, did, right):
    for name, got, wanted in zip(exercise.returns, did.results, right.results, strict=True):
        extra = np.isnan(got) & ~np.isnan(wanted)
        if extra.any():
            return f"{entry(name, extra)} is NaN, and should be a number"
    return None


def promise(exercise, case, did, right):
    """A promise explains values that are wrong: where all are right, rounding alone can break it.

    A row without an answer promises nothing.
    """
    wrong = value(exercise, case, did, right)
    if not wrong or not all(np.isfinite(wanted).all() for wanted in right.results):
        return None
    for kept in exercise.promises:
        name = exercise.returns[kept.result]
        got, wanted = did.results[kept.result], right.results[kept.result]
        off = tolerance(wanted, right.within) * max(size(got), size(wanted))
        if broken := kept.broken(name, got, off):
            return f"it breaks a promise: {kept} ({broken}; {wrong})"
    return None


def value(exercise, case, did, right):
    for name, got, wanted in zip(exercise.returns, did.results, right.results, strict=True):
        near = close(got, wanted, within=right.within)
        if not near.all():
            apart = np.abs(np.nan_to_num(1.0 * got - wanted, nan=np.inf))
            at = np.unravel_index(np.where(near, -1, apart).argmax(), got.shape)
            noise = tolerance(wanted, right.within) * size(wanted)
            right_there = wanted[at] if abs(wanted[at]) > noise else wanted.dtype.type(0)
            expected, came = told_apart(right_there, got[at])
            integers = ", in an array of integers" if got.ndim and got.dtype.kind == "i" else ""
            return f"{place(name, at)} should be {expected}, and is {came}{integers}"
    return None


def entry(name, marked):
    """Write the first marked entry as Python does."""
    return place(name, np.unravel_index(marked.argmax(), marked.shape))
