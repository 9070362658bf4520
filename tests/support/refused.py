"""What every function of arrays refuses in the same words."""

import numpy as np
import pytest


def assert_numbers_alone_are_taken(function, given, name):
    """Assert that a function refuses, by this argument's name, arrays of something else."""
    array = given[name]
    for dtype in (bool, complex, object, str):
        with pytest.raises(TypeError, match=f"^{name} must hold floats or integers, not"):
            function(**given | {name: array.astype(dtype)})
    with pytest.raises(TypeError, match=f"^{name} .* not a masked array"):
        function(**given | {name: np.ma.masked_array(array)})
