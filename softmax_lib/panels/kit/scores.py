"""What the panels of one row share: its scores as bars to drag, its probabilities beside them."""

from softmax_lib.figures.colours import COLOURS
from softmax_lib.panels.kit.arguments import colours_of, names_of, row_of
from softmax_lib.panels.kit.primitives import Bars

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
    wanted = "scores must be 2 to 8 numbers from -6 to 6"
    values = row_of(scores, range(2, 9), HIGHEST, wanted)
    names = names_of(labels, len(values))
    colours = {letter: COLOURS[letter].lower() for letter in "SP"} | colours_of(colours, "SP")
    S = Bars(title="S", values=values, labels=names, colour=colours["S"], editable=True)
    S.low, S.high, S.step = -HIGHEST, HIGHEST, 0.1
    return S, Bars(title="P", labels=names, colour=colours["P"], low=0.0, high=1.0)
