"""The tiles panel, in Python and in the Lab: each step of the loops, and where they end."""

import numpy as np
import pytest
from playwright.sync_api import expect
from support.shown import holds, press, read

from softmax_lib import attention, attention_vjp, logsumexp
from softmax_lib.panels import tiles_panel

EXAMPLE = (1.5 * np.random.default_rng(9).normal(size=(4, 8, 2))).round(1)
Q, K, V, dO = SMALL = np.random.default_rng(3).normal(size=(4, 5, 2))
GREY = "rgba(128, 128, 128, 0.25)"


def panel_of(**options):
    return tiles_panel(Q, K, V, dO, **options)


def scores(arrays, causal):
    Q, K, *_ = arrays
    S = Q @ K.T / np.sqrt(2)
    return np.where(np.tri(len(S), dtype=bool) | (not causal), S, -np.inf)


def tiles_of(N, blocks, causal):
    """List the tiles in the order of the loops: rows, keys, and whether they are the row's last."""
    for i in range(0, N, blocks[0]):
        rows = slice(i, min(i + blocks[0], N))
        stop = rows.stop if causal else N  # no query of the tile sees a later key
        for j in range(0, stop, blocks[1]):
            yield rows, slice(j, min(j + blocks[1], stop)), j + blocks[1] >= stop


def forward(arrays, tiles, causal):
    """Compute what is held after the last of the tiles, from all scores seen so far at once."""
    *_, V, _ = arrays
    S, (rows, keys, last) = scores(arrays, causal), tiles[-1]
    seen = S[rows, : keys.stop]
    m = seen.max(1, keepdims=True)
    live, done = np.full((len(S), 4), np.nan), rows.stop if last else rows.start
    live[rows] = np.c_[np.exp(seen - m) @ V[: keys.stop], m, np.exp(seen - m).sum(1)]
    O, P = attention(*arrays[:3], causal=causal)
    kept = np.c_[O, logsumexp(np.where(P > 0, S, -np.inf))]
    kept[done:] = np.nan
    columns = np.full((4, len(S)), np.nan)
    columns[:, keys] = np.hstack(arrays[1:3])[keys].T
    return S, np.c_[live[:, :2], kept[:, :2], live[:, 2:], kept[:, 2]], columns


def backward(arrays, tiles, causal):
    """Compute what is held after the last of the tiles, from the whole matrix without the rest."""
    Q, K, V, dO = arrays
    S = scores(arrays, causal)
    O, P = attention(Q, K, V, causal=causal)
    D = (dO * O).sum(1)
    dS, used = P * (dO @ V.T - D[:, None]), np.zeros_like(S)
    for rows, keys, _ in tiles:
        used[rows, keys] = 1
    L = logsumexp(np.where(P > 0, S, -np.inf))
    dK, dV = (used * dS).T @ Q / np.sqrt(2), (used * P).T @ dO
    return dS, np.c_[(used * dS) @ K / np.sqrt(2), L, D], np.c_[dK, dV].T


def assert_right(shown, at, arrays=EXAMPLE, blocks=(2, 2), causal=False, back=False):
    """Compare every number of a step, see which tile is live, and that no other is held."""
    N = len(arrays[0])
    tiles = list(tiles_of(N, blocks, causal))
    rows, keys, _ = tiles[at - 1]
    whole, *held = (backward if back else forward)(arrays, tiles[:at], causal)
    square = np.full((N, N), np.nan)
    square[rows, keys] = whole[rows, keys]
    for table, right in zip(shown.tables, (square, held[1], held[0]), strict=True):
        np.testing.assert_allclose(table.array(), right, atol=5.1e-3)
    live = [[i, k] for i in range(rows.start, rows.stop) for k in range(keys.start, keys.stop)]
    assert shown.tables[0].framed == live
    assert shown.sliders == {"tile": f"{at:2d} of {len(tiles)}"}
    words = f"queries {rows.start + 1} to {rows.stop}, keys {keys.start + 1} to {keys.stop}"
    assert f"Tile {at:2d} of {len(tiles)}: {words}" in shown.words
    assert ("P, dP, dS of one tile" in shown.words) == back
    if at == len(tiles):
        assert float(shown.words.split("matrix: ")[1]) < 1e-14
    assert shown.words.count("\n") == 3
    assert shown.trouble == ""


def test_it_begins_with_the_first_tile_of_the_forward_loops():
    shown = read(panel_of())
    assert_right(shown, 1, SMALL)
    assert shown.tables[2].columns == ["A 1", "A 2", "O 1", "O 2", "m", "Z", "L"]
    assert np.isnan(shown.tables[0].array()).sum() == 25 - 4


