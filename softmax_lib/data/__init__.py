"""The files of numbers that lessons read: they come with the package. assets/ says who made them.

| name | is | lesson |
|---|---|---|
| real_attention | attention inside a trained model, with the gradients that autograd found | 06 |
| digits | 1,797 handwritten digits | 08 |
| training_curve | lesson 08's training, with PyTorch's autograd for the way back | 08 |
"""

from importlib.resources import files

import numpy as np


def load(name):
    """Return the arrays of one file, by name: `digits`, `real_attention` or `training_curve`.

    Raises
    ------
    ValueError
        No file has that name.

    Examples
    --------
    >>> load("digits")["images"].shape
    (1797, 8, 8)
    """
    here = files(__name__)
    if not (here / f"{name}.npz").is_file():
        names = sorted(file.name[:-4] for file in here.iterdir() if file.name.endswith(".npz"))
        raise ValueError(f"name must be one of {', '.join(names)}, not {name!r}")
    with (here / f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)
