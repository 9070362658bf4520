"""The panel of attention today, in Python and in the Lab: each variant, and what rows sum to."""

import numpy as np
import pytest
from support.shown import holds, read, signed

from softmax_lib import complex_step
from softmax_lib.figures.colours import cell_colours
from softmax_lib.panels import attention_today_panel
from softmax_lib.panels.attention_today import DISTANCE, DRAWN

START = np.array([[1.0, 0, 1], [0, 2, 1]])
V, dO = np.array([[10.0], [20], [30]]), np.array([[1.0], [-2]])
MIDDLE = {"softcap": 2.5, "sink": 0.0, "dropout": 0.4, "ALiBi": 1.0}  # where the slider starts
ENDS = {"softcap": (4.5, 0.5), "sink": (-4, 4), "dropout": (0, 0.8), "ALiBi": (0, 2)}
NAMES = ["key 1", "key 2", "key 3", "sum", "sink"]


def scores(S, variant, x):
    """Return what the softmax gets."""
    if variant == "softcap":
        return x * np.tanh(S / x)
    return S - x * DISTANCE if variant == "ALiBi" else S


def shares(X, variant, x):
    """Return P by its definition."""
    E = np.exp(X)
    return E / (E.sum(1, keepdims=True) + (np.exp(x) if variant == "sink" else 0))


def loss(X, variant, x):
    """Return φ as a function of what the softmax gets."""
    keep = (x < DRAWN) / (1 - x) if variant == "dropout" else 1
    return (dO * ((shares(X, variant, x) * keep) @ V)).sum()


def expected(S, variant, x):
    """Return P, and dS by the softmax's input and by the raw score, each with the sums of rows."""
    X = scores(S, variant, x)
    P, dS = shares(X, variant, x), complex_step(lambda X: loss(X, variant, x), X)
    raw = complex_step(lambda S: loss(scores(S, variant, x), variant, x), S)
    return [np.c_[M, M.sum(1)] for M in (P, dS, raw)]


def sinks_own(X, x):
    """Return the gradient of the sink's score in each row, by complex step."""
    return [complex_step(lambda x, i=i: of_row(i, X, x), x) for i in range(2)]


def of_row(i, X, x):
    return dO[i, 0] * (shares(X, "sink", x)[i] @ V[:, 0])


def assert_right(shown, variant="plain", x=np.nan, S=START):
    """Compare every number with complex step through the definition, and each sentence with it."""
    S = np.asarray(S, float)
    P, dS, raw = expected(S, variant, x)
    for bars, row in zip(shown.bars, S, strict=True):
        assert bars.numbers == [signed(s, 1) for s in row]
    for table, right in zip(shown.tables, (P, dS, raw), strict=True):
        np.testing.assert_allclose(table.array()[:, :4], right, atol=5.1e-4)
        assert table.columns == NAMES[: len(table.numbers[0])]
    sink = [table.array()[:, 4] for table in shown.tables[:2]]
    own = sinks_own(S, x) if variant == "sink" else [np.nan, np.nan]
    gone = 1 - P[:, 3] if variant == "sink" else [np.nan, np.nan]
    np.testing.assert_allclose(sink, [gone, own], atol=5.1e-4)
    first, *lines = shown.words.split("\n")
    assert first.startswith(f"{variant}: ")
    for i, line in enumerate(lines):
        assert line.startswith(f"row {i + 1} of dS sums to {written(dS[i, 3])}: ")
        assert said(variant, own[i], raw[i, 3]) in line
    assert shown.sliders["strength"] == ("" if variant == "plain" else f"{x:z.2f}")
    assert shown.trouble == ""


def written(x):
    return f"{signed(round(float(x), 9), 3)}"


def said(variant, own, by_raw):
    """Return what the sentence about a row must say, by its variant."""
    if variant == "sink":
        return f"the sink's score did not rise with them: its dS is {written(own)}"
    if variant == "softcap":
        return f"by the raw scores it is {written(by_raw)}"
    return "raising all three scores together changes nothing"


def ticked(variant):
    """Return the panel with one box ticked."""
    panel = attention_today_panel()
    panel.variants[variant].value = True
    return panel


def test_the_first_draw_is_plain_attention_on_the_example_of_the_first_lesson():
    assert_right(read(attention_today_panel()))


@pytest.mark.parametrize("variant", MIDDLE)
def test_each_variant_shows_its_gradients_and_their_sums(variant):
    assert_right(read(ticked(variant)), variant, MIDDLE[variant])


