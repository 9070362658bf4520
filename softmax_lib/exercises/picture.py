"""A learner's matrix beside the right one, below the words that a check says of it."""

import sys

import numpy as np

from softmax_lib.exercises.attempt import close


def matrices(did, right):
    """Return the learner's matrix and the right one, or None if there is nothing to be seen.

    There is not, unless they are two finite matrices of one shape that differ.
    """
    if did.error:
        return None
    yours, wanted = (np.asarray(attempt.results[0], float) for attempt in (did, right))
    if yours.ndim != 2 or yours.shape != wanted.shape or not np.isfinite(yours).all():
        return None
    if close(*did.results, *right.results).all():  # the dtype is the matter
        return None
    return yours, wanted


def after_the_words(matrices):
    """Draw both matrices once the cell that runs has ended: drawing takes long, words do not.

    Nothing is drawn outside Jupyter.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if getattr(shell, "kernel", None) is None or matrices is None:
        return

    def draw(_):
        shell.events.unregister("post_run_cell", draw)
        show(*matrices)

    shell.events.register("post_run_cell", draw)


def show(yours, right):
    """Show the learner's matrix, the right one and their difference."""
    from IPython.display import display

    from softmax_lib.figures import heatmaps, picture

    titles = ["yours", "right", "yours - right"]
    display(
        picture(
            heatmaps(yours, right, yours - right, titles=titles),
            alt="Three heatmaps: your matrix, the right one, and the difference of the two.",
        )
    )
