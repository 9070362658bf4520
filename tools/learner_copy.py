"""Lay out a learner's own copy of the lessons, without outputs: python -m tools.learner_copy.

Predictions come before their answers there, and what a learner writes never meets the course's own
files. A copy is made once and never overwritten: after an update of the course, a lesson that was
not touched is replaced; one that was touched is kept, and the new one is laid beside it.
"""

import json
import os
import sys
from copy import deepcopy
from hashlib import sha256
from itertools import chain, count

from tools.notebooks import NOTEBOOKS, ROOT

FOLDER = ROOT / "my_lessons"
LAID = ".laid.json"  # for each file: the digest of the lesson that was laid there


def read(path):
    """Return a notebook as the JSON that it is: nbformat alone would take longer than all this."""
    return json.loads(path.read_text("utf-8"))


def without_outputs(notebook):
    """Return a copy of a notebook as it was before it ran."""
    bare = deepcopy(notebook)
    for cell in bare["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return bare


def digest(notebook):
    """Say in a few letters what stands in the cells; running them changes nothing of it."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    filled = [(kind, source) for kind, source in cells if source.strip()]
    return sha256(json.dumps(filled).encode()).hexdigest()[:16]


def digest_of(path):
    """Return the digest of a file, or None for one that is no notebook any more."""
    try:
        return digest(read(path))
    except (ValueError, LookupError, TypeError):
        return None


def place(path, laid):
    """Find where a lesson may be laid without losing anything; None if it is there already.

    Parameters
    ----------
    path : Path
        The lesson of the course.
    laid : dict
        For each name in the learner's folder, the digest of what was laid there.

    Returns
    -------
    Path or None
    """
    new = digest(read(path))
    beside = (f"{path.stem}.new{n}.ipynb" for n in count(1))
    for name in chain([path.name], beside):
        here = FOLDER / name
        if not here.exists():
            return here
        now = digest_of(here)
        if new in (now, laid.get(name)):
            return None
        if now is not None and now == laid.get(name):  # untouched, and of an older course
            return here


def write(path, text):
    """Write a file whole or not at all."""
    draft = path.with_name(path.name + ".part")
    draft.write_text(text, "utf-8")
    os.replace(draft, path)


def lay(path, laid):
    """Lay one lesson, note it, and return a line if there was one already."""
    target = place(path, laid)
    if target is None:
        return None
    updated = target.exists()
    notebook = read(path)
    bare = without_outputs(notebook)
    write(target, json.dumps(bare, indent=1, ensure_ascii=False) + "\n")
    laid[target.name] = digest(notebook)
    write(FOLDER / LAID, json.dumps(laid, indent=1) + "\n")
    if target.name != path.name:
        return f"{path.name} has changed. Yours is kept as it is; the new one is {target.name}."
    return f"{path.name} has changed. You had written nothing in it: it is replaced." * updated


def main():
    FOLDER.mkdir(exist_ok=True)
    try:
        laid = dict(json.loads((FOLDER / LAID).read_text("utf-8")))
    except (OSError, ValueError, TypeError):  # lost or spoiled: then every lesson counts as touched
        laid = {}
    lines = [line for path in NOTEBOOKS if (line := lay(path, laid))]
    print(f"Your own copy of the lessons is in {FOLDER.name}/.", *lines, sep="\n")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        where = f"{error.filename} ({error.strerror})"
        sys.exit(f"Your own copy of the lessons cannot be laid out, because of {where}.")
