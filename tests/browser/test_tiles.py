"""The tiles panel in the Lab: step, play, stop, turn round, skip."""

import numpy as np
from playwright.sync_api import expect
from real_lab import eventually

from softmax_lib import attention, attention_vjp

EXAMPLE = (1.5 * np.random.default_rng(9).normal(size=(4, 8, 2))).round(1)


def read(page, at):
    """Read one of the three tables: NaN for an empty cell."""
    cells = (
        page.locator(".softmax-heatmap table")
        .nth(at)
        .evaluate(
            "t => [...t.tBodies[0].rows].map(row => [...row.querySelectorAll('td')]"
            ".map(cell => cell.textContent))"
        )
    )
    return np.array([[float(x or "nan") for x in row] for row in cells])


@eventually
def assert_at(page, at, count, i, j):
    """See that it stands at a step, which tile of 2 by 2 is live, and that no other is held."""
    words = f"Tile {at:2d} of {count}: queries {i + 1} to {i + 2}, keys {j + 1} to {j + 2}"
    assert words in page.locator("pre.softmax-words").first.inner_text()
    assert page.locator(".softmax-heatmap table").first.locator(".softmax-framed").count() == 4
    held = ~np.isnan(read(page, 0))
    assert held[i : i + 2, j : j + 2].all()
    assert held.sum() == 4


@eventually
def assert_reads(page, at, where, numbers):
    """See that a part of a table has these numbers, as far as it writes them out."""
    np.testing.assert_allclose(read(page, at)[where], numbers, atol=5.1e-3)


def test_the_tiles_panel_follows_keyboard_and_mouse(show, assert_accessible):
    page = show("from softmax_lib.panels import tiles_panel", "tiles_panel()")
    Q, K, V, dO = EXAMPLE
    S = Q @ K.T / np.sqrt(2)
    assert_at(page, 1, 16, 0, 0)
    assert_reads(page, 0, np.s_[:2, :2], S[:2, :2])
    height = page.locator(".softmax-heatmap").first.bounding_box()["height"]

    tile = page.get_by_role("slider", name="tile")
    tile.focus()
    for _ in range(5):
        tile.press("ArrowRight")
    assert_at(page, 6, 16, 2, 2)
    page.get_by_role("button", name="next").click()
    assert_at(page, 7, 16, 2, 4)
    seen = S[2:4, :6]
    m = seen.max(1)
    Z = np.exp(seen - m[:, None]).sum(1)
    assert_reads(page, 2, np.s_[2:4, 4:6], np.c_[m, Z])  # A 1, A 2, O 1, O 2, m, Z, L
    page.get_by_role("button", name="previous").press("Enter")
    assert_at(page, 6, 16, 2, 2)

    page.get_by_role("checkbox", name="backward").press("Space")
    expect(page.locator("pre.softmax-words").first).to_contain_text("P, dP, dS of one tile")
    assert_at(page, 6, 16, 2, 2)
    tile.focus()
    tile.press("End")
    assert_at(page, 16, 16, 6, 6)
    _, P = attention(Q, K, V)
    dQ, dK, dV = attention_vjp(dO, Q, K, V, P)
    assert_reads(page, 2, np.s_[:, :2], dQ)
    assert_reads(page, 1, np.s_[:], np.c_[dK, dV].T)

    page.get_by_role("checkbox", name="causal").click()
    assert_at(page, 10, 10, 6, 6)
    assert page.locator(".softmax-heatmap").first.bounding_box()["height"] == height
    assert_accessible()


def test_the_tiles_panel_plays_and_pauses(show):
    page = show("from softmax_lib.panels import tiles_panel", "tiles_panel()")
    assert_at(page, 1, 16, 0, 0)
    page.get_by_role("button", name="play").press("Enter")
    expect(page.locator("pre.softmax-words").first).to_contain_text("Tile  3 of 16")
    page.get_by_role("button", name="pause").click()
    stopped = page.get_by_role("slider", name="tile").input_value()
    page.wait_for_timeout(1200)  # more than a beat
    assert page.get_by_role("slider", name="tile").input_value() == stopped
    assert page.get_by_role("button", name="play").count() == 1
