"""What every panel does in a page: with a learner's own function, and when it is saved."""

import nbformat
from playwright.sync_api import expect

OWN = """from softmax_lib import softmax_jacobian
from softmax_lib.panels import jacobian_panel


def mine(P):
    assert P.max() < 0.9, "<b>too sure</b>"
    return softmax_jacobian(P)


jacobian_panel(labels=["x", "y", "<b>z</b>"], jacobian=mine)"""


def test_a_function_of_ones_own_runs_live_and_its_error_is_shown_with_its_line(show):
    page = show(OWN)
    bar, trouble = page.get_by_role("slider", name="S <b>z</b>"), page.get_by_role("alert")
    bar.press("End")
    expect(trouble).to_contain_text("AssertionError: <b>too sure</b>")
    expect(trouble).to_contain_text('in mine, line 6: assert P.max() < 0.9, "<b>too sure</b>"')
    bar.press("Home")
    expect(trouble).to_have_count(0)
    assert page.locator(".jp-OutputArea b").count() == 0  # what is typed is never taken for HTML


def test_a_notebook_saved_after_use_is_small_and_holds_no_widget_state(show, home, request):
    page = show("from softmax_lib.panels import *", "jacobian_panel()")
    bar = page.get_by_role("slider", name="S 2")
    for _ in range(10):
        bar.press("ArrowUp")
    expect(page.get_by_label("S: 1: +1.0, 2: +3.0, 3: +3.0")).to_be_visible()
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    saved = home / f"course/notebooks/{request.node.name}.ipynb"
    notebook = nbformat.read(saved, as_version=4)
    assert notebook.cells[1].outputs, "it was not saved"
    assert "widgets" not in notebook.metadata
    assert saved.stat().st_size < 3000


def test_with_eight_scores_nothing_is_cut_off(show):
    page = show(
        "from softmax_lib.panels import *",
        "jacobian_panel(range(-4, 4))",
        "vjp_panel(range(-4, 4))",
    )
    expect(page.locator(".softmax-heatmap")).to_have_count(2)
    cut = page.evaluate(
        "[...document.querySelectorAll('.jp-OutputArea-output, .jp-OutputArea-output *')]"
        ".filter(e => getComputedStyle(e).overflowX != 'visible' && e.scrollWidth > e.clientWidth)"
        ".map(e => e.outerHTML)"
    )
    assert cut == []


def test_its_keys_are_heard_before_a_page_that_has_meanings_of_its_own_for_them(show):
    page = show("from softmax_lib.panels import *", "jacobian_panel()")
    bar = page.get_by_role("slider", name="S 2")
    bar.focus()
    page.evaluate(  # as Notebook 7 does
        "document.addEventListener('keydown', event => event.stopImmediatePropagation(), true)"
    )
    bar.press("ArrowUp")
    expect(page.get_by_label("S: 1: +1.0, 2: +2.1, 3: +3.0")).to_be_visible()
