"""Drawings of how letters hang together: no numbers in, a Matplotlib Figure out."""

import numpy as np
from matplotlib.figure import Figure

from softmax_lib.figures.colours import COLOURS

PLACES = {"Q": (0, 1.1), "K": (0, -1.1), "S": (2.2, 0), "P": (4.6, 0), "V": (4.6, -1.9)}
PLACES |= {"O": (7, 0), r"\phi": (9.2, 0)}
ARROWS = [("Q", "S"), ("K", "S"), ("S", "P"), ("P", "O"), ("V", "O"), ("O", r"\phi")]
WORDS = {r"scale $\cdot\, QK^\top$": (2.3, 0.85), "softmax": (3.4, 0.4), "$PV$": (7, 0.6)}
WORDS |= {"the loss": (9.2, -0.5)}  # how a letter is made, and what the last one is
MIDDLE = {"ha": "center", "va": "center"}


def attention_map():
    """Draw the way from Q, K and V to the loss, in grey, and the gradients' way back, in colour.

    Each letter stands once. Beside each grey arrow, which leads forward, a coloured one leads back
    and bears the gradient that it delivers: dQ at Q, dS at S.

    Returns
    -------
    Figure

    Examples
    --------
    >>> words = [text.get_text() for text in attention_map().axes[0].texts]
    >>> [letter for letter in words if letter.startswith("$d")]
    ['$dQ$', '$dK$', '$dS$', '$dP$', '$dV$', '$dO$']
    """
    fig = Figure(figsize=(8.2, 3.2), layout="constrained")
    ax = fig.subplots()
    for letter, place in PLACES.items():
        ax.annotate(f"${letter}$", place, color=COLOURS.get(letter, "black"), size=20, **MIDDLE)
    for tail, head in ARROWS:
        draw_both_ways(ax, tail, head)
    for word, place in WORDS.items():
        ax.annotate(word, place, color="0.35", **MIDDLE)
    ax.set(xlim=(-0.5, 9.7), ylim=(-2.4, 1.6), aspect="equal", xticks=[], yticks=[])
    ax.set_frame_on(False)
    return fig


def draw_both_ways(ax, tail, head):
    """Draw a grey arrow from tail to head and, beside it, the gradient's arrow back to tail."""
    a, b = np.array([PLACES[tail], PLACES[head]])
    aside = 0.12 * np.array([a[1] - b[1], b[0] - a[0]]) / np.hypot(*(b - a))  # to the left, going
    style = {"arrowstyle": "->", "shrinkA": 17, "shrinkB": 17}
    ax.annotate("", b + aside, a + aside, arrowprops=style | {"color": "grey"})
    ax.annotate("", a - aside, b - aside, arrowprops=style | {"color": COLOURS[tail]})
    ax.annotate(f"$d{tail}$", (a + b) / 2 - 3 * aside, color=COLOURS[tail], size=13, **MIDDLE)
