"""What docs/ says of the notebooks is there: headings, derivations, checks, and what they say."""

import re
from pathlib import Path

import pytest

from softmax_lib import checks
from softmax_lib.derivations import COURSE
from softmax_lib.exercises.exercise import hint
from tools import measures
from tools.notebooks import NOTEBOOKS, prose, read

DOCS = Path(__file__).parents[1] / "docs"
HEADINGS = {
    path.name: re.findall(r"^#+ (.+)$", "\n".join(prose(read(path))), flags=re.M)
    for path in NOTEBOOKS
}

# measures.md ----------------------------------------------------------------------------------

MEASURES = (DOCS / "measures.md").read_text("utf-8")
ROW = r"^\| (.+) \| \[\d\d\]\(\.\./notebooks/(.+)\) \| (.+) \| (.+) \|$"
FORMULAS = re.findall(ROW, MEASURES, flags=re.M)


def test_every_formula_of_the_notes_has_its_row():
    assert len(FORMULAS) == 21


@pytest.mark.parametrize(("formula", "lesson", "heading", "backed_by"), FORMULAS)
def test_a_formula_of_the_notes_is_taught_and_backed_where_the_page_says(
    formula, lesson, heading, backed_by
):
    assert heading in HEADINGS[lesson]
    if name := re.fullmatch(r"`(\w+)`", backed_by):
        assert name[1] in COURSE
        shown = (DOCS.parent / "notebooks" / lesson).read_text("utf-8")
        assert re.search(rf"\b{name[1]}\.show\(", shown)


def test_what_the_course_holds_is_counted_lesson_by_lesson():
    notebooks, lines, exercises = (count().splitlines() for _, count in measures.SECTIONS.values())
    assert len(notebooks) == len(NOTEBOOKS) + 3  # a head, its rule, and the sum
    assert len(lines) == len(COURSE) + 3
    *_, total = exercises
    assert int(total.split("|")[2]) == len(list(checks))


README = (DOCS.parent / "README.md").read_text("utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_readme_says_the_minutes_that_a_lesson_announces(path):
    both = re.search(r"about (\d+) minutes, and (\d+) more", prose(read(path))[0]).groups()
    row = rf"\(notebooks/{path.name}\) \| .+ \| (\d+) \| (\d+) \|"
    assert re.search(row, README).groups() == both


# teaching.md ----------------------------------------------------------------------------------

TEACHING = (DOCS / "teaching.md").read_text("utf-8")
SECTION = r"^## \[\d\d\]\(\.\./notebooks/(.+)\) · .+\n((?:(?!## ).*\n)*)"
PLANS = dict(re.findall(SECTION, TEACHING, flags=re.M))
every_lesson = pytest.mark.parametrize("lesson", HEADINGS)


@every_lesson
def test_every_lesson_has_a_plan_that_fills_fifty_minutes_with_its_headings(lesson):
    rows = re.findall(r"^\| (\d+)–(\d+) \| (.+?) \|", PLANS[lesson], flags=re.M)
    begins, ends, headings = zip(*rows, strict=True)
    assert [*begins, "50"] == ["0", *ends]
    assert set("<br>".join(headings).split("<br>")) <= set(HEADINGS[lesson])


@every_lesson
def test_every_heading_that_a_plan_names_is_in_the_lesson(lesson):
    named = set(re.findall(r"\*\*(.+?)\*\*", PLANS[lesson])) - {"Assumes"}
    assert named <= set(HEADINGS[lesson])


def test_every_check_that_a_teacher_is_told_of_says_what_is_quoted():
    told = re.findall(r"`checks\.(\w+)`(?: says \*(.+?)\*(?:, or \*(.+?)\*)?)?", TEACHING)
    assert told
    for task, *quotes in told:
        hints = list(map(hint, getattr(checks, task).mistakes.values()))
        for quote in filter(None, quotes):
            assert any(said.startswith(quote) for said in hints), quote
