"""Panels without a browser: a moved control changes the numbers to the library's."""

import re

import numpy as np
import pytest

from softmax_lib import softmax, softmax_jacobian
from softmax_lib.colours import COLOURS
from softmax_lib.figures import cell_colours
from softmax_lib.panels import (
    attention_panel,
    jacobian_panel,
    quotient_panel,
    softmax_panel,
    tiles_panel,
    two_cases_panel,
    vjp_panel,
)
from softmax_lib.panels.panel import leaves, script
from softmax_lib.panels.primitives import (
    Bars,
    Button,
    Curve,
    Heatmap,
    Slider,
    Words,
    number,
    returned,
)


def find(panel, kind):
    """List a panel's parts of one kind, in the order in which they stand."""
    return [part for part in leaves(panel.root) if isinstance(part, kind)]


def read(heatmap):
    """Read a heatmap's numbers as the page shows them."""
    return np.array([[float(x) for x in line] for line in heatmap.numbers])


def shown(panel):
    """Read what the Jacobian panel shows: P, J and the sums of its rows."""
    _, P = find(panel, Bars)
    (J,) = find(panel, Heatmap)
    return [float(x) for x in P.numbers], read(J)[:, :-1], read(J)[:, -1]


def assert_right(panel, S):
    P, J, sums = shown(panel)
    np.testing.assert_array_equal(P, softmax(S).round(2))
    np.testing.assert_array_equal(J, softmax_jacobian(softmax(S)).round(3))
    assert not sums.any()


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    assert_right(jacobian_panel(scores), scores)


def test_moving_a_score_and_the_temperature_changes_the_numbers_to_the_right_ones():
    panel = jacobian_panel()
    S, _ = find(panel, Bars)
    S.values = [1.0, 2.5, 3.0]
    assert_right(panel, [1.0, 2.5, 3.0])
    temperature, _ = find(panel, Slider)
    temperature.value = np.log10(0.5)
    assert_right(panel, np.array([1.0, 2.5, 3.0]) / 0.5)


def test_another_number_of_scores_keeps_those_that_are_there():
    panel = jacobian_panel()
    _, N = find(panel, Slider)
    for size, scores in ((5, [1, 2, 3, 0, 0]), (2, [1, 2])):
        N.value = size
        assert_right(panel, scores)


def test_the_presets_are_what_they_are_called():
    panel = jacobian_panel((1.0, 2.0, 3.0, 4.0))
    P = {}
    for button in find(panel, Button):
        button.presses += 1
        P[button.name], _, _ = shown(panel)
    assert P["uniform"] == [0.25] * 4
    assert P["two equal"] == [0.5, 0.5, 0, 0]
    assert P["one winner"][-1] > 0.9
    assert P["saturated"] == [0, 0, 0, 1]


def test_it_says_the_eigenvalues_and_how_near_the_measured_jacobian_is():
    words, _ = find(jacobian_panel((0.0, 0.0)), Words)
    assert "Eigenvalues: +0.000  +0.500" in words.text
    assert float(words.text.split("nudging: ")[1]) < 1e-9


def test_the_words_for_screen_readers_change_with_the_picture():
    S, P = find(jacobian_panel((0.0, 0.0), labels=["tea", "coffee"]), Bars)
    assert P.text == "P: tea: 0.50, coffee: 0.50"
    S.values = [6.0, -6.0]
    assert S.text == "S: tea: +6.0, coffee: -6.0"
    assert P.text == "P: tea: 1.00, coffee: 0.00"


def test_a_function_of_your_own_is_shown_and_measured():
    words, _ = find(jacobian_panel((0.0, 0.0), jacobian=lambda P: np.diag(P * (1 - P))), Words)
    assert float(words.text.split("nudging: ")[1]) == pytest.approx(0.25, abs=0.05)


def test_an_error_in_a_function_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_small(P):
        assert P.max() < 0.9, "too sure"
        return softmax_jacobian(P)

    panel = jacobian_panel((0.0, 0.0), jacobian=only_small)
    S, _ = find(panel, Bars)
    S.values = [6.0, -6.0]
    assert "AssertionError: too sure" in panel.trouble.text
    assert "in only_small, line" in panel.trouble.text
    S.values = [0.0, 0.0]
    assert panel.trouble.text == ""


def test_a_function_of_your_own_of_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"^jacobian must return an array of shape \(3, 3\), not"):
        jacobian_panel(jacobian=lambda P: P)


