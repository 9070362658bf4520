"""What every panel does: what it takes and refuses, how it is described, what its page hears."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect
from support.panels import HEAD, simplest, taking
from support.real_lab import ROOT

from softmax_lib import panels
from softmax_lib.figures.colours import COLOURS, cell_colours
from softmax_lib.panels import attention_panel, jacobian_panel, kit, quotient_panel, tiles_panel
from softmax_lib.panels.kit.primitives import Bars, gap, number
from softmax_lib.yours import one

OF_SCORES = taking("scores")


@pytest.fixture(scope="module")
def described():
    """Return what each panel is described as where there is no Jupyter."""
    code = """
import json, sys
from support.panels import panels, simplest
print(json.dumps({name: simplest(name).data() for name in panels.__all__}, allow_nan=False))
assert not {"anywidget", "ipywidgets", "IPython"} & sys.modules.keys()
"""
    out = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT / "tests", text=True)
    return json.loads(out)


@pytest.mark.parametrize("name", panels.__all__)
def test_without_jupyter_a_panel_is_described_as_its_widget_would_send_it(name, described):
    sent = simplest(name).widget.get_state()
    assert described[name]["tree"] == sent["tree"]
    parts = {key: value for key, value in sent.items() if key.startswith("part")}
    assert described[name]["state"] == parts


@pytest.mark.parametrize("name", ["jacobian_panel", "two_cases_panel", "vjp_panel"])
def test_the_palette_holds_each_colour_and_ink_of_a_cell(name, described):
    palette = described[name]["palette"]["PRGn"]
    assert len(palette) == 256
    assert palette[0] == list(cell_colours(-1.0, 1.0))
    assert palette[255] == list(cell_colours(1.0, 1.0))
    state = described[name]["state"]
    cells = [
        (background, ink)
        for prefix in {key.partition("_")[0] for key in state if key.endswith("_backgrounds")}
        for line, inks in zip(state[f"{prefix}_backgrounds"], state[f"{prefix}_inks"], strict=True)
        for background, ink in zip(line, inks, strict=True)
    ]
    assert cells
    assert {cell for cell in cells if cell[0]} <= set(map(tuple, palette))


def test_the_description_follows_what_is_touched():
    panel = jacobian_panel()
    before = panel.data()["state"]
    panel.S.values = [1.0, 2.5, 3.0]
    after = panel.data()["state"]
    assert after[panel.P.prefix + "numbers"] == panel.P.numbers
    assert after[panel.P.prefix + "numbers"] != before[panel.P.prefix + "numbers"]
    assert {n: panel.widget.get_state()[n] for n in after} == after


@pytest.mark.parametrize(
    ("touched", "to"),
    [("values", [1.0, 2.5, 3.0]), ("presses", 1)],
    ids=["bar", "button"],
)
def test_all_that_a_touch_changes_comes_back_in_one_message(touched, to, monkeypatch):
    panel, sent = jacobian_panel(), []
    widget = panel.widget
    monkeypatch.setattr(widget, "_send", lambda message, buffers=None: sent.append(message))
    widget.set_state({next(name for name in widget.keys if name.endswith(touched)): to})
    (message,) = sent
    assert message["method"] == "update"
    assert panel.S.numbers in message["state"].values()
    assert panel.P.numbers in message["state"].values()


def test_a_cell_shows_the_widget_and_without_a_kernel_the_panel_says_what_it_is():
    panel = jacobian_panel()
    shown, *_ = panel._repr_mimebundle_()
    view = shown["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == panel.widget.model_id
    words = "A live panel: run this cell in Jupyter, then move its controls."
    assert repr(panel) == repr(panel.widget) == shown["text/plain"] == words
    assert panel._display_() is panel.widget  # marimo asks for it


@pytest.mark.parametrize(
    ("value", "shape", "message"),
    [
        (np.ones(3), (2,), r"an array of shape \(2,\): it returned an array of float64, \(3,\)"),
        (["a", "b"], (2,), r"an array of shape \(2,\): yours should be an array of numbers"),
        (None, (), "one real number: it returned nothing"),
        (1j, (), "one real number: yours should be an array of numbers, and is 1j"),
        ([0.0, np.nan], (2,), r"an array of .*: it returned \[0.0, nan\], which is not finite"),
    ],
)
def test_what_a_function_of_your_own_must_not_return_is_said(value, shape, message):
    with pytest.raises(ValueError, match=f"^yours must return {message}"):
        one(value, shape, "yours")


SEQUENCES = [list, tuple, np.array, iter, lambda items: dict.fromkeys(items).keys()]
KINDS = ["list", "tuple", "array", "iterator", "keys"]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=KINDS)
@pytest.mark.parametrize("panel", OF_SCORES)
def test_any_sequence_will_do_for_scores_and_labels(panel, sequence):
    made = panel(sequence([0.5, -2.0]), labels=sequence(["tea", "coffee"]))
    assert made.S.values == [0.5, -2.0]
    assert made.S.text == "S: tea: +0.5, coffee: -2.0"


@pytest.mark.parametrize("panel", OF_SCORES)
def test_labels_need_not_be_texts_and_none_is_as_good_as_left_out(panel):
    assert panel((0.0, 0.0), labels=range(2)).P.labels == ["0", "1"]
    assert panel((0.0, 0.0), labels=None).P.labels == ["1", "2"]
    assert panel((0.0, 0.0), labels=np.array([])).P.labels == ["1", "2"]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=KINDS)
def test_any_sequence_will_do_for_tokens(sequence):
    assert attention_panel(*HEAD, sequence([*"abcd"])).row.rows == [*"abcd", "sum"]
    assert attention_panel(*HEAD.tolist(), tokens=None).row.rows == [*"1234", "sum"]


@pytest.mark.parametrize(
    "scores",
    [(1.0,), range(9), (0.0, 7.0), (0.0, np.nan), [[0.0, 1.0]], ("a", "b"), [[0.0], 1.0], 3, None],
    ids=str,
)
@pytest.mark.parametrize("panel", OF_SCORES)
def test_scores_that_are_none_or_out_of_range_are_refused(panel, scores):
    with pytest.raises(ValueError, match="^scores must be 2 to 8 numbers from -6 to 6, not"):
        panel(scores)


@pytest.mark.parametrize("labels", [["tea"], np.array(["tea"])], ids=["list", "array"])
@pytest.mark.parametrize("panel", OF_SCORES)
def test_labels_that_do_not_fit_are_refused(panel, labels):
    with pytest.raises(ValueError, match="^labels must be one for each of 3 scores, not"):
        panel(labels=labels)
    with pytest.raises(ValueError, match="^labels must be a sequence of texts, not 3"):
        panel(labels=3)


@pytest.mark.parametrize("colours", [{"S": "teal"}, [("S", "teal")], np.array([["S", "teal"]])])
@pytest.mark.parametrize("panel", OF_SCORES)
def test_the_bars_of_a_row_wear_the_colours_that_they_are_given(panel, colours):
    made = panel(colours=colours)
    assert made.S.colour == "#008080"
    bars = {part.colour for part in vars(made).values() if isinstance(part, Bars)}
    assert bars == {"#008080", COLOURS["P"].lower()}


@pytest.mark.parametrize("panel", [attention_panel, tiles_panel])
def test_the_heatmaps_wear_the_colour_map_that_they_are_given(panel):
    made = panel(*HEAD, colours="RdBu")
    first = made.maps["S"] if panel is attention_panel else made.square
    S = HEAD[0] @ HEAD[1].T / np.sqrt(2)
    limit = np.abs(S).max()
    assert first.backgrounds[0][0] == cell_colours(S[0, 0], limit, "RdBu")[0]
    assert first.backgrounds[0][0] != cell_colours(S[0, 0], limit)[0]
    assert list(made.data()["palette"]) == ["RdBu"]


@pytest.mark.parametrize("colours", ["no map", 3, np.array(["RdBu", "PRGn"]), {"S": "teal"}])
@pytest.mark.parametrize("panel", [attention_panel, tiles_panel])
def test_what_is_no_colour_map_is_refused(panel, colours):
    with pytest.raises(ValueError, match="^colours must be the name of a colour map"):
        panel(*HEAD, colours=colours)


@pytest.mark.parametrize(
    ("colours", "message"),
    [
        ({"dP": "teal"}, "colours must be for .*, not for 'dP'"),
        ({"S": "url(x)", "tangent": "url(x)"}, "colours must be"),
        ("teal", "colours must be like"),
        (3, "colours must be like"),
    ],
    ids=str,
)
@pytest.mark.parametrize("panel", [*OF_SCORES, quotient_panel])
def test_what_is_not_a_colour_or_has_no_place_is_refused(panel, colours, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        panel(colours=colours)


@pytest.mark.parametrize(
    ("panel", "place"), [(jacobian_panel, "S"), (quotient_panel, "tangent")], ids=["S", "tangent"]
)
def test_what_is_no_colour_is_named(panel, place):
    with pytest.raises(ValueError, match=r"^colours must be those of Matplotlib, not 'url\(x\)'"):
        panel(colours={place: "url(x)"})


@pytest.mark.parametrize("name", ["f", "g", "jacobian", "rule", "slope", "softmax", "vjp"])
def test_what_is_no_function_is_refused(name):
    for panel in taking(name):
        needed = HEAD if panel is attention_panel else ()
        with pytest.raises(ValueError, match=f"^{name} must be a function, not 3"):
            panel(*needed, **{name: 3})


@pytest.mark.parametrize("name", panels.__all__)
def test_the_docstring_says_all_that_a_learner_needs(name):
    panel = getattr(panels, name)
    doc = inspect.getdoc(panel)
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"{section}\n---" in doc
    for argument in inspect.signature(panel).parameters:
        assert re.search(rf"^(.*, )?{argument}(, .*)? : ", doc, flags=re.M), argument
    assert "<" not in doc


@pytest.mark.parametrize("name", panels.__all__)
def test_the_docstring_speaks_of_a_function_of_yours_only_where_one_is_taken(name):
    doc = inspect.getdoc(getattr(panels, name))
    assert ("What a function of yours raises" in doc) == (" : callable" in doc)


def test_the_room_s_list_names_every_file_of_the_kit():
    files = {path.stem for path in Path(kit.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(re.findall(r"`(\w+)`", kit.__doc__))


def test_numbers_keep_their_width_and_zero_has_no_minus():
    assert [number(x) for x in (0.25, -0.25, -1e-9)] == ["+0.250", "-0.250", "0.000"]


def test_a_number_half_way_is_written_alike_whatever_its_last_bit():
    half = 0.0125
    assert {number(x) for x in (half, np.nextafter(half, 0), np.nextafter(half, 1))} == {"+0.013"}


def test_a_distance_shows_no_digits_of_noise():
    assert [gap(x, 1e-7) for x in (0.0, 3e-9, 2e-7, 0.25)] == [
        *("less than 1e-07", "less than 1e-07", "2e-07", "2e-01")
    ]


def test_of_equal_entries_the_first_is_named_whatever_their_last_bit():
    panel = jacobian_panel((0.3, 0.1))
    for S in np.random.default_rng(0).uniform(-6, 6, (50, 2)).tolist():
        panel.S.values = S
        assert panel.J.text.endswith("j = 1, k = 1")


OWN = """from softmax_lib import softmax_jacobian
from softmax_lib.panels import jacobian_panel


