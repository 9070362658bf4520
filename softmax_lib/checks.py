"""Judge an answer to an exercise: right, wrong (and in which way), or not attempted yet.

There is one check for each exercise: `checks.softmax(my_softmax)`. It tries the answer on inputs
that were built to expose the usual mistakes, and holds it against the loops or a complex step,
never against the function that is judged. It complains of one thing at a time, in this order: an
error, changed inputs, the shape, the dtype, NaN, a property, the values. When the answer does
what a known mistake does, the mistake is named.
"""

import re
import warnings
from dataclasses import dataclass, field
from itertools import product
from textwrap import wrap

import numpy as np

from softmax_lib import loops, mistakes, progress
from softmax_lib.blame import learners_line
from softmax_lib.numerical import complex_step

TOLERANCE = {np.float64: 1e-9, np.float32: 1e-5}  # of the largest entry


class Wrong(AssertionError):
    """An answer is wrong. The message says how, and names the mistake if it is a known one."""

    matrices = None  # yours, right: where a picture says more

    def _render_traceback_(self):
        """Let IPython show the message alone: the lines of this file would help nobody."""
        whole = re.sub(r"(?<=\d), (?=\d)", ",\0", str(self))  # an index stays in one line
        lines = [line for long in whole.splitlines() for line in wrap(long, 88) or [""]]
        return [line.replace("\0", " ") for line in lines]


class Malformed(TypeError):
    """An answer returned something that cannot be compared."""


# What an answer is tried on -------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One input: what it is, in words, its letters, and what is passed by keyword.

    A plain case is float64 and holds nothing extreme: there even a careless answer must be right.
    """

    what: str
    letters: dict
    options: dict = field(default_factory=dict)
    extreme: bool = False

    @property
    def holds_doubles(self):
        return all(a.dtype == np.float64 for a in self.arrays())

    @property
    def plain(self):
        return self.holds_doubles and not self.extreme

    @property
    def dtype(self):
        """The dtype that the answer must have: that of the letters, float64 for integers.

        A case without letters asks yes or no.
        """
        if not self.letters:
            return np.dtype(bool)
        return np.result_type(*(np.float64 if a.dtype.kind in "iu" else a for a in self.arrays()))

    def arrays(self):
        """Return the letters as arrays that cannot be written to."""
        arrays = [np.array(a) for a in self.letters.values()]
        for a in arrays:
            a.flags.writeable = False
        return arrays


def case(what, options=None, extreme=False, **letters):
    return Case(what, letters, options or {}, extreme)


# What an answer did ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What an answer did with one case: its results, or the error that it raised."""

    results: tuple = ()
    error: Exception | None = None

    def same(self, other):
        """Decide whether two answers did the same, up to rounding."""
        if self.error or other.error:
            return type(self.error) is type(other.error)
        return all(
            a.shape == b.shape and a.dtype == b.dtype and close(a, b).all()
            for a, b in zip(self.results, other.results, strict=True)
        )


