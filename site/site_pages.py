"""The pages' sources, made of the notebooks as they are and of the documents beside them."""

import re
import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell
from site_cells import raw, with_folded_answers, with_folded_code
from site_formulas import with_formulas
from site_outputs import for_page

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
DOCUMENTS = ["docs/teaching.md", "docs/measures.md", "docs/benchmarks.md", "docs/vjp_growth.png"]
MINUTES = re.compile(r"^\*\*Time\*\* (.+?)\.?$", flags=re.M)


def write_sources(folder, lite=False):
    """Write all that Sphinx turns into pages. `lite` says whether notebooks can be opened here."""
    for path in NOTEBOOKS:
        write(folder / "notebooks" / path.name, lesson_page(path, folder / "laid/pictures", lite))
    for name in DOCUMENTS:
        copy(ROOT / name, folder / name)
    copy(ROOT / "assets/README.md", folder / "assets/README.md")
    for path in (ROOT / "site/pages").glob("*.md"):
        copy(path, folder / path.name)


def copy(path, to):
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def write(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def lesson_page(path, pictures, lite):
    """Return the notebook that a lesson's page is made of; put its pictures into a folder."""
    notebook = nbformat.read(path, as_version=4)
    files = {}
    cells = with_bar(notebook.cells, path.name, lite)
    cells = [for_reading(cell, files) for cell in with_folded_answers(cells)]
    pictures.mkdir(parents=True, exist_ok=True)
    for name, png in files.items():
        (pictures / name).write_bytes(png)
    return type(notebook)(notebook, cells=cells)


def for_reading(cell, pictures):
    """Return a cell as its page shows it."""
    if cell.cell_type == "code":
        return for_page(with_folded_code(cell), pictures)
    return type(cell)(cell, source=with_set_summaries(cell.source))


def with_set_summaries(source):
    """Set the formulas in the line that a fold shows: MyST takes it for HTML and sets none."""
    line = re.compile(r"<summary>.*?</summary>", flags=re.S)
    return line.sub(lambda found: with_formulas(found[0]), source)


def with_bar(cells, name, lite):
    """Put the page's bar under its title: how long it takes, and the notebook that it is."""
    first, *rest = cells
    title, _, text = first.source.partition("\n\n")
    minutes = MINUTES.search(first.source)
    address = f"../lite/lab/index.html?path={name}"
    parts = [
        f"<span>{minutes[1]}</span>" if minutes else "",
        f'<a href="{address}">Open as a notebook here</a>' if lite else "",
        f'<a download href="{name}">Download the notebook</a>',
    ]
    bar = raw(f'<div class="lesson-bar">{"".join(parts)}</div>')
    return [new_markdown_cell(title), bar, new_markdown_cell(text), *rest]
