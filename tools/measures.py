"""Count what the course holds, from its own files, and write it into docs/measures.md.

PYTHONPATH=tests python benchmarks/measure_course.py

With headings as arguments it writes those sections only: the corruptions of Derivations take
minutes. What counts as a cell, an exercise or a corruption is what the tests take for one: it is
imported from them. The table of the notes' formulas in the same page is written by hand, and held
to the notebooks by tests/test_measures.py.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from softmax_lib.mistakes import GALLERY
from test_checks import VARIANTS
from test_derivation import (
    among_its_neighbours,
    complaint,
    corruptions_of_a_line,
    says_the_same,
)
from test_exercises import LESSONS, tasks
from test_notebooks import NOTEBOOKS, code_cells, prose, read
from timing import DOCUMENT, table, write_section

from softmax_lib.derived import COURSE

MEASURES = DOCUMENT.with_name("measures.md")
COMMAND = "PYTHONPATH=tests python benchmarks/measure_course.py"
FOLDED = r"<details>.*?</details>"
NO_WORDS = r"\$\$.*?\$\$|\$.*?\$|`.*?`|<.*?>|\]\(.*?\)"  # formulas, code, tags, where links lead


def words(text):
    """Count the words of prose, without formulas, code and numbers."""
    return len(re.findall(r"[^\W\d_][\w'-]*", re.sub(NO_WORDS, " ", text, flags=re.S)))


def with_sum(rows):
    """Add a row with the sum of each column of numbers."""
    _, *columns = zip(*rows, strict=True)
    numbers = [all(isinstance(x, int) for x in column) for column in columns]
    sums = [sum(column) if add else "" for column, add in zip(columns, numbers, strict=True)]
    return [*rows, ["all", *sums]]


def notebooks():
    """Count each notebook's cells, words and minutes."""
    rows = []
    for path in NOTEBOOKS:
        notebook = read(path)
        code, text = code_cells(notebook), "\n\n".join(prose(notebook))
        folded = words("\n".join(re.findall(FOLDED, text, flags=re.S)))
        minutes = int(re.search(r"\*\*Time\*\* about (\d+) minutes", text)[1])
        cells = len(code), len(notebook.cells) - len(code)
        rows.append([path.stem, *cells, words(text) - folded, folded, minutes])
    head = ["notebook", "code cells", "prose cells", "words", "words folded away", "minutes"]
    return table(head, with_sum(rows))


def derivations():
    """Count each derivation's lines, and try every corruption of every line."""
    rows = []
    for name, derivation in COURSE.items():
        tried = [
            (line, wrong, complaint(among_its_neighbours(derivation, number, wrong)[0]))
            for number, (line, _) in enumerate(derivation.lines)
            for _, wrong in corruptions_of_a_line(line)
        ]
        missed = [(line, wrong) for line, wrong, found in tried if found is None]
        same = sum(says_the_same(derivation, *pair) for pair in missed)
        caught = len(tried) - len(missed)
        lines = len(derivation.lines) - 1
        rows.append([f"`{name}`", shown_in(name), lines, len(tried), caught, same])
    head = ["derivation", "shown in", "lines", "corruptions", "caught", "say the same"]
    return table(head, with_sum(rows))


def shown_in(derivation):
    """Name the lessons that show a derivation, by their numbers."""
    show = re.compile(rf"\b{derivation}\.show\(\)")
    return ", ".join(path.stem[:2] for path in NOTEBOOKS if show.search(path.read_text("utf-8")))


def exercises():
    """Count each lesson's exercises, the mistakes they name, the other right ways they accept."""
    mistakes = Counter(mistake.task for mistake in GALLERY)
    variants = Counter(task for task, _ in VARIANTS)
    rows = []
    for lesson in LESSONS:
        its = tasks(lesson)
        rows.append([lesson, len(its), *(sum(c[t] for t in its) for c in (mistakes, variants))])
    return table(["lesson", "exercises", "mistakes named", "variants accepted"], with_sum(rows))


def tests():
    """Count the tests that pytest collects, by where they stand."""
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"]
    root = Path(__file__).parents[1]
    out = subprocess.check_output(collect, cwd=root, text=True)
    found = Counter()
    for path, count in re.findall(r"^(\S+): (\d+)$", out, flags=re.M):
        found[str(Path(path).parent)] += int(count)
    return table(["where", "tests"], with_sum([[f"`{where}`", n] for where, n in found.items()]))


SECTIONS = {
    "Notebooks": (
        "Words are those of the prose, without formulas and code; hints and the choices of "
        "questions are folded away, and counted apart. The minutes are those that a notebook "
        "announces.",
        notebooks,
    ),
    "Derivations": (
        "Every line is checked when it is shown, against the line above and against a measured "
        "derivative. A corruption is a slip of the pen in one place of one line, the line that is "
        "asked included: a sign, a factor, an index, a number. Each is caught, or says the same "
        "as the line that it was made of.",
        derivations,
    ),
    "Exercises": (
        "A mistake that is named is a wrong answer that the check tells by its name, and by no "
        "other. A variant is a right answer, written in another way than the library's. "
        "`tests/test_checks.py` holds the checks to both.",
        exercises,
    ),
    "Tests": (
        "What `make test` collects. In `notebooks` every code cell is one, run and compared with "
        "its stored output; in `softmax_lib` they are the examples of the docstrings.",
        tests,
    ),
}

if __name__ == "__main__":
    for heading in sys.argv[1:] or SECTIONS:
        text, count = SECTIONS[heading]
        counted = count()
        print(f"{heading}\n\n{counted}\n")
        write_section(heading, f"`{COMMAND}`\n\n{text}\n\n{counted}", MEASURES)