def attempt(answer, case, returns):
    """Call the answer on one case; keep what it returned or raised. An interrupt goes through."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Outcome(results(answer(*case.arrays(), **case.options), returns))
    except Exception as error:
        return Outcome(error=error)


def results(returned, names):
    """Return what an answer returned as a tuple of arrays, one for each name."""
    if returned is None:
        raise Malformed("it returned nothing: is a `return` missing?")
    if len(names) > 1 and (not isinstance(returned, tuple | list) or len(returned) != len(names)):
        raise Malformed(f"it should return {', '.join(names)}")
    arrays = tuple(map(np.asarray, returned if len(names) > 1 else [returned]))
    for name, a in zip(names, arrays, strict=True):
        if a.dtype.kind not in "fiub":
            raise Malformed(f"{name} should be an array of numbers, not of {a.dtype}")
    return arrays


def close(a, b):
    """Compare entry by entry: equal up to rounding in the coarser dtype, NaN where NaN is."""
    coarse = np.float32 if np.float32 in (a.dtype, b.dtype) else np.float64
    return np.isclose(a, b, rtol=0, atol=TOLERANCE[coarse] * size(b), equal_nan=True)


def size(a):
    """Return the largest finite magnitude in an array, or 1 if that is 0."""
    return np.abs(a[np.isfinite(a)]).max(initial=0) or 1


# The check ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """The check of one exercise. Call it with an answer.

    Parameters
    ----------
    task : str
        The exercise.
    returns : tuple of str
        The letters that an answer returns, in order.
    oracle : callable
        What is right, by other means. It takes what the answer takes, in float64.
    cases : list of Case
    properties : dict
        A sentence, and a function of the results that says whether it holds.
    draw : bool
        Whether a wrong matrix is drawn beside the right one.
    """

    task: str
    returns: tuple
    oracle: callable
    cases: list
    properties: dict = field(default_factory=dict)
    draw: bool = False

    def __call__(self, answer):
        """Return True if the answer is right, False if it was not attempted; raise if wrong.

        Raises
        ------
        Wrong
            An AssertionError that says what was expected, what came, where, and why if known.
        """
        try:
            right = self.judge(answer)
        except Wrong as wrong:
            draw(wrong)
            raise
        if right:
            progress.record(self.task)
            promises = ["shapes", "dtypes", "inputs unchanged", *self.properties, "values"]
            print(f"✓ {self.task} is right on {len(self.cases)} inputs: {', '.join(promises)}.")
        else:
            print(f"{self.task}: not attempted yet.")
        return right

    def judge(self, answer):
        """Do what a call does, but print, draw and record nothing."""
        outcomes = [attempt(answer, case, self.returns) for case in self.cases]
        if any(isinstance(outcome.error, NotImplementedError) for outcome in outcomes):
            return False
        right = [self.expected(case) for case in self.cases]
        complaints = self.complaints(answer, outcomes, right)
        if first := next(complaints, None):
            complaint, matrices = first
            wrong = Wrong(
                f"{self.task} is not right yet. {complaint}"
                + named(self.known_mistake(outcomes, right))
            )
            wrong.matrices = matrices if self.draw else None
            raise wrong
        return True

    def complaints(self, answer, outcomes, right):
        """Yield each complaint, with what came and what was expected: the plain cases first."""
        stages = self.error, self.shape, self.dtype, self.nan, self.promise, self.value
        tried = list(zip(self.cases, outcomes, right, strict=True))
        for plain, stage in product((True, False), stages):
            for case, outcome, expected in tried:
                complaint = case.plain is plain and stage(answer, case, outcome, expected)
                if complaint:
                    matrices = (*outcome.results[:1], expected[0])
                    yield f"Tried on {case.what}: {complaint}", matrices

    def expected(self, case):
        """Return what is right, in the dtype that the answer must have."""
        letters = [a.astype(np.float64) for a in case.arrays()]
        with np.errstate(all="ignore"):
            returned = results(self.oracle(*letters, **case.options), self.returns)
        return tuple(a.astype(case.dtype) for a in returned)

    def known_mistake(self, outcomes, right):
        """Return the mistake that does the same: in every case, or else in those of float64, or
        else in the plain ones, if the answer is wrong there at all.
        """
        wrong = [not outcome.same(Outcome(r)) for outcome, r in zip(outcomes, right, strict=True)]
        everywhere = [True] * len(wrong)
        doubles = [case.holds_doubles for case in self.cases]
        plain = [case.plain for case in self.cases]
        looks = [look for look in (everywhere, doubles, plain) if any(np.logical_and(look, wrong))]
        gallery = [
            (mistake, [attempt(mistake.answer, case, self.returns) for case in self.cases])
            for mistake in mistakes.GALLERY
            if mistake.task == self.task
        ]
        for look in looks:
            for mistake, theirs in gallery:
                pairs = zip(look, outcomes, theirs, strict=True)
                if all(a.same(b) for looked, a, b in pairs if looked):
                    return mistake
        return None

    # Each stage returns what there is to complain of, or nothing.

    def error(self, answer, case, outcome, expected):
        error = outcome.error
        if error is None:
            return None
        if isinstance(error, Malformed):
            return str(error)
        if isinstance(error, ValueError) and "read-only" in str(error):
            return f"it changes an array that it was given\n{learners_line(error, answer)}"
        names = " (keep the names of the stub)" if "keyword argument" in str(error) else ""
        return f"{type(error).__name__}: {error}{names}\n{learners_line(error, answer)}"

    def shape(self, answer, case, outcome, expected):
        for name, got, right in zip(self.returns, outcome.results, expected, strict=True):
            if got.shape != right.shape:
                return f"{name} should have the shape {right.shape}, and has {got.shape}"
        return None

    def dtype(self, answer, case, outcome, expected):
        for name, got in zip(self.returns, outcome.results, strict=True):
            if got.dtype != case.dtype:
                return f"{name} should be {case.dtype}, and is {got.dtype}"
        return None

    def nan(self, answer, case, outcome, expected):
        for name, got, right in zip(self.returns, outcome.results, expected, strict=True):
            extra = np.isnan(got) & ~np.isnan(right)
            if extra.any():
                return f"{place(name, extra.argmax(), got)} is NaN, and should be a number"
        return None

    def promise(self, answer, case, outcome, expected):
        if not all(np.isfinite(right).all() for right in expected):
            return None  # a row without an answer promises nothing
        for sentence, holds in self.properties.items():
            if not holds(*outcome.results):
                where = self.value(answer, case, outcome, expected)
                return f"it breaks a promise: {sentence}" + (f" ({where})" if where else "")
        return None

    def value(self, answer, case, outcome, expected):
        for name, got, right in zip(self.returns, outcome.results, expected, strict=True):
            if not close(got, right).all():
                apart = np.abs(np.nan_to_num(1.0 * got - right, nan=np.inf))
                at = np.where(close(got, right), 0, apart).argmax()
                return (
                    f"{place(name, at, got)} should be {written(right.flat[at])}, "
                    f"and is {written(got.flat[at])}"
                )
        return None


def place(name, at, array):
    """Write an entry as Python does: dS[0, 2]."""
    index = ", ".join(map(str, np.unravel_index(at, array.shape)))
    return f"{name}[{index}]" if array.ndim else name


def written(x):
    """Write one entry: a number with six digits, or yes or no as Python does."""
    return str(x) if x.dtype == bool else f"{x:.6g}"


def named(mistake):
    """Write what is known of a mistake, or nothing."""
    return f"\n\nThis is a known mistake: {mistake.name}. {mistake.hint}" if mistake else ""


def draw(wrong):
    """Show the learner's matrix, the right one and their difference, if there is one to show."""
    shapes = [matrix.shape for matrix in wrong.matrices or ()]
    if len(shapes) != 2 or shapes[0] != shapes[1] or len(shapes[0]) != 2:
        return
    from IPython.display import display

    from softmax_lib.figures import heatmaps, picture

    yours, right = (np.asarray(a, float) for a in wrong.matrices)
    titles = ["yours", "right", "yours - right"]
    display(
        picture(
            heatmaps(yours, right, yours - right, titles=titles),
            alt="Three heatmaps: your matrix, the right one, and the difference of the two.",
        )
    )


