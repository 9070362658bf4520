"""An exercise: what an answer is tried on, what is right, and the wrong answers that have a name.

An answer is judged on inputs that were built to expose the usual mistakes, against an oracle that
is never the function that is judged. The first complaint is told; when the answer does what a
known mistake does, the mistake is named.
"""

import inspect
import re
from functools import cached_property, partial
from textwrap import fill, wrap

import numpy as np

from softmax_lib import yours
from softmax_lib.exercises import picture, progress, source
from softmax_lib.exercises.attempt import Attempt, attempt
from softmax_lib.exercises.complaints import complaint
from softmax_lib.exercises.inputs import NARROW, Draw
from softmax_lib.exercises.relations import relation

WIDTH = 88  # of a line, so that a notebook breaks none of them in a word


class Wrong(AssertionError):
    """An answer is wrong. The message says how, and names the mistake if it is a known one.

    Its attribute `matrices` holds the learner's matrix and the right one, where they can be drawn
    beside each other, or None.
    """

    def __init__(self, words, matrices=None):
        super().__init__(words)
        self.matrices = matrices

    def _render_traceback_(self):
        """Let IPython show the message alone: the lines of this file would help nobody."""
        whole = re.sub(r"(?<=\d), (?=\d)", ",\0", str(self))  # an index stays in one line
        lines = [line for long in whole.splitlines() for line in wrap(long, WIDTH) or [""]]
        return [line.replace("\0", " ") for line in lines]


