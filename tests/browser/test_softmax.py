"""The softmax panel in the Lab: what the page shows is what the library computes."""

import numpy as np
from real_lab import eventually

from softmax_lib import softmax


def numbers(page, title):
    bars = page.locator(".softmax-bars").filter(has=page.get_by_text(title, exact=True))
    return [float(x) for x in bars.locator("output").all_text_contents()]


def dot(page):
    """Read where the point of the triangle is, as shares of its three corners."""
    circles = page.locator(".softmax-curve g circle").all()
    places = [[float(circle.get_attribute(n)) for n in ("cx", "cy")] for circle in circles]
    *corners, point = np.c_[places, np.ones(4)]
    return np.linalg.solve(np.transpose(corners), point)


@eventually
def assert_shows(page, S, c=0.0, T=1.0):
    """See that the panel shows what the library computes, in every number."""
    P = softmax(np.array(S) / T)
    text = ", ".join(f"{n}: {p:.3f}" for n, p in enumerate(P, 1))
    assert page.get_by_label(f"P: {text}", exact=True).count() == 1
    shifted = ", ".join(f"{n}: {s + c:+z.1f}" for n, s in enumerate(S, 1))
    assert page.get_by_label(f"S + c: {shifted}", exact=True).count() == 1
    assert numbers(page, "S") == S
    assert numbers(page, "S + c") == [round(s + c, 1) for s in S]
    assert numbers(page, "P") == [round(float(p), 3) for p in P]
    assert text in page.locator(".softmax-curve svg").first.get_attribute("aria-label")
    np.testing.assert_allclose(dot(page), P, atol=2e-3)


def test_the_softmax_panel_follows_keyboard_and_mouse(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import softmax_panel", "softmax_panel()")
    assert_shows(page, [1.0, 2.0, 3.0])

    bar = page.get_by_role("slider", name="S 2", exact=True)
    bar.focus()
    for _ in range(5):
        bar.press("ArrowUp")  # a step is 0.1
    assert_shows(page, [1.0, 2.5, 3.0])

    shift = page.get_by_role("slider", name="shift c")
    shift.focus()
    for _ in range(10):
        shift.press("ArrowLeft")
    assert_shows(page, [1.0, 2.5, 3.0], c=-1.0)
    shift.press("End")
    assert_shows(page, [1.0, 2.5, 3.0], c=6.0)

    temperature = page.get_by_role("slider", name="temperature")
    temperature.focus()
    for _ in range(6):
        temperature.press("ArrowRight")  # a step is a factor of 10^0.05
    assert_shows(page, [1.0, 2.5, 3.0], c=6.0, T=10**0.3)

    drag(page.get_by_role("slider", name="S 1", exact=True), up=200)  # above its top
    assert_shows(page, [6.0, 2.5, 3.0], c=6.0, T=10**0.3)
    assert_accessible()
