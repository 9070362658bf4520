"""The exercises in their notebooks: untouched, answered rightly, answered wrongly."""

import json
import re
import shutil
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from softmax_lib import checks, progress
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


def with_solutions(lesson):
    """Return a copy of the notebook in which each stub is replaced by the answer to its task."""
    notebook = deepcopy(LESSONS[lesson])
    for cell in notebook.cells:
        if task := task_of(cell):
            cell.source = f"from softmax_lib import answers\nmy_{task} = answers.answer('{task}')"
    return notebook


def run(notebook, folder):
    """Run a notebook in a copy of the course; return what each check said, by task."""
    shutil.copytree(ROOT / "assets", folder / "assets")
    (folder / "notebooks").mkdir()
    place = {"metadata": {"path": folder / "notebooks"}}
    NotebookClient(notebook, timeout=300, resources=place).execute()
    return {
        check[1]: "".join(o.get("text", "") + o.get("evalue", "") for o in cell.outputs)
        for cell in notebook.cells
        if (check := re.match(r"checks\.(\w+)\(my_", cell.source))
    }


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
def test_with_the_solutions_in_place_of_the_stubs_every_check_says_right(lesson, tmp_path):
    said = run(with_solutions(lesson), tmp_path)
    assert list(said) == tasks(lesson)
    for task, words in said.items():
        assert words.startswith(f"✓ {task} is right"), words
    remembered = json.loads((tmp_path / "notebooks" / progress.FILE).read_text("utf-8"))
    assert remembered == tasks(lesson)


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
