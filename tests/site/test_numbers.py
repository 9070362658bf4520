"""Numbers in pages are written as Python writes them: half-way, to even."""

import numpy as np
import pytest
from support.twins import running

from softmax_lib.panels.kit.primitives import gap, number

rng = np.random.default_rng(1)
HALVES = [n / 2**k for n in range(-41, 42, 2) for k in range(1, 8)]  # half-way, for some decimals
NEAR = [float(np.nextafter(x, side)) for x in HALVES for side in (-9, 9)]
SMALL = (rng.choice([-1, 1], 400) * 10.0 ** rng.uniform(-14, 3, 400)).tolist()
NUMBERS = [0.0, 9.5, -9.5, 99.95, 0.95, 1e-5, 2.5e-6, *HALVES, *NEAR, *SMALL]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a function that writes a number as a page does."""
    with running([], tmp_path_factory.mktemp("numbers")) as ask:
        yield lambda how, *given: ask("write", [how, *given])


@pytest.mark.parametrize("decimals", range(6))
def test_a_number_has_the_decimals_that_python_gives_it(decimals, written):
    for x in NUMBERS:
        assert written("toFixed", x, decimals) == f"{x:.{decimals}f}", x
        assert written("number", x, decimals) == number(x, decimals), x
        assert written("number", x, decimals, "") == number(x, decimals, ""), x


@pytest.mark.parametrize("decimals", range(3))
def test_a_power_of_ten_is_the_one_that_python_writes(decimals, written):
    for x in NUMBERS:
        assert written("toExponential", x, decimals) == f"{x:.{decimals}e}", x


def test_a_distance_is_written_as_python_writes_it(written):
    for x in map(abs, NUMBERS):
        assert written("gap", x, 1e-7) == gap(x, 1e-7)
