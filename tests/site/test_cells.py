"""What becomes of a notebook's cells in a page: what is folded, and what is not."""

from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from site_answers import with_folded_answers
from site_cells import WIDGET, with_folded_code
from site_outputs import for_page, options
from site_pages import for_reading, minutes
from sphinx_course import fold_deeper_parts, hold_punctuation

ASKED = new_markdown_cell("**Predict before you run:** which is larger?")
FOLD, END = '<details class="answer">', "</details>"


def code(source, **data):
    outputs = [new_output("execute_result", data=data)] if data else []
    return new_code_cell(source, outputs=outputs)


def told(*cells):
    """Return in short what a page holds: sources, and what came out."""
    page = []
    for cell in with_folded_answers(cells):
        hidden = "remove-input" in cell.metadata.get("tags", [])
        html = [mark for mark in (FOLD, END) if mark in cell.source and "{raw}" in cell.source]
        page += html or ([] if hidden else [cell.source])
        page += [output.data["text/plain"] for output in cell.get("outputs", [])]
    return page


def test_the_code_stays_in_sight_and_what_comes_out_is_folded_with_the_sentence_about_it():
    said = new_markdown_cell("The first.\n\nWhy is that so?")
    page = told(ASKED, code("a", **{"text/plain": "1"}), code("b", **{"text/plain": "2"}), said)
    assert page == [ASKED.source, "a", FOLD, "1", "b", "2", "The first.", END, "Why is that so?"]


def test_what_leads_on_to_a_formula_stays_with_it():
    said = new_markdown_cell("They are 3 and 0.5. In letters:\n\n$$x$$")
    page = told(ASKED, code("a", **{"text/plain": "1"}), said)
    assert page[3:] == ["1", "They are 3 and 0.5.", END, "In letters:\n\n$$x$$"]


def test_a_heading_ends_an_answer():
    page = told(ASKED, code("a", **{"text/plain": "1"}), new_markdown_cell("## Next\n\nMore."))
    assert page[-2:] == [END, "## Next\n\nMore."]


def test_a_panel_is_never_folded_but_what_it_shows_is_told_in_a_fold():
    panel = code("jacobian_panel()", **{WIDGET: {}, "text/plain": "live"})
    page = told(ASKED, panel, new_markdown_cell("Both move."))
    assert page == [ASKED.source, "jacobian_panel()", "live", FOLD, "Both move.", END]


def test_a_derivation_on_paper_has_a_fold_of_its_own_and_no_second_one():
    asked = new_markdown_cell(f"{ASKED.source}\n\n**On paper.** Write it.")
    lines = code("derived.x.show(folded=True)", **{"text/plain": "lines"})
    assert FOLD not in told(asked, lines, new_markdown_cell("Compare."))


def test_code_that_draws_and_what_is_imported_are_folded():
    for source in ("picture(fig, alt='bars')", "import numpy as np"):
        assert with_folded_code(new_code_cell(source)).metadata.tags == ["hide-input"]
    assert with_folded_code(new_code_cell("P = softmax(S)")).metadata == {}


def test_a_check_leaves_its_place_to_the_editor():
    assert list(for_reading(new_code_cell("checks.push(my_push)"), {})) == []


def test_a_progress_bar_that_stands_still_is_left_out():
    cell = code("with tqdm(batches) as bar: ...", **{"text/plain": "  0%|          | 0/600"})
    assert for_page(cell, {}).outputs == []
    cell = code("share", **{"text/plain": "'98 %| 2'"})
    assert len(for_page(cell, {}).outputs) == 1


def test_what_a_cell_writes_out_for_its_panel_is_taken_and_what_it_names_is_not():
    source = 'x = 1\nsoftmax_panel((2, 1, 0), labels=("cat", "dog", "fish"), softmax=mine)'
    assert options("softmax_panel", source) == {
        "scores": (2, 1, 0),
        "labels": ("cat", "dog", "fish"),
    }


def test_a_part_that_goes_deeper_is_folded_up_to_its_end_and_its_heading_is_not():
    page, inner = nodes.section(), nodes.section("", nodes.title("", "Exercise"))
    for heading in ("Why", "Go deeper: why"):
        page += nodes.section("", nodes.title("", heading), nodes.paragraph(), inner.deepcopy())
    fold_deeper_parts(None, page, "")
    plain, deeper = page.children
    assert [type(child).__name__ for child in plain] == ["title", "paragraph", "section"]
    assert [type(child).__name__ for child in deeper] == [
        *("title", "raw", "paragraph", "section", "raw")
    ]


def test_the_minutes_of_both_speeds_are_read():
    assert minutes("**Time** about 55 minutes.") == ("55", "")
    both = "**Time** about 45 minutes, and 20 more for the parts that go deeper."
    assert minutes(both) == ("45", "20")


def test_a_formula_takes_the_punctuation_that_follows_it_and_no_other():
    comma, x, y = nodes.Text(", "), nodes.math("", "x"), nodes.math("", "y")
    told = nodes.paragraph("", "", nodes.strong("", "bias"), comma, x, nodes.Text(", "), y)
    hold_punctuation(None, nodes.document(None, None, "", told), "page")
    assert [formula.get("after") for formula in (x, y)] == [",", None]
    assert told.astext() == "bias, x y"
