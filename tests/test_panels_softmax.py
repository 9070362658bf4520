"""The softmax panel without a browser: a moved control changes the numbers to the library's."""

import numpy as np
import pytest
from test_panels import find

from softmax_lib import softmax
from softmax_lib.panels import softmax_panel
from softmax_lib.panels.primitives import Bars, Curve, Slider, Words


def said(panel):
    return find(panel, Words)[0].text


def assert_right(panel, S, c=0.0, T=1.0):
    S = np.asarray(S, float)
    scores, shifted, P = ([float(x) for x in bars.numbers] for bars in find(panel, Bars))
    np.testing.assert_allclose(scores, S.round(1))
    np.testing.assert_allclose(shifted, (S + c).round(1), atol=1e-12)
    np.testing.assert_array_equal(P, softmax(S / T).round(3))
    assert "".join(f"{x:9.4f}" for x in softmax(S / T)).strip() in said(panel)


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    assert_right(softmax_panel(scores), scores)


def test_moving_a_score_and_the_temperature_changes_the_numbers_to_the_right_ones():
    panel = softmax_panel()
    S, _, _ = find(panel, Bars)
    S.values = [1.0, 2.5, 3.0]
    assert_right(panel, [1.0, 2.5, 3.0])
    _, log_T = find(panel, Slider)
    log_T.value = np.log10(0.5)
    assert_right(panel, [1.0, 2.5, 3.0], T=0.5)


@pytest.mark.parametrize("c", [-6.0, 0.3, 6.0])
def test_the_shift_moves_the_scores_and_no_probability(c):
    panel = softmax_panel((0.5, -2.0, 4.0))
    shift, log_T = find(panel, Slider)
    _, _, P = find(panel, Bars)
    (triangle,) = find(panel, Curve)
    log_T.value = 0.3
    before, point = P.numbers, triangle.dots[-1]["at"]
    shift.value = c
    assert_right(panel, (0.5, -2.0, 4.0), c, 10**0.3)
    assert P.numbers == before
    assert triangle.dots[-1]["at"] == pytest.approx(point)
    assert float(said(panel).split("at most ")[1].split()[0]) < 1e-15


def test_the_point_lies_where_the_probabilities_put_it():
    panel = softmax_panel((0.0, 0.0, 0.0))
    S, _, _ = find(panel, Bars)
    (triangle,) = find(panel, Curve)
    corners = np.array([dot["at"] for dot in triangle.dots[:3]])
    assert triangle.dots[-1]["at"] == pytest.approx(corners.mean(0))
    for k in range(3):
        S.values = np.where(np.arange(3) == k, 6.0, -6.0).tolist()
        assert triangle.dots[-1]["at"] == pytest.approx(corners[k], abs=1e-4)
    sides = np.linalg.norm(corners - np.roll(corners, 1, 0), axis=1)
    assert sides == pytest.approx([1.0, 1.0, 1.0])


def test_the_point_stays_on_the_way_of_all_temperatures():
    panel = softmax_panel()
    (triangle,), (_, log_T) = find(panel, Curve), find(panel, Slider)
    for log_T.value in (-1.0, 0.0, 1.0):
        way = np.array(triangle.lines[0]["points"])
        assert np.linalg.norm(way - triangle.dots[-1]["at"], axis=1).min() < 0.04


@pytest.mark.parametrize("scores", [(0.0, 1.0), (0.0, 1.0, 2.0, 3.0)], ids=len)
def test_there_is_a_triangle_for_three_scores_alone(scores):
    assert not find(softmax_panel(scores), Curve)


def test_the_words_for_screen_readers_change_with_the_picture():
    panel = softmax_panel((0.0, 0.0, 0.0), labels=["tea", "milk", "water"])
    S, _, P = find(panel, Bars)
    (triangle,) = find(panel, Curve)
    assert P.text == "P: tea: 0.333, milk: 0.333, water: 0.333"
    assert "tea: 0.333, milk: 0.333, water: 0.333" in triangle.text
    S.values = [6.0, -6.0, -6.0]
    assert P.text == "P: tea: 1.000, milk: 0.000, water: 0.000"
    assert "tea: 1.000, milk: 0.000, water: 0.000" in triangle.text


def test_a_softmax_of_your_own_is_shown_and_measured():
    panel = softmax_panel(softmax=lambda S: np.abs(S) / np.abs(S).sum())
    _, _, P = find(panel, Bars)
    assert P.numbers == ["0.167", "0.333", "0.500"]
    shift, _ = find(panel, Slider)
    assert float(said(panel).split("library's: ")[1]) > 0.05
    shift.value = 6.0
    assert float(said(panel).split("at most ")[1].split()[0]) > 0.05


def test_an_error_in_a_softmax_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_small(S):
        assert S.max() < 5, "<b>too large</b>"
        return softmax(S)

    panel = softmax_panel(softmax=only_small)
    shift, _ = find(panel, Slider)
    shift.value = 6.0
    assert "AssertionError: <b>too large</b>" in panel.trouble.text
    assert "in only_small, line" in panel.trouble.text
    shift.value = 0.0
    assert panel.trouble.text == ""


@pytest.mark.parametrize("wrong", [lambda S: S[:2], lambda S: S * np.nan, lambda S: S.sum()])
def test_a_softmax_of_a_wrong_shape_or_of_nan_is_refused(wrong):
    with pytest.raises(ValueError, match="^softmax must return (an array of shape|finite)"):
        softmax_panel(softmax=wrong)


def test_the_learners_function_cannot_change_the_scores():
    def greedy(S):
        S -= S.max()
        return softmax(S)

    assert_right(softmax_panel(softmax=greedy), (1.0, 2.0, 3.0))


@pytest.mark.parametrize("scores", [(1.0,), range(9), (0.0, 7.0), (0.0, np.nan)], ids=str)
def test_scores_out_of_range_are_refused(scores):
    with pytest.raises(ValueError, match="^scores must be 2 to 8 numbers from -6 to 6, not"):
        softmax_panel(scores)


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="^labels must be one for each of 3 scores, not"):
        softmax_panel(labels=["tea"])
