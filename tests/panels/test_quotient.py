"""The quotient panel, in Python and in the Lab: its numbers are those of the rule."""

import math
import re

import numpy as np
import pytest
from support.shown import holds, read, signed

from softmax_lib.panels import quotient_panel
from softmax_lib.panels.quotient import wide


def slopes(shown):
    """Read the slopes: by the rule, of the secant, the difference of the two, measured."""
    return [float(x) for x in re.findall(r"(?:rule|\d|tangent|nudging): +(\S+)", shown.words)]


def assert_right(shown, x, h):
    """See that it stands at x and h, with the numbers of (x² + 1) / (2x + 1) and of its rule."""
    f, df, g, dg = x**2 + 1, 2 * x, 2 * x + 1, 2
    slope = (df * g - dg * f) / g**2
    secant = (((x + h) ** 2 + 1) / (2 * (x + h) + 1) - f / g) / h
    assert f"At x = {x:.2f}:" in shown.words
    assert f"h = {h:.4f}:" in shown.words
    four = [float(n) for n in re.findall(r"(?:f|f′|g|g′) = +([+-]?[\d.]+)", shown.words)[:4]]
    assert four == [round(n, 3) for n in (f, df, g, dg)]
    expected = [slope, secant, secant - slope, slope]
    np.testing.assert_allclose(slopes(shown), expected, rtol=0, atol=0.5001e-4)
    (curve,) = shown.curves
    assert curve.number == f"x = {x:.2f}, f/g = {signed(f / g, 3)}"
    assert (
        f"At x = {x:.2f} its height is {signed(f / g, 3)} and its slope {signed(slope, 4)}"
        in curve.text
    )
    assert shown.trouble == ""


def test_the_first_draw_shows_the_rule_and_the_secant():
    shown = read(quotient_panel())
    assert_right(shown, 1.0, 1.0)
    assert "f =   +2.000    f′ =   +2.000" in shown.words
    assert "g =   +3.000    g′ =   +2.000" in shown.words
    assert slopes(shown)[0] == 0.2222


@pytest.mark.parametrize(("x", "h"), [(1.0, 1.0), (2.5, 1.0), (2.5, 10**-1.5)])
def test_moving_the_point_and_the_step_changes_the_numbers_to_the_right_ones(x, h):
    panel = quotient_panel()
    panel.curve.value, panel.log_h.value = x, np.log10(h)
    assert_right(read(panel), x, h)
    q = [(a**2 + 1) / (2 * a + 1) for a in (x, x + h)]
    np.testing.assert_allclose(panel.curve.point, [x, q[0]])
    np.testing.assert_allclose(read(panel).curves[0].dots, np.c_[[x, x + h], q])


def test_the_secant_closes_on_the_tangent():
    panel = quotient_panel()
    left = []
    for panel.log_h.value in (0, -1, -2, -3):
        left.append(slopes(read(panel))[2])
    assert left == [0.1111, 0.0174, 0.0018, 0.0002]


def test_the_lines_that_are_drawn_run_through_the_point_with_their_slopes():
    shown = quotient_panel(x=2.0).curve
    curve, tangent, secant = *shown.still, *shown.lines
    assert [line["name"] for line in (curve, tangent, secant)] == ["f/g", "tangent", "secant"]
    assert curve["points"][120] == pytest.approx([2.0, 1.0])
    for line, slope in ((tangent, 0.4), (secant, 3 / 7)):
        (a, c), (b, d) = line["points"]
        assert (d - c) / (b - a) == pytest.approx(slope)
        assert c + slope * (2.0 - a) == pytest.approx(1.0)


def test_the_frame_stays_while_the_point_moves():
    curve = quotient_panel().curve
    before = curve.limits, curve.xticks, curve.yticks, curve.still
    curve.value = 0.0
    assert (curve.limits, curve.xticks, curve.yticks, curve.still) == before


def test_the_words_for_screen_readers_change_with_the_picture():
    curve = quotient_panel().curve
    assert "At x = 1.00 its height is +0.667 and its slope +0.2222" in curve.text
    curve.value = 0.0
    assert "At x = 0.00 its height is +1.000 and its slope -2.0000" in curve.text
    assert curve.number == "x = 0.00, f/g = +1.000"


def test_functions_of_your_own_are_shown():
    shown = read(quotient_panel(math.exp, lambda x: math.exp(x) + 1, x=0.0, between=(-4, 4)))
    assert slopes(shown)[0] == slopes(shown)[3] == 0.25


