"""The vector-Jacobian panel in the Lab: drag a score and a message, press its buttons."""

import numpy as np
from real_lab import eventually

from softmax_lib import softmax, softmax_jacobian, softmax_vjp


def fixed(values, decimals=3, sign="+"):
    """Write numbers as the panel does."""
    return [f"{x:{sign}z.{decimals}f}" for x in values]


@eventually
def assert_shows(page, S, dP):
    """See that the panel shows what the library computes, in every number."""
    P, dP = softmax(S), np.array(dP)
    dS, J = softmax_vjp(dP, P), softmax_jacobian(P)
    words = page.locator("pre.softmax-words").first.inner_text()
    mean = [f"{p:.4f} · {u:+z.1f}" for p, u in zip(P, dP, strict=True)]
    assert "⟨P, dP⟩ = " + "  +  ".join(mean) in words
    assert f"= {P @ dP:+z.4f}, one number" in words
    assert "Sum of dS: +0.000" in words

    bars = page.locator(".softmax-bars").all()
    expected = [
        *(fixed(S, 1), fixed(P, sign=""), fixed(dP, 1), fixed(dP - P @ dP, 2)),
        *(fixed(dS), fixed(J.T @ dP)),
    ]
    assert [chart.locator("output").all_text_contents() for chart in bars] == expected
    named = [", ".join(f"{n}: {x}" for n, x in enumerate(row, start=1)) for row in expected]
    for chart, text in zip(bars, named, strict=True):
        assert chart.get_attribute("aria-label").endswith(text)
    rows = page.locator(".softmax-heatmap tbody tr").all()
    assert [row.locator("td").all_text_contents() for row in rows] == [fixed(row) for row in J]


def test_the_vector_jacobian_panel_follows_keyboard_and_mouse(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import vjp_panel", "vjp_panel()")
    assert_shows(page, [1.0, 2.0, 3.0], [1.0, -2.0, 0.5])

    message = page.get_by_role("slider", name="dP 3")
    message.focus()
    for _ in range(5):
        message.press("ArrowDown")  # a step is 0.1
    assert_shows(page, [1.0, 2.0, 3.0], [1.0, -2.0, 0.0])

    score = page.get_by_role("slider", name="S 2", exact=True)
    score.focus()
    score.press("PageUp")
    assert_shows(page, [1.0, 3.0, 3.0], [1.0, -2.0, 0.0])

    drag(page.get_by_role("slider", name="dP 1"), up=200)  # above its top
    assert_shows(page, [1.0, 3.0, 3.0], [3.0, -2.0, 0.0])

    page.get_by_role("button", name="all alike").click()
    assert_shows(page, [1.0, 3.0, 3.0], [1.0, 1.0, 1.0])
    alone = page.get_by_role("button", name="the first alone")
    alone.focus()
    alone.press("Enter")
    assert_shows(page, [1.0, 3.0, 3.0], [1.0, 0.0, 0.0])
    assert_accessible()
