"""The files that were computed once, and the scripts that made them."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np

ASSETS = Path(__file__).parents[2] / "assets"


def arrays(name):
    """Return what an .npz file of assets/ holds, by name; softmax_lib.data has the lessons' own."""
    with np.load(ASSETS / name, allow_pickle=False) as file:
        return dict(file)


def script(name):
    """Return a script as a module. It does no work before one of its functions is called."""
    spec = spec_from_file_location(Path(name).stem, ASSETS / name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
