"""Whatever is wrong in a line of the course is found, and named."""

import pytest
from support.corruptions import (
    among_its_neighbours,
    complaint,
    corruptions_of_a_line,
    says_the_same,
    with_other_ends,
)

from softmax_lib.derivations import COURSE, DerivationError, latex
from softmax_lib.derivations.slips import published_slips

course = pytest.mark.parametrize("derivation", COURSE.values(), ids=COURSE)
SLIPS = published_slips()


@course
def test_every_corruption_of_every_line_is_seen_and_caught(derivation):
    for number, (line, reason) in enumerate(derivation.lines):
        caught = 0
        for kind, wrong in corruptions_of_a_line(line):
            corrupt, place = among_its_neighbours(derivation, number, wrong)
            found = complaint(corrupt)
            if found is None:
                assert says_the_same(derivation, line, wrong), f"{kind}: {wrong}"
                assert kind != "limit"
                continue
            assert f"line {place} ({reason})".replace("$", "") in found
            assert latex(wrong) != latex(line), f"{kind} cannot be seen"
            caught += 1
        assert caught, f"no corruption of line {number} changes what it says"


@course
def test_a_free_index_that_runs_to_another_size_is_refused(derivation):
    for other in with_other_ends(derivation):
        assert "line 0 (what is asked) is wrong" in complaint(other)


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_wrong_line_that_somebody_wrote_is_refused_and_named(slip):
    (right,) = [derivation for derivation in COURSE.values() if derivation.title == slip.title]
    pairs = zip(right.lines, slip.lines, strict=True)
    (number,) = [n for n, (a, b) in enumerate(pairs) if a != b]
    with pytest.raises(DerivationError, match=rf"line {number} \(.*is wrong"):
        slip.show()