# Oracles and properties -----------------------------------------------------------------------


def by_rows(oracle):
    """Let an oracle that takes (rows, N) take any number of leading dimensions."""

    def every(*letters, **options):
        flat = [a.reshape(-1, a.shape[-1]) for a in letters]
        answer = oracle(*flat, **options)
        return answer.reshape(letters[0].shape[:-1] + answer.shape[1:])

    return every


def slope_of(f, x):
    """Differentiate f entry by entry, by a complex step in all entries at once."""
    return complex_step(lambda t: f(x + t), 0.0)


def logistic(x):
    return np.exp(x) / (np.exp(x) + 1)


def row_of_softmax(s):
    return loops.softmax(s[None])[0]


def jacobian_at(P):
    """∂P_j/∂S_k by complex step, at the scores log P."""
    return complex_step(row_of_softmax, np.log(P))


def cross_entropy_slope(S, target):
    """∂φ/∂S by complex step through the loops."""
    return complex_step(lambda s: loops.cross_entropy(s, target), S)


def log_softmax_slope(dlogP, P):
    """Σ_j dlogP_ij ∂log P_ij/∂S_ik by complex step, at the scores log P."""
    return complex_step(lambda s: (dlogP * loops.log_softmax(s)).sum(), np.log(P))


def attention_slopes(dO, Q, K, V, scale, **options):
    """∂φ/∂Q, ∂φ/∂K, ∂φ/∂V by complex step through the loops, for φ = Σ dO ∘ O."""

    def loss(Q, K, V):
        return (dO * loops.attention(Q, K, V, scale=scale, **options)[0]).sum()

    return (
        complex_step(lambda Q: loss(Q, K, V), Q),
        complex_step(lambda K: loss(Q, K, V), K),
        complex_step(lambda V: loss(Q, K, V), V),
    )


def sums_to(total):
    """Return a property: the entries of each row add up to the total."""
    return lambda a: (np.abs(a.sum(-1) - total) <= TOLERANCE[a.dtype.type] * size(a)).all()


def symmetric(J):
    return close(J, np.swapaxes(J, -1, -2)).all()


# The inputs -----------------------------------------------------------------------------------

rng = np.random.default_rng(0)


