"""A lesson in a course of the real nbgrader: assigned, fetched, handed in, collected, graded."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from support.needed import needed

from softmax_lib import answers
from tools.classroom.course import CONFIG, assignment
from tools.classroom.student import student_copy
from tools.notebooks import LESSONS, ROOT, task_of

COMMANDS = ROOT / "tests/support/nbgrader_commands.py"
(LESSON,) = [path for path in LESSONS if path.stem == "03_two_cases"]
TASKS = "two_cases", "push"


def environment():
    """Return the folder of nbgrader's environment: make test makes it."""
    version = "{}.{}".format(*sys.version_info)
    folder = os.environ.get("NBGRADER") or ROOT / f".venv/{version}-nbgrader"
    why = "no nbgrader found: make test installs it; or name its environment in NBGRADER"
    return needed((Path(folder) / "bin/nbgrader").exists() and Path(folder), why)


class Course:
    """A course of nbgrader in a folder, with its exchange and the homes of its students."""

    def __init__(self, folder):
        self.folder, self.environment = folder, environment()
        self.place("exchange").chmod(0o777)
        self.place("course/nbgrader_config.py").write_text(CONFIG, "utf-8")
        source = student_copy(LESSON, solved=True)
        nbformat.write(source, self.place(f"course/{assignment(LESSON)}"))

    def place(self, name):
        path = self.folder / name
        (path.parent if path.suffix else path).mkdir(parents=True, exist_ok=True)
        return path

    def run(self, *commands):
        """Run commands of nbgrader, each (folder, command, *words)."""
        common = f"--Exchange.root={self.folder / 'exchange'}", "--course=softmax"
        asked = [[str(self.place(folder)), *words, *common] for folder, *words in commands]
        home = {f"JUPYTER_{x}_DIR": str(self.folder / x) for x in ("CONFIG", "DATA", "RUNTIME")}
        home |= {"HOME": str(self.folder), "IPYTHONDIR": str(self.folder / "ipython")}
        path = {"PATH": f"{self.environment / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            [self.environment / "bin/python", COMMANDS],
            env=os.environ | home | path | {"PYTHONPATH": str(ROOT)},
            input=json.dumps(asked),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]

    def handed_out(self, student):
        return self.folder / student / LESSON.stem / LESSON.name


def answer(path, **sources):
    """Write answers into a lesson, as a student does."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if (task := task_of(cell)) in sources:
            cell.source = sources[task]
    nbformat.write(notebook, path)


def right(task):
    return f"{answers.solution(task).source}\n\n\nmy_{task} = {task}"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Assign the lesson; let four students hand it in; grade it."""
    course = Course(tmp_path_factory.mktemp("nbgrader"))
    fetched, sole = ("ada", "bob", "cyd"), "dora"
    course.run(
        ("course", "GenerateAssignmentApp", LESSON.stem),
        ("course", "ReleaseAssignmentApp", LESSON.stem),
        *((student, "FetchAssignmentApp", LESSON.stem) for student in fetched),
    )
    copy = course.handed_out(sole)  # from the folder of copies, not from nbgrader
    nbformat.write(student_copy(LESSON, hints="no"), course.place(copy.relative_to(course.folder)))
    answer(course.handed_out("ada"), **{task: right(task) for task in TASKS})
    answer(course.handed_out("cyd"), two_cases="def my_two_cases(P, j, k):\n    return P[j]")
    answer(copy, push=right("push"))
    course.run(
        *((s, "SubmitApp", LESSON.stem, f"--student={s}") for s in (*fetched, sole)),
        ("course", "CollectApp", LESSON.stem),
        ("course", "AutogradeApp", LESSON.stem),
        ("course", "ExportApp"),
    )
    return course


def test_what_nbgrader_releases_is_the_student_s_copy(course):
    released = course.folder / f"course/release/{LESSON.stem}/{LESSON.name}"
    theirs, ours = nbformat.read(released, as_version=4), student_copy(LESSON)
    for one, other in zip(theirs.cells, ours.cells, strict=True):
        assert one.source == other.source
        one.metadata.get("nbgrader", {}).pop("checksum", None)
        assert one.metadata == other.metadata


def test_right_answers_earn_their_points_and_wrong_ones_and_none_earn_nothing(course):
    lines = csv.DictReader((course.folder / "course/grades.csv").read_text("utf-8").splitlines())
    points = {line["student_id"]: (line["score"], line["max_score"]) for line in lines}
    most = "4.0"
    assert points == {
        "ada": ("4.0", most),
        "bob": ("0.0", most),  # handed it in as it was
        "cyd": ("0.0", most),
        "dora": ("2.0", most),
    }
