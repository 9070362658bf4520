"""The exercises in their notebooks: untouched, answered rightly, answered wrongly."""

import re
from collections import Counter
from functools import partial

import pytest

from softmax_lib import answers, checks, progress
from softmax_lib.exercises.exercise import Wrong, hint
from tools.notebooks import LESSONS, only_imports, read, task_of, tasks

LESSON = {path.stem: read(path) for path in LESSONS}
TASKS = [pytest.param(lesson, task, id=task) for lesson in LESSON for task in tasks(LESSON[lesson])]
every_lesson = pytest.mark.parametrize("lesson", LESSON)
every_task = pytest.mark.parametrize(("lesson", "task"), TASKS)


def code(lesson):
    return [cell for cell in LESSON[lesson].cells if cell.cell_type == "code"]


def solve(lesson):
    """Run a lesson's imports, its exercises with the solutions as they are shown, then its list.

    A solution is run in the lesson's own names, where it is shown; nbval runs the other cells: none
    of them needs an answer.
    """
    names = {}
    for cell in sorted(code(lesson), key=lambda cell: cell.source.startswith("progress.")):
        if only_imports(cell):
            exec(cell.source, names)
        elif task := task_of(cell):
            exec(answers.solution(task).source, names)
            names[f"my_{task}"] = names[task]
        elif cell.source.startswith(("checks.", "progress.")):
            exec(cell.source, names)
        else:
            assert "my_" not in re.sub("#.*", "", cell.source)


def test_every_check_has_its_exercise_and_every_exercise_its_check():
    assert [task for lesson in LESSON.values() for task in tasks(lesson)] == list(checks)


@every_lesson
def test_a_lesson_has_two_to_four_exercises_and_two_or_three_quick_questions(lesson):
    assert 2 <= len(tasks(LESSON[lesson])) <= 4
    questions = sum("**Quick question.**" in cell.source for cell in LESSON[lesson].cells)
    assert 2 <= questions <= 3


@every_lesson
def test_every_exercise_has_the_same_parts(lesson):
    cells = LESSON[lesson].cells
    for n, cell in enumerate(cells):
        if task := task_of(cell):
            before, check, solution = (cells[at].source for at in (n - 1, n + 1, n + 5))
            assert "### Exercise: " in before
            assert "$$" in before
            assert '"""' in cell.source
            assert "raise NotImplementedError" in cell.source
            assert check == f"checks.{task}(my_{task})"
            assert solution == f'answers.solution("{task}")'
            for number, hint_cell in enumerate(cells[n + 2 : n + 5], start=1):
                folded = rf"<details><summary>Hint {number}</summary>\n\n.+\n\n</details>"
                assert re.fullmatch(folded, hint_cell.source, flags=re.S)


@every_lesson
def test_what_a_student_s_copy_leaves_out_has_its_tag(lesson):
    tagged = {
        "solution": lambda cell: "answers.solution(" in cell.source,
        **{f"hint-{n}": partial(shows, f"<summary>Hint {n}</summary>") for n in (1, 2, 3)},
        "quick-question": partial(shows, "**Quick question.**"),
    }
    for cell in LESSON[lesson].cells:
        for tag, has in tagged.items():
            assert (tag in cell.metadata.get("tags", [])) == has(cell), cell.source


def shows(words, cell):
    return words in cell.source


def choices(cell):
    return re.findall(r"</summary>\n\n(.*?)\n\n</details>", cell.source, flags=re.S)


def right_places(lesson):
    """Where the right choice stands in each of a lesson's quick questions, from 0."""
    return [
        [choice.startswith("**Right.** ") for choice in choices(cell)].index(True)
        for cell in LESSON[lesson].cells
        if "**Quick question.**" in cell.source
    ]


@every_lesson
def test_every_choice_of_a_question_is_folded_and_has_a_reason(lesson):
    for cell in LESSON[lesson].cells:
        if "**Quick question.**" in cell.source:
            offered = choices(cell)
            assert len(offered) == cell.source.count("<details>") >= 2
            assert sum(choice.startswith("**Right.** ") for choice in offered) == 1
            assert all(choice.startswith(("**Right.** ", "**No.** ")) for choice in offered)


@every_lesson
def test_a_lesson_s_right_choices_do_not_all_stand_in_one_place(lesson):
    assert len(set(right_places(lesson))) > 1


def test_over_the_course_no_place_holds_more_than_half_of_the_right_choices():
    places = Counter(place for lesson in LESSON for place in right_places(lesson))
    assert max(places.values()) <= places.total() / 2


@every_lesson
def test_a_lesson_ends_with_the_learner_s_own_list(lesson):
    (shown,) = [cell.source for cell in code(lesson) if cell.source.startswith("progress.show(")]
    assert re.findall(r'"(\w+)"', shown) == tasks(LESSON[lesson])


@every_lesson
def test_with_the_solutions_in_place_of_the_stubs_every_check_says_right(
    lesson, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    solve(lesson)
    said = capsys.readouterr().out.splitlines()
    said = [line for line in said if line[0] in "✓·"]
    its = tasks(LESSON[lesson])
    right = [rf"✓ {task} is right on \d+ inputs: .+" for task in its]
    listed = [f"✓ {task}" for task in its]
    for words, line in zip([*right, *listed], said, strict=True):
        assert re.fullmatch(words, line), line
    assert progress.solved() == its


@every_task
def test_a_solution_is_shown_as_plain_code_of_a_few_lines(lesson, task):
    solution = answers.solution(task)
    assert f"def {task}(" in solution.source
    assert '"""' not in solution.source
    assert "@" not in re.findall(r"^.", solution.source, flags=re.M)
    assert len(solution.source.splitlines()) <= 25
    assert "<details><summary>Solution</summary>" in solution._repr_html_()


@every_task
def test_with_a_known_mistake_in_place_of_the_stub_the_mistake_is_named(
    lesson, task, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    *_, known = getattr(checks, task).mistakes.values()
    (check,) = [c.source for c in code(lesson) if c.source == f"checks.{task}(my_{task})"]
    with pytest.raises(Wrong) as error:
        exec(check, {"checks": checks, f"my_{task}": known})
    assert f"This is a known mistake: {hint(known)}" in str(error.value)
    assert not progress.solved()
