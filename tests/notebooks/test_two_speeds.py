"""A main path that stands alone, deeper parts that may be skipped, and code that only draws."""

import re

import pytest

from tools.measures import minutes
from tools.notebooks import NOTEBOOKS, draws, prose, read, two_speeds
from tools.scopes import made, used

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
FOLDED = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}


def names(cells, of):
    return set().union(*(of(cell.source) for cell in cells if cell.cell_type == "code"))


@every
def test_no_cell_of_the_main_path_needs_a_name_that_a_deeper_part_makes(path):
    main, deeper = two_speeds(read(path))
    assert not names(main, used) & (names(deeper, made) - names(main, made))


@every
def test_the_main_path_takes_no_name_from_a_deeper_part_that_comes_before(path):
    """Each name that the main path uses is one that the main path has made by then."""
    notebook, so_far = read(path), set()
    main, _ = two_speeds(notebook)
    everything = names(notebook.cells, made)
    for cell in main:
        if cell.cell_type == "code":
            so_far |= made(cell.source)
            assert used(cell.source) & everything <= so_far, cell.source


@every
def test_a_heading_that_goes_deeper_begins_its_cell_and_so_does_the_next(path):
    for text in prose(read(path)):
        later = re.findall(r"^## .*", text, flags=re.M)[not text.startswith("## ") :][1:]
        assert not any("Go deeper" in heading for heading in re.findall(r"\n#+ .*", text))
        if text.startswith("## Go deeper: "):
            assert not later


@every
def test_deeper_parts_come_after_the_main_path_and_before_the_sources(path):
    text = "\n".join(prose(read(path)))
    deeper = [match.start() for match in re.finditer(r"^## Go deeper: ", text, flags=re.M)]
    assert deeper
    assert text.index("## Next") < min(deeper)
    assert max(deeper) < text.index("## Sources")


@every
def test_a_cell_is_folded_if_all_that_it_does_is_to_draw(path):
    for cell in read(path).cells:
        assert bool(cell.metadata.get("jupyter")) == draws(cell), cell.source
        if draws(cell):
            assert cell.metadata == FOLDED


@every
def test_no_open_cell_needs_a_name_that_a_folded_one_makes(path):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    folded = [cell for cell in cells if draws(cell)]
    unfolded = [cell for cell in cells if not draws(cell)]
    assert not names(unfolded, used) & (names(folded, made) - names(unfolded, made))


@every
def test_the_minutes_that_it_announces_are_those_that_were_counted(path):
    main, deeper = map(minutes, two_speeds(read(path)))
    said = re.search(r"\*\*Time\*\* about (\d+) minutes, and (\d+) more for", prose(read(path))[0])
    assert said, "**Time** about N minutes, and M more for the parts that go deeper."
    for announced, counted in zip(map(int, said.groups()), (main, deeper), strict=True):
        assert abs(announced - counted) <= 5, (main, deeper)


def test_the_heart_takes_under_four_hours_and_the_way_to_it_under_eight():
    main = [minutes(two_speeds(read(path))[0]) for path in NOTEBOOKS]
    assert sum(main[3:7]) < 4 * 60
    assert sum(main[:8]) < 8 * 60
