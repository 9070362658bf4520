"""What a wrong answer is, seen beside the right one: turned, transposed, in another order, scaled.

Such a sentence accuses nobody: it is said only if it holds in every plain case.
"""

from itertools import permutations

import numpy as np

from softmax_lib.exercises.attempt import close, one_dtype, size


def relation(exercise, did, right):
    """Return a sentence that holds of an answer in every plain case, or None."""
    plain = [n for n, case in enumerate(exercise.cases) if case.plain]
    cases = [exercise.cases[n] for n in plain]
    did, right = [did[n] for n in plain], [right[n] for n in plain]
    if all(a.agrees(b) for a, b in zip(did, right, strict=True)):
        return None
    numbers = all(
        a.results and all(x.dtype.kind in ("f", "i") and one_dtype(x, y) for x, y in pairs(a, b))
        for a, b in zip(did, right, strict=True)
    )
    for look in (order, nearly, few_axes, side_or_factor) if numbers else (few_axes,):
        if said := look(exercise, cases, did, right):
            return said
    return None


def pairs(did, right):
    return zip(did.results, right.results, strict=True)


def few_axes(exercise, cases, did, right):
    """Say that the answer serves one number of axes alone, where others come too."""
    good, bad = set(), set()
    for case, a, b in zip(cases, did, right, strict=True):
        first = next(iter(case.letters.values()))
        (good if a.agrees(b) else bad).add(np.ndim(first))
    if len(good) == 1 and not good & bad:
        what = ("a single number", "a single row", "a matrix", "a batch of matrices")
        alone = what[min(good.pop(), 3)]
        return f"It is right for {alone} alone, and the exercise asks for any number of axes."
    return None


def order(exercise, cases, did, right):
    """Say in which order the results come, if each is right and in another's place."""
    names = exercise.returns
    for way in permutations(range(len(names))):
        if way != tuple(range(len(names))) and all(
            equal(a.results[got], b.results[wanted])
            for a, b in zip(did, right, strict=True)
            for wanted, got in enumerate(way)
        ):
            came = [names[way.index(n)] for n in range(len(names))]
            return (
                f"What comes is {', '.join(came)}, in this order; asked for is {', '.join(names)}."
            )
    return None


def side_or_factor(exercise, cases, did, right):
    """Say of the first result that is wrong what it is of the right one."""
    for n, name in enumerate(exercise.returns):
        tried = [(a.results[n], b.results[n]) for a, b in zip(did, right, strict=True)]
        if all(equal(*pair) for pair in tried):
            continue
        if all(wanted.ndim == 2 and equal(got.T, wanted) for got, wanted in tried):
            return f"{name} lies on its side: its transpose is right."
        factors = [factor(*pair) for pair in tried]
        way = all(factors) and scaled(factors, cases, told=any(b.size > 1 for _, b in tried))
        return f"{name} is what it should be, {way}." if way else None
    return None


def factor(got, wanted):
    """Return the number that `got` is times `wanted`, or None."""
    if got.shape != wanted.shape or not np.isfinite(got).all() or not (wanted * wanted).sum():
        return None
    c = (got * wanted).sum() / (wanted * wanted).sum()
    return c if c and close(got, c * wanted).all() else None


def scaled(factors, cases, told):
    """Write a factor that may differ from case to case as something of the input, if it is.

    That it differs is `told` of arrays only: any one number is some number times another.
    """
    differs = "times a number that differs from input to input"
    if min(factors) < 0 < max(factors):
        return differs if told else None
    turned, size = "with the sign turned" if max(factors) < 0 else "", np.abs(factors)
    if turned and np.allclose(size, 1):
        return turned
    ways = [f"times {size[0]:.4g}"] if np.allclose(size, size[0]) else []
    for words, known in quantities(cases).items():
        ways += [f"times {words}"] if np.allclose(size, known) else []
        ways += [f"divided by {words}"] if np.allclose(size, 1 / np.array(known)) else []
    if not ways and not told:
        return None
    way = [*ways, differs][0]
    return f"{turned} and {way}" if turned else way


def quantities(cases):
    firsts = [np.atleast_1d(next(iter(case.letters.values()))) for case in cases]
    known = {
        "the number of rows": [max(1, a[..., :1].size) for a in firsts],
        "the length of a row": [a.shape[-1] for a in firsts],
        "the number of all entries": [a.size for a in firsts],
    }
    if "scale" in cases[0].letters:
        known["the scale"] = [case.letters["scale"] for case in cases]
    return known


def nearly(exercise, cases, did, right):
    """Say that an answer is near, and not by rounding: a small number is in it somewhere."""
    far = [
        np.abs(got - wanted).max() / size(wanted)
        for a, b in zip(did, right, strict=True)
        for got, wanted in zip(a.results, b.results, strict=True)
        if got.shape == wanted.shape and got.size
    ]
    furthest = np.max(far, initial=0)  # NaN, of which nothing is near, if one of them is
    if len(far) == len(did) * len(exercise.returns) and 0 < furthest < 1e-3:
        return (
            f"It is off by at most {furthest:.0e} of the largest number: more than the computer's "
            "own rounding. Is the answer rounded, a small number added, a constant cut short, or a "
            "derivative measured by a difference?"
        )
    return None


def equal(a, b):
    return a.shape == b.shape and close(a, b).all()
