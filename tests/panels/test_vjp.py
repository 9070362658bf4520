"""The vector-Jacobian panel, in Python and in the Lab: each step, and both ways to dS."""

import re

import numpy as np
import pytest
from support.shown import holds, press, read, signed

from softmax_lib import loops, softmax, softmax_jacobian, softmax_vjp
from softmax_lib.panels import vjp_panel


def fixed(values, decimals=3, sign="+"):
    """Write numbers as the panel does."""
    return [signed(x, decimals, sign) for x in values]


def said(shown, line):
    """Read the number that the panel's words give after these."""
    return float(re.search(re.escape(line) + r" ([+-]?[\d.e+-]+\d)", shown.words)[1])


def assert_right(shown, S, dP):
    """Compare every number with the library's and the loops', in pictures and in words."""
    S, dP = np.asarray(S, float), np.asarray(dP, float)
    P, dS = softmax(S), loops.softmax_vjp(dP[None], softmax(S)[None])[0]
    mean = sum(a * b for a, b in zip(P, dP, strict=True))
    expected = [
        *(fixed(S, 1), fixed(P, sign=""), fixed(dP, 1), fixed(dP - mean, 2)),
        *(fixed(dS), fixed(dS)),
    ]
    assert [bars.numbers for bars in shown.bars] == expected
    named = [", ".join(f"{n}: {x}" for n, x in enumerate(row, start=1)) for row in expected]
    for bars, text in zip(shown.bars, named, strict=True):
        assert bars.text == f"{bars.title}: {text}"
    (J,) = shown.tables
    assert J.numbers == [fixed(row) for row in softmax_jacobian(P)]
    terms = [f"{p:.4f} · {signed(u, 1)}" for p, u in zip(P, dP, strict=True)]
    lines = ["  +  ".join(terms[n : n + 4]) for n in range(0, len(terms), 4)]
    assert "⟨P, dP⟩ = " + "\n        + ".join(lines) in shown.words
    assert f"\n        = {signed(mean, 4)}, one number" in shown.words
    assert "Sum of dS: 0.000" in shown.words
    assert "Furthest of dS from Jᵀ dP: less than 1e-13" in shown.words
    assert shown.trouble == ""


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    assert_right(read(vjp_panel(scores)), scores, [1, -2, 0.5, 0, 0, 0, 0, 0][: len(scores)])


def test_moving_a_score_and_a_message_changes_the_numbers_to_the_right_ones():
    panel = vjp_panel()
    panel.S.values = [1.0, -2.5, 3.0]
    assert_right(read(panel), [1.0, -2.5, 3.0], [1, -2, 0.5])
    panel.dP.values = [3.0, -3.0, 0.1]
    assert_right(read(panel), [1.0, -2.5, 3.0], [3.0, -3.0, 0.1])


@pytest.mark.parametrize("dP", [(-0.5, 3), np.array([-0.5, 3])], ids=["tuple", "array"])
def test_messages_of_your_own_are_where_the_bars_start(dP):
    assert_right(read(vjp_panel((0.0, 1.0), dP)), [0, 1], [-0.5, 3])


def test_the_buttons_send_what_they_are_called():
    panel = vjp_panel()
    for name, dP in {"all alike": [1, 1, 1], "the first alone": [1, 0, 0]}.items():
        press(panel, name)
        assert_right(read(panel), [1, 2, 3], dP)
    assert panel.dS.numbers == fixed(softmax_jacobian(softmax([1.0, 2.0, 3.0]))[0])


@pytest.mark.parametrize("scores", [(0.0, 0.0), (3.0, 3.0, -6.0)])
def test_no_bar_is_ever_longer_than_its_track(scores):
    panel = vjp_panel(scores, [3, -3, 0][: len(scores)])
    for bars in (panel.S, panel.P, panel.dP, panel.centred, panel.dS, panel.through_J):
        assert bars.low <= min(bars.values) <= max(bars.values) <= bars.high