@pytest.mark.parametrize("variant", MIDDLE)
def test_the_slider_goes_from_weak_to_strong(variant):
    panel = ticked(variant)
    for at, x in enumerate(ENDS[variant]):
        panel.strength.value = at
        assert_right(read(panel), variant, x)


def test_dropout_and_alibi_at_nothing_are_plain_attention():
    plain = [table.numbers for table in read(attention_today_panel()).tables]
    for variant in ("dropout", "ALiBi"):
        panel = ticked(variant)
        panel.strength.value = 0
        assert [table.numbers for table in read(panel).tables] == plain


@pytest.mark.parametrize("variant", MIDDLE)
def test_a_score_that_is_moved_changes_the_numbers_to_the_right_ones(variant):
    panel = ticked(variant)
    panel.S["query 2"].values = [-6.0, 6.0, 0.3]
    assert_right(read(panel), variant, MIDDLE[variant], [START[0], [-6, 6, 0.3]])


def test_only_the_sink_leaves_rows_that_do_not_sum_to_zero():
    for variant in MIDDLE:
        sums = [row[3] for row in read(ticked(variant)).tables[1].numbers]
        assert (sums == ["0.000"] * 2) == (variant != "sink")


def test_with_softcap_the_rows_by_the_raw_score_sum_to_something_else():
    capped, raw = read(ticked("softcap")).tables[1:]
    assert capped.numbers[1][3] == "0.000"
    assert raw.numbers[1][3] == "-0.247"


def test_at_most_one_box_is_ticked_and_without_any_attention_is_plain():
    panel = ticked("softcap")
    panel.variants["sink"].value = True
    assert [check.value for check in panel.variants.values()] == [False, True, False, False]
    assert_right(read(panel), "sink", 0.0)
    panel.variants["sink"].value = False
    assert_right(read(panel))


def test_dropout_says_what_is_kept_and_never_drops_a_whole_row():
    panel = ticked("dropout")
    assert "p = 0.40; keep: 1.67 0.00 1.67, then 0.00 1.67 1.67" in panel.words.text
    panel.strength.value = 1
    assert "p = 0.80; keep: 0.00 0.00 5.00, then 0.00 5.00 0.00" in panel.words.text


def test_the_words_for_screen_readers_name_every_number_that_is_there():
    panel = attention_today_panel()
    assert panel.P.text == (
        "P; query 1: key 1 +0.422, key 2 +0.155, key 3 +0.422, sum +1.000; "
        "query 2: key 1 +0.090, key 2 +0.665, key 3 +0.245, sum +1.000"
    )
    panel.variants["sink"].value = True
    assert "sum +0.866, sink +0.134; query 2" in panel.P.text
    assert panel.dS.text.endswith("sum -3.265, sink +3.265")


def test_rounding_noise_has_the_colour_of_zero():
    panel = attention_today_panel()  # the value of key 2 is the mean for query 1, but for noise
    assert panel.dS.backgrounds[0][1] == cell_colours(0.0, 1.0)[0]
    panel.S["query 1"].values = [2.3, -5.1, 2.3]
    assert panel.dS.backgrounds[0][1] == cell_colours(0.0, 1.0)[0]


def test_the_tables_wear_the_colour_map_that_they_are_given():
    panel = attention_today_panel(colours="RdBu")
    assert panel.P.backgrounds[1][1] == cell_colours(0.665, 1.0, "RdBu")[0]
    assert list(panel.data()["palette"]) == ["RdBu"]
    with pytest.raises(ValueError, match="^colours must be the name of a colour map"):
        attention_today_panel(colours="no map")


def test_it_follows_keyboard_and_mouse_in_the_lab(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import attention_today_panel", "attention_today_panel()")
    holds(page, assert_right)

    page.get_by_role("checkbox", name="sink").check()
    holds(page, assert_right, "sink", 0.0)

    strength = page.get_by_role("slider", name="strength")
    strength.press("ArrowRight")  # a step is 0.05
    holds(page, assert_right, "sink", 0.4)

    softcap = page.get_by_role("checkbox", name="softcap")
    softcap.press(" ")
    holds(page, assert_right, "softcap", 2.3)
    assert not page.get_by_role("checkbox", name="sink").is_checked()

    drag(page.get_by_role("slider", name="S of query 1 key 2"), up=200)  # above its top
    holds(page, assert_right, "softcap", 2.3, [[1, 6, 1], START[1]])

    softcap.uncheck()
    holds(page, assert_right, S=[[1, 6, 1], START[1]])
    assert_accessible()
