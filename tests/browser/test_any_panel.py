"""What every panel does in a page: without a kernel, with a learner's own function, when saved."""

import nbformat
from playwright.sync_api import expect
from real_lab import MINUTE, TOKEN

OWN = """from softmax_lib import softmax_jacobian
from softmax_lib.panels import jacobian_panel


def mine(P):
    assert P.max() < 0.9, "<b>too sure</b>"
    return softmax_jacobian(P)


jacobian_panel(jacobian=mine)"""


def blank_page(home, name, *cells):
    """Write a notebook with these code cells into the served course."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
        metadata={"kernelspec": kernel},
    )
    nbformat.write(notebook, home / "course/notebooks" / name)


def test_in_a_page_that_was_not_run_a_panel_says_in_words_what_it_is(page, lab):
    page.goto(f"{lab}/lab/tree/notebooks/03_two_cases.ipynb?token={TOKEN}&reset")
    words = page.get_by_text("A live panel: run this cell in Jupyter, then move its controls.")
    expect(words).to_be_visible(timeout=MINUTE)
    assert page.get_by_text("model not found").count() == 0


def test_a_function_of_ones_own_runs_live_and_its_error_is_shown_with_its_line(open_notebook, home):
    blank_page(home, "own.ipynb", OWN)
    page = open_notebook("own.ipynb")
    bar, trouble = page.get_by_role("slider", name="S 3"), page.get_by_role("alert")
    bar.press("End")
    expect(trouble).to_contain_text("AssertionError: <b>too sure</b>")
    expect(trouble).to_contain_text('in mine, line 6: assert P.max() < 0.9, "<b>too sure</b>"')
    bar.press("Home")
    expect(trouble).to_have_count(0)


def test_a_notebook_saved_after_use_is_small_and_holds_no_widget_state(open_notebook, home):
    blank_page(home, "used.ipynb", "from softmax_lib.panels import *", "jacobian_panel()")
    page = open_notebook("used.ipynb")
    bar = page.get_by_role("slider", name="S 2")
    for _ in range(10):
        bar.press("ArrowUp")
    expect(page.get_by_label("S: 1: +1.0, 2: +3.0, 3: +3.0")).to_be_visible()
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    saved = home / "course/notebooks/used.ipynb"
    notebook = nbformat.read(saved, as_version=4)
    assert notebook.cells[1].outputs, "it was not saved"
    assert "widgets" not in notebook.metadata
    assert saved.stat().st_size < 3000