def normal(*shape, dtype=np.float64):
    return rng.normal(size=shape).astype(dtype)


def rows_of_P(*shape, dtype=np.float64):
    E = np.exp(rng.normal(size=shape))
    return (E / E.sum(-1, keepdims=True)).astype(dtype)


THREE = np.array([1.0, 2.0, 3.0])
P_THREE = row_of_softmax(THREE)
FAR = np.array([[2000.0], [-2000.0], [0.0]])  # rows that lie far from each other

SCORES = [
    case("the three scores 1, 2, 3", S=THREE),
    case("a matrix of scores, (2, 4)", S=normal(2, 4)),
    case("a square matrix of scores, (4, 4)", S=normal(4, 4)),
    case("a batch of matrices, (2, 3, 4)", S=normal(2, 3, 4)),
    case("float32 scores", S=normal(3, 5, dtype=np.float32)),
    case("integer scores", S=np.array([[1, 2, 3], [0, 5, 0]])),
    case("scores of ±800", S=np.array([[800.0, 799.0, -800.0]]), extreme=True),
    case("scores below -800", S=np.array([[-800.0, -801.0, -900.0]]), extreme=True),
    case("scores 1600 apart in one row", S=np.array([[-800.0, 800.0, -800.0]]), extreme=True),
    case("rows that are 2000 apart", S=normal(3, 4) + FAR, extreme=True),
    case("a row that holds NaN", S=np.array([[1.0, np.nan], [0.0, 1.0]]), extreme=True),
]

# The exercises, in the order of the lessons ---------------------------------------------------

quotient_rule = Check(
    "quotient_rule",
    ("slope",),
    lambda f, df, g, dg: complex_step(lambda t: (f + t * df) / (g + t * dg), 0.0),
    [
        case("the bag of flour", f=3.0, df=1.75, g=4.0, dg=1.0),
        case("five ratios", f=normal(5), df=normal(5), g=1.5 + rng.random(5), dg=normal(5)),
        case(
            "a falling bottom", f=np.ones(3), df=np.zeros(3), g=2 + np.arange(3.0), dg=-np.ones(3)
        ),
    ],
)

logistic_slope = Check(
    "logistic_slope",
    ("slope",),
    lambda x: slope_of(logistic, x),
    [
        case("x = 0", x=0.0),
        case("seven places", x=np.linspace(-6, 6, 7)),
        case("float32 places", x=normal(4, dtype=np.float32)),
    ],
    {"a slope is at most 1/4": lambda slope: (slope <= 0.25 + 1e-6).all()},
)

softmax = Check(
    "softmax",
    ("P",),
    by_rows(loops.softmax),
    SCORES,
    {
        "each row adds up to one": sums_to(1),
        "no probability is negative": lambda P: (P >= 0).all(),
    },
)

log_softmax = Check(
    "log_softmax",
    ("logP",),
    by_rows(loops.log_softmax),
    SCORES,
    {"no logarithm is above zero": lambda logP: (logP <= 1e-6).all()},
)

SLOPES = [
    case(f"P = (0.09, 0.24, 0.67), j = {j}, k = {k}", {"j": j, "k": k}, P=P_THREE)
    for j, k in ((1, 1), (0, 1), (1, 0), (2, 2), (2, 0))
]

two_cases = Check(
    "two_cases",
    ("slope",),
    lambda P, j, k: jacobian_at(P)[j, k],
    [
        *SLOPES,
        case(
            "two equal probabilities, j = 0, k = 1",
            {"j": 0, "k": 1},
            P=np.array([0.25, 0.25, 0.5]),
        ),
        case("five float32 probabilities", {"j": 3, "k": 1}, P=rows_of_P(5, dtype=np.float32)),
    ],
)

push = Check(
    "push",
    ("slopes",),
    lambda P, k: jacobian_at(P)[:, k],
    [
        case("P = (0.09, 0.24, 0.67), k = 0", {"k": 0}, P=P_THREE),
        case("P = (0.09, 0.24, 0.67), k = 2", {"k": 2}, P=P_THREE),
        case("five float32 probabilities", {"k": 1}, P=rows_of_P(5, dtype=np.float32)),
    ],
    {"the changes add up to zero": sums_to(0)},
)

softmax_jacobian = Check(
    "softmax_jacobian",
    ("J",),
    by_rows(loops.softmax_jacobian),
    [
        case("P = (0.09, 0.24, 0.67)", P=P_THREE),
        case("two equal probabilities", P=np.array([0.5, 0.5])),
        case("five float32 probabilities", P=rows_of_P(5, dtype=np.float32)),
    ],
    {"each row adds up to zero": sums_to(0), "it is symmetric": symmetric},
    draw=True,
)

