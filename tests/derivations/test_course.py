"""The course's derivations are right, stand in their lessons' files, and are built when shown."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from softmax_lib import derived
from softmax_lib.derivations import COURSE, LESSONS, latex
from softmax_lib.derivations.derivation import NUMERIC, SYMBOLIC
from softmax_lib.derivations.letters import SIZES
from softmax_lib.derivations.printer import in_words

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
course = pytest.mark.parametrize("derivation", COURSE.values(), ids=COURSE)


@course
def test_every_line_of_the_course_is_right(derivation):
    derivation.check()


@course
def test_every_line_is_shown_with_its_reason_and_a_tick(derivation):
    shown = derivation.show().data
    for line, reason in derivation.lines[1:]:
        assert rf"&= {latex(line)} &\enspace& \checkmark\, {in_words(reason)}" in shown
    assert shown.count(r"\checkmark") == len(derivation.lines) - 1


@course
def test_a_reason_is_broken_into_lines_but_no_formula_in_it_is(derivation):
    for _, reason in derivation.lines[1:]:
        lines = re.findall(r"&\\text\{(.*?)\}(?: \\\\| \\end)", in_words(reason))
        assert " ".join(lines) == reason
        assert all(line.count("$") % 2 == 0 for line in lines)


@course
def test_every_size_has_a_length_of_its_own_below_the_rows_once_and_above_it_once(derivation):
    below, above = set(), set()
    for length, order in [*NUMERIC, SYMBOLIC]:
        sizes = derivation.sizes(length, order)
        assert set(sizes) == {size.name for size in SIZES}
        assert len({*sizes.values()}) == len(SIZES)
        below |= {name for name, size in sizes.items() if size < length}
        above |= {name for name, size in sizes.items() if size > length}
    assert below == above
    (row,) = {size.name for size in SIZES} - below
    assert row in {str(size) for shape in derivation.given.values() for size in shape} | {"N"}


@course
def test_a_derivation_stands_in_the_file_of_the_lesson_that_shows_it(derivation):
    _, _, lesson = derivation.write.__module__.rpartition(".")
    (notebook,) = NOTEBOOKS.glob(f"[0-9][0-9]_{lesson}.ipynb")
    assert f"derived.{derivation.write.__name__}.show(" in notebook.read_text("utf-8")


def test_the_derivations_come_in_the_order_of_the_course():
    modules = [derivation.write.__module__ for derivation in COURSE.values()]
    lessons = [module.rpartition(".")[2] for module in modules]
    assert tuple(dict.fromkeys(lessons)) == LESSONS
    assert lessons == sorted(lessons, key=LESSONS.index)
    numbers = [next(NOTEBOOKS.glob(f"*_{lesson}.ipynb")).name for lesson in LESSONS]
    assert numbers == sorted(numbers)
    assert derived.__dir__() == list(COURSE)


def test_showing_one_derivation_builds_that_one_alone():
    new = (
        "from softmax_lib import derived; from softmax_lib.derivations import COURSE\n"
        "def built(): return [name for name, one in COURSE.items() if 'lines' in vars(one)]\n"
        "print(built()); derived.both_cases.show(); print(built())"
    )
    out = subprocess.check_output([sys.executable, "-c", new], text=True)
    assert out.splitlines() == ["[]", "['both_cases']"]


def test_a_name_that_no_derivation_has_is_answered_with_the_closest():
    with pytest.raises(AttributeError, match="named online_sofmax; the closest are online_softmax"):
        _ = derived.online_sofmax


def test_folded_lines_are_out_of_sight_until_asked_for():
    shown = COURSE["both_cases"].show(folded=True).data
    assert shown.startswith("<details><summary>The lines, checked</summary>$$")
    assert "&amp;=" in shown
