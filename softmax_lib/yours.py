"""What a learner's own function did: the arrays that it returned, or the line of its error.

Checks and panels both run functions that a learner wrote, and speak of them in the same words.
"""

import inspect
import linecache
from contextlib import suppress
from functools import partial

import numpy as np


class Unfit(ValueError):
    """A learner's function returned what cannot be used."""


def arrays(returned, names):
    """Return what a function returned as a tuple of arrays of numbers, one for each name.

    Raises
    ------
    Unfit
        It returned nothing, too few, too many, or something that holds no numbers: the message
        says what came.

    Examples
    --------
    >>> arrays(([1.0], 2), ("O", "L"))
    (array([1.]), array(2))
    """
    unfinished(returned)
    if len(names) == 1:
        return (array(returned, *names),)
    if not isinstance(returned, tuple | list) or len(returned) != len(names):
        raise Unfit(f"it should return {', '.join(names)}, and returned {what(returned)}")
    return tuple(array(each, name) for each, name in zip(returned, names, strict=True))


def unfinished(returned):
    """Refuse what a function returns when it has not run to its end, or says nothing."""
    if returned is None:
        raise Unfit("it returned nothing: is a `return` missing?")
    if inspect.isgenerator(returned):
        raise Unfit("it returned a generator: write `return` where it says `yield`")
    if inspect.iscoroutine(returned):
        returned.close()
        raise Unfit("it returned a coroutine: write `def` where it says `async def`")
    if callable(returned):
        raise Unfit(f"it returned {what(returned)}: is it to be called?")


def array(value, name):
    """Return one value as an array of numbers, or say what it is instead."""
    if isinstance(value, np.ma.MaskedArray):
        raise Unfit(f"{name} should be a plain array, and is a masked one: its mask would be lost")
    try:
        a = np.asarray(value)
    except ValueError:
        raise Unfit(f"{name} should be an array, and its rows are not of one length") from None
    if a.dtype.kind not in "fiub":
        raise Unfit(f"{name} should be an array of numbers, and is {what(value)}")
    return a


def one(value, shape, by, finite=True):
    """Return what the function called `by` returned as floats of this shape, or say what came.

    Raises
    ------
    Unfit
        The message names `by`; so does the error's attribute `by`.
    """
    try:
        (a,) = arrays(value, (by,))
        if a.shape != shape or a.dtype == bool:
            raise Unfit(f"it returned {what(value)}")
        if finite and not np.isfinite(a).all():
            raise Unfit(f"it returned {a.tolist()}, which is not finite")
    except Unfit as error:
        wanted = f"an array of shape {shape}" if shape else "one real number"
        error = Unfit(f"{by} must return {wanted}: {error}")
        error.by = by
        raise error from None
    return a.astype(float)


def what(value):
    """Say briefly what a value is.

    >>> what((1, 2)), what(np.zeros((2, 3))), what("P"), what(None)
    ('a tuple of 2', 'an array of float64, (2, 3)', "'P'", 'None')
    """
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}, {value.shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    if callable(value):
        return f"a function, {getattr(value, '__name__', type(value).__name__)}"
    kind = f"a value of the type {type(value).__name__}"
    try:
        text = repr(value)
    except Exception:  # a class of the learner's own, which cannot be written
        return kind
    return text if len(text) < 60 and " at 0x" not in text else kind


def told(error):
    """Return what an error says of itself, in 500 characters at most.

    >>> told(ValueError("no")), told(Unfit("it returned nothing"))
    ('ValueError: no', 'it returned nothing')
    """
    kind = type(error).__name__
    try:
        return (str(error) if isinstance(error, Unfit) else f"{kind}: {error}")[:500]
    except Exception:  # an error of the learner's own, which cannot be written
        return kind


def line(error, *functions):
    """Point at the line of the learner's own functions in which an error arose.

    If they returned, and what they returned was at fault, point at where the first of them begins.
    Nothing is said if no line of theirs is to be found.
    """
    trace, codes = last_trace(error, *functions), [c for c in map(code_of, functions) if c]
    if trace:
        code, number = trace.tb_frame.f_code, trace.tb_lineno
    elif codes:
        code, number = codes[0], codes[0].co_firstlineno
    else:
        return ""
    text = linecache.getline(code.co_filename, number).strip()
    return f"in {code.co_name}, line {number}" + (f": {text}" if text else "")


def last_trace(error, *functions):
    """Return the last entry of an error's traceback that is in a learner's own file, or None."""
    files = {code.co_filename for code in map(code_of, functions) if code}
    trace, last = error.__traceback__, None
    while trace:
        if trace.tb_frame.f_code.co_filename in files:
            last = trace
        trace = trace.tb_next
    return last


def code_of(function):
    """Return the code that a learner wrote, whatever was wrapped around it, or None.

    A partial, a cache, np.vectorize, a method, a class or an object that can be called leads to
    its function.
    """
    if isinstance(function, partial):
        return code_of(function.func)
    if isinstance(function, np.vectorize):
        return code_of(function.pyfunc)
    if isinstance(function, type):
        return getattr(function.__init__, "__code__", None)
    with suppress(ValueError):  # wrapped around itself
        function = inspect.unwrap(function)
    if callable(function) and not hasattr(function, "__code__"):
        function = type(function).__call__
    return getattr(function, "__code__", None)


def is_stub(function):
    """Decide whether a function is a stub as it was handed out: it raises, and does no more.

    nbgrader writes NotImplementedError() where an exercise has NotImplementedError.
    """

    def stub():
        raise NotImplementedError

    def of_nbgrader():
        raise NotImplementedError()

    code = code_of(function)
    stubs = [(each.__code__.co_code, each.__code__.co_names) for each in (stub, of_nbgrader)]
    return bool(code) and (code.co_code, code.co_names) in stubs