def test_functions_of_your_own_are_given_plain_numbers():
    given = []

    def watched(*x):
        given.extend(x)
        return x[0]

    quotient_panel(watched, rule=watched).curve.value = 2.0
    assert {isinstance(x, float) for x in given} == {True}


def test_large_numbers_are_as_wide_as_small_ones():
    widths = {len(wide(x)) for x in (0.5, -999.9, 1000.0, -123456.0, 1e12, np.nan)}
    assert widths == {8}
    assert wide(-123456.0) == "-1.2e+05"


def test_a_rule_of_your_own_draws_the_tangent():
    panel = quotient_panel(rule=lambda f, df, g, dg: df / dg)
    assert slopes(read(panel))[0] == 1.0
    assert slopes(read(panel))[3] == 0.2222
    words = read(panel).words
    assert "= rule(  +2.000,   +2.000," in words
    assert "(f′ · g − g′ · f) / g²" not in words  # a false equation, with numbers of another rule
    (a, c), (b, d) = panel.curve.lines[0]["points"]
    assert (d - c) / (b - a) == pytest.approx(1.0)


def test_where_the_bottom_is_zero_the_panel_says_so_and_the_curve_is_cut():
    panel = quotient_panel(lambda x: 1.0, lambda x: x, x=1.0, between=(-1, 1))
    curve = panel.curve
    assert sum(line.get("stroke-width") == 3 for line in curve.still) == 2
    curve.value = 0.0
    assert "At x = 0.00 f/g has no value, and so no slope." in read(panel).words
    assert panel.trouble.text == ""
    curve.value = 0.5
    assert slopes(read(panel))[0] == -4.0


def test_an_error_in_a_rule_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_small(f, df, g, dg):
        assert f < 5, "too far"
        return f

    panel = quotient_panel(rule=only_small)
    panel.curve.value = 3.0
    assert "AssertionError: too far" in panel.trouble.text
    assert "in only_small, line" in panel.trouble.text
    panel.curve.value = 1.0
    assert panel.trouble.text == ""


def test_an_error_in_f_is_shown_with_its_line_and_is_not_taken_for_html():
    calls = []

    def tires(x):
        calls.append(x)
        if len(calls) > 300:
            raise RuntimeError("<b>tired</b>")
        return x

    panel = quotient_panel(tires)
    for x in np.linspace(0, 3, 31):
        panel.curve.value = float(x)
    assert "RuntimeError: <b>tired</b>" in panel.trouble.text
    assert "in tires, line" in panel.trouble.text


def test_the_function_whose_number_is_at_fault_is_the_one_that_is_shown():
    def halves(x):
        return x / 2

    def forgets(f, df, g, dg):
        return df if f < 1 else None

    panel = quotient_panel(halves, rule=forgets)
    panel.curve.value = 3.0
    assert "rule must return one real number: it returned nothing" in panel.trouble.text
    assert "def forgets(f, df, g, dg):" in panel.trouble.text


@pytest.mark.parametrize("wrong", [lambda *_: [1.0, 2.0], lambda *_: None, lambda *_: 1j])
@pytest.mark.parametrize("name", ["f", "g", "rule"])
def test_a_function_that_does_not_return_one_number_is_refused(name, wrong):
    with pytest.raises(ValueError, match=f"^{name} must return one real number: "):
        quotient_panel(**{name: wrong})


@pytest.mark.parametrize("between", [(1, 0), (0,), 3, ("a", "b"), (0, np.nan), ([1], 2)], ids=str)
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


def test_the_lines_wear_the_colours_that_they_are_given():
    tangent, secant = quotient_panel(colours={"tangent": "teal"}).curve.lines
    assert tangent["stroke"] == "#008080"
    assert "stroke" not in secant


def test_it_follows_keyboard_and_mouse_in_the_lab(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import quotient_panel", "quotient_panel()")
    holds(page, assert_right, 1.0, 1.0)

    point = page.get_by_role("slider", name="x", exact=True)
    point.focus()
    for _ in range(5):
        point.press("ArrowRight")  # a step is 0.02
    holds(page, assert_right, 1.1, 1.0)
    point.press("Home")
    holds(page, assert_right, 0.0, 1.0)

    step = page.get_by_role("slider", name="step h")
    step.focus()
    for _ in range(10):
        step.press("ArrowLeft")  # a step is a factor of 10^0.1
    holds(page, assert_right, 0.0, 0.1)

    height = page.locator(".softmax-curve").bounding_box()["height"]
    drag(point, right=600)  # beyond the right end
    holds(page, assert_right, 3.0, 0.1)
    assert page.locator(".softmax-curve").bounding_box()["height"] == height
    assert_accessible()
