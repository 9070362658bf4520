"""What nbval does not insist on: stored outputs, clean files, and the course's own conventions."""

import ast
import re
from statistics import median

import pytest

from softmax_lib.figures.colours import COLOURS
from tools.notebooks import NOTEBOOKS, code_cells, draws, only_imports, prose, read

# The lessons with a derivation to write first, on paper.
PAPER = {"01", "02", "03", "04", "05", "06", "07", "10"}
every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def must_show(source):
    """Decide whether running a cell prints or shows something: then it must be stored."""
    body = ast.parse(source).body
    last = body[-1] if body else None
    shows = isinstance(last, ast.Expr) and not source.rstrip().endswith(";")
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = {ast.unparse(call).partition(".")[0] for call in calls}
    return shows or bool({"print", "checks", "tqdm"} & names)  # a check prints, tqdm draws a bar


def test_there_are_notebooks():
    assert NOTEBOOKS


@every
def test_it_was_run_once_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts == list(range(1, len(counts) + 1))


@every
def test_every_cell_that_shows_something_has_its_output_stored(path):
    for cell in code_cells(read(path)):
        assert bool(cell.outputs) == must_show(cell.source), cell.source


@every
def test_no_output_is_an_error_or_a_warning(path):
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


@every
def test_its_metadata_hold_a_kernel_and_nothing_of_a_machine(path):
    notebook = read(path)
    assert notebook.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert all(set(cell.metadata) <= {"tags", "jupyter"} for cell in notebook.cells)
    assert not re.search(r"/(home|root|tmp|work|Users)/|\b0x[0-9a-f]{6,}", path.read_text("utf-8"))


@every
def test_few_cells_go_uncompared(path):
    tags = [cell.metadata.get("tags", []) for cell in code_cells(read(path))]
    assert sum("nbval-ignore-output" in t for t in tags) <= 2
    assert not any("raises-exception" in t or "nbval-skip" in t for t in tags)


@every
def test_code_cells_are_small(path):
    first, *rest = code_cells(read(path))
    assert only_imports(first)
    open_cells = [cell for cell in rest if not only_imports(cell) and not draws(cell)]
    lengths = [len(cell.source.splitlines()) for cell in open_cells]
    assert median(lengths) <= 5
    assert max(lengths) <= 12


@every
def test_the_derivation_of_a_paper_exercise_is_folded_and_no_other_output_is(path):
    cells = read(path).cells
    on_paper = [n for n, cell in enumerate(cells) if "**On paper.** " in cell.source]
    shown = r"derived\.\w+\.show\(folded=True\)"
    folded = [n for n, cell in enumerate(cells) if re.fullmatch(shown, cell.source)]
    assert folded == [n + 1 for n in on_paper]
    assert len(folded) == (path.stem[:2] in PAPER)


@every
def test_every_picture_says_what_it_shows(path):
    notebook = read(path)
    for cell in code_cells(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            assert not any(kind.startswith("image/") for kind in data), "show it with picture()"
            for alt in re.findall(r'<img alt="(.*?)"', data.get("text/html", "")):
                assert len(alt) > 40, cell.source
    for text in prose(notebook):
        assert "![](" not in text
        assert "<img" not in text or "alt=" in text


@every
def test_letters_wear_their_own_colours(path):
    for text in prose(read(path)):
        for colour, letter in re.findall(r"\\color\{(#\w+)\}\{(?:\\?[a-zA-Z]*?)([A-Zp])[_}]", text):
            assert COLOURS[letter] == colour, text
        assert text.count("\\color") == len(re.findall(r"\{\\color\{#\w{6}\}\{", text)), text


@every
def test_it_opens_and_closes_as_every_lesson_does(path):
    text = "\n".join(prose(read(path)))
    number = path.stem[:2]
    assert re.match(rf"# {number} · .+\n\n\*.+\*\n", text)
    for part in ("**You will be able to**", "**You need**", "**Time**", "## What you have now"):
        assert part in text
    assert text.index("## What you have now") < text.index("## Next") < text.index("## Sources")


@every
def test_every_link_to_a_notebook_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+\.ipynb)", "\n".join(prose(read(path)))):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize(
    ("source", "shows"),
    [("x = 1", False), ("x = 1\nx", True), ("x;", False), ("for x in y:\n    print(x)", True)],
)
def test_a_cell_that_shows_something_is_told_from_one_that_does_not(source, shows):
    assert must_show(source) is shows