def test_the_words_for_screen_readers_change_with_the_pictures():
    panel = vjp_panel((0.0, 0.0), (1.0, 0.0), labels=["tea", "coffee"])
    assert panel.centred.text == "dP - ⟨P, dP⟩: tea: +0.50, coffee: -0.50"
    assert panel.through_J.text == "Jᵀ dP, with the matrix: tea: +0.250, coffee: -0.250"
    assert panel.J.text == "J, 2 by 2: tea: +0.250 -0.250; coffee: -0.250 +0.250"
    panel.dP.values = [0.0, 2.0]
    assert panel.dS.text.endswith("tea: -0.500, coffee: +0.500")


def test_a_function_of_your_own_is_shown_beside_the_matrix():
    shown = read(vjp_panel((0.0, 0.0), (1.0, 0.0), vjp=lambda dP, P: P * (1 - P) * dP))
    *_, dS, through_J = shown.bars
    assert dS.title == "dS, yours"
    assert dS.numbers == fixed([0.25, 0.0])
    assert through_J.numbers == fixed([0.25, -0.25])
    assert said(shown, "Sum of dS:") == 0.25
    assert said(shown, "Furthest of dS from Jᵀ dP:") == pytest.approx(0.25, abs=0.05)


def test_a_function_of_your_own_cannot_change_what_the_panel_shows():
    def careless(dP, P):
        dS = softmax_vjp(dP, P)
        dP[:], P[:] = 0, 0
        return dS

    assert_right(read(vjp_panel(vjp=careless)), [1, 2, 3], [1, -2, 0.5])


def test_an_error_in_a_function_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_quiet(dP, P):
        assert dP.max() < 2, "too loud"
        return softmax_vjp(dP, P)

    panel = vjp_panel(vjp=only_quiet)
    panel.dP.values = [3.0, 0.0, 0.0]
    assert "AssertionError: too loud" in panel.trouble.text
    assert "in only_quiet, line" in panel.trouble.text
    panel.dP.values = [1.0, 0.0, 0.0]
    assert panel.trouble.text == ""


@pytest.mark.parametrize(
    ("wrong", "came"),
    [
        (lambda dP, P: dP.sum(), r"it returned np.float64\(-0.5\)"),
        (lambda dP, P: dP * np.nan, r"it returned \[nan, nan, nan\], which is not finite"),
    ],
)
def test_a_function_of_your_own_that_returns_no_gradient_is_refused(wrong, came):
    with pytest.raises(ValueError, match=rf"^vjp must return an array of shape \(3,\): {came}"):
        vjp_panel(vjp=wrong)


@pytest.mark.parametrize("dP", [(1.0, 2.0), (0.0, 0.0, 3.1), (0.0, 0.0, np.nan), 3], ids=str)
def test_messages_out_of_range_are_refused(dP):
    with pytest.raises(ValueError, match="^dP must be 3 numbers from -3 to 3, one for each score"):
        vjp_panel(dP=dP)


def test_it_follows_keyboard_and_mouse_in_the_lab(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import vjp_panel", "vjp_panel()")
    holds(page, assert_right, [1.0, 2.0, 3.0], [1.0, -2.0, 0.5])

    message = page.get_by_role("slider", name="dP 3")
    message.focus()
    for _ in range(5):
        message.press("ArrowDown")  # a step is 0.1
    holds(page, assert_right, [1.0, 2.0, 3.0], [1.0, -2.0, 0.0])

    score = page.get_by_role("slider", name="S 2", exact=True)
    score.focus()
    score.press("PageUp")
    holds(page, assert_right, [1.0, 3.0, 3.0], [1.0, -2.0, 0.0])

    drag(page.get_by_role("slider", name="dP 1"), up=200)  # above its top
    holds(page, assert_right, [1.0, 3.0, 3.0], [3.0, -2.0, 0.0])

    page.get_by_role("button", name="all alike").click()
    holds(page, assert_right, [1.0, 3.0, 3.0], [1.0, 1.0, 1.0])
    alone = page.get_by_role("button", name="the first alone")
    alone.focus()
    alone.press("Enter")
    holds(page, assert_right, [1.0, 3.0, 3.0], [1.0, 0.0, 0.0])
    assert_accessible()
