"""The pages' sources, made of the notebooks as they are and of the documents beside them."""

import re
import shutil

import nbformat
from nbformat.v4 import new_markdown_cell
from site_answers import with_folded_answers
from site_cells import CHECK, PROGRESS, SOLUTION, output_only, raw, with_folded_code
from site_colab import colab_link
from site_exercises import exercise_html, progress_html
from site_files import place
from site_formulas import with_formulas
from site_lite import STORAGES, lite_address, storage
from site_outputs import for_page
from site_panels import panel_html

from tools.notebooks import NOTEBOOKS, ROOT, read, task_of
from tools.pages import table

DOCUMENTS = ["docs/teaching.md", "docs/hub.md", "docs/measures.md", "docs/benchmarks.md"]
BESIDE = ["docs/vjp_growth.png", "docs/hub/jupyterhub_config.py", "docs/hub/values.yaml"]
TIME = re.compile(r"^\*\*Time\*\* (.+?)\.?$", flags=re.M)
MINUTES = re.compile(r"(\d+) minutes(?:, and (\d+) more)?")
QUESTION = re.compile(r"^\*(.+)\*$", flags=re.M)


def write_sources(folder, repository=None):
    """Write all that Sphinx turns into pages. A repository is where Colab finds its copies."""
    pictures = {}
    for path in NOTEBOOKS:
        page = lesson_page(path, pictures, repository)
        nbformat.write(page, place(folder / "notebooks" / path.name))
    for name, png in pictures.items():
        place(folder / "laid/pictures" / name).write_bytes(png)
    for name in (*DOCUMENTS, *BESIDE, "assets/README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, place(folder / name))
    for path in (ROOT / "site/pages").glob("*.md"):
        text = path.read_text("utf-8")
        (folder / path.name).write_text(with_live_parts(text), "utf-8")


def with_live_parts(text):
    """Put the panel and the table of lessons where a page of ours asks for them."""
    text = text.replace("<!-- jacobian panel -->", raw(panel_html("jacobian_panel")).source)
    return text.replace("<!-- lessons -->", lessons())


def lessons():
    """Return the table of the lessons, as their own first cells have it."""
    rows = []
    for path in NOTEBOOKS:
        first = read(path).cells[0].source
        title, question = first.partition("\n")[0].removeprefix("# "), QUESTION.search(first)[1]
        rows.append([f"[{title}](notebooks/{path.name})", question, *minutes(first)])
    return table(["lesson", "the question it answers", "minutes", "and deeper"], rows)


def minutes(first):
    """Return the minutes of a lesson's main path, and of its deeper parts, as its cell has them."""
    found = MINUTES.search(first)
    return found.groups(default="") if found else ("", "")


def lesson_page(path, pictures, repository):
    """Return the notebook that a lesson's page is made of; fill in {name: bytes} of pictures."""
    notebook = read(path)
    cells = with_folded_answers(with_bar(notebook.cells, path.name, repository))
    made = [page_cell for cell in cells for page_cell in for_reading(cell, pictures)]
    return type(notebook)(notebook, cells=made)


def with_bar(cells, name, repository):
    """Put the page's bar under its title: how long it takes, and the notebook that it is."""
    first, *rest = cells
    title, _, text = first.source.partition("\n\n")
    time = TIME.search(text)
    parts = [
        f"<span>{time[1].capitalize()}</span>" if time else "",
        f'<a href="{lite_address(name)}">Open as a notebook here</a>',
        '<a href="../notebook_here.html">Where its work is kept</a>',
        f'<a download href="{name}">Download the notebook</a>',
        colab_link(repository, name) if repository else "",
    ]
    kept = f'data-notebook="{name}" data-storage="{storage()}" data-storages="{STORAGES}"'
    bar = raw(f'<div class="lesson-bar" {kept}>{"".join(parts)}</div>')
    return [new_markdown_cell(title), bar, new_markdown_cell(text), *rest]


def for_reading(cell, pictures):
    """Yield what stands in a page for a cell: an exercise's check stands in its editor."""
    if cell.cell_type != "code":
        yield type(cell)(cell, source=with_set_summaries(cell.source))
    elif task := task_of(cell):
        yield raw(exercise_html(task, cell.source))
    elif found := PROGRESS.match(cell.source):
        yield raw(progress_html(*re.findall(r'"(\w+)"', found[1])))
    elif SOLUTION.match(cell.source):
        yield output_only(for_page(cell, pictures))
    elif not CHECK.match(cell.source):
        yield with_folded_code(for_page(cell, pictures))


def with_set_summaries(source):
    """Set the formulas in the line that a fold shows: MyST takes it for HTML and sets none."""
    line = re.compile(r"<summary>.*?</summary>", flags=re.S)
    return line.sub(lambda found: with_formulas(found[0]), source)
