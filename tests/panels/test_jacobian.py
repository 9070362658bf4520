"""The Jacobian panel: what it shows, in Python and in the Lab, is what the library computes."""

import numpy as np
import pytest
from support.shown import holds, press, read, signed

from softmax_lib import softmax, softmax_jacobian
from softmax_lib.panels import jacobian_panel


def assert_right(shown, S, T=1.0):
    """Compare every number with the library's: P, the Jacobian, the sums of its rows."""
    P, J = softmax(np.array(S) / T), softmax_jacobian(softmax(np.array(S) / T))
    scores, probabilities = shown.bars
    assert scores.numbers == [signed(s, 1) for s in S]
    np.testing.assert_array_equal(np.array(probabilities.numbers, float), P.round(2))
    (table,) = shown.tables
    np.testing.assert_array_equal(table.array()[:, :-1], J.round(3))
    assert not table.array()[:, -1].any()
    assert shown.sliders["temperature"] == f"{T:.2f}"
    assert shown.trouble == ""


@pytest.mark.parametrize("scores", [(1.0, 2.0, 3.0), (0.0, 0.0), np.linspace(-6, 6, 8)], ids=len)
def test_the_first_draw_shows_what_the_library_computes(scores):
    assert_right(read(jacobian_panel(scores)), scores)


def test_moving_a_score_and_the_temperature_changes_the_numbers_to_the_right_ones():
    panel = jacobian_panel()
    panel.S.values = [1.0, 2.5, 3.0]
    assert_right(read(panel), [1.0, 2.5, 3.0])
    panel.log_T.value = np.log10(0.5)
    assert_right(read(panel), [1.0, 2.5, 3.0], T=0.5)


def test_another_number_of_scores_keeps_those_that_are_there():
    panel = jacobian_panel()
    for size, scores in ((5, [1, 2, 3, 0, 0]), (2, [1, 2])):
        panel.N.value = size
        assert_right(read(panel), scores)
        assert read(panel).sliders["scores"] == str(size)


def test_scores_with_names_of_their_own_keep_their_number():
    assert "scores" not in read(jacobian_panel((0.0, 0.0), labels=["tea", "coffee"])).sliders


def test_the_presets_are_what_they_are_called():
    panel = jacobian_panel((1.0, 2.0, 3.0, 4.0))
    P = {}
    for name in ("uniform", "two equal", "one winner", "saturated"):
        press(panel, name)
        P[name] = [float(x) for x in panel.P.numbers]
        assert_right(read(panel), panel.S.values)
    assert P["uniform"] == [0.25] * 4
    assert P["two equal"] == [0.5, 0.5, 0, 0]
    assert P["one winner"][-1] > 0.9
    assert P["saturated"] == [0, 0, 0, 1]


def test_it_says_the_eigenvalues_and_how_near_the_measured_jacobian_is():
    words = read(jacobian_panel((0.0, 0.0))).words
    assert "Eigenvalues: 0.000  +0.500" in words
    assert words.endswith("nudging: less than 1e-07")


def test_the_words_for_screen_readers_change_with_the_picture():
    panel = jacobian_panel((0.0, 0.0), labels=["tea", "coffee"])
    assert panel.P.text == "P: tea: 0.50, coffee: 0.50"
    panel.S.values = [6.0, -6.0]
    assert panel.S.text == "S: tea: +6.0, coffee: -6.0"
    assert panel.P.text == "P: tea: 1.00, coffee: 0.00"


def test_a_function_of_your_own_is_shown_and_measured():
    words = read(jacobian_panel((0.0, 0.0), jacobian=lambda P: np.diag(P * (1 - P)))).words
    assert float(words.split("nudging: ")[1]) == pytest.approx(0.25, abs=0.05)


def test_a_function_of_your_own_cannot_change_what_the_panel_shows():
    def careless(P):
        J = softmax_jacobian(P)
        P[:] = 0
        return J

    panel = jacobian_panel(jacobian=careless)
    assert_right(read(panel), [1.0, 2.0, 3.0])
    assert panel.J.title == "J, by a function of yours, and the sum of each row"


def test_an_error_in_a_function_of_your_own_is_shown_with_its_line_and_goes_away():
    def only_small(P):
        assert P.max() < 0.9, "too sure"
        return softmax_jacobian(P)

    panel = jacobian_panel((0.0, 0.0), jacobian=only_small)
    panel.S.values = [6.0, -6.0]
    assert "AssertionError: too sure" in panel.trouble.text
    assert "in only_small, line" in panel.trouble.text
    panel.S.values = [0.0, 0.0]
    assert panel.trouble.text == ""


def test_a_function_of_your_own_of_a_wrong_shape_is_refused():
    wrong = r"^jacobian must return an array of shape \(3, 3\): it returned an array of .*\(3,\)$"
    with pytest.raises(ValueError, match=wrong):
        jacobian_panel(jacobian=lambda P: P)


def test_when_what_it_returns_is_at_fault_the_panel_shows_where_your_function_begins():
    def forgets(P):
        return softmax_jacobian(P) if P.max() < 0.9 else None

    panel = jacobian_panel((0.0, 0.0), jacobian=forgets)
    panel.S.values = [6.0, -6.0]
    assert "jacobian must return an array of shape (2, 2): it returned nothing" in (
        panel.trouble.text
    )
    assert "in forgets, line" in panel.trouble.text
    assert "def forgets(P):" in panel.trouble.text


def test_it_follows_keyboard_and_mouse_in_the_lab(show, assert_accessible, drag):
    page = show("from softmax_lib.panels import jacobian_panel", "jacobian_panel()")
    holds(page, assert_right, [1.0, 2.0, 3.0])

    bar = page.get_by_role("slider", name="S 2")
    bar.focus()
    for _ in range(5):
        bar.press("ArrowUp")  # a step is 0.1
    holds(page, assert_right, [1.0, 2.5, 3.0])

    temperature = page.get_by_role("slider", name="temperature")
    temperature.focus()
    for _ in range(6):
        temperature.press("ArrowRight")  # a step is a factor of 10^0.05
    holds(page, assert_right, [1.0, 2.5, 3.0], T=2.0)
    page.get_by_role("button", name="uniform").click()
    holds(page, assert_right, [0.0, 0.0, 0.0], T=2.0)

    drag(page.get_by_role("slider", name="S 1"), up=200)  # above its top
    holds(page, assert_right, [6.0, 0.0, 0.0], T=2.0)
    assert_accessible()
