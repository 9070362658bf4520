"""Panels without a browser: a moved control changes the numbers to the library's."""

import re

import numpy as np
import pytest

from softmax_lib import softmax, softmax_jacobian
from softmax_lib.panels import jacobian_panel
from softmax_lib.panels.jacobian import number


def table(panel):
    """Read the panel's numbers: one row for each j, with P, the entries, their sum."""
    rows = re.findall(r'<th scope="row">(.*?)</tr>', panel.children[1].value)
    return np.array([[float(x) for x in re.findall(r">([-+]?\d\.\d{3})<", row)] for row in rows])


def expected(S):
    P = softmax(S)
    return np.c_[P, softmax_jacobian(P), np.zeros(len(P))].round(3)


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    np.testing.assert_array_equal(table(jacobian_panel(scores)), expected(scores))


def test_moving_a_score_and_the_temperature_changes_the_numbers_to_the_right_ones():
    panel = jacobian_panel()
    *scores, temperature = panel.children[0].children
    scores[1].value = 2.5
    np.testing.assert_array_equal(table(panel), expected([1.0, 2.5, 3.0]))
    temperature.value = 0.5
    np.testing.assert_array_equal(table(panel), expected(np.array([1.0, 2.5, 3.0]) / 0.5))


@pytest.mark.parametrize("scores", [(1.0,), range(9), (0.0, 7.0), (0.0, np.nan)], ids=str)
def test_scores_out_of_range_are_refused(scores):
    with pytest.raises(ValueError, match="^scores must be 2 to 8 numbers from -6 to 6, not"):
        jacobian_panel(scores)


def test_numbers_keep_their_width_and_zero_has_no_minus():
    assert [number(x) for x in (0.25, -0.25, -1e-9)] == ["+0.250", "-0.250", "+0.000"]


def test_without_a_kernel_the_panel_says_in_words_what_it_is():
    assert repr(jacobian_panel()).startswith("A live panel: run this cell")
