"""Copies of the notebooks for Google's Colab, each with one cell more: it installs the library."""

import re
import tomllib

import nbformat
from nbformat.v4 import new_code_cell
from site_exercises import built_wheel

from tools.learner_copy import without_outputs
from tools.notebooks import NOTEBOOKS, ROOT, read

LACKS = ("anywidget", "sympy")  # what Colab has not, or may have older than the lessons need


def colab_files(address):
    """Return the copies, as a learner gets them: {path: bytes}.

    Parameters
    ----------
    address : str
        Where the pages are published: the library's wheel lies among them.
    """
    return {f"colab/{path.name}": copy(read(path), address) for path in NOTEBOOKS}


def copy(notebook, address):
    bare = without_outputs(notebook)
    bare.cells.insert(0, new_code_cell(install(address), id="install"))
    return nbformat.writes(bare).encode()


def install(address):
    """Return the line that installs the library; Colab's own NumPy is new enough, and stays."""
    name, _ = built_wheel()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lab = project["optional-dependencies"]["lab"]
    needs = [line for line in lab if re.match(r"[\w-]+", line)[0] in LACKS]
    needs.append(f"{address.rstrip('/')}/_static/exercises/{name}")
    return "%pip install --quiet " + " ".join(f'"{each}"' for each in needs)


def colab_link(repository, name):
    """Return the link that opens a copy: Colab reads it from a branch of the repository."""
    where = f"https://colab.research.google.com/github/{repository}/blob/colab/{name}"
    return f'<a href="{where}">Open in Colab</a>'
