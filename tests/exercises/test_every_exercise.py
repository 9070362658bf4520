"""Every check accepts every right answer, and names every known wrong one."""

import inspect
import random

import numpy as np
import pytest

import softmax_lib
from softmax_lib.exercises import TASKS, load
from softmax_lib.exercises.exercise import Wrong, hint

EXERCISES = [load(task) for task in TASKS]
every = pytest.mark.parametrize("exercise", EXERCISES, ids=TASKS)


def pairs(kind):
    """Return every (exercise, function) of one kind, with an id for each."""
    return [
        pytest.param(exercise, function, id=f"{exercise.task}: {name}")
        for exercise in EXERCISES
        for name, function in getattr(exercise, kind).items()
    ]


@every
def test_the_answer_passes(exercise):
    assert exercise.judge(exercise.answer) is True


@pytest.mark.parametrize(("exercise", "variant"), pairs("variants"))
def test_a_right_answer_that_is_written_in_another_way_passes(exercise, variant):
    assert exercise.judge(variant) is True


@pytest.mark.parametrize(("exercise", "mistake"), pairs("mistakes"))
def test_a_known_mistake_is_rejected_with_its_own_hint_and_no_other_s(exercise, mistake):
    with pytest.raises(Wrong) as error:
        exercise.judge(mistake)
    told = {hint(other) for other in exercise.mistakes.values() if hint(other) in str(error.value)}
    assert told == {hint(mistake)}


def test_none_of_the_gallery_is_lost():
    assert len(pairs("mistakes")) >= 772
    assert len(pairs("variants")) >= 65
    assert all(len(exercise.variants) >= 1 for exercise in EXERCISES)


@every
def test_no_two_mistakes_have_one_hint(exercise):
    hints = {}
    for name, mistake in exercise.mistakes.items():
        family = getattr(mistake, "func", mistake).__name__
        assert hints.setdefault(hint(mistake), family) == family, name


@every
def test_a_mistake_is_told_in_words_and_not_by_what_to_write(exercise):
    for mistake in exercise.mistakes.values():
        assert len(hint(mistake).split()) >= 5
        assert hint(mistake)[-1] in ".?"


@every
def test_the_check_bears_the_name_of_its_task(exercise):
    assert exercise.call.startswith(f"{exercise.task}(")


@every
def test_the_oracle_calls_nothing_that_is_judged(exercise, monkeypatch):
    """With the answers and the library's functions made to raise, every oracle gives the same."""
    before = [exercise.expected(case) for case in exercise.all_cases]

    def judged(*_, **__):
        raise AssertionError("the oracle called what it judges")

    own = {"central_difference", "complex_step", "gradcheck"}  # they know no formula
    answers = [getattr(softmax_lib, name) for name in set(softmax_lib.__all__) - own]
    answers += [other.answer for other in EXERCISES]
    for answer in {inspect.unwrap(answer) for answer in answers}:
        monkeypatch.setattr(answer, "__code__", raising(answer, judged))
    for case, right in zip(exercise.all_cases, before, strict=True):
        assert exercise.expected(case).same(right)


def raising(function, judged):
    """Return code that raises, fit to stand in for the code of a function, closure and all."""
    free = function.__code__.co_freevars
    return judged.__code__.replace(co_freevars=free) if free else judged.__code__


@every
def test_an_exercise_has_a_seed_of_its_own(exercise):
    """Its inputs do not depend on which others were asked for before: they are drawn twice."""
    again = type(exercise)(exercise.task, *exercise.returns)
    again.inputs(exercise.inputs)
    np.random.default_rng(0).normal(size=7)
    for case, same in zip(exercise.all_cases, again.all_cases, strict=True):
        assert case.changed(same.letters) is None


@every
def test_inputs_are_handed_out_as_copies(exercise):
    for case in exercise.all_cases:
        for value in case.fresh().values():
            if isinstance(value, np.ndarray):
                value[...] = 0
        assert case.changed(case.fresh()) is None


@every
def test_an_answer_is_judged_alike_before_and_after_any_other(exercise):
    def verdict(answer):
        try:
            return exercise.judge(answer)
        except Wrong as wrong:
            return str(wrong)

    answers = [exercise.answer, *exercise.variants.values(), *exercise.mistakes.values()]
    first = [verdict(answer) for answer in answers]
    again = list(zip(answers, first, strict=True))
    random.Random(0).shuffle(again)
    assert all(verdict(answer) == said for answer, said in again)


@every
def test_an_untouched_stub_is_not_attempted(exercise):
    def stub(*_, **__):
        """What is asked."""
        raise NotImplementedError  # your code here

    assert exercise.judge(stub) is False


@every
def test_a_tiny_error_in_the_answer_is_seen(exercise):
    """1.001 for 1: whatever an answer returns, a thousandth more is refused."""

    def off(*letters, **options):
        got = exercise.answer(*letters, **options)
        results = got if isinstance(got, tuple) else (got,)
        if any(np.asarray(a).dtype == bool for a in results):
            return not got
        off = tuple(a * np.asarray(a).dtype.type(1.001) for a in results)
        return off if isinstance(got, tuple) else off[0]

    with pytest.raises(Wrong):
        exercise.judge(off)
