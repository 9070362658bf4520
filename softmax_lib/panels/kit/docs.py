"""What the docstrings of all panels share: written here once, and seen in full by `panel?`."""

from inspect import cleandoc

RETURNS = """
    Returns
    -------
    Panel
        The last expression of a cell shows it. Its `data()` describes the same as plain dicts.

    Raises
    ------
    ValueError
        An argument does not fit: the message names it.
    """
OF_YOURS = """
        What a function of yours raises at the very start is raised in your cell; later it is shown
        below the panel with your own line, until all is well again. It is called with copies.
    """
SHARED = {
    "<scores>": """
        scores : sequence of 2 to 8 floats from -6 to 6
            Where the bars of S start.
        labels : sequence of str, optional
            What the scores are called, one for each; 1 … N if left out.
        colours : dict, optional
            Colours of your own for S and P, as Matplotlib writes them: {"S": "teal"}.
        """,
    "<map>": """
        colours : str, optional
            The name of a diverging colour map of Matplotlib, such as "RdBu".
        """,
    "<returns>": RETURNS.rstrip() + OF_YOURS,
    "<returns, and takes no function>": RETURNS,
}


def documented(panel):
    """Write out in a panel's docstring what all panels share."""
    for place, text in SHARED.items():
        if panel.__doc__:  # python -OO leaves it out
            panel.__doc__ = cleandoc(panel.__doc__).replace(place, cleandoc(text))
    return panel
