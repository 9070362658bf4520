"""The lessons as real notebooks in the browser: each runs, and gives what is stored."""

from contextlib import contextmanager
from urllib.parse import urljoin

import nbformat
import pytest
from nbformat.v4 import new_output
from playwright.sync_api import expect
from site_exercises import PYODIDE
from site_lite import STORAGES
from support.exercise_page import pyodide_folder
from support.needed import needed
from support.real_lab import MINUTE, ready, run_all, written
from support.real_lite import (
    differences,
    first_cell,
    open_cells,
    open_lesson,
    write_into,
)

from tools.notebooks import NOTEBOOKS, code_cells, read

LESSON = NOTEBOOKS[0].name
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="session")
def pyodide():
    return needed(
        pyodide_folder(), "no Python for browsers found: install requirements/browser.txt"
    )


@pytest.fixture
def page(pages, address, pyodide):
    """Open a page; at the end it may have asked for nothing elsewhere, and no script failed."""
    page, trouble = pages.new_page(), []
    here = urljoin(address, "/")  # JupyterLite asks its service worker from the root

    def ask(request):
        if not request.url.startswith((here, "data:", "blob:")):
            trouble.append(f"asked elsewhere: {request.url}")

    page.on("request", ask)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    page.close()
    assert trouble == []


@every_notebook
def test_a_lesson_runs_as_stored_and_its_panels_move(path, page, address, request):
    open_lesson(page, address, path.name)
    run_all(page)
    assert differences(path, written(page), request.session) == []
    for panel in page.locator(".softmax-panel").all():
        before = panel.inner_text()
        panel.get_by_role("slider").first.press("ArrowUp")
        expect(panel).not_to_have_text(before, use_inner_text=True)


def test_a_lesson_that_gives_something_else_is_noticed(request):
    path = NOTEBOOKS[0]
    stored = read(path)
    assert differences(path, stored, request.session) == []
    printed = next(cell for cell in code_cells(stored) if any("text" in o for o in cell.outputs))
    printed.outputs[0].text += "and more"
    assert len(differences(path, stored, request.session)) == 1
    printed.outputs = [new_output("error", ename="E", evalue="", traceback=["a traceback"])]
    assert "a traceback" in differences(path, stored, request.session)[0]
    printed.outputs, printed.execution_count = [], None
    assert "did not run" in differences(path, stored, request.session)[0]


def test_a_lessons_page_opens_its_notebook(page, address):
    page.goto(f"{address}notebooks/03_two_cases.html")
    page.get_by_role("link", name="Open as a notebook here").click()
    ready(page)
    assert page.locator(".jp-Notebook h1").first.inner_text().startswith("03")


@pytest.fixture
def reader(pages, pyodide):
    """Open a browser that keeps nothing of another test."""
    context = pages.browser.new_context()
    context.set_default_timeout(2 * MINUTE)
    yield context.new_page()
    context.close()


def lesson_page(reader, address):
    reader.goto(f"{address}notebooks/{LESSON.replace('ipynb', 'html')}", wait_until="load")
    return reader.locator(".lesson-bar")


def downloaded(reader, button):
    with reader.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == LESSON
    return nbformat.read(download.value.path(), as_version=4)


def test_a_lesson_is_begun_afresh_by_one_click_that_loses_nothing(reader, address):
    open_cells(reader, address, LESSON)
    published = first_cell(reader)
    write_into(reader, "what I wrote")
    open_cells(reader, address, LESSON)
    assert first_cell(reader) == "what I wrote"

    bar = lesson_page(reader, address)
    mine = downloaded(reader, bar.get_by_role("button", name="Start the notebook afresh"))
    assert mine.cells[0].source == "what I wrote"
    expect(bar.get_by_role("status")).to_be_visible()

    open_cells(reader, address, LESSON)
    assert first_cell(reader) == published


def test_work_of_an_earlier_release_hides_no_update_and_is_offered(reader, address):
    with earlier_release(reader):
        open_cells(reader, address, LESSON)
        write_into(reader, "what I wrote then")
    open_cells(reader, address, LESSON)
    assert first_cell(reader).startswith("# 00")

    bar = lesson_page(reader, address)
    expect(bar.get_by_role("button")).to_have_count(1)
    mine = downloaded(reader, bar.get_by_role("button", name="Download your notebook of"))
    assert mine.cells[0].source == "what I wrote then"


@contextmanager
def earlier_release(reader):
    """Let JupyterLite have the storage of another release."""
    where, config = "**/lite/jupyter-lite.json", "jupyter-config-data"

    def answer(route):
        settings = route.fetch().json()
        settings[config]["contentsStorageName"] = f"{STORAGES}0.0.9 of another day"
        route.fulfill(json=settings)

    reader.context.route(where, answer)
    yield
    reader.context.unroute(where)


def test_without_a_folder_of_pyodide_its_files_come_from_the_official_address(
    reader, address, pyodide
):
    def settings(route):
        route.fulfill(json=route.fetch().json() | {"pyodide": PYODIDE})

    def official(route):
        asked.append(route.request.url.removeprefix(PYODIDE))
        route.fulfill(path=pyodide / asked[-1], headers={"Access-Control-Allow-Origin": "*"})

    asked = []
    reader.context.route("**/lite/python/settings.json", settings)
    reader.context.route(f"{PYODIDE}**", official)
    open_lesson(reader, address, LESSON)
    assert {"pyodide.js", "pyodide-lock.json", "pyodide.asm.wasm"} <= {*asked}
