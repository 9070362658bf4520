"""The attention panel in the Lab: pick a row, scale the scores, hide the keys to come."""

import numpy as np
from playwright.sync_api import expect
from real_lab import eventually

from softmax_lib import attention, data, softmax_jacobian, softmax_vjp

CELLS = (  # as in lesson 06
    "from softmax_lib import data\nfrom softmax_lib.panels import attention_panel",
    'real = data.load("real_attention")\n'
    'Q, K, V, dO = (real[name][-1, -1].astype(float) for name in ("Q", "K", "V", "dO"))\n'
    'attention_panel(Q, K, V, dO, real["tokens"])',
)
LETTERS = ("S", "dS", "P", "dP")


def head():
    """Return the head that the lesson shows, and its tokens."""
    real = data.load("real_attention")
    return *(real[name][-1, -1].astype(float) for name in ("Q", "K", "V", "dO")), real["tokens"]


def expected(scale, causal):
    Q, K, V, dO, _ = head()
    _, P = attention(Q, K, V, scale=scale, causal=causal)
    S = np.where(np.tri(11, dtype=bool) | (not causal), scale * Q @ K.T, -np.inf)
    dP = dO @ V.T
    return {"S": S, "dS": softmax_vjp(dP, P), "P": P, "dP": dP}


def table_of(page, at):
    return page.locator(".softmax-heatmap").nth(at).locator("table")


def read(table):
    """Read a table's numbers, seen or not, without its headers."""
    return table.evaluate(
        "t => [...t.tBodies[0].rows].map(row => [...row.querySelectorAll('td')]"
        ".map(cell => cell.textContent))"
    )


@eventually
def assert_shows(page, i, k, scale=32**-0.5, causal=False):
    """See that the panel shows what the library computes, in every number."""
    right = expected(scale, causal)
    tokens = head()[-1]
    row = [[f"{right[letter][i, l]:+z.3f}" for letter in ("S", "P", "dP", "dS")] for l in range(11)]
    last = page.locator(".softmax-heatmap").nth(5)
    assert last.locator("caption").inner_text() == f"row {tokens[i]}"
    assert read(last.locator("table"))[:11] == row
    for at, letter in enumerate(LETTERS):
        shown = np.array(read(table_of(page, at)), float)
        np.testing.assert_allclose(shown, right[letter], atol=5.1e-4)
        text = table_of(page, at).get_attribute("aria-label")
        assert text.startswith(f"{letter}, 11 by 11; row {tokens[i]}: ")
        picked = table_of(page, at).locator(".softmax-picked")
        assert (
            picked.inner_text()
            == table_of(page, at).locator("tbody tr").nth(i).locator("td").nth(k).inner_text()
        )
        assert table_of(page, at).locator(".softmax-framed").count() == 11
    J = np.array(read(table_of(page, 4)), float)
    np.testing.assert_allclose(J, softmax_jacobian(right["P"][i]), atol=5.1e-4)


def test_the_attention_panel_follows_keyboard_and_mouse(show, assert_accessible):
    page = show(*CELLS)
    assert_shows(page, 0, 0)
    height = page.locator(".softmax-heatmap").nth(5).bounding_box()["height"]

    table_of(page, 2).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert_shows(page, 2, 1)

    table_of(page, 3).locator("tbody tr").nth(7).locator("td").nth(5).click()
    assert_shows(page, 7, 5)

    scale = page.get_by_role("slider", name="scale")
    scale.focus()
    scale.press("End")
    assert_shows(page, 7, 5, scale=1.0)
    expect(scale).to_have_attribute("aria-valuetext", "1.000")

    page.get_by_role("checkbox", name="causal").press("Space")
    assert_shows(page, 7, 5, scale=1.0, causal=True)
    page.get_by_role("checkbox", name="causal").click()
    box = scale.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert_shows(page, 7, 5, scale=32 ** ((float(scale.input_value()) - 1) / 2))
    assert page.locator(".softmax-heatmap").nth(5).bounding_box()["height"] == height
    assert_accessible()
