"""A learner's own copy: without outputs, made once, and nothing of theirs is ever lost."""

import nbformat
import pytest

from tools import learner_copy
from tools.notebooks import read


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Two short lessons, and an empty place for the copy of them."""
    lessons = [tmp_path / "01_one.ipynb", tmp_path / "02_two.ipynb"]
    monkeypatch.setattr(learner_copy, "NOTEBOOKS", lessons)
    monkeypatch.setattr(learner_copy, "FOLDER", tmp_path / "mine")
    for lesson in lessons:
        publish(lesson, "1 + 1")
    return lessons


def publish(path, source):
    """Write a lesson as the course holds it: run, with its output."""
    result = nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=1)
    cell = nbformat.v4.new_code_cell(source, outputs=[result], execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


def mine(name):
    return read(learner_copy.FOLDER / name)


def type_into(name, source):
    """Change a lesson of the copy, as a learner does."""
    notebook = mine(name)
    notebook.cells[0].source = source
    nbformat.write(notebook, learner_copy.FOLDER / name)


def files():
    return sorted(path.name for path in learner_copy.FOLDER.glob("*.ipynb"))


def test_the_copy_holds_every_lesson_without_its_outputs(course, capsys):
    learner_copy.main()
    assert files() == ["01_one.ipynb", "02_two.ipynb"]
    (cell,) = mine("01_one.ipynb").cells
    assert (cell.source, cell.outputs, cell.execution_count) == ("1 + 1", [], None)
    assert capsys.readouterr().out == "Your own copy of the lessons is in mine/.\n"
    assert read(course[0]).cells[0].outputs


@pytest.mark.usefixtures("course")
def test_a_second_time_changes_no_byte(capsys):
    learner_copy.main()
    type_into("01_one.ipynb", "my own")
    before = {path: path.read_bytes() for path in learner_copy.FOLDER.iterdir()}
    capsys.readouterr()
    learner_copy.main()
    assert {path: path.read_bytes() for path in learner_copy.FOLDER.iterdir()} == before
    assert capsys.readouterr().out.count("\n") == 1


def test_after_an_update_an_untouched_lesson_is_replaced_and_a_touched_one_is_kept(course, capsys):
    learner_copy.main()
    type_into("01_one.ipynb", "my own")
    for lesson in course:
        publish(lesson, "2 + 2")
    learner_copy.main()
    assert mine("01_one.ipynb").cells[0].source == "my own"
    assert mine("01_one.new1.ipynb").cells[0].source == "2 + 2"
    assert mine("02_two.ipynb").cells[0].source == "2 + 2"
    assert files() == ["01_one.ipynb", "01_one.new1.ipynb", "02_two.ipynb"]
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "01_one.ipynb has changed. Yours is kept as it is; the new one is 01_one.new1.ipynb.",
        "02_two.ipynb has changed. You had written nothing in it: it is replaced.",
    ]


def test_a_lesson_that_was_only_run_counts_as_untouched(course):
    learner_copy.main()
    notebook = mine("01_one.ipynb")
    notebook.cells[0].outputs = read(course[0]).cells[0].outputs
    notebook.cells.append(nbformat.v4.new_code_cell(""))  # JupyterLab adds one after the last
    nbformat.write(notebook, learner_copy.FOLDER / "01_one.ipynb")
    publish(course[0], "2 + 2")
    learner_copy.main()
    assert "01_one.new1.ipynb" not in files()
    assert mine("01_one.ipynb").cells[0].source == "2 + 2"


def test_a_new_lesson_that_was_touched_too_is_kept_beside_the_next(course):
    learner_copy.main()
    for n, name in enumerate(["01_one.ipynb", "01_one.new1.ipynb"]):
        type_into(name, f"my own {n}")
        publish(course[0], f"update {n}")
        learner_copy.main()
    cells = {name: mine(name).cells[0].source for name in files() if name.startswith("01")}
    assert cells == {
        "01_one.ipynb": "my own 0",
        "01_one.new1.ipynb": "my own 1",
        "01_one.new2.ipynb": "update 1",
    }


@pytest.mark.usefixtures("course")
def test_a_lesson_that_was_deleted_is_laid_afresh():
    learner_copy.main()
    (learner_copy.FOLDER / "01_one.ipynb").unlink()
    learner_copy.main()
    assert files() == ["01_one.ipynb", "02_two.ipynb"]


@pytest.mark.parametrize("spoiled", ["", "{", "[1, 2]", "null"])
def test_without_its_memory_it_takes_every_lesson_for_touched(course, spoiled):
    learner_copy.main()
    (learner_copy.FOLDER / learner_copy.LAID).write_text(spoiled)
    publish(course[0], "2 + 2")
    learner_copy.main()
    assert mine("01_one.ipynb").cells[0].source == "1 + 1"
    assert mine("01_one.new1.ipynb").cells[0].source == "2 + 2"


@pytest.mark.parametrize("spoiled", ["half a file", "[1, 2]", "{}", '{"cells": [7]}'])
@pytest.mark.parametrize("memory", [True, False])
def test_a_file_that_is_no_notebook_any_more_is_kept(course, spoiled, memory):
    learner_copy.main()
    if not memory:
        (learner_copy.FOLDER / learner_copy.LAID).unlink()
    (learner_copy.FOLDER / "01_one.ipynb").write_text(spoiled)
    publish(course[0], "2 + 2")
    learner_copy.main()
    assert (learner_copy.FOLDER / "01_one.ipynb").read_text() == spoiled
    assert mine("01_one.new1.ipynb").cells[0].source == "2 + 2"
