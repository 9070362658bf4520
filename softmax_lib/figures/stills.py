"""Still pictures: arrays in, a Matplotlib Figure out.

`picture` turns a Figure into what a notebook shows, with a text for those who cannot see it.
"""

from base64 import b64encode
from html import escape
from io import BytesIO

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from softmax_lib.figures.colours import COLOURS, DIVERGING, cell_colours

DPI = 144


def picture(fig, alt):
    """Return the figure as an image that carries a text for screen readers.

    It is an <img> of HTML because JupyterLab leaves the alt text of a plain PNG output out.

    Parameters
    ----------
    fig : Figure
    alt : str
        What the picture shows, for someone who cannot see it.

    Raises
    ------
    ValueError
        The text is empty.

    Examples
    --------
    >>> picture(bars([1.0, 2.0], letters="S"), alt="Two bars: 1 and 2.").data[:29]
    '<img alt="Two bars: 1 and 2."'
    """
    if not alt.strip():
        raise ValueError("alt must say what the picture shows")
    from IPython.display import HTML  # nothing else of the library's pictures needs Jupyter

    plt.close(fig)  # if pyplot made it, the notebook must not draw it a second time
    png = BytesIO()
    fig.savefig(png, format="png", dpi=DPI)
    source = f"data:image/png;base64,{b64encode(png.getvalue()).decode()}"
    width = round(fig.get_figwidth() * 96)
    return HTML(f'<img alt="{escape(alt)}" width="{width}" src="{source}">')


def frame(columns=1, *, size=(5.5, 2.8), sharey=True, **labels):
    """Return a figure and its axes, ready to be drawn on: two lines each, not four.

    Parameters
    ----------
    columns : int
        How many pairs of axes stand side by side.
    size : (float, float)
        Width and height of the whole, in inches.
    sharey : bool
        One scale for all, so that heights can be compared; False where the units differ.
    **labels
        What `Axes.set` takes, for each of them: xlabel, ylabel, title, ylim, …

    Returns
    -------
    Figure, and Axes or an array of Axes, (columns,)

    Examples
    --------
    >>> fig, (left, right) = frame(2, xlabel="$h$")
    >>> left.get_xlabel(), right.get_xlabel()
    ('$h$', '$h$')
    """
    fig = Figure(figsize=size, layout="constrained")
    axes = fig.subplots(1, columns, sharey=sharey)
    for ax in np.atleast_1d(axes):
        ax.spines[["top", "right"]].set_visible(False)
        ax.set(**labels)
    return fig, axes


def bars(*rows, letters, names=None, sharey=False):
    """Draw one bar chart for each row of numbers, side by side, in the colour of its letter.

    Parameters
    ----------
    rows : arrays, (N,) each
    letters : sequence of str
        The letter of each row: "S", "P"; a gradient, as "dP", has its letter's colour.
    names : sequence of str, optional
        What the N bars are called; 1 … N if left out.
    sharey : bool
        One scale for all rows, where their sizes are compared.

    Returns
    -------
    Figure

    Examples
    --------
    >>> fig = bars([1.0, 2.0, 3.0], [0.09, 0.24, 0.67], letters="SP")
    >>> [ax.get_title() for ax in fig.axes]
    ['$S$', '$P$']
    """
    fig, axes = frame(len(rows), size=(3.2 * len(rows), 2.4), sharey=sharey)
    for ax, row, letter in zip(np.atleast_1d(axes), rows, letters, strict=True):
        at = np.arange(1, len(row) + 1)
        drawn = ax.bar(at, row, color=COLOURS[letter.removeprefix("d")], width=0.7)
        ax.bar_label(drawn, [f"{x:z.2f}" for x in row], padding=2)
        ax.set_xticks(at, names or at)
        ax.axhline(0, color="black", linewidth=0.8)
        ax.margins(y=0.2)
        ax.set_title(f"${letter}$")
    return fig


def heatmaps(*matrices, titles, limit=None, rows="j", columns="k", names=None, numbers=True):
    """Draw matrices side by side, zero in white, one colour scale, with the number in each cell.

    Parameters
    ----------
    matrices : arrays, (rows, columns) each
        A NaN stands for an entry that is forbidden: hatched, without a number.
    titles : sequence of str
    limit : float, optional
        The value at which the colour is fullest, on both sides of zero; by default the largest
        magnitude of all.
    rows, columns : str
        What counts the rows and the columns.
    names : sequence of str, optional
        What stands along both sides; 1 … N if left out.
    numbers : bool
        False for large matrices: small cells, a minus alone in those below a tenth of -limit, and
        a bar that says what the colours mean.

    Returns
    -------
    Figure

    Examples
    --------
    >>> fig = heatmaps(np.array([[0.25, -0.25], [-0.25, 0.25]]), titles=["J"])
    >>> [text.get_text() for text in fig.axes[0].texts]
    ['0.25', '-0.25', '-0.25', '0.25']
    """
    limit = limit or max(np.nanmax(np.abs(M)) for M in matrices) or 1.0
    side = (0.55 if numbers else 0.26) * max(M.shape[1] for M in matrices) + 1.1
    fig = Figure(figsize=(max(side, 2.6) * len(matrices), max(side, 2.6)), layout="constrained")
    axes = np.atleast_1d(fig.subplots(1, len(matrices)))
    for ax, M, title in zip(axes, matrices, titles, strict=True):
        image = ax.imshow(M, cmap=DIVERGING, vmin=-limit, vmax=limit)
        for (row, column), x in np.ndenumerate(M):
            if np.isnan(x):
                ax.add_patch(forbidden(row, column))
            elif numbers or x < -limit / 10:  # in black and white both signs are one grey
                _, ink = cell_colours(x, limit)
                written = f"{x:z.2f}" if numbers else "−"
                ax.text(column, row, written, ha="center", va="center", color=ink)
        turned = 0 if numbers else 90
        ax.set_xticks(range(M.shape[1]), names or range(1, M.shape[1] + 1), rotation=turned)
        ax.set_yticks(range(M.shape[0]), names or range(1, M.shape[0] + 1))
        ax.set(title=title, xlabel=f"${columns}$", ylabel=f"${rows}$")
    if not numbers:
        fig.colorbar(image, ax=axes)
    return fig


def forbidden(row, column):
    """Return the patch over a cell of a heatmap that nobody may look at: unlike any number."""
    corner = column - 0.5, row - 0.5
    return Rectangle(corner, 1, 1, facecolor="0.93", edgecolor="0.6", hatch="///", linewidth=0)
