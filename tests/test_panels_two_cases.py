"""The two-cases panel without a browser: the picked slope is the library's, and the nudge real."""

import re

import numpy as np
import pytest
from test_panels import find, read

from softmax_lib import answers, softmax, softmax_jacobian
from softmax_lib.panels import two_cases_panel
from softmax_lib.panels.primitives import Bars, Heatmap, Slider, Words


def parts(panel):
    (nudge,) = find(panel, Slider)
    (J,) = find(panel, Heatmap)
    return find(panel, Bars)[0], find(panel, Bars)[1], J, nudge, find(panel, Words)[0]


def said(panel, line):
    """Read the last number of the line that begins so."""
    text = parts(panel)[-1].text
    (found,) = re.findall(rf"^{re.escape(line)}.* ([+-]?[\d.e+-]+)(?:</pre>)?$", text, flags=re.M)
    return float(found)


def assert_right(panel, S, j, k, h):
    """Compare every number that the panel shows with the library's."""
    _, P, J, _, _ = parts(panel)
    S, right = np.asarray(S, float), softmax_jacobian(softmax(S))
    assert [float(x) for x in P.numbers] == softmax(S).round(3).tolist()
    np.testing.assert_array_equal(read(J), right.round(3))
    names = J.rows[j].removeprefix("j = "), J.columns[k].removeprefix("k = ")
    assert said(panel, f"∂P_{names[0]}/∂S_{names[1]}") == right[j, k].round(4)
    moved = softmax(S + h * np.eye(len(S))[k])[j] - softmax(S)[j]
    assert said(panel, "Moved: ") == moved.round(5)
    assert said(panel, "Moved / nudge") == (moved / h).round(4)
    assert said(panel, "Furthest") < 1e-9


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    assert_right(two_cases_panel(scores), scores, 0, 0, 0.01)


@pytest.mark.parametrize("j", range(3))
@pytest.mark.parametrize("k", range(3))
def test_every_cell_that_is_picked_says_its_own_slope_and_its_case(j, k):
    panel = two_cases_panel()
    _, _, J, _, words = parts(panel)
    J.picked = [j, k]
    assert_right(panel, [1, 2, 3], j, k, 0.01)
    P = [f"{p:.4f}" for p in softmax([1.0, 2.0, 3.0])]
    text = words.text
    own = f"P_{j + 1} (1 - P_{k + 1}) = {P[j]} · (1 - {P[k]})"
    other = f"-P_{k + 1} P_{j + 1} = -{P[k]} · {P[j]}"
    assert (own in text) == ("j = k: its own score" in text) == (j == k)
    assert (other in text) == ("j ≠ k: another's score" in text) == (j != k)


def test_moving_a_score_and_the_nudge_changes_the_numbers_to_the_right_ones():
    panel = two_cases_panel()
    S, _, J, nudge, _ = parts(panel)
    J.picked = [0, 2]
    S.values = [1.0, 2.5, -3.0]
    assert_right(panel, [1.0, 2.5, -3.0], 0, 2, 0.01)
    nudge.value = 0.0
    assert nudge.number == "1.000"
    assert_right(panel, [1.0, 2.5, -3.0], 0, 2, 1.0)


def test_the_words_for_screen_readers_say_which_cell_is_picked():
    _, _, J, _, _ = parts(two_cases_panel((0.0, 0.0), labels=["tea", "coffee"]))
    assert J.text == "∂P/∂S; picked: ∂P_tea/∂S_tea = +0.250, j = k: its own score is pushed"
    J.picked = [1, 0]
    assert J.text.startswith("∂P/∂S; picked: ∂P_coffee/∂S_tea = -0.250, j ≠ k")


def test_a_function_of_your_own_is_shown_and_measured():
    panel = two_cases_panel((0.0, 0.0), slope=lambda P, j, k: P[j] * (1 - P[k]))
    parts(panel)[2].picked = [0, 1]
    assert (read(parts(panel)[2]) == 0.25).all()
    assert said(panel, "∂P_1/∂S_2") == -0.25
    assert said(panel, "Yours:") == 0.25
    assert said(panel, "Furthest") == 0.5


def test_a_function_of_your_own_cannot_change_what_the_panel_shows():
    def careless(P, j, k):
        P *= 2
        return answers.two_cases(P / 2, j, k)

    assert_right(two_cases_panel(slope=careless), [1, 2, 3], 0, 0, 0.01)


def test_an_error_in_a_function_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_small(P, j, k):
        assert P.max() < 0.9, "too sure"
        return answers.two_cases(P, j, k)

    panel = two_cases_panel((0.0, 0.0), slope=only_small)
    S, *_ = parts(panel)
    S.values = [6.0, -6.0]
    assert "AssertionError: too sure" in panel.trouble.text
    assert "in only_small, line" in panel.trouble.text
    S.values = [0.0, 0.0]
    assert panel.trouble.text == ""


@pytest.mark.parametrize("wrong", [lambda P, j, k: P, lambda P, j, k: np.nan, lambda P, j, k: None])
def test_a_slope_that_is_not_one_number_is_refused(wrong):
    with pytest.raises(ValueError, match="^slope must return (one real|finite) number"):
        two_cases_panel(slope=wrong)


@pytest.mark.parametrize("scores", [(1.0,), range(9), (0.0, 7.0), (0.0, np.nan)], ids=str)
def test_scores_out_of_range_are_refused(scores):
    with pytest.raises(ValueError, match="^scores must be 2 to 8 numbers from -6 to 6, not"):
        two_cases_panel(scores)


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="^labels must be one for each of 3 scores, not"):
        two_cases_panel(labels=["tea"])
