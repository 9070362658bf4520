"""The class as a table for a spreadsheet: a line for each student, a column for each exercise."""

import csv

WORDS = {
    "right": "right",
    "library": "the library's own function",
    "listed": "right, says their list",
    "wrong": "wrong",
    "error": "its cell fails",
    "endless": "does not end",
    "broke": "ended its process",
    "untouched": "not attempted",
    "absent": "not in the notebook",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(path, whole):
    """Write the table. It begins with a mark by which Excel knows UTF-8."""
    with open(path, "w", encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["student", "solved", "of", *whole.tasks, "remarks", "files"])
        for student in whole.students:
            lines.writerow(map(harmless, line(student, whole.tasks)))


def line(student, tasks):
    results = [said(student.results.get(task)) for task in tasks]
    remarks, files = "; ".join(student.remarks), "; ".join(student.files)
    return [student.name, student.solved, student.asked, *results, remarks, files]


def said(result):
    """Say in a few words how an exercise stands; nothing if it was not handed in.

    >>> from tools.grades.run import Result
    >>> said(Result("wrong", "no P in front. Multiply by it."))
    'wrong: no P in front'
    """
    if result is None:
        return ""
    return WORDS[result.state] + (f": {short(result.mistake)}" if result.mistake else "")


def short(mistake):
    """Return the name of a mistake, with which its hint begins."""
    return mistake.partition(". ")[0].rstrip(".")


def harmless(value):
    """Keep a spreadsheet from taking a text for a formula.

    >>> harmless("=1+1"), harmless(3)
    ("'=1+1", 3)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