@pytest.mark.parametrize("back", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("causal", [False, True], ids=["", "causal"])
@pytest.mark.parametrize("blocks", [(1, 1), (2, 2), (2, 3), (5, 5), (9, 1)], ids=str)
def test_each_step_shows_what_is_held_and_the_last_is_the_whole_answer(blocks, causal, back):
    panel = panel_of(block_q=blocks[0], block_k=blocks[1], backward=back)
    panel.causal.value = causal
    tiles = list(tiles_of(5, blocks, causal))
    assert panel.where.max == len(tiles)
    for panel.where.value in range(1, len(tiles) + 1):
        assert_right(read(panel), int(panel.where.value), SMALL, blocks, causal, back)
    O, P = attention(Q, K, V, causal=causal)
    _, keys, queries = (table.array() for table in read(panel).tables)
    if back:
        dQ, dK, dV = attention_vjp(dO, Q, K, V, P)
        np.testing.assert_allclose(queries[:, :2], dQ, atol=5.1e-3)
        np.testing.assert_allclose(keys, np.c_[dK, dV].T, atol=5.1e-3)
    else:
        np.testing.assert_allclose(queries[:, 2:4], O, atol=5.1e-3)


@pytest.mark.parametrize("back", [False, True], ids=["forward", "backward"])
def test_what_is_done_is_grey(back):
    panel = panel_of(backward=back)
    done = np.zeros((5, 5), dtype=bool)
    for panel.where.value, (rows, keys, _) in enumerate(tiles_of(5, (2, 2), False), start=1):
        assert ((np.array(panel.square.backgrounds) == GREY) == done).all()
        done[rows, keys] = True


def test_causality_skips_tiles_and_a_shorter_path_ends_at_its_own_end():
    panel = tiles_panel()
    where = panel.where
    assert (where.min, where.max) == (1, 16)
    where.value = 16
    panel.causal.value = True
    assert (where.value, where.max, where.number) == (10, 10, "10 of 10")
    assert panel.trouble.text == ""


def test_the_buttons_step_and_stop_at_both_ends():
    panel = panel_of()
    where = panel.where
    press(panel, "previous")
    assert where.value == 1
    press(panel, "next")
    press(panel, "next")
    assert (where.value, where.number) == (3, " 3 of 9")
    press(panel, "previous")
    assert where.value == 2
    where.value = 9
    press(panel, "next")
    assert where.value == 9


def test_it_says_what_is_held_beside_the_whole_matrix():
    panel = tiles_panel()
    panel.where.value = 6
    assert "Tile  6 of 16: queries 3 to 4, keys 3 to 4" in read(panel).words
    assert "Held now: one tile of S,   4 numbers. Whole:  64" in read(panel).words
    assert "O and L of 2 of 8 queries" in read(panel).words
    panel.back.value = True
    words = read(panel).words
    assert "Held now: P, dP, dS of one tile,  12 numbers. Whole: 192" in words
    assert "Shares added so far: 2 to these rows of dQ, 2 to these of dK and dV" in words


def test_the_words_for_screen_readers_change_with_the_step():
    panel, texts = panel_of(), set()
    for panel.where.value in range(1, 10):
        texts.add(panel.square.text)
    assert len(texts) == 9


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ((Q,), {}, "^Q, K, V and dO must be given together: K, V, dO is missing"),
        ((Q, K, V, dO), {"block_q": 0}, "^block_q must be an int of at least 1, not 0"),
        ((Q, K, V, dO), {"block_k": 2.0}, "^block_k must be an int of at least 1, not 2.0"),
        (np.zeros((4, 9, 2)), {}, r"^Q must have 2 to 8 rows of numbers, not the shape \(9, 2\)"),
        (np.zeros((4, 8, 3)), {}, r"^Q must have 1 or 2 columns, not the shape \(8, 3\)"),
        ((Q, K, V[:4], dO), {}, r"^V must have a row for each of 5 keys, not the shape \(4, 2\)"),
    ],
    ids=["some", "zero", "float", "long", "wide", "short"],
)
def test_what_does_not_fit_is_refused_by_name(arrays, options, message):
    with pytest.raises(ValueError, match=message):
        tiles_panel(*arrays, **options)


def test_arrays_of_one_column_and_of_zeros_are_taken():
    panel = tiles_panel(*np.zeros((4, 3, 1)))
    assert read(panel).tables[2].columns == ["A", "O", "m", "Z", "L"]


def test_it_follows_keyboard_and_mouse_in_the_lab(show, assert_accessible):
    page = show("from softmax_lib.panels import tiles_panel", "tiles_panel()")
    holds(page, assert_right, 1)
    height = page.locator(".softmax-heatmap").first.bounding_box()["height"]

    tile = page.get_by_role("slider", name="tile")
    tile.focus()
    for _ in range(5):
        tile.press("ArrowRight")
    holds(page, assert_right, 6)
    page.get_by_role("button", name="next").click()
    holds(page, assert_right, 7)
    page.get_by_role("button", name="previous").press("Enter")
    holds(page, assert_right, 6)

    page.get_by_role("checkbox", name="backward").press("Space")
    holds(page, assert_right, 6, back=True)
    tile.focus()
    tile.press("End")
    holds(page, assert_right, 16, back=True)

    page.get_by_role("checkbox", name="causal").click()
    holds(page, assert_right, 10, back=True, causal=True)
    assert page.locator(".softmax-heatmap").first.bounding_box()["height"] == height
    assert_accessible()


def test_it_plays_and_pauses_in_the_lab(show):
    page = show("from softmax_lib.panels import tiles_panel", "tiles_panel()")
    holds(page, assert_right, 1)
    page.get_by_role("button", name="play").press("Enter")
    expect(page.locator("pre.softmax-words").first).to_contain_text("Tile  3 of 16")
    page.get_by_role("button", name="pause").click()
    stopped = page.get_by_role("slider", name="tile").input_value()
    page.wait_for_timeout(1200)  # more than a beat
    assert page.get_by_role("slider", name="tile").input_value() == stopped
    assert page.get_by_role("button", name="play").count() == 1
