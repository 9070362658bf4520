"""The quotient panel without a browser: its numbers are those of the rule and of the functions."""

import math
import re

import numpy as np
import pytest
from test_panels import find

from softmax_lib import answers
from softmax_lib.panels import quotient_panel
from softmax_lib.panels.primitives import Curve, Slider, Words
from softmax_lib.panels.quotient import wide


def said(panel):
    return find(panel, Words)[0].text


def slopes(panel):
    """Read the slopes shown: by the rule, of the secant, the difference of the two, measured."""
    return [float(x) for x in re.findall(r"(?:rule|\d|tangent|nudging): +(\S+)", said(panel))]


def assert_right(panel, x, h, f=lambda x: x**2 + 1, g=lambda x: 2 * x + 1, df=None, dg=2):
    slope = answers.quotient_rule(f(x), 2 * x if df is None else df, g(x), dg)
    secant = (f(x + h) / g(x + h) - f(x) / g(x)) / h
    expected = [slope, secant, secant - slope, slope]
    np.testing.assert_allclose(slopes(panel), expected, rtol=0, atol=0.5001e-4)
    (curve,) = find(panel, Curve)
    np.testing.assert_allclose(curve.point, [x, f(x) / g(x)])
    np.testing.assert_allclose([dot["at"][0] for dot in curve.dots], [x, x + h])


def test_the_first_draw_shows_the_rule_and_the_secant():
    panel = quotient_panel()
    assert_right(panel, 1.0, 1.0)
    assert "f =   +2.000    f′ =   +2.000" in said(panel)
    assert "g =   +3.000    g′ =   +2.000" in said(panel)
    assert slopes(panel)[0] == 0.2222


def test_moving_the_point_and_the_step_changes_the_numbers_to_the_right_ones():
    panel = quotient_panel()
    (curve,), (step,) = find(panel, Curve), find(panel, Slider)
    curve.value = 2.5
    assert_right(panel, 2.5, 1.0)
    step.value = -1.5
    assert_right(panel, 2.5, 10**-1.5)


def test_the_secant_closes_on_the_tangent():
    panel = quotient_panel()
    (step,) = find(panel, Slider)
    left = []
    for step.value in (0, -1, -2, -3):
        left.append(slopes(panel)[2])
    assert left == [0.1111, 0.0174, 0.0018, 0.0002]


def test_the_lines_that_are_drawn_run_through_the_point_with_their_slopes():
    panel = quotient_panel(x=2.0)
    (shown,) = find(panel, Curve)
    curve, tangent, secant = *shown.still, *shown.lines
    assert [line["name"] for line in (curve, tangent, secant)] == ["f/g", "tangent", "secant"]
    assert curve["points"][120] == pytest.approx([2.0, 1.0])
    for line, slope in ((tangent, 0.4), (secant, 3 / 7)):
        (a, c), (b, d) = line["points"]
        assert (d - c) / (b - a) == pytest.approx(slope)
        assert c + slope * (2.0 - a) == pytest.approx(1.0)


def test_the_frame_stays_while_the_point_moves():
    (curve,) = find(quotient_panel(), Curve)
    before = curve.limits, curve.xticks, curve.yticks, curve.still
    curve.value = 0.0
    assert (curve.limits, curve.xticks, curve.yticks, curve.still) == before


def test_the_words_for_screen_readers_change_with_the_picture():
    (curve,) = find(quotient_panel(), Curve)
    assert "At x = 1.00 its height is +0.667 and its slope +0.2222" in curve.text
    curve.value = 0.0
    assert "At x = 0.00 its height is +1.000 and its slope -2.0000" in curve.text
    assert curve.number == "x = 0.00, f/g = +1.000"


def test_functions_of_your_own_are_shown():
    panel = quotient_panel(math.exp, lambda x: math.exp(x) + 1, x=0.0, between=(-4, 4))
    assert slopes(panel)[0] == slopes(panel)[3] == 0.25