def test_when_what_it_returns_is_at_fault_the_panel_shows_where_your_function_begins():
    def forgets(P):
        return softmax_jacobian(P) if P.max() < 0.9 else None

    panel = jacobian_panel((0.0, 0.0), jacobian=forgets)
    S, _ = find(panel, Bars)
    S.values = [6.0, -6.0]
    assert "jacobian must return an array of shape (2, 2), not None" in panel.trouble.text
    assert "in forgets, line" in panel.trouble.text
    assert "def forgets(P):" in panel.trouble.text


@pytest.mark.parametrize(
    ("value", "shape", "message"),
    [
        (np.ones(3), (2,), r"an array of shape \(2,\), not an array of shape \(3,\)"),
        (["a", "b"], (2,), r"an array of shape \(2,\), not \['a', 'b'\]"),
        (None, (), "one real number, not None"),
        (1j, (), "one real number, not 1j"),
        ([0.0, np.nan], (2,), r"finite numbers, not \[0.0, nan\]"),
    ],
)
def test_what_a_function_of_your_own_must_not_return_is_said(value, shape, message):
    with pytest.raises(ValueError, match=f"^yours must return {message}"):
        returned(value, shape, "yours")


@pytest.mark.parametrize(
    ("touched", "to"), [("values", [1.0, 2.5, 3.0]), ("presses", 1)], ids=["bar", "button"]
)
def test_all_that_a_touch_changes_comes_back_in_one_message(touched, to, monkeypatch):
    panel, sent = jacobian_panel(), []
    monkeypatch.setattr(panel, "_send", lambda message, buffers=None: sent.append(message))
    panel.set_state({next(name for name in panel.keys if name.endswith(touched)): to})
    (message,) = sent
    S, P = find(panel, Bars)
    assert message["method"] == "update"
    assert S.numbers in message["state"].values()
    assert P.numbers in message["state"].values()


def test_no_script_takes_a_text_for_html_or_for_code():
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|Function\(", script())


@pytest.mark.parametrize("scores", [(1.0,), range(9), (0.0, 7.0), (0.0, np.nan)], ids=str)
def test_scores_out_of_range_are_refused(scores):
    with pytest.raises(ValueError, match="^scores must be 2 to 8 numbers from -6 to 6, not"):
        jacobian_panel(scores)


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="^labels must be one for each of 3 scores, not"):
        jacobian_panel(labels=["tea"])


@pytest.mark.parametrize("panel", [jacobian_panel, softmax_panel, two_cases_panel, vjp_panel])
def test_the_bars_of_a_row_wear_the_colours_that_they_are_given(panel):
    S, *_ = bars = find(panel(colours={"S": "teal"}), Bars)
    assert S.colour == "#008080"
    assert {chart.colour for chart in bars} == {"#008080", COLOURS["P"].lower()}


def test_the_lines_of_a_quotient_wear_the_colours_that_they_are_given():
    (curve,) = find(quotient_panel(colours={"tangent": "teal"}), Curve)
    tangent, secant = curve.lines
    assert tangent["stroke"] == "#008080"
    assert "stroke" not in secant


@pytest.mark.parametrize("panel", [attention_panel, tiles_panel])
def test_the_heatmaps_wear_the_colour_map_that_they_are_given(panel):
    arrays = np.random.default_rng(0).normal(size=(4, 3, 2))
    first, *_ = find(panel(*arrays, colours="RdBu"), Heatmap)
    S = arrays[0] @ arrays[1].T / np.sqrt(2)
    limit = np.abs(S).max()
    assert first.backgrounds[0][0] == cell_colours(S[0, 0], limit, "RdBu")[0]
    assert first.backgrounds[0][0] != cell_colours(S[0, 0], limit)[0]
    with pytest.raises(ValueError, match="colours must be the name of a colour map"):
        panel(*arrays, colours="no map")


@pytest.mark.parametrize("colours", [{"dP": "teal"}, {"S": "url(x)"}], ids=str)
@pytest.mark.parametrize("panel", [jacobian_panel, quotient_panel])
def test_what_is_not_a_colour_or_has_no_place_is_refused(panel, colours):
    with pytest.raises(ValueError, match=r"colours must be for|Invalid RGBA argument: 'url"):
        panel(colours=colours)


def test_numbers_keep_their_width_and_zero_has_no_minus():
    assert [number(x) for x in (0.25, -0.25, -1e-9)] == ["+0.250", "-0.250", "+0.000"]


def test_without_a_kernel_the_panel_says_in_words_what_it_is():
    assert repr(jacobian_panel()).startswith("A live panel: run this cell")
