"""Count what the course holds, from its own files: make measures."""

import re

from softmax_lib import checks
from softmax_lib.derivations import COURSE
from tools.notebooks import LESSONS, NOTEBOOKS, code_cells, prose, read, tasks
from tools.pages import table

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
    """Count each derivation's lines."""
    rows = [
        [f"`{name}`", shown_in(name), len(derivation.lines) - 1]
        for name, derivation in COURSE.items()
    ]
    return table(["derivation", "shown in", "lines"], with_sum(rows))


def shown_in(derivation):
    """Name the lessons that show a derivation, by their numbers."""
    show = re.compile(rf"\b{derivation}\.show\(")
    return ", ".join(path.stem[:2] for path in NOTEBOOKS if show.search(path.read_text("utf-8")))


def exercises():
    """Count each lesson's exercises, the mistakes they name, the other right ways they accept."""
    rows = []
    for path in LESSONS:
        its = [getattr(checks, task) for task in tasks(read(path))]
        named, accepted = (sum(len(getattr(e, kind)) for e in its) for kind in KINDS)
        rows.append([path.stem, len(its), named, accepted])
    return table(["lesson", "exercises", "mistakes named", "variants accepted"], with_sum(rows))


KINDS = "mistakes", "variants"
SECTIONS = {
    "Notebooks": (
        "Words are those of the prose, without formulas and code; hints and the choices of "
        "questions are folded away, and counted apart. The minutes are those that a notebook "
        "announces.",
        notebooks,
    ),
    "Derivations": (
        "Every line is checked when it is shown, against the line above and against a measured "
        "derivative. `tests/derivations/test_corruptions.py` spoils each line in every place, one "
        "slip of the pen at a time: a sign, a factor, an index, a number, the limit of a sum. Each "
        "slip is caught, or says the same as the line that it was made of.",
        derivations,
    ),
    "Exercises": (
        "A mistake that is named is a wrong answer that the check tells by its name, and by no "
        "other. A variant is a right answer, written in another way than the library's. "
        "`tests/exercises/` holds the checks to both.",
        exercises,
    ),
}


if __name__ == "__main__":
    for heading, (text, count) in SECTIONS.items():
        print(f"## {heading}\n\n{text}\n\n{count()}\n")
