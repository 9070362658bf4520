"""What the panels of one row share: its scores as bars to drag, its probabilities beside them."""

from matplotlib.colors import to_hex

from softmax_lib.colours import COLOURS
from softmax_lib.panels.primitives import Bars

HIGHEST = 6.0  # a score; at a temperature of 0.1 that is 60
LIMIT = 0.25  # no entry of a softmax Jacobian is larger, so colours keep their meaning


def score_bars(scores, labels=(), colours=None):
    """Return the bars of S, which can be dragged, and those of P, which follow.

    Raises
    ------
    ValueError
        Fewer than 2 or more than 8 scores, or one outside -6 … 6; a label too many or too few;
        a colour that is none, or for another letter.
    """
    colours = colours_of(colours)
    if not 2 <= len(scores) <= 8 or not all(-HIGHEST <= s <= HIGHEST for s in scores):
        raise ValueError(f"scores must be 2 to 8 numbers from -6 to 6, not {scores!r}")
    if labels and len(labels) != len(scores):
        raise ValueError(f"labels must be one for each of {len(scores)} scores, not {labels!r}")
    S = Bars(title="S", labels=list(labels), colour=colours["S"], editable=True)
    S.low, S.high, S.step = -HIGHEST, HIGHEST, 0.1
    S.values = [float(s) for s in scores]
    return S, Bars(title="P", labels=list(labels), colour=colours["P"], low=0.0, high=1.0)


def colours_of(own):
    """Return the colours of S and of P: those of the course, or of one's own."""
    colours = {letter: COLOURS[letter] for letter in "SP"} | dict(own or {})
    if len(colours) > 2:
        raise ValueError(f"colours must be for S and P, not {own!r}")
    return {letter: to_hex(colour) for letter, colour in colours.items()}


def names_of(labels, N):
    """Return what N scores are called: their labels, or 1 … N."""
    return list(labels) or [str(n) for n in range(1, N + 1)]
