"""The Jacobian panel in the Lab: what the page shows is what the library computes."""

from real_lab import eventually

from softmax_lib import softmax, softmax_jacobian


def numbers(page):
    """Read the Jacobian panel as the page shows it: P, the Jacobian, the sums of its rows."""
    P = page.locator(".softmax-bars").nth(1).locator("output").all_text_contents()
    rows = page.locator(".softmax-heatmap tbody tr").all()
    cells = [[float(x) for x in row.locator("td").all_text_contents()] for row in rows]
    return [float(p) for p in P], [r[:-1] for r in cells], [r[-1] for r in cells]


@eventually
def assert_shows(page, S, T=1.0):
    """See that the panel shows what the library computes, in every number."""
    P = softmax([s / T for s in S])
    J = softmax_jacobian(P)
    got_P, got_J, got_sums = numbers(page)
    assert got_P == [round(float(p), 2) for p in P]
    assert got_J == [[round(float(x), 3) for x in row] for row in J]
    assert got_sums == [0.0] * len(S)


def test_the_jacobian_panel_follows_keyboard_and_mouse(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import jacobian_panel", "jacobian_panel()")
    assert_shows(page, [1.0, 2.0, 3.0])

    bar = page.get_by_role("slider", name="S 2")
    bar.focus()
    for _ in range(5):
        bar.press("ArrowUp")  # a step is 0.1
    assert_shows(page, [1.0, 2.5, 3.0])

    temperature = page.get_by_role("slider", name="temperature")
    temperature.focus()
    for _ in range(6):
        temperature.press("ArrowRight")  # a step is a factor of 10^0.05
    assert_shows(page, [1.0, 2.5, 3.0], T=10**0.3)
    page.get_by_role("button", name="uniform").click()
    assert_shows(page, [0.0, 0.0, 0.0])

    drag(page.get_by_role("slider", name="S 1"), up=200)  # above its top
    assert_shows(page, [6.0, 0.0, 0.0], T=10**0.3)
    assert_accessible()
