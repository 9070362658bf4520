"""The exercises in their notebooks: untouched, answered rightly, answered wrongly."""

import re
from pathlib import Path

import nbformat
import pytest

from softmax_lib import checks, progress
from softmax_lib.answers import answer
from softmax_lib.checks import Wrong
from softmax_lib.mistakes import GALLERY

ROOT = Path(__file__).parents[1]
LESSONS = {
    path.stem: nbformat.read(path, as_version=4)
    for path in sorted((ROOT / "notebooks").glob("0[1-9]*.ipynb"))
}
every_lesson = pytest.mark.parametrize("lesson", LESSONS)


def task_of(cell):
    """Return the exercise whose stub a cell holds, or None."""
    stub = re.match(r"def my_(\w+)\(", cell.source) if cell.cell_type == "code" else None
    return stub and stub[1]


def tasks(lesson):
    return [task for cell in LESSONS[lesson].cells if (task := task_of(cell))]


def solve(lesson, answer):
    """Run a lesson's imports, its exercises with these answers for the stubs, and its list.

    nbval runs the other cells: none of them needs an answer.
    """
    imports, *cells = (cell for cell in LESSONS[lesson].cells if cell.cell_type == "code")
    names = {}
    exec(imports.source, names)
    for cell in cells:
        if task := task_of(cell):
            names[f"my_{task}"] = answer(task)
        elif cell.source.startswith(("checks.", "progress.")):
            exec(cell.source, names)
        else:
            assert "my_" not in re.sub("#.*", "", cell.source)


def test_every_check_has_its_exercise_and_every_exercise_its_check():
    assert [task for lesson in LESSONS for task in tasks(lesson)] == checks.TASKS


@every_lesson
def test_a_lesson_has_two_to_four_exercises_and_two_or_three_quick_questions(lesson):
    assert 2 <= len(tasks(lesson)) <= 4
    questions = sum("**Quick question.**" in cell.source for cell in LESSONS[lesson].cells)
    assert 2 <= questions <= 3


@every_lesson
def test_every_exercise_has_the_same_five_parts(lesson):
    cells = LESSONS[lesson].cells
    for n, cell in enumerate(cells):
        if task := task_of(cell):
            before, check, hints, solution = (
                cells[at].source for at in (n - 1, n + 1, n + 2, n + 3)
            )
            assert "### Exercise: " in before
            assert "$$" in before
            assert '"""' in cell.source
            assert "raise NotImplementedError" in cell.source
            assert check == f"checks.{task}(my_{task})"
            assert re.findall(r"<summary>(.*?)</summary>", hints) == ["Hint 1", "Hint 2", "Hint 3"]
            assert solution == f'answers.solution("{task}")'


@every_lesson
def test_every_choice_of_a_question_is_folded_and_has_a_reason(lesson):
    for cell in LESSONS[lesson].cells:
        if "**Quick question.**" in cell.source:
            choices = re.findall(r"</summary>\n\n(.*?)\n\n</details>", cell.source, flags=re.S)
            assert len(choices) == cell.source.count("<details>") >= 2
            assert sum(choice.startswith("**Right.** ") for choice in choices) == 1
            assert all(choice.startswith(("**Right.** ", "**No.** ")) for choice in choices)


@every_lesson
def test_a_lesson_ends_with_the_learner_s_own_list(lesson):
    (shown,) = [c.source for c in LESSONS[lesson].cells if c.source.startswith("progress.show(")]
    assert re.findall(r'"(\w+)"', shown) == tasks(lesson)


@every_lesson
def test_with_the_solutions_in_place_of_the_stubs_every_check_says_right(
    lesson, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    solve(lesson, answer)
    said = capsys.readouterr().out.splitlines()
    right = [rf"✓ {task} is right on \d+ inputs: .+\." for task in tasks(lesson)]
    listed = [f"✓ {task}" for task in tasks(lesson)]
    for words, line in zip([*right, *listed], said, strict=True):
        assert re.fullmatch(words, line), line
    assert progress.solved() == tasks(lesson)


@pytest.mark.parametrize("task", checks.TASKS)
def test_with_a_known_mistake_in_place_of_the_stub_the_mistake_is_named(
    task, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (lesson,) = [name for name in LESSONS if task in tasks(name)]
    *_, known = [mistake for mistake in GALLERY if mistake.task == task]
    (check,) = [c.source for c in LESSONS[lesson].cells if c.source == f"checks.{task}(my_{task})"]
    with pytest.raises(Wrong, match=rf"This is a known mistake: {re.escape(known.name)}\. "):
        exec(check, {"checks": checks, f"my_{task}": known.answer})
    assert not progress.solved()