spread = Check(
    "spread",
    ("variance",),
    lambda v, P: np.cov(v, aweights=P, ddof=0),
    [
        case("v = (0, 0, 10)", v=np.array([0.0, 0.0, 10.0]), P=P_THREE),
        case("v with a large mean", v=normal(4) + 3, P=rows_of_P(4)),
        case("a constant v", v=np.full(4, 2.0), P=rows_of_P(4)),
    ],
    {"a variance is never negative": lambda variance: (variance >= -1e-12).all()},
)

softmax_vjp = Check(
    "softmax_vjp",
    ("dS",),
    by_rows(loops.softmax_vjp),
    [
        case("one row", dP=np.array([1.0, -2.0, 0.5]), P=P_THREE),
        case("a matrix, (2, 4)", dP=normal(2, 4), P=rows_of_P(2, 4)),
        case("a square matrix, (4, 4)", dP=normal(4, 4), P=rows_of_P(4, 4)),
        case("a batch of matrices, (2, 3, 4)", dP=normal(2, 3, 4), P=rows_of_P(2, 3, 4)),
        case("float32", dP=normal(3, 5, dtype=np.float32), P=rows_of_P(3, 5, dtype=np.float32)),
    ],
    {"each row adds up to zero": sums_to(0)},
)

cross_entropy_grad = Check(
    "cross_entropy_grad",
    ("dS",),
    cross_entropy_slope,
    [
        case("two rows of three", {"target": np.array([0, 2])}, S=normal(2, 3)),
        case("four rows, two with one target", {"target": np.array([1, 0, 1, 3])}, S=normal(4, 4)),
        case("float32 scores", {"target": np.array([1, 4, 0])}, S=normal(3, 5, dtype=np.float32)),
        case(
            "scores of ±800",
            {"target": np.array([0, 1])},
            S=np.array([[800.0, -800.0, 0.0], [0.0, -800.0, 790.0]]),
            extreme=True,
        ),
    ],
    {"each row adds up to zero": sums_to(0)},
)

log_softmax_vjp = Check(
    "log_softmax_vjp",
    ("dS",),
    log_softmax_slope,
    [
        case("one row as a matrix, (1, 3)", dlogP=np.array([[1.0, -2.0, 0.5]]), P=P_THREE[None]),
        case("a matrix, (2, 4)", dlogP=normal(2, 4), P=rows_of_P(2, 4)),
        case("a square matrix, (4, 4)", dlogP=normal(4, 4), P=rows_of_P(4, 4)),
        case("float32", dlogP=normal(3, 5, dtype=np.float32), P=rows_of_P(3, 5, dtype=np.float32)),
    ],
    {"each row adds up to zero": sums_to(0)},
)


def attention_case(what, N_q, N_k, d, d_v, *, dtype=np.float64, size=1, extreme=False, **options):
    """Build a case of attention: Q, K, V of these shapes, and a scale that is not 1/√d."""
    Q, K, V = (normal(N, n, dtype=dtype) for N, n in ((N_q, d), (N_k, d), (N_k, d_v)))
    letters = {"Q": dtype(size) * Q, "K": K, "V": V}
    return Case(what, letters, {"scale": 0.3, **options}, extreme)


def backward_case(forward, kept):
    """Add dO, and what the forward pass kept: P, or O and L."""
    dO = normal(len(forward.letters["Q"]), forward.letters["V"].shape[1], dtype=forward.dtype.type)
    letters = {"dO": dO, **forward.letters}
    O, P, L = remembered(forward)
    letters |= {"P": P} if kept == "P" else {"O": O, "L": L}
    return Case(forward.what, letters, forward.options, forward.extreme)


def remembered(forward):
    """Return O, P and L of a case of attention, by the loops."""
    Q, K, V = (a.astype(np.float64) for a in forward.letters.values())
    rules = {name: forward.options[name] for name in ("causal", "mask") if name in forward.options}
    scale = forward.options["scale"]
    O, P = loops.attention(Q, K, V, scale=scale, **rules)
    seen = P > 0
    L = np.full(len(Q), -np.inf)
    for i in np.flatnonzero(seen.any(-1)):
        L[i] = loops.logsumexp([scale * K[seen[i]] @ Q[i]])[0]
    return (a.astype(forward.dtype) for a in (O, P, L))


