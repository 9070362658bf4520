"""The softmax panel, in Python and in the Lab: what it shows is what the library computes."""

import numpy as np
import pytest
from support.shown import holds, read, signed

from softmax_lib import softmax
from softmax_lib.panels import softmax_panel


def weights(curve):
    """Read where the point of the triangle is, as shares of its three corners."""
    *corners, point = np.c_[curve.dots, np.ones(4)]
    return np.linalg.solve(np.transpose(corners), point)


def assert_right(shown, S, c=0.0, T=1.0):
    """Compare every number with the library's: S, S + c, P, their words, and the point's place."""
    S = np.asarray(S, float)
    P = softmax(S / T)
    rows = {
        "S": [signed(s, 1) for s in S],
        "S + c": [signed(s + c, 1) for s in S],
        "P": [f"{p:.3f}" for p in P],
    }
    for bars, (title, numbers) in zip(shown.bars, rows.items(), strict=True):
        words = ", ".join(f"{n}: {x}" for n, x in enumerate(numbers, 1))
        assert (bars.title, bars.numbers, bars.text) == (title, numbers, f"{title}: {words}")
    assert "".join(f"{p:9.4f}" for p in P).strip() in shown.words
    assert shown.sliders == {"shift c": signed(c, 1), "temperature": f"{T:.2f}"}
    assert shown.trouble == ""
    for triangle in shown.curves:
        assert ", ".join(f"{n}: {p:.3f}" for n, p in enumerate(P, 1)) in triangle.text
        np.testing.assert_allclose(weights(triangle), P, atol=2e-3)
    assert len(shown.curves) == (len(S) == 3)


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    assert_right(read(softmax_panel(scores)), scores)


def test_moving_a_score_and_the_temperature_changes_the_numbers_to_the_right_ones():
    panel = softmax_panel()
    panel.S.values = [1.0, 2.5, 3.0]
    assert_right(read(panel), [1.0, 2.5, 3.0])
    panel.log_T.value = np.log10(0.5)
    assert_right(read(panel), [1.0, 2.5, 3.0], T=0.5)


@pytest.mark.parametrize("c", [-6.0, 0.3, 6.0])
def test_the_shift_moves_the_scores_and_no_probability(c):
    panel = softmax_panel((0.5, -2.0, 4.0))
    panel.log_T.value = 0.3
    before, point = panel.P.numbers, panel.triangle.dots[-1]["at"]
    panel.c.value = c
    assert_right(read(panel), (0.5, -2.0, 4.0), c, T=2.0)  # it says 2.00, and means it
    assert panel.P.numbers == before
    assert panel.triangle.dots[-1]["at"] == pytest.approx(point)
    assert "changed P by less than 1e-13" in read(panel).words


def test_the_point_lies_where_the_probabilities_put_it():
    panel = softmax_panel((0.0, 0.0, 0.0))
    *corners, point = np.array(read(panel).curves[0].dots)
    assert point == pytest.approx(np.mean(corners, 0))
    for k in range(3):
        panel.S.values = np.where(np.arange(3) == k, 6.0, -6.0).tolist()
        assert read(panel).curves[0].dots[-1] == pytest.approx(corners[k], abs=1e-4)
    sides = np.linalg.norm(corners - np.roll(corners, 1, 0), axis=1)
    assert sides == pytest.approx([1.0, 1.0, 1.0])


def test_the_point_stays_on_the_way_of_all_temperatures():
    panel = softmax_panel()
    for panel.log_T.value in (-1.0, 0.0, 1.0):
        way = np.array(panel.triangle.lines[0]["points"])
        assert np.linalg.norm(way - panel.triangle.dots[-1]["at"], axis=1).min() < 0.04


@pytest.mark.parametrize("scores", [(0.0, 1.0), (0.0, 1.0, 2.0, 3.0)], ids=len)
def test_there_is_a_triangle_for_three_scores_alone(scores):
    assert not read(softmax_panel(scores)).curves


def test_the_words_for_screen_readers_change_with_the_picture():
    panel = softmax_panel((0.0, 0.0, 0.0), labels=["tea", "milk", "water"])
    assert panel.P.text == "P: tea: 0.333, milk: 0.333, water: 0.333"
    assert "tea: 0.333, milk: 0.333, water: 0.333" in panel.triangle.text
    panel.S.values = [6.0, -6.0, -6.0]
    assert panel.P.text == "P: tea: 1.000, milk: 0.000, water: 0.000"
    assert "tea: 1.000, milk: 0.000, water: 0.000" in panel.triangle.text


def test_a_softmax_of_your_own_is_shown_and_measured():
    panel = softmax_panel(softmax=lambda S: np.abs(S) / np.abs(S).sum())
    assert panel.P.numbers == ["0.167", "0.333", "0.500"]
    assert float(read(panel).words.split("library's: ")[1]) > 0.05
    panel.c.value = 6.0
    assert float(read(panel).words.split("changed P by ")[1].split()[0]) > 0.05


def test_an_error_in_a_softmax_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_small(S):
        assert S.max() < 5, "<b>too large</b>"
        return softmax(S)

    panel = softmax_panel(softmax=only_small)
    panel.c.value = 6.0
    assert "AssertionError: <b>too large</b>" in panel.trouble.text
    assert "in only_small, line" in panel.trouble.text
    panel.c.value = 0.0
    assert panel.trouble.text == ""


@pytest.mark.parametrize(
    ("wrong", "came"),
    [
        (lambda S: S[:2], r"it returned an array of float64, \(2,\)"),
        (lambda S: S * np.nan, r"it returned \[nan, nan, nan\], which is not finite"),
        (lambda S: S.sum(), r"it returned np.float64\(6.0\)"),
    ],
)
def test_a_softmax_of_a_wrong_shape_or_of_nan_is_refused(wrong, came):
    with pytest.raises(ValueError, match=rf"^softmax must return an array of shape \(3,\): {came}"):
        softmax_panel(softmax=wrong)


def test_the_learners_function_cannot_change_the_scores():
    def greedy(S):
        S -= S.max()
        return softmax(S)

    assert_right(read(softmax_panel(softmax=greedy)), (1.0, 2.0, 3.0))


def test_it_follows_keyboard_and_mouse_in_the_lab(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import softmax_panel", "softmax_panel()")
    holds(page, assert_right, [1.0, 2.0, 3.0])

    bar = page.get_by_role("slider", name="S 2", exact=True)
    bar.focus()
    for _ in range(5):
        bar.press("ArrowUp")  # a step is 0.1
    holds(page, assert_right, [1.0, 2.5, 3.0])

    shift = page.get_by_role("slider", name="shift c")
    shift.focus()
    for _ in range(10):
        shift.press("ArrowLeft")
    holds(page, assert_right, [1.0, 2.5, 3.0], c=-1.0)
    shift.press("End")
    holds(page, assert_right, [1.0, 2.5, 3.0], c=6.0)

    temperature = page.get_by_role("slider", name="temperature")
    temperature.focus()
    for _ in range(6):
        temperature.press("ArrowRight")  # a step is a factor of 10^0.05
    holds(page, assert_right, [1.0, 2.5, 3.0], c=6.0, T=2.0)

    drag(page.get_by_role("slider", name="S 1", exact=True), up=200)  # above its top
    holds(page, assert_right, [6.0, 2.5, 3.0], c=6.0, T=2.0)
    assert_accessible()
