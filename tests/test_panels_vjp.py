"""The vector-Jacobian panel without a browser: each step, and both ways to dS."""

import re

import numpy as np
import pytest
from test_panels import find, read

from softmax_lib import loops, softmax, softmax_jacobian, softmax_vjp
from softmax_lib.panels import vjp_panel
from softmax_lib.panels.primitives import Bars, Button, Heatmap, Words


def numbers(panel):
    """Read the numbers of the six bar charts: S, P, dP, centred, dS, Jᵀ dP."""
    return [[float(x) for x in bars.numbers] for bars in find(panel, Bars)]


def said(panel, line):
    """Read the number that the panel's words give after these."""
    text = find(panel, Words)[0].text
    return float(re.search(re.escape(line) + r" ([+-]?[\d.e+-]+\d)", text)[1])


def assert_right(panel, S, dP):
    """Compare every number that the panel shows with the library's and the loops'."""
    S, dP = np.asarray(S, float), np.asarray(dP, float)
    P, dS = softmax(S), loops.softmax_vjp(dP[None], softmax(S)[None])[0]
    mean = sum(a * b for a, b in zip(P, dP, strict=True))
    expected = S.round(1), P.round(3), dP.round(1), (dP - mean).round(2), dS.round(3), dS.round(3)
    for shown, right in zip(numbers(panel), expected, strict=True):
        np.testing.assert_array_equal(shown, right)
    (J,) = find(panel, Heatmap)
    np.testing.assert_array_equal(read(J), softmax_jacobian(P).round(3))
    assert said(panel, "\n        =") == np.round(mean, 4)
    assert said(panel, "Sum of dS:") == 0
    assert said(panel, "Furthest of dS from Jᵀ dP:") < 1e-15


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    assert_right(vjp_panel(scores), scores, [1, -2, 0.5, 0, 0, 0, 0, 0][: len(scores)])


def test_moving_a_score_and_a_message_changes_the_numbers_to_the_right_ones():
    panel = vjp_panel()
    S, _, dP, *_ = find(panel, Bars)
    S.values = [1.0, -2.5, 3.0]
    assert_right(panel, [1.0, -2.5, 3.0], [1, -2, 0.5])
    dP.values = [3.0, -3.0, 0.1]
    assert_right(panel, [1.0, -2.5, 3.0], [3.0, -3.0, 0.1])


def test_messages_of_your_own_are_where_the_bars_start():
    assert_right(vjp_panel((0.0, 1.0), (-0.5, 3)), [0, 1], [-0.5, 3])


def test_the_buttons_send_what_they_are_called():
    panel = vjp_panel()
    for button, dP in zip(find(panel, Button), ([1, 1, 1], [1, 0, 0]), strict=True):
        button.presses += 1
        assert_right(panel, [1, 2, 3], dP)
    assert numbers(panel)[4] == softmax_jacobian(softmax([1.0, 2.0, 3.0]))[0].round(3).tolist()


@pytest.mark.parametrize("scores", [(0.0, 0.0), (3.0, 3.0, -6.0)])
def test_no_bar_is_ever_longer_than_its_track(scores):
    panel = vjp_panel(scores, [3, -3, 0][: len(scores)])
    for bars in find(panel, Bars):
        assert bars.low <= min(bars.values) <= max(bars.values) <= bars.high


def test_the_words_for_screen_readers_change_with_the_pictures():
    panel = vjp_panel((0.0, 0.0), (1.0, 0.0), labels=["tea", "coffee"])
    _, _, dP, centred, dS, through_J = find(panel, Bars)
    (J,) = find(panel, Heatmap)
    assert centred.text == "dP - ⟨P, dP⟩: tea: +0.50, coffee: -0.50"
    assert through_J.text == "Jᵀ dP, with the matrix: tea: +0.250, coffee: -0.250"
    assert J.text == "J, 2 by 2: tea: +0.250 -0.250; coffee: -0.250 +0.250"
    dP.values = [0.0, 2.0]
    assert dS.text.endswith("tea: -0.500, coffee: +0.500")


def test_a_function_of_your_own_is_shown_beside_the_matrix():
    panel = vjp_panel((0.0, 0.0), (1.0, 0.0), vjp=lambda dP, P: P * (1 - P) * dP)
    assert find(panel, Bars)[4].title == "dS, yours"
    *_, dS, through_J = numbers(panel)
    assert dS == [0.25, 0.0]
    assert through_J == [0.25, -0.25]
    assert said(panel, "Sum of dS:") == 0.25
    assert said(panel, "Furthest of dS from Jᵀ dP:") == pytest.approx(0.25, abs=0.05)


def test_a_function_of_your_own_cannot_change_what_the_panel_shows():
    def careless(dP, P):
        dS = softmax_vjp(dP, P)
        dP[:], P[:] = 0, 0
        return dS

    assert_right(vjp_panel(vjp=careless), [1, 2, 3], [1, -2, 0.5])


def test_an_error_in_a_function_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_quiet(dP, P):
        assert dP.max() < 2, "too loud"
        return softmax_vjp(dP, P)

    panel = vjp_panel(vjp=only_quiet)
    dP = find(panel, Bars)[2]
    dP.values = [3.0, 0.0, 0.0]
    assert "AssertionError: too loud" in panel.trouble.text
    assert "in only_quiet, line" in panel.trouble.text
    dP.values = [1.0, 0.0, 0.0]
    assert panel.trouble.text == ""


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda dP, P: dP.sum(), r"vjp must return an array of shape \(3,\), not"),
        (lambda dP, P: dP * np.nan, "vjp must return finite numbers, not "),
    ],
)
def test_a_function_of_your_own_that_returns_no_gradient_is_refused(wrong, message):
    with pytest.raises(ValueError, match="^" + message):
        vjp_panel(vjp=wrong)


@pytest.mark.parametrize("dP", [(1.0, 2.0), (0.0, 0.0, 3.1), (0.0, 0.0, np.nan)], ids=str)
def test_messages_out_of_range_are_refused(dP):
    with pytest.raises(ValueError, match="^dP must be 3 numbers from -3 to 3, one for each score"):
        vjp_panel(dP=dP)


@pytest.mark.parametrize("scores", [(1.0,), range(9), (0.0, 7.0), (0.0, np.nan)], ids=str)
def test_scores_out_of_range_are_refused(scores):
    with pytest.raises(ValueError, match="^scores must be 2 to 8 numbers from -6 to 6, not"):
        vjp_panel(scores)
