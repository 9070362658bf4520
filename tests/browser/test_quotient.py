"""The quotient panel in the Lab: what the page says is what the rule gives."""

import re

from real_lab import eventually

from softmax_lib import answers


@eventually
def assert_shows(page, x, h):
    """See that the panel stands at x and h, and that each number is the rule's."""
    words = page.locator(".softmax-words").filter(has_text="(f/g)′").first
    f, df, g, dg = x**2 + 1, 2 * x, 2 * x + 1, 2
    slope = answers.quotient_rule(f, df, g, dg)
    secant = (((x + h) ** 2 + 1) / (2 * (x + h) + 1) - f / g) / h
    said = words.inner_text()
    assert f"At x = {x:.2f}:" in said
    assert f"h = {h:.4f}:" in said
    four = [float(n) for n in re.findall(r"(?:f|f′|g|g′) = +([+-][\d.]+)", said)[:4]]
    assert four == [round(n, 3) for n in (f, df, g, dg)]
    slopes = [float(n) for n in re.findall(r"(?:rule|\d|tangent|nudging): +(\S+)", said)]
    for got, expected in zip(slopes, (slope, secant, secant - slope, slope), strict=True):
        assert abs(got - expected) < 0.51e-4
    point = page.get_by_role("slider", name="x", exact=True)
    assert point.get_attribute("aria-valuetext") == f"x = {x:.2f}, f/g = {f / g:+.3f}"
    assert f"At x = {x:.2f} its height is" in page.locator(
        ".softmax-curve svg"
    ).first.get_attribute("aria-label")


def test_the_quotient_panel_follows_keyboard_and_mouse(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import quotient_panel", "quotient_panel()")
    assert_shows(page, 1.0, 1.0)

    point = page.get_by_role("slider", name="x", exact=True)
    point.focus()
    for _ in range(5):
        point.press("ArrowRight")  # a step is 0.02
    assert_shows(page, 1.1, 1.0)
    point.press("Home")
    assert_shows(page, 0.0, 1.0)

    step = page.get_by_role("slider", name="step h")
    step.focus()
    for _ in range(10):
        step.press("ArrowLeft")  # a step is a factor of 10^0.1
    assert_shows(page, 0.0, 0.1)

    height = page.locator(".softmax-curve").bounding_box()["height"]
    drag(point, right=600)  # beyond the right end
    assert_shows(page, 3.0, 0.1)
    assert page.locator(".softmax-curve").bounding_box()["height"] == height
    assert_accessible()
