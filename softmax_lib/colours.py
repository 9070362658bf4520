"""One colour for each letter, the same in formulas, figures and panels.

A gradient wears the colour of its letter: dP is drawn like P. The hues follow Okabe and Ito's
colour-blind safe palette (jfly.uni-koeln.de/color, 2008), darkened or lightened until each has a
contrast of at least 4:1 on white and on JupyterLab's dark page alike.
"""

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
