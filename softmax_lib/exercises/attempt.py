"""What a function did with one input, and when two functions did the same."""

import warnings
from dataclasses import dataclass

import numpy as np

from softmax_lib import yours

TOLERANCE = {np.float64: 1e-9, np.float32: 1e-5, np.float16: 1e-2}  # of the largest entry


@dataclass(frozen=True)
class Case:
    """One input: what it is, in words, and its letters.

    A plain case is float64 and holds nothing extreme: there even a careless answer must be right.
    What lies beyond the question may fail: it is remarked, and the answer is right all the same.
    """

    what: str
    letters: dict
    extreme: bool = False
    beyond: bool = False

    def fresh(self):
        """Return the letters as copies of their own, which a function may spoil."""
        return {
            name: value.copy() if isinstance(value, np.ndarray) else value
            for name, value in self.letters.items()
        }

    def changed(self, letters):
        """Return the name of the first of these letters that is no longer what it was, or None."""
        for name, value in letters.items():
            if isinstance(value, np.ndarray) and not identical(value, self.letters[name]):
                return name
        return None

    @property
    def dtypes(self):
        """The dtypes of the arrays that hold scores and the like; a mask or a target is none."""
        arrays = [a for a in self.letters.values() if isinstance(a, np.ndarray)]
        return [a.dtype for a in arrays if a.dtype.kind == "f"] or [np.dtype(np.float64)]

    @property
    def doubles(self):
        """Whether all floats are float64, and the first letter holds no integers to convert."""
        first = next(iter(self.letters.values()))
        return (
            set(self.dtypes) == {np.dtype(np.float64)} and np.asarray(first).dtype.kind not in "iu"
        )

    @property
    def plain(self):
        return self.doubles and not self.extreme


def case(what, *, extreme=False, beyond=False, **letters):
    """Build a case; letters go to the answer in this order."""
    return Case(what, letters, extreme, beyond)


def identical(a, b):
    """Compare two arrays byte by byte: NaN is itself, and -0 is not 0."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@dataclass(frozen=True)
class Attempt:
    """What a function did with one case: its results, or the error that it raised."""

    results: tuple = ()
    error: BaseException | None = None
    changed: str | None = None  # the first letter that it wrote into
    within: float = TOLERANCE[np.float64]  # of the largest entry, where all is float64

    def same(self, other, right=None):
        """Decide whether two functions did the same, up to rounding: of what is right, if given."""
        if self.error or other.error:
            return self.told == other.told
        return self.changed == other.changed and self.agrees(other, right)

    def agrees(self, other, right=None):
        """Decide whether the results are the same, whatever happened to the input."""
        right = right or other
        sizes = map(size, right.results)
        return bool(self.results) and all(
            a.shape == b.shape and one_dtype(a, b) and close(a, b, largest, right.within).all()
            for a, b, largest in zip(self.results, other.results, sizes, strict=True)
        )

    @property
    def told(self):
        return yours.told(self.error)


def attempt(function, case, returns, keywords=()):
    """Call a function on a fresh copy of a case; keep what it did. An interrupt goes through.

    Of a result that is far too large only its shape and its dtype are kept.
    """
    letters = case.fresh()
    named = {name: letters[name] for name in keywords}
    others = [letters[name] for name in letters if name not in keywords]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = yours.arrays(function(*others, **named), returns)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # exit() too: a check always answers
        return Attempt(error=error)
    return Attempt(tuple(map(kept, results)), changed=case.changed(letters))


def kept(a):
    """Copy a result: a function that keeps its arrays may write into them when called again."""
    return a.copy() if a.size < 10**6 else np.broadcast_to(a.dtype.type(0), a.shape)


def one_dtype(a, b):
    """Integers are no dtype of their own here: an answer that returns 0 means 0.0."""
    return a.dtype == b.dtype or "i" in (a.dtype.kind, b.dtype.kind)


def close(a, b, largest=0, within=TOLERANCE[np.float64]):
    """Compare entry by entry: equal up to rounding in the coarser dtype, NaN where NaN is.

    Rounding is measured by the largest number in b, or by a larger one if it is given; `within` is
    the share of it that is allowed where both are float64.
    """
    off = max(tolerance(a, within), tolerance(b, within)) * max(size(b), largest)
    return np.isclose(a, b, rtol=0, atol=off, equal_nan=True)


def tolerance(a, within=TOLERANCE[np.float64]):
    return within if a.dtype.itemsize == 8 else TOLERANCE.get(a.dtype.type, within)


def size(a):
    """Return the largest finite magnitude in an array, or 1 if that is 0."""
    return np.abs(a[np.isfinite(a)]).max(initial=0) or 1
