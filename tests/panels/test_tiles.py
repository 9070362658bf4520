"""The tiles panel without a browser: each step of the loops, and where they end."""

import numpy as np
import pytest
from test_panels import find

from softmax_lib import attention, attention_vjp, logsumexp
from softmax_lib.panels import tiles_panel
from softmax_lib.panels.primitives import Button, Check, Heatmap, Slider, Words

Q, K, V, dO = np.random.default_rng(3).normal(size=(4, 5, 2))
S = Q @ K.T / np.sqrt(2)
BLANK = np.nan


def panel_of(**options):
    return tiles_panel(Q, K, V, dO, **options)


def read(heatmap):
    """Read a heatmap as the page shows it, with NaN for an empty cell."""
    return np.array([[float(x or BLANK) for x in line] for line in heatmap.numbers])


def words(panel):
    return find(panel, Words)[0].text


def go(panel, at):
    find(panel, Slider)[0].value = at
    assert panel.trouble.text == ""


def near(shown, right):
    np.testing.assert_allclose(shown, right, atol=5.1e-3)


def test_it_begins_with_the_first_tile_of_the_forward_loops():
    square, keys, queries = find(panel_of(), Heatmap)
    near(read(square)[:2, :2], S[:2, :2])
    assert np.isnan(read(square)).sum() == 25 - 4
    assert queries.columns == ["A 1", "A 2", "O 1", "O 2", "m", "Z", "L"]
    near(read(queries)[:2, 4], S[:2, :2].max(1))
    near(read(keys)[:, :2], np.c_[K[:2], V[:2]].T)
    assert np.isnan(read(keys)[:, 2:]).all()


@pytest.mark.parametrize("causal", [False, True])
def test_forward_m_and_Z_are_those_of_the_keys_seen_so_far(causal):
    panel = panel_of(block_q=2, block_k=3)
    find(panel, Check)[1].value = causal
    tiles = [(i, j) for i in (0, 2, 4) for j in (0, 3) if not causal or j <= i + 1]
    square, _, queries = find(panel, Heatmap)
    hidden = np.where(np.tri(5, dtype=bool) | (not causal), S, -np.inf)
    for at, (i, j) in enumerate(tiles, start=1):
        go(panel, at)
        rows = slice(i, min(i + 2, 5))
        stop = min(j + 3, rows.stop if causal else 5)  # no query of the tile sees a later key
        seen = hidden[rows, :stop]
        near(read(square)[rows, j:stop], hidden[rows, j:stop])
        m = seen.max(1)
        near(read(queries)[rows, 4], m)
        near(read(queries)[rows, 5], np.exp(seen - m[:, None]).sum(1))
        near(read(queries)[rows, :2], np.exp(seen - m[:, None]) @ V[:stop])
        assert square.framed == [i, rows.stop, j, stop]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("blocks", [(1, 1), (2, 2), (2, 3), (5, 5), (9, 1)], ids=str)
def test_at_the_end_the_answers_are_those_of_the_whole_matrix(blocks, causal):
    panel = panel_of(block_q=blocks[0], block_k=blocks[1])
    back, switch = find(panel, Check)
    switch.value = causal
    O, P = attention(Q, K, V, causal=causal)
    go(panel, find(panel, Slider)[0].max)
    _, keys, queries = find(panel, Heatmap)
    near(read(queries)[:, 2:4], O)
    near(read(queries)[:, 6], logsumexp(np.where(P > 0, S, -np.inf)))
    assert float(words(panel).split("matrix: ")[1]) < 1e-14
    back.value = True
    go(panel, find(panel, Slider)[0].max)
    dQ, dK, dV = attention_vjp(dO, Q, K, V, P)
    near(read(queries)[:, :2], dQ)
    near(read(queries)[:, 3], (dO * O).sum(1))
    near(read(keys), np.c_[dK, dV].T)
    assert float(words(panel).split("matrix: ")[1]) < 1e-14


def test_backward_the_gradients_fill_up_tile_by_tile():
    panel = panel_of(backward=True)
    square, keys, queries = find(panel, Heatmap)
    O, P = attention(Q, K, V)
    dS = P * (dO @ V.T - (dO * O).sum(1, keepdims=True))
    used = np.zeros((5, 5))
    for at, (i, j) in enumerate(((i, j) for i in (0, 2, 4) for j in (0, 2, 4)), start=1):
        go(panel, at)
        used[i : i + 2, j : j + 2] = 1
        near(read(square)[i : i + 2, j : j + 2], dS[i : i + 2, j : j + 2])
        near(read(queries)[:, :2], (used * dS) @ K / np.sqrt(2))
        near(read(keys), np.c_[(used * dS).T @ Q / np.sqrt(2), (used * P).T @ dO].T)
        grey = np.array(square.backgrounds) == "rgba(128, 128, 128, 0.25)"
        used[i : i + 2, j : j + 2] = 0
        assert (grey == (used == 1)).all()
        used[i : i + 2, j : j + 2] = 1


def test_causality_skips_tiles_and_a_shorter_path_ends_at_its_own_end():
    panel = tiles_panel()
    where = find(panel, Slider)[0]
    assert (where.min, where.max) == (1, 16)
    go(panel, 16)
    find(panel, Check)[1].value = True
    assert (where.value, where.max, where.number) == (10, 10, "10 of 10")
    assert panel.trouble.text == ""


def test_the_buttons_step_and_stop_at_both_ends():
    panel = panel_of()
    previous, following = find(panel, Button)
    where = find(panel, Slider)[0]
    previous.presses += 1
    assert where.value == 1
    following.presses += 1
    following.presses += 1
    assert (where.value, where.number) == (3, " 3 of 9")
    previous.presses += 1
    assert where.value == 2
    go(panel, 9)
    following.presses += 1
    assert where.value == 9


def test_it_says_what_is_held_beside_the_whole_matrix():
    panel = tiles_panel()
    go(panel, 6)
    assert "Tile  6 of 16: queries 3 to 4, keys 3 to 4" in words(panel)
    assert "Held now: one tile of S,   4 numbers. Whole:  64" in words(panel)
    assert "O and L of 2 of 8 queries" in words(panel)
    find(panel, Check)[0].value = True
    assert "Held now: P, dP, dS of one tile,  12 numbers. Whole: 192" in words(panel)
    assert "Shares added so far: 2 to these rows of dQ, 2 to these of dK and dV" in words(panel)


def test_the_same_number_of_lines_and_the_same_limits_at_every_step():
    panel = panel_of()
    lines, texts = set(), set()
    for at in range(1, 10):
        go(panel, at)
        lines.add(words(panel).count("\n"))
        texts.add(find(panel, Heatmap)[0].text)
    assert lines == {3}
    assert len(texts) == 9  # the words for screen readers change with the picture


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
    assert find(panel, Heatmap)[2].columns == ["A", "O", "m", "Z", "L"]
