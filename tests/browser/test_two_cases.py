"""The two-cases panel in the Lab: pick cells, drag a score and change the nudge."""

import re

from real_lab import eventually

from softmax_lib import softmax, softmax_jacobian


@eventually
def assert_shows(page, S, j, k, h=0.01):
    """See that the panel shows what the library computes, in every number."""
    P = softmax(S)
    J = softmax_jacobian(P)
    text = page.locator("pre.softmax-words").first.inner_text()
    slope = re.escape(f"∂P_{j + 1}/∂S_{k + 1} = ") + ".*" + re.escape(f" = {J[j, k]:+.4f}")
    nudged = re.escape(f"S_{k + 1} from {S[k]:+.3f} to {S[k] + h:+.3f}")
    assert re.search(slope + ".*" + nudged, text, flags=re.S)
    after = softmax([s + h * (n == k) for n, s in enumerate(S)])[j]
    assert f"P_{j + 1} from {P[j]:.5f} to {after:.5f}, that is {after - P[j]:+.5f}" in text
    assert f"Moved / nudge: {(after - P[j]) / h:+.4f}" in text
    assert ("its own score" in text) == (j == k)

    shown = page.locator(".softmax-bars").nth(1).locator("output").all_text_contents()
    assert shown == [f"{p:.3f}" for p in P]
    table = page.locator(".softmax-heatmap table")
    rows = [row.locator("td").all_text_contents() for row in table.locator("tbody tr").all()]
    assert rows == [[f"{x:+.3f}" for x in row] for row in J]
    assert page.locator(".softmax-picked").all_inner_texts() == [f"{J[j, k]:+.3f}"]
    label = f"∂P_{j + 1}/∂S_{k + 1} = {J[j, k]:+.3f}, j {'=' if j == k else '≠'} k"
    assert label in table.get_attribute("aria-label")


def test_the_two_cases_panel_follows_keyboard_and_mouse(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import two_cases_panel", "two_cases_panel()")
    assert_shows(page, [1.0, 2.0, 3.0], 0, 0)

    table = page.locator(".softmax-heatmap table")
    table.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        table.press(key)
    assert_shows(page, [1.0, 2.0, 3.0], 1, 2)
    table.locator("tbody tr").nth(2).locator("td").nth(0).click()
    assert_shows(page, [1.0, 2.0, 3.0], 2, 0)

    bar = page.get_by_role("slider", name="S 2")
    bar.focus()
    for _ in range(5):
        bar.press("ArrowUp")  # a step is 0.1
    assert_shows(page, [1.0, 2.5, 3.0], 2, 0)

    nudge = page.get_by_role("slider", name="nudge of S_k")
    nudge.focus()
    nudge.press("End")
    assert_shows(page, [1.0, 2.5, 3.0], 2, 0, h=1.0)

    drag(page.get_by_role("slider", name="S 1"), up=200)  # above its top
    assert_shows(page, [6.0, 2.5, 3.0], 2, 0, h=1.0)
    assert_accessible()
