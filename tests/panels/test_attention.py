"""The attention panel, in Python and in the Lab: its matrices, its row, and what it refuses."""

import numpy as np
import pytest
from playwright.sync_api import expect
from support.shown import holds, read, signed

from softmax_lib import loops, softmax_jacobian
from softmax_lib.panels import attention_panel

TOKENS = ["the", "cat", "sat", "<b>"]
Q, K, V, dO = SMALL = np.random.default_rng(6).normal(size=(4, 4, 3))
LARGE = np.random.default_rng(7).normal(size=(4, 11, 32))
WORDS = [*"abcdefghij", "<i>"]
CELLS = (
    "import numpy as np\n\nfrom softmax_lib.panels import attention_panel",
    "arrays = np.random.default_rng(7).normal(size=(4, 11, 32))\n"
    f"attention_panel(*arrays, np.array({WORDS}))",
)


def expected(arrays, scale=None, causal=False):
    """Compute S, dS, P and dP without the functions that the panel calls."""
    Q, K, V, dO = arrays
    N, d = Q.shape
    scale = scale or d**-0.5
    _, P = loops.attention(Q, K, V, scale=scale, causal=causal)
    dP = dO @ V.T
    S = np.where(np.tri(N, dtype=bool) | (not causal), scale * Q @ K.T, -np.inf)
    return {"S": S, "dS": loops.softmax_vjp(dP, P), "P": P, "dP": dP}


def assert_right(shown, i=0, k=0, arrays=SMALL, tokens=TOKENS, **options):
    """Compare every number of the four matrices, of J and of the row, and see what is picked."""
    right = expected(arrays, **options)
    *maps, J, row = shown.tables
    N = len(tokens)
    for table, (letter, M) in zip(maps, right.items(), strict=True):
        np.testing.assert_allclose(table.array(), M, atol=5.1e-4)
        np.testing.assert_array_equal(table.array()[i], M[i].round(3))
        assert table.text.startswith(f"{letter}, {N} by {N}; row {tokens[i]}: ")
        assert table.picked == [[i, k]]
        assert table.framed == [[i, l] for l in range(N)]
    np.testing.assert_allclose(J.array(), softmax_jacobian(right["P"][i]), atol=5.1e-4)
    assert J.text == f"Jacobian of the row {tokens[i]}, {N} by {N}"
    numbers = [right[letter][i] for letter in ("S", "P", "dP", "dS")]
    assert row.numbers[:-1] == [[signed(x, 3) for x in line] for line in np.transpose(numbers)]
    assert row.title == f"row {tokens[i]}"
    assert row.numbers[-1] == ["", "+1.000", signed(right["dP"][i].sum(), 3), "0.000"]
    assert row.framed == [[k, l] for l in range(4)]
    assert f"D = {signed(right['P'][i] @ right['dP'][i], 3)}" in shown.words
    assert shown.words.endswith("nudging: less than 1e-07")
    assert shown.trouble == ""


def test_the_first_draw_shows_what_the_loops_compute():
    assert_right(read(attention_panel(Q, K, V, dO, TOKENS)))


def test_the_scale_moves_from_one_over_d_to_one():
    panel = attention_panel(Q, K, V, dO, TOKENS)
    for at, value in ((-1, 1 / 3), (1, 1.0), (0, 3**-0.5)):
        panel.exponent.value = at
        assert read(panel).sliders["scale"] == f"{value:.3f}"
        assert_right(read(panel), scale=value)


def test_the_causal_switch_hides_the_keys_to_come():
    panel = attention_panel(Q, K, V, dO, TOKENS)
    panel.causal.value = True
    S = panel.maps["S"]
    S.picked = [1, 0]
    assert_right(read(panel), i=1, causal=True)
    assert S.numbers[1][2:] == ["-inf", "-inf"]
    assert S.backgrounds[1][2:] == ["", ""]
    assert "nudging: " in read(panel).words


@pytest.mark.parametrize("which", ["S", "dS", "P", "dP"])
def test_a_cell_picked_in_one_picture_is_picked_in_all(which):
    panel = attention_panel(Q, K, V, dO, TOKENS)
    panel.maps[which].picked = [3, 1]
    assert_right(read(panel), i=3, k=1)


def test_colours_keep_their_limits_while_a_control_moves():
    panel = attention_panel(Q, K, V, dO, TOKENS)
    titles = [table.title for table in read(panel).tables[:5]]
    dP = panel.maps["dP"].backgrounds
    panel.exponent.value = 0.7
    assert [table.title for table in read(panel).tables[:5]] == titles
    assert panel.maps["dP"].backgrounds == dP


