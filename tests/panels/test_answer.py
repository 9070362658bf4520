"""A touch that Python does not answer: it is taken from view, and the page says why."""

import pytest
from playwright.sync_api import expect

from softmax_lib.panels import jacobian_panel

CELLS = "from softmax_lib.panels import jacobian_panel", "jacobian_panel()"
KERNEL = "jupyterapp.shell.currentWidget.sessionContext.session.kernel"
NO_ANSWER = "No answer from Python yet. If the kernel was restarted, run this cell again."
BEFORE, AFTER = "S: 1: +1.0, 2: +2.0, 3: +3.0", "S: 1: +6.0, 2: +6.0, 3: +3.0"


@pytest.fixture
def seen(page):
    """Return a function that checks where the bars of S stand, and the words for them."""

    def check(words, *values):
        expect(page.get_by_label(words)).to_be_visible()
        for n, value in enumerate(values, 1):
            bar = page.get_by_role("slider", name=f"S {n}")
            expect(bar).to_have_attribute("aria-valuenow", value)

    return check


def test_each_touch_is_counted_in_its_answer_even_one_that_changes_nothing():
    widget = jacobian_panel().widget
    for count in (1, 2):
        widget.set_state({"part0_values": [1.0, 2.5, 3.0], "touches": count})
        assert widget.answered["touches"] == count
        assert widget.answered["part0_values"] == [1.0, 2.5, 3.0]


def test_after_a_restart_a_touch_is_put_back_and_the_page_says_why(show, seen):
    page = show(*CELLS)
    line = page.get_by_role("status").filter(has_text=NO_ANSWER)
    page.evaluate(f"{KERNEL}.restart().then(() => null)")
    page.get_by_role("slider", name="S 1").press("End")
    expect(line).to_be_visible()
    seen(BEFORE, "1", "2", "3")
    for again in ("S 2", "temperature", "temperature"):  # it stays so, whatever else is touched
        page.get_by_role("slider", name=again).press("End")
    seen(BEFORE, "1", "2", "3")
    expect(page.get_by_role("slider", name="temperature")).to_have_value("0")


def test_a_busy_python_loses_no_touch_and_the_line_goes_with_its_answer(show, seen):
    page = show(*CELLS)
    line = page.get_by_role("status").filter(has_text=NO_ANSWER)
    page.evaluate(f"{{ {KERNEL}.commsOverSubshells = 'disabled' }}")  # as other pages ask Python
    page.evaluate(f"{{ {KERNEL}.requestExecute({{ code: 'import time; time.sleep(6)' }}) }}")
    page.get_by_role("slider", name="S 1").press("End")
    expect(line).to_be_visible()
    seen(BEFORE, "1", "2", "3")
    page.get_by_role("slider", name="S 2").press("End")
    seen(AFTER, "6", "6", "3")
    expect(line).to_have_count(0)
