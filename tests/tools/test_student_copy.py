"""What a class is handed as files: copies without solutions, a zip, the same bytes each time."""

import doctest
import re
import subprocess
import sys
import zipfile

import pytest
from nbclient import NotebookClient

from softmax_lib import answers, checks
from tools import classroom
from tools.classroom import course, graded, student
from tools.classroom.files import write, zipped
from tools.classroom.student import HINTS, choices_alone, stand_in, student_copy
from tools.notebooks import LESSONS, NOTEBOOKS, ROOT, code_cells, prose, read, task_of, tasks

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def lines(source):
    """Return a source's lines of code, without their comments and indents."""
    return [line.partition("  #")[0].strip() for line in source.splitlines()]


@pytest.mark.parametrize("module", [course, graded, student], ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_are_true(module):
    failed, tried = doctest.testmod(module)
    assert tried
    assert not failed


@every
@pytest.mark.parametrize("hints", HINTS)
def test_a_copy_has_no_outputs_no_solution_and_the_hints_that_were_asked_for(path, hints):
    copy = student_copy(path, hints)
    for cell in code_cells(copy):
        assert (cell.outputs, cell.execution_count) == ([], None)
        assert "answers.solution" not in cell.source
    text = "\n".join(prose(copy))
    for number in (1, 2, 3):
        kept = len(tasks(copy)) * (f"hint-{number}" in HINTS[hints])
        assert text.count(f"<summary>Hint {number}</summary>") == kept


@every_lesson
def test_a_copy_does_not_write_the_body_of_a_solution_anywhere(path):
    """What is left of two lines or more is a coincidence that a short formula allows."""
    everything = "\n".join(
        line for cell in code_cells(student_copy(path)) for line in lines(cell.source)
    )
    for task in tasks(read(path)):
        _, *body = lines(answers.solution(task).source)
        if len(body) > 2:
            assert "\n".join(body) not in everything, task


@every_lesson
def test_a_quick_question_keeps_its_choices_and_loses_its_answers(path):
    asked = [text for text in prose(student_copy(path)) if text.startswith("**Quick question.**")]
    assert len(asked) >= 2
    for text in asked:
        assert text.count("\n- ") >= 2
        assert not {"**Right.**", "**No.**", "<details>"} & set(text.split())


def test_what_stands_outside_of_folds_is_kept_as_it_is():
    text = "Is $a < b$ &amp; <em>c</em> &#45; d?"
    assert choices_alone(f"{text}\n\n<details><summary>Yes</summary>\n\nNo <b>\n\n</details>") == (
        f"{text}\n\n- Yes"
    )


@every
def test_a_copy_is_marked_for_nbgrader_where_there_is_something_to_grade(path):
    marked = [
        cell.metadata.nbgrader for cell in student_copy(path).cells if "nbgrader" in cell.metadata
    ]
    expected = [name for task in tasks(read(path)) for name in (task, f"{task}-check")]
    assert [mark["grade_id"] for mark in marked] == expected
    assert not any("tags" in cell.metadata for cell in student_copy(path).cells)


@pytest.mark.parametrize(
    "path", [p for p in LESSONS if p.stem[:2] in ("06", "07")], ids=lambda p: p.stem
)
def test_where_a_lesson_works_out_a_solution_the_library_stands_in(path, tmp_path):
    """The others run the cells of their lesson, which nbval runs; these have some of their own."""
    here = {"metadata": {"path": str(tmp_path)}}
    copy = student_copy(path)
    NotebookClient(copy, timeout=300, resources=here).execute()
    assert [cell.execution_count for cell in code_cells(copy)] == list(
        range(1, len(code_cells(copy)) + 1)
    )


def test_a_worked_out_solution_without_a_stand_in_is_refused_by_name():
    with pytest.raises(ValueError, match="the cell of new has the tag worked-out, and STAND_INS"):
        stand_in("def new():\n    return 1")


@every_lesson
def test_the_teacher_s_side_has_solutions_that_earn_the_points(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for cell in code_cells(student_copy(path, solved=True)):
        if cell.source.startswith(("import ", "from ")) or task_of(cell):
            exec(cell.source, names)
        elif "nbgrader" in cell.metadata:
            exec(cell.source, names)  # raises if an answer is wrong, or not attempted


def test_nbgrader_s_own_stub_counts_as_not_attempted():
    def my_push(P, k):
        raise NotImplementedError()

    assert not checks.push.judge(my_push)


def test_a_second_run_changes_no_byte_and_touches_nothing_else(tmp_path):
    command = [sys.executable, "-m", "tools.classroom", tmp_path / "class", "--notebooks-only"]
    runs = []
    for _ in range(2):
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
        runs.append({p: p.read_bytes() for p in (tmp_path / "class").rglob("*") if p.is_file()})
        write(tmp_path / "class/student/mine.txt", b"a teacher's own")
    first, second = runs
    assert second == first | {tmp_path / "class/student/mine.txt": b"a teacher's own"}
    assert len(list((tmp_path / "class/student").glob("*.ipynb"))) == len(NOTEBOOKS)


def test_a_zip_is_the_same_whenever_its_files_were_written(tmp_path):
    made = []
    for order in ("ab", "ba"):
        for name in order:
            write(tmp_path / order / name / "page.html", name.encode())
        write(tmp_path / order / ".buildinfo", order.encode())
        write(tmp_path / order / ".hidden/page.html", order.encode())
        made.append(zipped(tmp_path / order, "site"))
    assert made[0] == made[1]
    (tmp_path / "site.zip").write_bytes(made[0])
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        assert archive.namelist() == ["site/a/page.html", "site/b/page.html"]


def test_the_room_s_list_names_every_file():
    files = {path.name for path in (ROOT / "tools/classroom").glob("*.py")} - {"__init__.py"}
    assert files == set(re.findall(r"`(\w+\.py)`", classroom.__doc__))


def test_without_the_pages_it_says_what_builds_them(tmp_path):
    command = [
        sys.executable,
        "-m",
        "tools.classroom",
        tmp_path / "out",
        "--site",
        tmp_path / "none",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert (
        done.stderr == f"make class: {tmp_path / 'none'} is missing: `make site` builds the pages\n"
    )
