"""The two-cases panel, in Python and in the Lab: the slope picked is right, and the nudge real."""

import re

import numpy as np
import pytest
from support.shown import holds, read, signed

from softmax_lib import softmax, softmax_jacobian
from softmax_lib.panels import two_cases_panel


def said(shown, line):
    """Read the last number of the line that begins so."""
    (found,) = re.findall(rf"^{re.escape(line)}.* ([+-]?[\d.e+-]+)$", shown.words, flags=re.M)
    return float(found)


def assert_right(shown, S, j, k, h=0.01):
    """Compare every number with the library's, and see which cell and which case is picked."""
    S = np.asarray(S, float)
    P, J = softmax(S), softmax_jacobian(softmax(S))
    assert shown.bars[1].numbers == [f"{p:.3f}" for p in P]
    (table,) = shown.tables
    assert table.numbers == [[signed(x, 3) for x in row] for row in J]
    assert table.picked == [[j, k]]
    slope, same = f"∂P_{j + 1}/∂S_{k + 1}", "=" if j == k else "≠"
    assert f"{slope} = {signed(J[j, k], 3)}, j {same} k" in table.text
    assert said(shown, slope) == J[j, k].round(4)
    assert f"S_{k + 1} from {signed(S[k], 3)} to {signed(S[k] + h, 3)}" in shown.words
    after = softmax(S + h * np.eye(len(S))[k])[j]
    moved = after - P[j]
    assert f"P_{j + 1} from {P[j]:.5f} to {after:.5f}, that is {signed(moved, 5)}" in shown.words
    assert f"Moved / nudge: {signed(moved / h, 4)}" in shown.words
    assert shown.words.endswith("nudging: less than 1e-07")
    numbers = [f"{p:.4f}" for p in P]
    own = f"P_{j + 1} (1 - P_{k + 1}) = {numbers[j]} · (1 - {numbers[k]})"
    other = f"-P_{k + 1} P_{j + 1} = -{numbers[k]} · {numbers[j]}"
    assert (own in shown.words) == ("j = k: its own score" in shown.words) == (j == k)
    assert (other in shown.words) == ("j ≠ k: another's score" in shown.words) == (j != k)
    assert shown.sliders == {"nudge of S_k": f"{h:.3f}"}
    assert shown.trouble == ""


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    assert_right(read(two_cases_panel(scores)), scores, 0, 0)


@pytest.mark.parametrize("j", range(3))
@pytest.mark.parametrize("k", range(3))
def test_every_cell_that_is_picked_says_its_own_slope_and_its_case(j, k):
    panel = two_cases_panel()
    panel.J.picked = [j, k]
    assert_right(read(panel), [1, 2, 3], j, k)


def test_moving_a_score_and_the_nudge_changes_the_numbers_to_the_right_ones():
    panel = two_cases_panel()
    panel.J.picked = [0, 2]
    panel.S.values = [1.0, 2.5, -3.0]
    assert_right(read(panel), [1.0, 2.5, -3.0], 0, 2)
    panel.log_h.value = 0.0
    assert_right(read(panel), [1.0, 2.5, -3.0], 0, 2, h=1.0)


def test_the_words_for_screen_readers_say_which_cell_is_picked():
    J = two_cases_panel((0.0, 0.0), labels=["tea", "coffee"]).J
    assert J.text == "∂P/∂S; picked: ∂P_tea/∂S_tea = +0.250, j = k: its own score is pushed"
    J.picked = [1, 0]
    assert J.text.startswith("∂P/∂S; picked: ∂P_coffee/∂S_tea = -0.250, j ≠ k")


def test_a_function_of_your_own_is_shown_and_measured():
    panel = two_cases_panel((0.0, 0.0), slope=lambda P, j, k: P[j] * (1 - P[k]))
    panel.J.picked = [0, 1]
    shown = read(panel)
    assert (shown.tables[0].array() == 0.25).all()
    assert said(shown, "∂P_1/∂S_2") == -0.25
    assert said(shown, "Yours:") == 0.25
    assert said(shown, "Furthest") == 0.5


def test_a_function_of_your_own_cannot_change_what_the_panel_shows():
    def careless(P, j, k):
        slope = P[j] * ((j == k) - P[k])
        P *= 2
        return slope

    assert_right(read(two_cases_panel(slope=careless)), [1, 2, 3], 0, 0)


def test_an_error_in_a_function_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_small(P, j, k):
        assert P.max() < 0.9, "too sure"
        return P[j] * ((j == k) - P[k])

    panel = two_cases_panel((0.0, 0.0), slope=only_small)
    panel.S.values = [6.0, -6.0]
    assert "AssertionError: too sure" in panel.trouble.text
    assert "in only_small, line" in panel.trouble.text
    panel.S.values = [0.0, 0.0]
    assert panel.trouble.text == ""


@pytest.mark.parametrize("wrong", [lambda P, j, k: P, lambda P, j, k: np.nan, lambda P, j, k: None])
def test_a_slope_that_is_not_one_number_is_refused(wrong):
    with pytest.raises(ValueError, match="^slope must return one real number: it returned "):
        two_cases_panel(slope=wrong)


def test_it_follows_keyboard_and_mouse_in_the_lab(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import two_cases_panel", "two_cases_panel()")
    holds(page, assert_right, [1.0, 2.0, 3.0], 0, 0)

    table = page.locator(".softmax-heatmap table")
    table.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        table.press(key)
    holds(page, assert_right, [1.0, 2.0, 3.0], 1, 2)
    table.locator("tbody tr").nth(2).locator("td").nth(0).click()
    holds(page, assert_right, [1.0, 2.0, 3.0], 2, 0)

    bar = page.get_by_role("slider", name="S 2")
    bar.focus()
    for _ in range(5):
        bar.press("ArrowUp")  # a step is 0.1
    holds(page, assert_right, [1.0, 2.5, 3.0], 2, 0)

    nudge = page.get_by_role("slider", name="nudge of S_k")
    nudge.focus()
    nudge.press("End")
    holds(page, assert_right, [1.0, 2.5, 3.0], 2, 0, h=1.0)

    drag(page.get_by_role("slider", name="S 1"), up=200)  # above its top
    holds(page, assert_right, [6.0, 2.5, 3.0], 2, 0, h=1.0)
    assert_accessible()
