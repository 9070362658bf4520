"""The copies for Colab: the lessons as they are, and one cell before them that installs."""

import re
import tomllib

import nbformat
import pytest
from packaging.requirements import Requirement
from site_colab import colab_files, install
from site_exercises import exercise_files
from site_pages import with_bar
from support.needed import esbuild

from tools.learner_copy import without_outputs
from tools.notebooks import NOTEBOOKS, ROOT, read

ADDRESS = "https://someone.example/course/"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def copies():
    return colab_files(ADDRESS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_copy_differs_from_its_lesson_by_one_cell(path, copies):
    copy = nbformat.reads(copies[f"colab/{path.name}"].decode(), as_version=4)
    nbformat.validate(copy)
    assert copy.cells.pop(0).source == install(ADDRESS)
    assert copy == without_outputs(read(path))


def test_the_cell_installs_the_wheel_from_the_published_pages():
    esbuild()
    quoted = re.findall(r'"(.*?)"', install(ADDRESS))
    assert quoted[-1].startswith(ADDRESS)
    assert quoted[-1].removeprefix(ADDRESS + "_static/") in exercise_files()


def test_colabs_own_numpy_stays():
    numpy = next(r for r in map(Requirement, PROJECT["dependencies"]) if r.name == "numpy")
    assert str(numpy.specifier) == ">=2.0"
    assert "numpy" not in install(ADDRESS)


def test_a_lesson_has_the_link_to_its_copy_when_it_is_known_where_that_is():
    path = NOTEBOOKS[0]
    _, bar, *_ = with_bar(read(path).cells, path.name, "me/course")
    assert f"research.google.com/github/me/course/blob/colab/{path.name}" in bar.source
    _, bar, *_ = with_bar(read(path).cells, path.name, None)
    assert "Colab" not in bar.source
