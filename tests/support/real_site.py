"""The course's pages, served from a sub-path as a project's pages are, and who listens to them."""

import os
import subprocess
import sys

from axe_playwright_python.sync_playwright import Axe

from support.exercise_page import pyodide_folder
from support.real_lab import ROOT
from tools.notebooks import NOTEBOOKS

PATH = "some/course/"
LESSONS = [f"notebooks/{path.stem}.html" for path in NOTEBOOKS]
DOCUMENTS = [f"docs/{name}.html" for name in ("benchmarks", "hub", "measures", "teaching")]
OURS = [f"{name}.html" for name in ("index", "licence", "notebook_here", "search")]
PAGES = [*OURS, "assets/README.html", *DOCUMENTS, *LESSONS]


def build(out):
    """Build the pages into a folder, as `make site` does, with Python beside them if it is here."""
    command = [sys.executable, "site/build_site.py", out]
    if pyodide := pyodide_folder():
        command += ["--pyodide", pyodide]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": "."})


def listen(page, address, trouble):
    """Add to a list each request elsewhere, each that fails, and each complaint of a script."""

    def hear(message):
        if message.type in ("error", "warning"):
            trouble.append(message.text)

    def ask(request):
        if not request.url.startswith((address, "data:", "blob:")):
            trouble.append(f"asked elsewhere: {request.url}")

    def get(response):
        if response.status >= 400:
            trouble.append(f"{response.status}: {response.url}")

    page.on("console", hear)
    page.on("request", ask)
    page.on("response", get)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("requestfailed", lambda request: trouble.append(f"failed: {request.url}"))


def shut_out(page, **options):
    """List what shuts readers out of a page: all that axe-core finds serious or worse."""
    options = {"resultTypes": ["violations"], "preload": False} | options  # it would ask for styles
    outside = {"exclude": [".katex"]}  # the insides of a formula are KaTeX's
    found = Axe().run(page, outside, options).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    return [(each["help"], [node["html"] for node in each["nodes"]]) for each in grave]


def unfold(page):
    """Open every fold of a page."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
