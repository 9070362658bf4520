"""The course as a learner meets it: its notebooks in JupyterLab, as saved, and one of them run."""

import nbformat
import pytest
from playwright.sync_api import expect
from support.real_lab import ROOT, TOKEN, open_notebook, run_notebook

LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
UNRUN = "A live panel: run this cell in Jupyter, then move its controls."


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_as_saved_can_be_read_by_everyone(lesson, page, lab, home, assert_accessible):
    open_notebook(page, lab, lesson)
    cells = nbformat.read(home / "course/notebooks" / lesson, as_version=4).cells
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(cells))
    expect(page.locator(".jp-Notebook h1").first).to_contain_text(f"{lesson[:2]} · ")
    assert page.locator(".jp-Dialog").count() == 0

    panels = sum("_panel(" in cell.source for cell in cells if cell.cell_type == "code")
    expect(page.get_by_text(UNRUN)).to_have_count(panels)  # in words, without a kernel
    assert page.get_by_text("model not found").count() == 0

    pictures = page.locator(".jp-OutputArea-output img")
    texts = [pictures.nth(n).get_attribute("alt") for n in range(pictures.count())]
    assert all(len(text) > 40 for text in texts)
    assert_accessible("Light")


def test_the_first_lesson_runs_in_the_lab_without_an_error(page, lab, assert_accessible):
    run_notebook(page, lab, LESSONS[0])
    expect(page.get_by_role("slider", name="S 2")).to_be_visible()
    assert page.locator(".jp-Dialog").count() == 0
    assert_accessible()


def test_the_lab_does_not_ask_whether_it_may_fetch_news(page, lab):
    page.goto(f"{lab}/lab?token={TOKEN}&reset")
    page.wait_for_function("window.jupyterapp?.restored")
    assert page.evaluate(
        "jupyterapp.isPluginActivated('@jupyterlab/apputils-extension:notification')"
    )
    news = "@jupyterlab/apputils-extension:announcements"
    assert not page.evaluate(f"jupyterapp.isPluginActivated('{news}')")