def test_no_dS_is_paler_than_the_bound_allows():
    limit = np.ptp(dO @ V.T, axis=1).max() / 4
    for exponent in (-0.5, 0, 0.5):
        assert np.abs(expected(SMALL, 3**exponent)["dS"]).max() <= limit


def test_the_words_for_screen_readers_name_the_row_and_its_numbers():
    panel = attention_panel(Q, K, V, dO, TOKENS)
    P = panel.maps["P"]
    assert P.text.startswith("P, 4 by 4; row the: the +")
    P.picked = [2, 0]
    assert P.text.startswith("P, 4 by 4; row sat: the +")
    assert panel.J.text == "Jacobian of the row sat, 4 by 4"


def test_a_vjp_of_your_own_is_shown_and_measured_and_its_error_has_its_line():
    def without_mean(dP, P):
        assert P.max() < 0.9, "too sure"
        return P * dP

    panel = attention_panel(Q, K, 50 * V, dO, TOKENS, vjp=without_mean)
    assert float(read(panel).words.split("nudging: ")[1]) > 0.1
    panel.exponent.value = 1.0
    assert read(panel).tables[2].array().max() < 0.9  # of before: nothing half drawn
    assert "AssertionError: too sure" in panel.trouble.text
    assert "in without_mean, line" in panel.trouble.text


def test_without_tokens_they_are_numbered():
    panel = attention_panel(Q[:2], K[:2], V[:2], dO[:2])
    assert read(panel).tables[0].rows == ["1", "2"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"Q": Q[0]}, r"^Q must have 2 to 12 rows of numbers, not the shape \(3,\)"),
        (
            {"V": np.zeros((13, 3))},
            r"^V must have 2 to 12 rows of numbers, not the shape \(13, 3\)",
        ),
        ({"K": K[:3]}, r"^K must have the shape of Q, \(4, 3\), not \(3, 3\)"),
        ({"V": V[:3]}, r"^V must have a row for each of 4 keys, not the shape \(3, 3\)"),
        ({"dO": dO[:, :2]}, r"^dO must have the shape of V, \(4, 3\), not \(4, 2\)"),
        ({"K": K * np.nan}, r"^K must be finite, and has nan in it"),
        ({"V": [[1.0], [1.0, 2.0]]}, r"^V must be rows of numbers, all of one length, not"),
        ({"dO": [["a", "b"]] * 4}, r"^dO must be rows of numbers, all of one length, not"),
        ({"tokens": ["the"]}, r"^tokens must be one for each of 4 rows, not \['the'\]"),
        ({"tokens": 4}, r"^tokens must be a sequence of texts, not 4"),
        ({"vjp": lambda dP, P: P[0]}, r"^vjp must return an array of shape \(4, 4\): it returned"),
    ],
    ids=["Q", "V long", "K", "V", "dO", "nan", "ragged", "texts", "tokens", "number", "vjp"],
)
def test_what_does_not_fit_is_refused_by_name(changed, message):
    with pytest.raises(ValueError, match=message):
        attention_panel(**{"Q": Q, "K": K, "V": V, "dO": dO} | changed)


def test_it_follows_keyboard_and_mouse_in_the_lab(show, assert_accessible):
    page = show(*CELLS)
    large = {"arrays": LARGE, "tokens": WORDS}
    holds(page, assert_right, **large)
    tables = page.locator(".softmax-heatmap table")
    height = page.locator(".softmax-heatmap").nth(5).bounding_box()["height"]

    tables.nth(2).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    holds(page, assert_right, 2, 1, **large)

    tables.nth(3).locator("tbody tr").nth(7).locator("td").nth(5).click()
    holds(page, assert_right, 7, 5, **large)

    scale = page.get_by_role("slider", name="scale")
    scale.focus()
    scale.press("End")
    holds(page, assert_right, 7, 5, scale=1.0, **large)
    expect(scale).to_have_attribute("aria-valuetext", "1.000")

    page.get_by_role("checkbox", name="causal").press("Space")
    holds(page, assert_right, 7, 5, scale=1.0, causal=True, **large)
    page.get_by_role("checkbox", name="causal").click()
    box = scale.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    scale_now = 32 ** ((float(scale.input_value()) - 1) / 2)
    holds(page, assert_right, 7, 5, scale=scale_now, **large)
    assert page.locator(".softmax-heatmap").nth(5).bounding_box()["height"] == height
    assert_accessible()
