"""What docs/ says of the notebooks is there: headings, derivations, checks, and what they say."""

import re

import nbformat
import pytest
from traitlets.config import Config

from softmax_lib import checks
from softmax_lib.derivations import COURSE
from softmax_lib.exercises.exercise import hint
from tools import measures
from tools.notebooks import LESSONS, NOTEBOOKS, prose, read
from tools.pages import DOCS

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
with_exercises = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
HOMEWORK = r"^Homework, (\d+) minutes: (.+)$"


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


@with_exercises
def test_a_plan_of_fifty_minutes_has_an_exercise(path):
    assert re.search(r"^\| \d+–\d+ \| Exercise: ", PLANS[path.name], flags=re.M)


@with_exercises
def test_a_plan_of_ninety_minutes_adds_forty(path):
    added = re.search(r"^In 90 minutes, add: (.+)$", PLANS[path.name], flags=re.M)[1]
    assert sum(map(int, re.findall(r"\*\*.+?\*\*[^*\d]*(\d+)", added))) == 40


def pieces(notebook):
    """Yield a lesson's cells, those of prose cut so that each heading begins a cell of its own."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell
        else:
            texts = re.split(r"^(?=#+ )", cell.source, flags=re.M)
            yield from map(nbformat.v4.new_markdown_cell, filter(None, texts))


def under(headings, notebook):
    """Return the cells under some headings, with all that is below them, each once."""
    cells, level = [], None
    for cell in pieces(notebook):
        heading = cell.cell_type == "markdown" and re.match(r"(#+) (.+)", cell.source)
        if heading and (level is None or len(heading[1]) <= level):
            level = len(heading[1]) if heading[2] in headings else None
        if level:
            cells.append(cell)
    return cells


@with_exercises
def test_homework_takes_the_minutes_that_are_counted(path):
    minutes, parts = re.search(HOMEWORK, PLANS[path.name], flags=re.M).groups()
    headings = re.findall(r"\*\*(.+?)\*\*", parts)
    assert abs(int(minutes) - measures.minutes(under(headings, read(path)))) < 5


def minutes_at_home(lesson, what):
    """Return the minutes of a lesson's homework, or of all its deeper parts, as they are told."""
    if "deeper" in what:
        return re.search(rf"^\| \[{lesson} .+ (\d+) \|$", README, flags=re.M)[1]
    (plan,) = (plan for name, plan in PLANS.items() if name.startswith(lesson))
    return re.search(HOMEWORK, plan, flags=re.M)[1]


def test_a_week_has_the_minutes_of_its_homework_and_hands_in_what_is_checked():
    row = r"^\| \d \| .+? \| .+? \| (.+?) \| (\d+) \| (.+) \|$"
    weeks = re.findall(row, TEACHING, flags=re.M)
    assert len(weeks) == 6
    for what, minutes, handed_in in weeks:
        told = [minutes_at_home(lesson, what) for lesson in re.findall(r"\d\d", what)]
        assert int(minutes) == sum(map(int, told)), what
        assert set(re.findall(r"\w+", handed_in)) <= set(checks)


def test_every_lesson_has_questions_for_a_test_each_with_its_answer():
    section = re.search(r"^## Questions for a test\n(.+?)^## ", TEACHING, flags=re.M | re.S)[1]
    lessons = dict(re.findall(r"^### (\d\d)\n\n(.+?)\n(?=\n### |\Z)", section, flags=re.M | re.S))
    assert {path.stem[:2] for path in NOTEBOOKS} <= set(lessons)
    for text in lessons.values():
        paragraphs = text.strip().split("\n\n")
        kinds = [KINDS.get(paragraph.split()[0], "question ") for paragraph in paragraphs]
        assert re.fullmatch("(question answer (wrong )?)+", "".join(kinds)), text


KINDS = {"**Answer.**": "answer ", "|": "wrong "}  # by a paragraph's first word


def test_every_check_that_a_teacher_is_told_of_says_what_is_quoted():
    told = re.findall(r"`checks\.(\w+)`(?: says \*(.+?)\*(?:, or \*(.+?)\*)?)?", TEACHING)
    assert told
    for task, *quotes in told:
        hints = list(map(hint, getattr(checks, task).mistakes.values()))
        for quote in filter(None, quotes):
            assert any(said.startswith(quote) for said in hints), quote


# hub.md ---------------------------------------------------------------------------------------

HUB = (DOCS / "hub.md").read_text("utf-8")


def test_the_hub_is_installed_in_the_versions_that_were_tried():
    lines, tried = HUB.split("## What was tried")
    versions = re.findall(r"([a-z-]+)(?:==|@)([\d.]+)$", lines.replace(" jup", "\njup"), flags=re.M)
    assert len(versions) == 3
    for name, version in versions:
        assert f"{name} {version}" in tried.replace("JupyterHub ", "jupyterhub ")


def test_the_hub_lets_in_the_class_alone_ends_idle_servers_and_gives_kernels_no_ports():
    text = (DOCS / "hub/jupyterhub_config.py").read_text("utf-8")
    config = Config()
    exec(compile(text, "jupyterhub_config.py", "exec"), {"get_config": lambda: config})
    assert config.PAMAuthenticator.allowed_groups == {"class"}
    assert not {"allow_all", "allowed_users"} & {*config.PAMAuthenticator, *config.Authenticator}
    assert config.JupyterHub.bind_url.startswith("http://127.0.0.1")
    assert "--KernelManager.transport=ipc" in config.Spawner.args
    (culler,), (role,) = config.JupyterHub.services, config.JupyterHub.load_roles
    assert culler["command"][-1] == "--timeout=3600"
    assert role["services"] == [culler["name"]]
