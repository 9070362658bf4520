"""The exercises in their pages: the HTML that a page holds, and the files that bring it to life.

A page holds the stub, which anyone can read; scripts put an editor in its place. Python comes to
the browser when a reader asks for the first check, and not before.
"""

import ast
import json
import logging
import re
import subprocess
import sys
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from flit_core import wheel
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from site_bundler import esbuild

import softmax_lib
from softmax_lib.exercises import TASKS
from softmax_lib.figures.colours import DIVERGING, palette
from tools.notebooks import LESSONS, ROOT, code_cells, read

PYODIDE = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"
SCRIPTS = Path(__file__).parent / "exercises"
ENTRIES = ("exercises.js", "worker.js")
MADE_HERE = ("settings.js", "palette.js")  # by this file, beside the bundles
THERE = {"numpy", "softmax_lib", *sys.stdlib_module_names}  # what the browser's Python has


def exercise_html(task, stub):
    """Return what stands in a page for an exercise's stub and its check.

    Parameters
    ----------
    task : str
        Its name, as in checks.task(my_task).
    stub : str
        What the reader begins with.

    Returns
    -------
    str
        HTML. Without scripts it shows the stub.
    """
    lesson, names = place_of(task)
    return (
        f'<div class="exercise" data-task="{task}" data-lesson="{lesson}" '
        f'data-given="{escape(names)}">\n<div class="exercise-answer">\n'
        f'<div class="exercise-stub">{highlight(stub, PythonLexer(), HtmlFormatter())}</div>\n'
        '<p class="exercise-note">With scripts, an editor and a check stand here.</p>\n'
        "</div>\n</div>"
    )


def progress_html(*tasks):
    """Return the learner's own list of these exercises, all if none is named."""
    lines = "".join(f'<li data-task="{task}">· {task}</li>' for task in tasks or TASKS)
    return f'<div class="exercise-progress"><ul>{lines}</ul></div>'


def place_of(task):
    """Return the name of the lesson in which an exercise stands, and what it has given so far."""
    for path, notebook in lessons().items():
        code = [cell.source for cell in code_cells(notebook)]
        starts = [source.startswith(f"def my_{task}(") for source in code]
        if any(starts):
            return path.stem, given("\n".join(code[: starts.index(True)]))
    raise ValueError(f"no notebook has the exercise {task!r}")


@cache
def lessons():
    return {path: read(path) for path in LESSONS}


def given(source):
    """Return what a lesson has given that an answer can use in a browser.

    That is its functions, and what it imports of the standard library, of NumPy, and of the
    mathematics in softmax_lib. The rooms around that need SymPy, Matplotlib or Jupyter, which the
    browser's Python has not.

    >>> given("import numpy as np\\nfrom softmax_lib import checks, softmax\\nx = np.ones(3)")
    'import numpy as np\\nfrom softmax_lib import softmax'
    """
    return "\n".join(ast.unparse(each) for each in ast.parse(source).body if kept(each))


def kept(statement):
    """Decide whether an answer can use a statement; take from an import what it can not."""
    match statement:
        case ast.FunctionDef():
            return not statement.name.startswith("my_")
        case ast.ImportFrom() | ast.Import():
            module = getattr(statement, "module", None) or statement.names[0].name
            mathematics = [name for name in statement.names if name.name not in softmax_lib.LATER]
            statement.names = mathematics
            return module in THERE and mathematics
    return False


def exercise_files(pyodide=PYODIDE):
    """Return what the pages load, each file by its path under _static.

    Parameters
    ----------
    pyodide : str
        Where Pyodide's own files are: an address, or a path from _static/exercises/, ending in "/".

    Returns
    -------
    dict of str to bytes
    """
    name, built = built_wheel()
    version = sha256(built).hexdigest()[:12]  # a browser may keep the wheel of another day
    settings = {"PYODIDE": pyodide, "WHEEL": f"{name}?{version}"}
    files = {
        **bundles(),
        name: built,
        "settings.js": module(settings),
        "palette.js": module({"PALETTE": palette(DIVERGING)}),
    }
    return {f"exercises/{path}": data for path, data in files.items()}


def module(constants):
    """Return a script that exports constants."""
    lines = [f"export const {name} = {json.dumps(value)};\n" for name, value in constants.items()]
    return "".join(lines).encode()


@cache
def built_wheel():
    """Return the name and the bytes of the library's wheel."""
    logging.getLogger("flit_core").setLevel(logging.WARNING)
    with TemporaryDirectory() as folder:
        made = wheel.make_wheel_in(ROOT / "pyproject.toml", Path(folder)).file
        return made.name, made.read_bytes()


@cache
def bundles():
    """Return the scripts and their style, each with all that it imports, and those licences."""
    with TemporaryDirectory() as folder:
        listed = Path(folder) / "inputs.json"
        options = ["--bundle", "--format=esm", "--minify", "--charset=utf8", "--loader:.py=text"]
        options += [f"--external:./{name}" for name in MADE_HERE]
        options += [f"--outdir={folder}/made", f"--metafile={listed}", "--log-level=error"]
        command = [esbuild(), *(SCRIPTS / name for name in ENTRIES), *options]
        subprocess.run(command, cwd=ROOT, check=True)
        made = {path.name: path.read_bytes() for path in Path(folder, "made").iterdir()}
        return {**made, "licences.txt": licences(json.loads(listed.read_text("utf-8"))["inputs"])}


def licences(inputs):
    """Return the licences of the packages that these files come from: they ask to go along."""
    found = (re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", path) for path in inputs)
    packages = sorted({match[1] for match in found if match})
    texts = [
        f"{package}\n\n{(ROOT / 'node_modules' / package / 'LICENSE').read_text('utf-8')}"
        for package in packages
    ]
    return "\n\n".join(texts).encode()
