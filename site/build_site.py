"""Build the course's pages: `make site`, or PYTHONPATH=. python site/build_site.py build/site."""

import argparse
import shutil
import sys
from importlib.metadata import files
from os.path import relpath
from pathlib import Path

from site_colab import colab_files
from site_exercises import PYODIDE, exercise_files
from site_files import write_files
from site_formulas import letters_css
from site_lite import build_lite, pyodide_files
from site_pages import NOTEBOOKS, ROOT, write_sources
from site_panels import panel_files, panel_page
from sphinx.cmd.build import main as sphinx

MADE_WITH = ("sphinx", "myst-nb", "sphinx-book-theme", "pydata-sphinx-theme")
MADE_WITH += ("jupyterlite-core", "jupyterlite-pyodide-kernel", "jupyterlab_widgets", "anywidget")
KATEX = ROOT / "node_modules/katex/dist"
PYODIDE_HERE = "../../pyodide/"  # from _static/exercises/, and from lite/python/
SAY = """
The pages are in {out}. To look at them:

    {python} -m http.server --directory {out}

and open http://localhost:8000 in a browser.
"""


def build(out, pyodide=None, address=None, repository=None):
    """Build the pages into a folder, anew.

    Parameters
    ----------
    out : Path
    pyodide : Path, optional
        A folder with Pyodide's files, to be laid beside the pages: then they ask the net for
        nothing. Without it, Python comes from Pyodide's official address when it is asked for.
    address, repository : str, optional
        Where the pages are published, and the project on GitHub ("owner/name") whose branch `colab`
        has the notebooks for Colab. With both, the copies are made and each lesson has their link.
    """
    source = out.parent / f"{out.name}-source"
    for folder in (out, source):
        shutil.rmtree(folder, ignore_errors=True)
    python = PYODIDE_HERE if pyodide else PYODIDE
    colab = address and repository
    write_sources(source, repository if colab else None)
    write_files(source / "static", static_files(python))
    run_sphinx(source, out)
    write_files(out, beside(source, pyodide))
    write_files(out, colab_files(address) if colab else {})
    build_lite(source / "lite", out / "lite", python)
    leave_out(out / "_static")


def leave_out(static):
    """Delete what the theme brings and no page loads: its fonts of icons, and maps of scripts."""
    for name in ("locales", "vendor"):
        shutil.rmtree(static / name)
    for path in [static / "scripts/fontawesome.js", *static.rglob("*.map")]:
        path.unlink()


def run_sphinx(source, out):
    strict = ["--quiet", "--fail-on-warning"]
    static = f"html_static_path={ROOT / 'site/theme'},{source / 'static'}"
    folders = ["-c", ROOT / "site", "-d", source / "trees", source, out]
    if sphinx([*strict, "-D", static, *map(str, folders)]):
        raise SystemExit("Sphinx did not build the pages: its words are above.")


def static_files(pyodide):
    """Return what the pages load, by its path under _static."""
    fonts = {f"katex/fonts/{path.name}": path for path in KATEX.glob("fonts/*.woff2")}
    style = {"katex/katex.min.css": KATEX / "katex.min.css"}
    katex = {name: path.read_bytes() for name, path in (fonts | style).items()}
    written = {"letters.css": letters_css().encode(), "licences.txt": licences().encode()}
    return katex | written | panel_files() | exercise_files(pyodide)


def licences():
    """Return the licences of what a page is made of: they ask to go along."""
    texts = {"KaTeX": (KATEX.parent / "LICENSE").read_text("utf-8")}
    for name in MADE_WITH:
        found = (path for path in files(name) if "LICENSE" in path.name)
        texts[name] = "\n".join(path.read_text("utf-8") for path in found)
    return "\n\n".join(f"{name}\n\n{text}" for name, text in texts.items())


def beside(source, pyodide):
    """Return what lies beside the pages: pictures, notebooks, the panel that is one file."""
    pictures = {f"pictures/{path.name}": path for path in (source / "laid/pictures").iterdir()}
    notebooks = {f"notebooks/{path.name}": path for path in NOTEBOOKS}
    files = {name: path.read_bytes() for name, path in (pictures | notebooks).items()}
    if pyodide:
        files |= {f"pyodide/{name}": data for name, data in pyodide_files(pyodide).items()}
    return files | {"panel.html": panel_page().encode()}


def main():
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("out", type=Path, nargs="?", default=ROOT / "build/site")
    reader.add_argument("--pyodide", type=Path, help="a folder with Pyodide's files")
    reader.add_argument("--address", help="where the pages are published")
    reader.add_argument("--repository", help="the project on GitHub, as owner/name, for Colab")
    asked = reader.parse_args()
    out = asked.out.resolve()
    build(out, asked.pyodide, asked.address, asked.repository)
    print(SAY.format(out=relpath(out), python=relpath(sys.executable)))


if __name__ == "__main__":
    main()
