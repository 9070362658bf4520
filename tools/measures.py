"""Count what the course holds, from its own files: make measures."""

import re

from softmax_lib import checks
from softmax_lib.derivations import COURSE
from tools.notebooks import (
    LESSONS,
    NOTEBOOKS,
    code_cells,
    prose,
    read,
    task_of,
    tasks,
    two_speeds,
)
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


def minutes(cells):
    """Estimate how long a reader takes for these cells; docs/measures.md says why so."""
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = [cell for cell in cells if cell.cell_type == "code"]
    counts = {
        "word": words(re.sub(FOLDED, " ", text, flags=re.S)),
        "cell": len(code),
        "formula": text.count("$$") // 2,
        "prediction": text.count("**Predict"),
        "question": text.count("**Quick question.**"),
        "exercise": sum(task_of(cell) is not None for cell in code),
        "paper": text.count("**On paper.**"),
        "panel": len(re.findall(r"^\w+_panel\(", "\n".join(c.source for c in code), flags=re.M)),
    }
    return round(sum(MINUTES[what] * count for what, count in counts.items()))


MINUTES = {
    "word": 1 / 130,
    "cell": 1 / 4,
    "formula": 1 / 4,
    "prediction": 1,
    "question": 1,
    "exercise": 8,
    "paper": 8,
    "panel": 4,
}


def notebooks():
    """Count each notebook's cells, and the words and minutes of both its speeds."""
    rows = []
    for path in NOTEBOOKS:
        notebook = read(path)
        row = [path.stem, len(code_cells(notebook)), len(prose(notebook))]
        for cells in two_speeds(notebook):
            text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
            row += [words(re.sub(FOLDED, " ", text, flags=re.S)), minutes(cells)]
        rows.append(row)
    head = "notebook", "code cells", "prose cells", "words", "minutes", "words deeper", "minutes"
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
        "Words are those of the prose, without formulas, code and what is folded away. The first "
        "two columns of words and minutes are the main path's, the others the deeper parts'.",
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
