"""Write what a class needs into build/class: python -m tools.classroom, or `make class`.

Files of an earlier run are replaced; what else lies there stays as it is.
"""

import argparse
import sys
from pathlib import Path

import nbformat

from tools.classroom.course import CONFIG, assignment
from tools.classroom.files import write, zipped
from tools.classroom.student import HINTS, student_copy
from tools.notebooks import LESSONS, NOTEBOOKS, ROOT


def as_bytes(notebook):
    return (nbformat.writes(notebook) + "\n").encode()


def notebooks(hints):
    """Return the students' notebooks, and the teacher's folder for nbgrader: {name: bytes}."""
    files = {f"student/{p.name}": as_bytes(student_copy(p, hints)) for p in NOTEBOOKS}
    files["nbgrader/nbgrader_config.py"] = CONFIG.encode()
    for path in LESSONS:
        name = f"nbgrader/{assignment(path)}"
        files[name] = as_bytes(student_copy(path, hints, solved=True))
    return files


def papers():
    """Return what is printed: {name: bytes}."""
    from tools.classroom import papers
    from tools.classroom.pdf import Printer

    lessons = papers.questions()
    with Printer() as printer:
        return {
            "handout.pdf": printer.pdf(papers.handout(), pages=2),
            "test.pdf": printer.pdf(papers.exam(lessons)),
            "test_key.pdf": printer.pdf(papers.key(lessons)),
        }


def main():
    reader = argparse.ArgumentParser(prog="python -m tools.classroom", description=__doc__)
    reader.add_argument("out", type=Path, nargs="?", default=ROOT / "build/class")
    words = "two (the default), all (the third is the solution in words), or no"
    reader.add_argument("--hints", choices=HINTS, default="two", help=words)
    reader.add_argument("--site", type=Path, default=ROOT / "build/site", help="the built pages")
    reader.add_argument("--notebooks-only", action="store_true", help="no pages and no paper")
    asked = reader.parse_args()
    files = notebooks(asked.hints)
    if not asked.notebooks_only:
        files |= {"site.zip": zipped(asked.site, "site")} | papers()
    for name, data in files.items():
        write(asked.out / name, data)
    print(f"{asked.out}:", *sorted({name.partition("/")[0] for name in files}), sep="\n  ")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"make class: {error}")
