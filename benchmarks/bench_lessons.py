"""Measure what a learner waits for: an import, a lesson's Run All, a page's Python.

PYTHONPATH=.:tests:site python benchmarks/bench_lessons.py

Every lesson is run in a real JupyterLab, and in the JupyterLite of the pages, which are built for
it. Prints its tables and writes them into docs/benchmarks.md; without a browser, or without what
builds the pages, it says so and measures nothing.
"""

import importlib.util
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from support.exercise_page import Solver, pyodide_folder
from support.real_lab import open_notebook, ready, run_all, served
from support.real_lite import open_cells
from support.real_site import build
from support.serving import serving
from timing import interleaved, machine

from tools.browser import browsing, find_browser
from tools.notebooks import NOTEBOOKS
from tools.pages import DOCS, table, write_section

IMPORTS = {
    "nothing": "pass",
    "NumPy": "import numpy",
    "softmax_lib": "import softmax_lib",
    "its checks": "from softmax_lib import checks; checks.softmax",
    "its derivations": "from softmax_lib import derived; derived.quotient_rule",
    "its figures": "import softmax_lib.figures",
    "its panels": "import softmax_lib.panels",
}
ROUNDS = 9
WAKINGS = 5
EXERCISE = "notebooks/03_two_cases.html"
TASK = "two_cases"
ANSWER = "def my_two_cases(P, j, k):\n    return P[j] * ((j == k) - P[k])"


def imports():
    """Return the median seconds of a new Python that imports each, in turn."""
    runs = {
        name: partial(subprocess.run, [sys.executable, "-c", source], check=True)
        for name, source in IMPORTS.items()
    }
    return interleaved(runs, ROUNDS)


def run_each(page, opened, address):
    """Return, by lesson, the seconds until its Python is there, and those of Run All."""
    seconds = {}
    for path in NOTEBOOKS:
        start = perf_counter()
        opened(page, address, path.name)
        ready(page)
        there = perf_counter()
        run_all(page)
        seconds[path.stem] = there - start, perf_counter() - there
    return seconds


def in_lab(browser, home):
    """Return run_each's seconds in JupyterLab."""
    with served(home) as address, browsing(browser) as pages:
        return run_each(pages.new_page(), open_notebook, address)


def in_pages(browser, folder):
    """Return run_each's seconds in JupyterLite, and those of a page's first check and its second.

    Each first check is that of a browser which has seen nothing yet.
    """
    first, second = [], []
    with serving(folder) as address:
        for _ in range(WAKINGS):
            with browsing(browser) as pages:
                page = pages.new_page()
                page.goto(address + EXERCISE, wait_until="load")
                for seconds in (first, second):
                    start = perf_counter()
                    Solver(page, TASK).answer(ANSWER)
                    seconds.append(perf_counter() - start)
        with browsing(browser) as pages:
            return run_each(pages.new_page(), open_cells, address), median(first), median(second)


def size(folder, *without):
    """Return the megabytes of a folder's files, but for those of the folders named."""
    files = (path for path in folder.rglob("*") if path.is_file())
    kept = (path for path in files if path.relative_to(folder).parts[0] not in without)
    return sum(path.stat().st_size for path in kept) / 1e6


def report(browser, home):
    """Measure everything; return the section as Markdown."""
    times = imports()
    lab = in_lab(browser, home / "lab")
    site = home / "site"
    build(site)
    lite, first, second = in_pages(browser, site)
    paragraphs = [
        f"`make bench` on {machine()}. Seconds; one run of each lesson, in one browser, on this "
        "machine's own address, so a net adds its own time.",
        table(
            ["lesson", "JupyterLab opens", "Run All", "the page's JupyterLite opens", "Run All"],
            [[name, *(f"{x:.1f}" for x in lab[name] + lite[name])] for name in lab],
        ),
        f"In a page of a lesson the first check of an exercise takes {first:.1f} seconds, until "
        f"Python is awake, and the next one {second:.2f} (medians of {WAKINGS} new browsers).",
        f"The pages take {size(site):.0f} MB; without the browser's Python and JupyterLite, "
        f"{size(site, 'pyodide', 'lite'):.0f} MB.",
        f"A new Python that imports, in milliseconds, medians of {ROUNDS}:",
        table(["", "ms"], [[name, f"{1000 * x:.0f}"] for name, x in times.items()]),
    ]
    return "\n\n".join(paragraphs)


def lacking():
    """Say what is missing for the measurement, or return None."""
    if find_browser() is None:
        return "no Chromium found"
    if importlib.util.find_spec("sphinx") is None or pyodide_folder() is None:
        return "nothing that builds the pages, with a Python for browsers: make test installs both"
    return None


if __name__ == "__main__":
    if why := lacking():
        print(f"{why}: the lessons' times are not measured")
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            text = report(find_browser(), Path(home))
        print(text)
        write_section("Lessons", text, DOCS / "benchmarks.md")
