"""One colour for each letter, and for each number in a heatmap, in formulas, figures and panels.

A gradient wears the colour of its letter: dP is drawn like P. The hues follow Okabe and Ito's
colour-blind safe palette (jfly.uni-koeln.de/color, 2008), darkened or lightened until each has a
contrast of at least 4:1 on white and on JupyterLab's dark page alike.
"""

from functools import cache
from math import isnan

import numpy as np

COLOURS = {
    "S": "#087AC0",
    "P": "#C85A00",
    "p": "#C85A00",  # the same probabilities as a column
    "O": "#008560",
    "Q": "#5B6EE1",
    "K": "#98701B",
    "V": "#B0559B",
}


def latex(letter, formula):
    """Wrap a formula in the colour of its letter, or return it as it is if the letter has none.

    >>> latex("dP", "dP_{ij}")
    '{\\\\color{#C85A00}{dP_{ij}}}'
    """
    colour = COLOURS.get(letter.removeprefix("d"))
    return rf"{{\color{{{colour}}}{{{formula}}}}}" if colour else formula


DIVERGING = "PRGn"  # for numbers of both signs: colour-blind safe, white at zero


def cell_colours(x, limit, colours=DIVERGING):
    """Return the background of a heatmap's cell and the ink that can be read on it, as hex."""
    return palette(colours)[shade(x, limit)]


def shade(x, limit):
    """Return which of the 256 colours of a diverging map a number has: the middle one for 0.

    >>> shade(-2.0, 2.0), shade(0.0, 2.0), shade(2.0, 2.0)
    (0, 128, 255)
    """
    share = 0.5 if isnan(x) else (float(x) / limit + 1) / 2
    return int(min(255, max(0, 256 * share)))


@cache
def palette(colours):
    """List the 256 colours of a diverging map, lowest first, each with its ink."""
    from matplotlib import colormaps  # here: formulas need no Matplotlib
    from matplotlib.colors import to_hex

    shades = colormaps[colours].resampled(256)(np.arange(256))
    return [(to_hex(rgba), ink_on(rgba)) for rgba in shades]


def ink_on(rgba):
    """Return black or white, whichever can be read better on the colour."""
    r, g, b, _ = rgba
    luminance = 0.2126 * r**2.2 + 0.7152 * g**2.2 + 0.0722 * b**2.2
    return "#ffffff" if luminance < 0.18 else "#000000"  # at 0.18 both read alike
