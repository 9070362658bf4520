"""The attention panel without a browser: its four matrices, its row, and what it refuses."""

import numpy as np
import pytest
from test_panels import find, read

from softmax_lib import loops, softmax_jacobian
from softmax_lib.panels import attention_panel
from softmax_lib.panels.primitives import Check, Heatmap, Slider, Words

TOKENS = ["the", "cat", "sat", "<b>"]
Q, K, V, dO = np.random.default_rng(6).normal(size=(4, 4, 3))


def expected(scale=3**-0.5, causal=False):
    """Compute S, P, dP and dS without the functions that the panel calls."""
    _, P = loops.attention(Q, K, V, scale=scale, causal=causal)
    dP = dO @ V.T
    S = np.where(np.tri(4, dtype=bool) | (not causal), scale * Q @ K.T, -np.inf)
    return {"S": S, "P": P, "dP": dP, "dS": loops.softmax_vjp(dP, P)}


def assert_right(panel, i=0, **options):
    S, dS, P, dP, J, row = find(panel, Heatmap)
    right = expected(**options)
    for heatmap, letter in ((S, "S"), (P, "P"), (dP, "dP"), (dS, "dS")):
        np.testing.assert_allclose(read(heatmap), right[letter], atol=5.1e-4)
        np.testing.assert_array_equal(read(heatmap)[i], right[letter][i].round(3))
    np.testing.assert_allclose(read(J), softmax_jacobian(right["P"][i]), atol=5.1e-4)
    numbers = np.array([[float(x) for x in line] for line in row.numbers[:-1]])
    np.testing.assert_allclose(numbers.T, [M[i] for M in right.values()], atol=5.1e-4)
    assert row.title == f"row {TOKENS[i]}"
    assert row.numbers[-1][0::3] == ["", "+0.000"]
    assert panel.trouble.text == ""


def test_the_first_draw_shows_what_the_loops_compute():
    assert_right(attention_panel(Q, K, V, dO, TOKENS))


def test_the_scale_moves_from_one_over_d_to_one():
    panel = attention_panel(Q, K, V, dO, TOKENS)
    (scale,) = find(panel, Slider)
    for at, value in ((-1, 1 / 3), (1, 1.0), (0, 3**-0.5)):
        scale.value = at
        assert scale.number == f"{value:.3f}"
        assert_right(panel, scale=value)


def test_the_causal_switch_hides_the_keys_to_come():
    panel = attention_panel(Q, K, V, dO, TOKENS)
    (causal,) = find(panel, Check)
    causal.value = True
    S, *_ = find(panel, Heatmap)
    S.picked = [1, 0]
    assert_right(panel, i=1, causal=True)
    assert S.numbers[1][2:] == ["-inf", "-inf"]
    assert S.backgrounds[1][2:] == ["", ""]
    assert "nudging: " in find(panel, Words)[0].text


@pytest.mark.parametrize("which", range(4), ids=["S", "dS", "P", "dP"])
def test_a_cell_picked_in_one_picture_is_picked_in_all(which):
    panel = attention_panel(Q, K, V, dO, TOKENS)
    maps = find(panel, Heatmap)
    maps[which].picked = [3, 1]
    assert_right(panel, i=3)
    assert [heatmap.picked for heatmap in maps[:4]] == [[3, 1]] * 4
    assert [heatmap.framed for heatmap in maps[:4]] == [[3, 4, 0, 4]] * 4
    assert maps[5].framed == [1, 2, 0, 4]


def test_colours_keep_their_limits_while_a_control_moves():
    panel = attention_panel(Q, K, V, dO, TOKENS)
    titles = [heatmap.title for heatmap in find(panel, Heatmap)[:5]]
    dP = find(panel, Heatmap)[3].backgrounds
    find(panel, Slider)[0].value = 0.7
    assert [heatmap.title for heatmap in find(panel, Heatmap)[:5]] == titles
    assert find(panel, Heatmap)[3].backgrounds == dP


def test_no_dS_is_paler_than_the_bound_allows():
    limit = np.ptp(dO @ V.T, axis=1).max() / 4
    for exponent in (-0.5, 0, 0.5):
        assert np.abs(expected(3**exponent)["dS"]).max() <= limit


def test_the_words_for_screen_readers_name_the_row_and_its_numbers():
    panel = attention_panel(Q, K, V, dO, TOKENS)
    _, _, P, _, J, _ = find(panel, Heatmap)
    before = P.text
    assert before.startswith("P, 4 by 4; row the: the +")
    P.picked = [2, 0]
    assert P.text.startswith("P, 4 by 4; row sat: the +")
    assert J.text == "Jacobian of the row sat, 4 by 4"


def test_a_vjp_of_your_own_is_shown_and_measured_and_its_error_has_its_line():
    def without_mean(dP, P):
        assert P.max() < 0.9, "too sure"
        return P * dP

    panel = attention_panel(Q, K, 50 * V, dO, TOKENS, vjp=without_mean)
    words = find(panel, Words)[0]
    assert float(words.text.split("nudging: ")[1]) > 0.1
    P = find(panel, Heatmap)[2]
    (scale,) = find(panel, Slider)
    scale.value = 1.0
    assert read(P).max() < 0.9  # the picture of before: nothing half drawn
    assert "AssertionError: too sure" in panel.trouble.text
    assert "in without_mean, line" in panel.trouble.text


def test_without_tokens_they_are_numbered():
    panel = attention_panel(Q[:2], K[:2], V[:2], dO[:2])
    assert find(panel, Heatmap)[0].rows == ["1", "2"]


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
        ({"tokens": ["the"]}, r"^tokens must be one for each of 4 rows, not \['the'\]"),
        ({"vjp": lambda dP, P: P[0]}, r"^vjp must return an array of shape \(4, 4\), not"),
    ],
    ids=["Q", "V long", "K", "V", "dO", "nan", "tokens", "vjp"],
)
def test_what_does_not_fit_is_refused_by_name(changed, message):
    with pytest.raises(ValueError, match=message):
        attention_panel(**{"Q": Q, "K": K, "V": V, "dO": dO} | changed)