PLAIN = [
    attention_case("three queries, five keys, d = 4, d_v = 7", 3, 5, 4, 7),
    attention_case("a square case, N_q = N_k = d = d_v = 4", 4, 4, 4, 4),
    attention_case("float32", 3, 4, 2, 5, dtype=np.float32),
]
LARGE = attention_case("scores in the thousands", 3, 5, 4, 2, size=5000, extreme=True)

attention = Check(
    "attention",
    ("O", "P"),
    loops.attention,
    [*PLAIN, LARGE],
    {"each row of P adds up to one": lambda O, P: sums_to(1)(P)},
)

attention_vjp = Check(
    "attention_vjp",
    ("dQ", "dK", "dV"),
    lambda dO, Q, K, V, P, scale: attention_slopes(dO, Q, K, V, scale),
    [backward_case(forward, "P") for forward in PLAIN],
)

TRIANGLE = np.tri(4, dtype=bool)
HOLES = np.array([[1, 1, 0, 1, 0], [0, 0, 0, 0, 0], [0, 1, 1, 1, 1]], dtype=bool)

masked_attention_vjp = Check(
    "masked_attention_vjp",
    ("dQ", "dK", "dV"),
    lambda dO, Q, K, V, O, L, scale, mask: attention_slopes(dO, Q, K, V, scale, mask=mask),
    [
        backward_case(attention_case(what, *shape, mask=mask, extreme=extreme), "O and L")
        for what, shape, mask, extreme in (
            ("a causal mask, 4 by 4", (4, 4, 3, 2), TRIANGLE, False),
            ("two holes in a mask, 2 by 5", (2, 5, 4, 7), HOLES[[0, 2]], False),
            ("a query that may attend to nothing", (3, 5, 4, 7), HOLES, True),
        )
    ],
)

online_logsumexp = Check(
    "online_logsumexp",
    ("L",),
    lambda S, block: loops.logsumexp(S[None])[0],
    [
        case("scores that rise, in tiles of 2", {"block": 2}, S=np.arange(1.0, 7.0)),
        case("scores that fall, in tiles of 2", {"block": 2}, S=np.arange(6.0, 0.0, -1.0)),
        case("seven scores in tiles of 3", {"block": 3}, S=normal(7)),
        case("three scores in one tile of 5", {"block": 5}, S=normal(3)),
        case("float32 scores", {"block": 2}, S=normal(5, dtype=np.float32)),
        case("scores below -800", {"block": 2}, S=np.array([-900.0, -801.0, -850.0]), extreme=True),
        case("scores above 800", {"block": 1}, S=np.array([800.0, 801.0, 805.0]), extreme=True),
    ],
)

TILED = [
    attention_case("seven queries, eleven keys, tiles of 3", 7, 11, 4, 5, block_k=3),
    attention_case("one tile for all keys", 3, 5, 4, 7, block_k=8),
    attention_case("float32", 3, 6, 2, 4, dtype=np.float32, block_k=2),
    attention_case("scores in the thousands", 3, 7, 4, 2, size=5000, extreme=True, block_k=2),
    Case(
        "a query whose scores all lie below -800",
        {"Q": np.array([[-3000.0, 0.0]]), "K": 1 + np.abs(normal(5, 2)), "V": normal(5, 2)},
        {"scale": 0.3, "block_k": 2},
        extreme=True,
    ),
]


def flash_oracle(Q, K, V, scale, block_k):
    """Return O and L by the loops; the tiles must not change them."""
    O, _ = loops.attention(Q, K, V, scale=scale)
    return O, loops.logsumexp(scale * Q @ K.T)


online_attention = Check("online_attention", ("O", "L"), flash_oracle, TILED)

tiled_attention_vjp = Check(
    "tiled_attention_vjp",
    ("dQ", "dK", "dV"),
    lambda dO, Q, K, V, O, L, scale, causal, block_q, block_k: attention_slopes(
        dO, Q, K, V, scale, causal=causal
    ),
    [
        backward_case(
            attention_case(what, *shape, causal=causal, block_q=block_q, block_k=block_k), "O and L"
        )
        for what, shape, causal, block_q, block_k in (
            ("tiles of 2 by 3 on 7 by 11", (7, 11, 4, 5), False, 2, 3),
            ("tiles of 2 by 3 on 7 by 7, causal", (7, 7, 3, 2), True, 2, 3),
            ("one tile for everything", (3, 5, 4, 7), False, 8, 8),
        )
    ],
)

