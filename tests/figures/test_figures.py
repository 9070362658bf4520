"""Figures and colours: what they show, and that it can be read."""

import re

import numpy as np
import pytest
from matplotlib import pyplot as plt

from softmax_lib import softmax, softmax_jacobian
from softmax_lib.figures import attention_map, bars, cell_colours, frame, heatmaps, picture
from softmax_lib.figures.colours import COLOURS, latex

J = softmax_jacobian(softmax([1.0, 2.0, 3.0]))


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


def contrast(a, b):
    dark, light = sorted([luminance(a), luminance(b)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("page", ["#ffffff", "#111111"], ids=["light", "dark"])
@pytest.mark.parametrize("letter", COLOURS)
def test_a_letter_can_be_read_on_a_light_and_on_a_dark_page(letter, page):
    assert contrast(COLOURS[letter], page) >= 4


def test_a_gradient_wears_the_colour_of_its_letter():
    assert latex("dP", "dP_i") == latex("P", "P_i").replace("P_i", "dP_i")


def test_the_number_in_a_cell_can_be_read_on_every_colour():
    for x in np.linspace(-1, 1, 401):
        assert contrast(*cell_colours(x, 1.0)) >= 4.5


def test_zero_is_white_and_opposite_signs_have_opposite_colours():
    assert luminance(cell_colours(0.0, 1.0)[0]) > 0.9
    assert cell_colours(0.5, 1.0) != cell_colours(-0.5, 1.0)


def test_a_picture_is_an_image_with_its_text_escaped():
    html = picture(heatmaps(J, titles=["J"]), alt='a "Jacobian" & <more>').data
    assert 'alt="a &quot;Jacobian&quot; &amp; &lt;more&gt;"' in html
    assert re.search(r'src="data:image/png;base64,iVBOR\w+', html)


def test_a_picture_without_a_text_is_refused():
    with pytest.raises(ValueError, match="^alt must say"):
        picture(heatmaps(J, titles=["J"]), alt=" ")


def test_a_picture_closes_the_figure_that_pyplot_made():
    fig, _ = plt.subplots()
    picture(fig, alt="an empty pair of axes")
    assert not plt.fignum_exists(fig.number)


def test_figures_leave_no_global_state():
    before = plt.rcParams.copy()
    bars([1.0, 2.0], [0.3, 0.7], letters="SP")
    heatmaps(J, J, titles=["one", "two"])
    assert plt.rcParams == before
    assert plt.get_fignums() == []


def test_bars_are_as_high_as_their_numbers_and_say_so():
    fig = bars([1.0, -2.0], [0.25, 0.75], letters="SP", names=["a", "b"])
    heights = [[bar.get_height() for bar in ax.patches] for ax in fig.axes]
    assert heights == [[1.0, -2.0], [0.25, 0.75]]
    assert [t.get_text() for t in fig.axes[1].texts] == ["0.25", "0.75"]
    assert fig.axes[0].patches[0].get_facecolor() != fig.axes[1].patches[0].get_facecolor()


def test_heatmaps_share_one_scale_that_is_centred_at_zero():
    fig = heatmaps(J, -3 * J, titles=["J", "other"])
    limits = [ax.images[0].get_clim() for ax in fig.axes]
    assert limits[0] == limits[1] == (-3 * J.max(), 3 * J.max())
    assert fig.axes[0].texts[0].get_text() == "0.08"


def test_heatmaps_without_numbers_say_what_their_colours_mean():
    left, right, bar = heatmaps(J, -3 * J, titles=["J", "other"], numbers=False).axes
    assert bar.get_ylim() == left.images[0].get_clim() == right.images[0].get_clim()


def test_heatmaps_without_numbers_mark_what_is_clearly_negative():
    (ax, _) = heatmaps(np.array([[-1.0, -0.09], [-0.11, 1.0]]), titles=["J"], numbers=False).axes
    assert [(t.get_text(), *t.get_position()) for t in ax.texts] == [("−", 0, 0), ("−", 0, 1)]


def test_a_heatmap_of_zeros_is_drawn():
    assert heatmaps(np.zeros((2, 2)), titles=["nothing"]).axes[0].images[0].get_clim() == (-1, 1)


def test_a_forbidden_entry_is_hatched_and_does_not_look_like_zero():
    (ax,) = heatmaps(np.array([[0.0, np.nan]]), titles=["causal"]).axes
    assert [patch.get_hatch() for patch in ax.patches] == ["///"]
    assert ax.patches[0].get_xy() == (0.5, -0.5)
    assert [text.get_text() for text in ax.texts] == ["0.00"]


def test_a_frame_has_axes_of_one_scale_and_no_lines_above_and_right():
    _, (left, right) = frame(2, ylim=(0, 3))
    right.set_ylim(0, 5)
    assert left.get_ylim() == (0, 5)
    assert [side for side, line in left.spines.items() if line.get_visible()] == ["left", "bottom"]


def test_bars_whose_sizes_are_compared_share_a_scale():
    left, right = bars([0.38], [0.5], letters=["dP", "dS"], sharey=True).axes
    assert left.get_ylim() == right.get_ylim()


def test_the_map_of_attention_has_an_arrow_back_beside_each_arrow_forward():
    drawn = [text for text in attention_map().axes[0].texts if hasattr(text, "arrowprops")]
    arrows = [text for text in drawn if text.arrowprops]
    forward, back = arrows[::2], arrows[1::2]
    assert [text.arrowprops["color"] for text in forward] == ["grey"] * 6
    assert [text.arrowprops["color"] for text in back] == [COLOURS[x] for x in "QKSPVO"]
