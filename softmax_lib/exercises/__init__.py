"""The exercises, one file for each, in the order of the lessons; and what a learner types of them.

A file is read when its exercise is asked for: checks.softmax reads exercises/softmax.py.
"""

from importlib import import_module

from softmax_lib.exercises import progress
from softmax_lib.exercises.solution import Solution

TASKS = (
    *("quotient_rule", "logistic_slope"),  # 01
    *("softmax", "log_softmax"),
    *("two_cases", "push"),
    *("softmax_jacobian", "spread"),
    *("softmax_vjp", "cross_entropy_grad", "log_softmax_vjp"),  # 05
    *("attention_vjp", "attention", "masked_attention_vjp"),
    *("online_logsumexp", "online_attention", "tiled_attention_vjp", "merge"),
    *("linear_vjp", "split_heads", "rms_norm_vjp"),  # 08
    *("keys_gradient", "tile_of_dS", "masked_softmax", "vjp_test"),
    *("dropout_vjp", "sink_vjp", "grouped_queries_vjp", "softcap_vjp"),  # 10
)


def load(task):
    """Return the exercise of this name.

    >>> load("softmax").returns
    ('P',)
    """
    if task not in TASKS:
        raise AttributeError(f"there is no exercise {task!r}", name=task, obj=checks)
    return import_module(f"{__name__}.{task}").exercise


class ByTask:
    """Something of each exercise, as an attribute of its name; in a loop, the names in order."""

    def __iter__(self):
        return iter(TASKS)

    def __dir__(self):
        return TASKS

    def __getattr__(self, task):
        return self.of(load(task))


class Checks(ByTask):
    """checks.softmax(my_softmax): is it right?"""

    of = staticmethod(lambda exercise: exercise)


class Answers(ByTask):
    """answers.softmax(S): the right answer, a function; answers.solution("softmax"): its source."""

    of = staticmethod(lambda exercise: exercise.answer)

    def __dir__(self):
        return [*TASKS, "solution"]

    def solution(self, task):
        """Show the live source of the answer, folded."""
        return Solution(load(task))


checks, answers = Checks(), Answers()

__all__ = ["TASKS", "answers", "checks", "load", "progress"]