linear_vjp = Check(
    "linear_vjp",
    ("dX", "dW"),
    lambda dY, X, W: (
        complex_step(lambda X: (dY * (X @ W)).sum(), X),
        complex_step(lambda W: (dY * (X @ W)).sum(), W),
    ),
    [
        case("three rows, m = 4, n = 5", dY=normal(3, 5), X=normal(3, 4), W=normal(4, 5)),
        case("a square case, 4 by 4", dY=normal(4, 4), X=normal(4, 4), W=normal(4, 4)),
        case(
            "two examples of three rows each",
            dY=normal(2, 3, 5),
            X=normal(2, 3, 4),
            W=normal(4, 5),
        ),
        case(
            "float32",
            dY=normal(3, 2, dtype=np.float32),
            X=normal(3, 4, dtype=np.float32),
            W=normal(4, 2, dtype=np.float32),
        ),
    ],
)


def heads_by_index(X, heads):
    """Return X (…, N, heads · d) as (…, heads, N, d), one column at a time."""
    *batch, N, width = X.shape
    d = width // heads
    split = np.empty((*batch, heads, N, d))
    for head, c in np.ndindex(heads, d):
        split[..., head, :, c] = X[..., head * d + c]
    return split


split_heads = Check(
    "split_heads",
    ("heads",),
    heads_by_index,
    [
        case("three rows, two heads of two columns", {"heads": 2}, X=normal(3, 4)),
        case("four rows, four heads of four columns", {"heads": 4}, X=normal(4, 16)),
        case("one head", {"heads": 1}, X=normal(3, 4)),
        case("two examples, three heads", {"heads": 3}, X=normal(2, 5, 6)),
        case("float32", {"heads": 2}, X=normal(3, 4, dtype=np.float32)),
    ],
)


def rms_norm_slope(dU, U, r):
    """Σ dU ∘ H / r differentiated along H = r U by complex step."""

    def phi(H):
        return (dU * H / np.sqrt((H * H).mean(-1, keepdims=True))).sum()

    return complex_step(phi, r * U)


def norm_case(what, shape, dtype=np.float64):
    """Build rows that are not of one size, as U and r, and some dU."""
    dU, H = normal(*shape), 2 * normal(*shape) + 1
    r = np.sqrt((H * H).mean(-1, keepdims=True))
    letters = {"dU": dU, "U": H / r, "r": r}
    return Case(what, {name: a.astype(dtype) for name, a in letters.items()})


rms_norm_vjp = Check(
    "rms_norm_vjp",
    ("dH",),
    rms_norm_slope,
    [
        norm_case("one row of four", (4,)),
        norm_case("three rows of five", (3, 5)),
        norm_case("a square matrix, four rows of four", (4, 4)),
        norm_case("two examples of three rows", (2, 3, 4)),
        norm_case("float32", (3, 5), np.float32),
    ],
)

keys_gradient = Check(
    "keys_gradient",
    ("dK",),
    lambda dS, Q, scale: complex_step(
        lambda K: (dS * (scale * Q @ np.swapaxes(K, -1, -2))).sum(),
        np.zeros((*dS.shape[:-2], dS.shape[-1], Q.shape[-1])),
    ),
    [
        case("three queries, five keys, d = 4", {"scale": 0.3}, dS=normal(3, 5), Q=normal(3, 4)),
        case("a square case, N_q = N_k = d = 4", {"scale": 0.3}, dS=normal(4, 4), Q=normal(4, 4)),
        case(
            "two texts with three heads each",
            {"scale": 0.7},
            dS=normal(2, 3, 4, 5),
            Q=normal(2, 3, 4, 2),
        ),
        case(
            "float32",
            {"scale": 0.3},
            dS=normal(3, 4, dtype=np.float32),
            Q=normal(3, 2, dtype=np.float32),
        ),
    ],
)


def slopes_of_some_scores(dO, O, P, V):
    """∂φ_i/∂S_ij by complex step. If score j rises by t, the sum of the row grows by P_ij (e^t - 1)
    of itself, and so does the sum of e^S V: nothing else of the row need be known.
    """

    def phi(t):
        grown = P * (np.exp(t) - 1)
        return (np.einsum("ic,ic->i", dO, O)[:, None] + grown * (dO @ V.T)) / (1 + grown)

    return slope_of(phi, np.zeros(P.shape))


