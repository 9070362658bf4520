"""The Jacobian of a row of probabilities, under a slider for each score."""

from ipywidgets import HTML, FloatLogSlider, FloatSlider, HBox, VBox

from softmax_lib.figures import cell_colours
from softmax_lib.softmax import softmax, softmax_jacobian

LIMIT = 0.25  # no entry of a softmax Jacobian is larger, so colours keep their meaning
CELL = "padding:.5em .7em;text-align:right;font-variant-numeric:tabular-nums"


class JacobianPanel(HBox):
    """What jacobian_panel returns."""

    def __repr__(self):
        return "A live panel: run this cell in Jupyter, then move the sliders."


def jacobian_panel(scores=(1.0, 2.0, 3.0)):
    """Show diag(P) - P ⊗ P for P = softmax(S / T), with a slider for each score and for T.

    Parameters
    ----------
    scores : sequence of 2 to 8 floats from -6 to 6
        Where the sliders start.

    Returns
    -------
    ipywidgets.HBox
        The last expression of a cell shows it.

    Raises
    ------
    ValueError
        Fewer than 2 or more than 8 scores, or one outside -6 … 6.

    Examples
    --------
    >>> jacobian_panel((0.0, 0.0))
    A live panel: run this cell in Jupyter, then move the sliders.
    """
    if not 2 <= len(scores) <= 8 or not all(-6 <= s <= 6 for s in scores):
        raise ValueError(f"scores must be 2 to 8 numbers from -6 to 6, not {scores!r}")
    S = [
        FloatSlider(s, min=-6, max=6, step=0.1, readout_format=".1f", description=f"score {n}")
        for n, s in enumerate(scores, start=1)
    ]
    T = FloatLogSlider(1, min=-1, max=1, step=0.05, readout_format=".2f", description="temperature")
    for control in (*S, T):
        control.style.description_width = "7em"  # all of "temperature" fits
    table = HTML()

    def draw(_=None):
        P = softmax([s.value / T.value for s in S])
        table.value = jacobian_table(P, softmax_jacobian(P))

    for control in (*S, T):
        control.observe(draw, "value")
    draw()
    return JacobianPanel([VBox([*S, T]), table])


def jacobian_table(P, J):
    """Write P and J as an HTML table: a row for each j with P_j, its entries and their sum."""
    N = len(P)
    head = "".join(f'<th scope="col">k = {k}</th>' for k in range(1, N + 1))
    body = "".join(
        f'<tr><th scope="row">j = {j}</th><td style="{CELL}">{P[j - 1]:.3f}</td>'
        + "".join(map(_coloured, J[j - 1]))
        + f'<td style="{CELL}">{number(J[j - 1].sum())}</td></tr>'
        for j in range(1, N + 1)
    )
    return (
        "<table><caption>J = diag(P) − P ⊗ P, for P = softmax(S / T)</caption>"
        f'<thead><tr><td></td><th scope="col">P</th>{head}<th scope="col">row sum</th>'
        f"</tr></thead><tbody>{body}</tbody></table>"
    )


def number(x):
    """Write x with its sign and three decimals, six characters wide, and zero without a minus."""
    return f"{x:+z.3f}"


def _coloured(x):
    background, ink = cell_colours(x, LIMIT)
    return f'<td style="{CELL};background:{background};color:{ink}">{number(x)}</td>'