def mine(P):
    assert P.max() < 0.9, "<b>too sure</b>"
    return softmax_jacobian(P)


jacobian_panel(labels=["x", "y", "<b>z</b>"], jacobian=mine)"""


def test_a_function_of_ones_own_runs_live_and_its_error_is_shown_with_its_line(show):
    page = show(OWN)
    bar, trouble = page.get_by_role("slider", name="S <b>z</b>"), page.get_by_role("alert")
    bar.press("End")
    expect(trouble).to_contain_text("AssertionError: <b>too sure</b>")
    expect(trouble).to_contain_text('in mine, line 6: assert P.max() < 0.9, "<b>too sure</b>"')
    bar.press("Home")
    expect(trouble).to_have_count(0)
    assert page.locator(".jp-OutputArea b").count() == 0  # what is typed is never taken for HTML


def test_a_notebook_saved_after_use_is_small_and_holds_no_widget_state(show, home, request):
    page = show("from softmax_lib.panels import *", "jacobian_panel()")
    bar = page.get_by_role("slider", name="S 2")
    for _ in range(10):
        bar.press("ArrowUp")
    expect(page.get_by_label("S: 1: +1.0, 2: +3.0, 3: +3.0")).to_be_visible()
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    saved = home / f"course/notebooks/{request.node.name}.ipynb"
    notebook = nbformat.read(saved, as_version=4)
    assert notebook.cells[1].outputs, "it was not saved"
    assert "widgets" not in notebook.metadata
    assert saved.stat().st_size < 3000


def test_with_eight_scores_nothing_is_cut_off(show):
    page = show(
        "from softmax_lib.panels import *",
        "jacobian_panel(range(-4, 4))",
        "vjp_panel(range(-4, 4))",
    )
    expect(page.locator(".softmax-heatmap")).to_have_count(2)
    cut = page.evaluate(
        "[...document.querySelectorAll('.jp-OutputArea-output, .jp-OutputArea-output *')]"
        ".filter(e => getComputedStyle(e).overflowX != 'visible' && e.scrollWidth > e.clientWidth)"
        ".map(e => e.outerHTML)"
    )
    assert cut == []


def test_its_keys_are_heard_before_a_page_that_has_meanings_of_its_own_for_them(show):
    page = show("from softmax_lib.panels import *", "jacobian_panel()")
    bar = page.get_by_role("slider", name="S 2")
    bar.focus()
    page.evaluate(  # as Notebook 7 does
        "document.addEventListener('keydown', event => event.stopImmediatePropagation(), true)"
    )
    bar.press("ArrowUp")
    expect(page.get_by_label("S: 1: +1.0, 2: +2.1, 3: +3.0")).to_be_visible()