def tile_case(what, N_q, N_k, d_v, keys, dtype=np.float64):
    """Build some of the keys of an attention: their columns of P, their rows of V, and all of O."""
    P, V, dO = rows_of_P(N_q, N_k), normal(N_k, d_v), normal(N_q, d_v)
    letters = {"dO": dO, "O": P @ V, "P": P[:, keys], "V": V[keys]}
    return Case(what, {name: a.astype(dtype) for name, a in letters.items()})


tile_of_dS = Check(
    "tile_of_dS",
    ("dS",),
    slopes_of_some_scores,
    [
        tile_case("the first two of seven keys", 3, 7, 5, slice(0, 2)),
        tile_case("the last four of seven keys, for four queries", 4, 7, 4, slice(3, 7)),
        tile_case("all keys in one piece", 3, 5, 2, slice(0, 5)),
        tile_case("float32, one key of four", 3, 4, 2, slice(2, 3), np.float32),
    ],
)


@by_rows
def softmax_where_allowed(S, mask):
    """Return P by the loops, each row over its allowed keys alone; 0 where there is none."""
    P = np.zeros(S.shape)
    for i in np.flatnonzero(mask.any(-1)):
        P[i, mask[i]] = row_of_softmax(S[i, mask[i]])
    return P


FIVE = np.array([[1, 1, 0, 1, 0], [0, 1, 0, 0, 0], [0, 1, 1, 1, 1]], dtype=bool)

masked_softmax = Check(
    "masked_softmax",
    ("P",),
    lambda S, mask: softmax_where_allowed(S, mask=mask.reshape(-1, mask.shape[-1])),
    [
        case("three rows of five scores", {"mask": FIVE}, S=normal(3, 5)),
        case("a square matrix of scores, causal", {"mask": TRIANGLE}, S=normal(4, 4)),
        case("two matrices of scores", {"mask": np.stack([FIVE, ~FIVE])}, S=normal(2, 3, 5)),
        case("float32 scores", {"mask": FIVE}, S=normal(3, 5, dtype=np.float32)),
        case(
            "int8 scores between -100 and 100",
            {"mask": FIVE[:1]},
            S=np.array([[-100, 98, 7, 100, 0]], dtype=np.int8),
        ),
        case("uint8 scores", {"mask": FIVE[2:]}, S=np.array([[0, 1, 2, 3, 4]], dtype=np.uint8)),
        case(
            "a masked score that is 2000 above the others",
            {"mask": FIVE[:1]},
            S=np.array([[1.0, 2.0, 2000.0, 0.5, 0.0]]),
            extreme=True,
        ),
        case("a row with no key", {"mask": HOLES}, S=normal(3, 5), extreme=True),
        case(
            "scores of two thousand million below zero",
            {"mask": FIVE[:1]},
            S=np.array([[1.0, 2.0, 0.0, 0.5, 0.0]]) - 2e9,
            extreme=True,
        ),
    ],
    {
        "each row adds up to one, or is zero throughout": lambda P: sums_to(1)(P[P.any(-1)]),
        "no probability is negative": lambda P: (P >= 0).all(),
    },
)


def another_right_way(dP, P):
    return P * dP - P * np.einsum("...j,...j->...", P, dP)[..., None]


def a_thousandth_off(dP, P):
    return 1.001 * another_right_way(dP, P)


def one_row_for_all(dP, P):
    first = P.reshape(-1, P.shape[-1])[0]
    return first * (dP - (first * dP).sum(-1, keepdims=True))


def second_axis(dP, P):
    return P * (dP - (P * dP).sum(min(1, P.ndim - 1), keepdims=True))


RIGHT_VJPS = {
    "the Jacobian, index by index": by_rows(loops.softmax_vjp),
    "P ∘ dP - P ⟨P, dP⟩": another_right_way,
}
WRONG_VJPS = {
    **{
        known.name: known.answer
        for known in mistakes.GALLERY
        if known.task == "softmax_vjp"
        and "keepdims" not in known.name
        and "place" not in known.name
    },
    "a thousandth too large": a_thousandth_off,
    "the first row's P for every row": one_row_for_all,
    "the second axis instead of the last": second_axis,
}

vjp_test = Check(
    "vjp_test",
    ("verdict",),
    lambda vjp: vjp in RIGHT_VJPS.values(),
    [
        *(case(f"a right vjp ({name})", {"vjp": vjp}) for name, vjp in RIGHT_VJPS.items()),
        *(case(f"a wrong vjp ({name})", {"vjp": vjp}) for name, vjp in WRONG_VJPS.items()),
    ],
)

TASKS = [name for name, check in list(globals().items()) if isinstance(check, Check)]
