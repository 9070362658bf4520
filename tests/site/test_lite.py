"""The lessons as real notebooks in the browser: each runs, and gives what is stored."""

import pytest
from support.exercise_page import pyodide_folder
from support.needed import needed
from support.real_lite import differences, open_lesson, ready, run_all

from tools.notebooks import NOTEBOOKS

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
pytestmark = pytest.mark.usefixtures("pyodide")


@pytest.fixture(scope="session")
def pyodide():
    return needed(
        pyodide_folder(), "no Python for browsers found: install requirements/browser.txt"
    )


@pytest.fixture
def page(pages, address):
    """Open a page; at the end it may have asked for nothing elsewhere, and no script failed."""
    page, trouble = pages.new_page(), []

    def ask(request):
        if not request.url.startswith((address, "data:", "blob:")):
            trouble.append(f"asked elsewhere: {request.url}")

    page.on("request", ask)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    page.close()
    assert trouble == []


@every_notebook
def test_a_lesson_runs_to_its_end_and_gives_what_is_stored(path, page, address, request):
    open_lesson(page, address, path.name)
    assert differences(path, run_all(page), request.session) == []


def test_a_lessons_page_opens_its_notebook(page, address):
    page.goto(f"{address}notebooks/03_two_cases.html")
    page.get_by_role("link", name="Open as a notebook here").click()
    ready(page)
    assert page.locator(".jp-Notebook h1").first.inner_text().startswith("03")