def test_large_numbers_are_as_wide_as_small_ones():
    widths = {len(wide(x)) for x in (0.5, -999.9, 1000.0, -123456.0, 1e12, np.nan)}
    assert widths == {8}
    assert wide(-123456.0) == "-1.2e+05"


def test_a_rule_of_your_own_draws_the_tangent():
    panel = quotient_panel(rule=lambda f, df, g, dg: df / dg)
    assert slopes(panel)[0] == 1.0
    assert slopes(panel)[3] == 0.2222
    (a, c), (b, d) = find(panel, Curve)[0].lines[0]["points"]
    assert (d - c) / (b - a) == pytest.approx(1.0)


def test_where_the_bottom_is_zero_the_panel_says_so_and_the_curve_is_cut():
    panel = quotient_panel(lambda x: 1.0, lambda x: x, x=1.0, between=(-1, 1))
    (curve,) = find(panel, Curve)
    assert sum(line.get("stroke-width") == 3 for line in curve.still) == 2
    curve.value = 0.0
    assert "At x = 0.00 f/g has no value, and so no slope." in said(panel)
    assert panel.trouble.text == ""
    curve.value = 0.5
    assert slopes(panel)[0] == -4.0


def test_an_error_in_a_rule_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_small(f, df, g, dg):
        assert f < 5, "too far"
        return f

    panel = quotient_panel(rule=only_small)
    (curve,) = find(panel, Curve)
    curve.value = 3.0
    assert "AssertionError: too far" in panel.trouble.text
    assert "in only_small, line" in panel.trouble.text
    curve.value = 1.0
    assert panel.trouble.text == ""


def test_an_error_in_f_is_shown_with_its_line_and_is_not_taken_for_html():
    calls = []

    def tires(x):
        calls.append(x)
        if len(calls) > 300:
            raise RuntimeError("<b>tired</b>")
        return x

    panel = quotient_panel(tires)
    (curve,) = find(panel, Curve)
    for x in np.linspace(0, 3, 31):
        curve.value = float(x)
    assert "RuntimeError: <b>tired</b>" in panel.trouble.text
    assert "in tires, line" in panel.trouble.text


def test_the_function_whose_number_is_at_fault_is_the_one_that_is_shown():
    def halves(x):
        return x / 2

    def forgets(f, df, g, dg):
        return df if f < 1 else None

    panel = quotient_panel(halves, rule=forgets)
    find(panel, Curve)[0].value = 3.0
    assert "rule must return one real number, not None" in panel.trouble.text
    assert "def forgets(f, df, g, dg):" in panel.trouble.text


@pytest.mark.parametrize("wrong", [lambda *_: [1.0, 2.0], lambda *_: None, lambda *_: 1j])
@pytest.mark.parametrize("name", ["f", "g", "rule"])
def test_a_function_that_does_not_return_one_number_is_refused(name, wrong):
    with pytest.raises(ValueError, match=f"^{name} must return one real number, not "):
        quotient_panel(**{name: wrong})


@pytest.mark.parametrize("name", ["f", "g", "rule"])
def test_what_is_no_function_is_refused(name):
    with pytest.raises(ValueError, match=f"^{name} must be a function, not 3"):
        quotient_panel(**{name: 3})


@pytest.mark.parametrize("between", [(1, 0), (0,), 3, ("a", "b"), (0, np.nan)], ids=str)
def test_a_way_that_is_none_is_refused(between):
    with pytest.raises(ValueError, match="^between must be two numbers, the smaller first, not"):
        quotient_panel(between=between)


@pytest.mark.parametrize("x", [-0.1, 3.1, np.nan, "one"], ids=str)
def test_a_point_outside_is_refused(x):
    with pytest.raises(ValueError, match=r"^x must be a number from 0\.0 to 3\.0, not"):
        quotient_panel(x=x)


def test_a_ratio_without_any_value_is_refused():
    with pytest.raises(ValueError, match="^f/g must have a value somewhere in the picture"):
        quotient_panel(g=lambda x: 0.0)