class Exercise:
    """One exercise, and the check of it: call it with an answer.

    Its file declares the parts, each by a decorator of its name: `inputs`, a generator of cases;
    `oracle`, what is right by other means, which takes what an answer takes, in float64; `answer`;
    any number of `variant`s, right answers written in another way; and of `mistake`s, each with
    its hint as its docstring. What is decorated stays a plain function.

    Parameters
    ----------
    task : str
        Its name, as in checks.task(my_task).
    *returns : str
        The letters that an answer returns, in order.
    promises : sequence of Promise
        What holds of every right answer.
    draws : bool
        Whether a wrong matrix is drawn beside the right one.
    within : float
        How far off an answer may be in a plain case, as a share of the largest entry.
    """

    def __init__(self, task, *returns, promises=(), draws=False, within=1e-9):
        self.task, self.returns, self.promises, self.draws = task, returns, promises, draws
        self.within = within
        self.variants, self.mistakes = {}, {}
        self.steps = ()  # functions of the library that the answer is written with

    # Once declared, each of these three is the declared function itself.

    def inputs(self, function):
        self.inputs = function
        return function

    def oracle(self, function):
        self.oracle = function
        return function

    def answer(self, function, steps=()):
        self.answer, self.steps = function, steps
        return function

    def variant(self, function):
        self.variants[function.__name__] = function
        return function

    def mistake(self, function):
        self.mistakes[function.__name__] = function
        return function

    def family(self, **sizes):
        """A mistake in which a number of the learner's choice stands: it is tried in each size."""
        ((letter, values),) = sizes.items()

        def add(function):
            for value in values:
                member = partial(function, **{letter: value})
                member.__name__ = f"{function.__name__}_{value:g}"
                member.__doc__ = function.__doc__
                self.mistake(member)
            return function

        return add

    # What follows from the parts ---------------------------------------------------------------

    @cached_property
    def all_cases(self):
        return list(self.inputs(Draw(self.task)))

    @cached_property
    def cases(self):
        """What an answer must be right on: the plain cases first."""
        asked = [case for case in self.all_cases if not case.beyond]
        return sorted(asked, key=lambda case: not case.plain)

    @cached_property
    def signature(self):
        return inspect.signature(self.answer)

    @cached_property
    def keywords(self):
        """The letters that an answer takes by keyword alone."""
        parameters = self.signature.parameters.values()
        named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        return [name for name in named if name in self.all_cases[0].letters]

    @cached_property
    def call(self):
        """How the check calls an answer: softmax_vjp(dP, P)."""
        letters = [
            f"{name}=…" if name in self.keywords else name for name in self.all_cases[0].letters
        ]
        return f"{self.task}({', '.join(letters)})"

    @cached_property
    def mistaken(self):
        """What each known mistake does with each case."""
        return {name: self.tried(mistake) for name, mistake in self.mistakes.items()}

    def tried(self, function):
        return [attempt(function, case, self.returns, self.keywords) for case in self.cases]

    def expected(self, case):
        """Return what is right, in the dtype that the answer must have."""
        letters = {
            name: value.astype(np.float64) if getattr(value, "dtype", int) in NARROW else value
            for name, value in case.fresh().items()
        }
        with np.errstate(all="ignore"):
            right = yours.arrays(self.oracle(**letters), self.returns)
        dtype = np.result_type(*case.dtypes)
        right = tuple(a.astype(dtype) if a.dtype.kind == "f" else a for a in right)
        return Attempt(right, within=self.within) if case.plain else Attempt(right)

    @cached_property
    def right(self):
        return [self.expected(case) for case in self.cases]

    # The check ---------------------------------------------------------------------------------

    def __call__(self, answer):
        """Print that the answer is right, or was not attempted; raise if it is wrong.

        Raises
        ------
        Wrong
            An AssertionError that says what was expected, what came, where, and why if known.
        """
        if source.did_not_run(f"my_{self.task}"):
            raise Wrong(
                f"The cell with your newest my_{self.task} has a syntax error and did not run. "
                "Mend it first: what would be judged here is the one before."
            )
        if not self.judge(answer):
            print(f"{self.task}: not attempted yet.", *source.below_the_raise(answer))
            return
        progress.record(self.task)
        said = ["shapes", "dtypes", "inputs unchanged", *map(str, self.promises), "values"]
        print(
            fill(f"✓ {self.task} is right on {len(self.cases)} inputs: {', '.join(said)}.", WIDTH)
        )
        for remark in self.remarks(answer):
            print(fill(remark, WIDTH))

    def judge(self, answer):
        """Return True if the answer is right, False if it is the stub as it was handed out.

        Raises
        ------
        Wrong
            As a call; nothing is printed or recorded.
        """
        if not callable(answer):
            raise Wrong(
                f"checks.{self.task} takes a function, and was given {yours.what(answer)}: "
                f"pass the function itself, without calling it, as in "
                f"checks.{self.task}(my_{self.task})"
            )
        if yours.is_stub(answer):
            return False
        right = self.right  # the oracle is asked before the learner is
        did = self.tried(answer)
        mistake, seen = self.known_mistake(did, right)
        for n in seen:
            if said := complaint(self, answer, self.cases[n], did[n], right[n]):
                matrices = picture.matrices(did[n], right[n]) if self.draws else None
                picture.after_the_words(matrices)
                why = named(mistake) if mistake else relation(self, did, right)
                raise Wrong(
                    f"{self.task} is not right yet. Tried on {self.cases[n].what}: {said}"
                    + (f"\n\n{why}" if why else ""),
                    matrices,
                )
        return True

    def known_mistake(self, did, right):
        """Return the mistake that does the same, and the cases in which it was looked for.

        It must do the same in every case, or else in those of float64, or else in the plain
        ones: in each look, only if the answer is wrong there at all.
        """
        every = range(len(self.cases))
        doubles = [n for n in every if self.cases[n].doubles]
        plain = [n for n in every if self.cases[n].plain]
        for look in (every, doubles, plain):
            if all(did[n].same(right[n]) for n in look):
                break
            for name, theirs in self.mistaken.items():
                if all(did[n].same(theirs[n], right[n]) for n in look):
                    return self.mistakes[name], look
        return None, every

    def remarks(self, answer):
        """Yield what the answer does not do, and was not asked to do."""
        for case in self.all_cases:
            if case.beyond and (said := self.blamed(answer, case)):
                solution = inspect.unwrap(self.answer)
                too = " The solution does the same." if self.blamed(solution, case) else ""
                yield f"Beyond the question, tried on {case.what}: {said.splitlines()[0]}.{too}"

    def blamed(self, answer, case):
        """Return what there is to complain of in one case, or None."""
        did = attempt(answer, case, self.returns, self.keywords)
        return complaint(self, answer, case, did, self.expected(case))


def named(mistake):
    return f"This is a known mistake: {hint(mistake)}"


def hint(mistake):
    """Return the hint of a known mistake: its docstring, in one line."""
    return " ".join(mistake.__doc__.split())
