"""Build the course's pages: python site/build_site.py build/site."""

import argparse
import shutil
import sys
from pathlib import Path

from site_formulas import letters_css
from site_pages import NOTEBOOKS, ROOT, write_sources
from sphinx.cmd.build import main as sphinx

KATEX = ROOT / "node_modules/katex/dist"
SAY = """
The pages are in {out}. To look at them:

    {python} -m http.server --directory {out}

and open http://localhost:8000 in a browser.
"""


def build(out):
    """Build the pages into a folder, anew."""
    source = out.parent / f"{out.name}-source"
    for folder in (out, source):
        shutil.rmtree(folder, ignore_errors=True)
    write_sources(source)
    command = [
        "-q",
        "-W",
        "--keep-going",
        "-E",
        "-c",
        str(ROOT / "site"),
        "-d",
        str(source / "trees"),
    ]
    if sphinx([*command, str(source), str(out)]):
        raise SystemExit("Sphinx did not build the pages: its words are above.")
    lay_files(source, out)


def lay_files(source, out):
    """Lay what the pages read beside them: pictures, fonts, and the notebooks for download."""
    shutil.copytree(source / "laid/pictures", out / "pictures")
    style = out / "_static/katex"
    shutil.copytree(
        KATEX / "fonts", style / "fonts", ignore=shutil.ignore_patterns("*.ttf", "*.woff")
    )
    shutil.copyfile(KATEX / "katex.min.css", style / "katex.min.css")
    (out / "_static/letters.css").write_text(letters_css(), "utf-8")
    for path in NOTEBOOKS:
        shutil.copyfile(path, out / "notebooks" / path.name)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("out", type=Path, nargs="?", default=ROOT / "build/site")
    out = reader.parse_args().out
    build(out)
    print(SAY.format(out=out, python=Path(sys.executable).name))
