"""The class on one page: what it gets wrong most, each exercise, each student. No script."""

import os
from html import escape

from tools.grades.lessons import PAGES, exercise, showing
from tools.grades.table import WORDS, said, short

MARKS = {
    "right": "✓",
    "library": "≡",
    "listed": "(✓)",
    "wrong": "✗",
    "error": "!",
    "endless": "∞",
    "broke": "†",
    "untouched": "·",
    "absent": "–",
}
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid #888; padding: .3rem .6rem; text-align: left; vertical-align: top; }
.most { border-inline-start: .3rem solid #c85a00; padding-inline-start: 1rem; }
pre { white-space: pre-wrap; }
@media print { details { display: none; } }
"""


HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What the class can do</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>What the class can do</h1>
"""


def write(path, whole):
    """Write the page."""
    here = path.parent
    parts = [HEAD, most(whole, here), exercises(whole, here), students(whole), refused(whole)]
    if not PAGES.exists():
        parts.append("<p>After <code>make site</code> the names of headings are links.</p>\n")
    path.write_text("".join([*parts, "</main>\n</body>\n</html>\n"]), "utf-8", errors="replace")


def most(whole, here):
    """The mistake that the class makes most, and what shows it."""
    if not (counted := whole.mistakes()):
        return "<p>No exercise has a mistake that is known by name.</p>\n"
    (task, mistake), times = counted[0]
    tried = len(whole.results(task))
    rest = mistake.removeprefix(short(mistake)).lstrip(". ")
    return (
        '<section class="most">\n<h2>What the class gets wrong most</h2>\n'
        f"<p><strong>{escape(short(mistake))}</strong>, in <code>{task}</code>: {times} of the "
        f"{tried} who handed it in. {escape(rest)}</p>\n"
        f"<p>What shows it: {shown(task, mistake, here)}.</p>\n</section>\n"
    )


def shown(task, mistake, here):
    places = showing(task, mistake) or [exercise(task)]
    return "; ".join(link(place, here) for place in places)


def link(place, here):
    """Name a heading and its lesson, and lead to its page if the pages are made."""
    name = f"{place.lesson[:2]}, <em>{escape(place.heading)}</em>"
    if not (page := place.page):
        return name
    target = os.path.relpath(PAGES, here).replace(os.sep, "/")
    return f'<a href="{escape(f"{target}/{page}")}">{name}</a>'


def exercises(whole, here):
    rows = []
    for task in whole.tasks:
        states = [result.state for result in whole.results(task)]
        counts = [f"{WORDS[s]}: {states.count(s)}" for s in WORDS if s in states and s != "right"]
        rows.append([
            f"<code>{task}</code><br>{link(exercise(task), here)}",
            f"{whole.solved(task)} of {len(states)}",
            "<br>".join(map(escape, counts)),
            "<br>".join(
                f"{times} × {escape(short(mistake))}: {shown(task, mistake, here)}"
                for (_, mistake), times in whole.mistakes(task)[:3]
            ),
        ])  # fmt: skip
    head = ["exercise", "solved", "the others", "known mistakes, and what shows them"]
    return f"<h2>Each exercise</h2>\n{table(head, rows)}"


def students(whole):
    rows = []
    for student in whole.students:
        marks = [mark(student.results.get(task)) for task in whole.tasks]
        rows.append([escape(student.name), f"{student.solved} of {student.asked}", *marks])
    key = ", ".join(f"{MARKS[state]} {escape(words)}" for state, words in WORDS.items())
    head = ["student", "solved", *(f"<code>{task}</code>" for task in whole.tasks)]
    return f"<h2>Each student</h2>\n<p>{key}; empty: not handed in.</p>\n{table(head, rows)}"


def mark(result):
    """Say how an exercise stands; what its check said unfolds."""
    if result is None:
        return ""
    line = f"{MARKS[result.state]} {escape(said(result))}"
    if not result.words:
        return line
    return f"<details><summary>{line}</summary><pre>{escape(result.words)}</pre></details>"


def refused(whole):
    remarks = [(student.name, each) for student in whole.students for each in student.remarks]
    rows = [map(escape, remark) for remark in remarks]
    return f"<h2>Not graded</h2>\n{table(['student', 'file'], rows)}" if remarks else ""


def table(head, rows):
    """Return a table whose cells are HTML; the first of a row is its heading."""
    heads = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    lines = [f"<tr>{heads}</tr>"]
    for first, *others in rows:
        cells = "".join(f"<td>{cell}</td>" for cell in others)
        lines.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    return f'<div tabindex="0"><table>\n{chr(10).join(lines)}\n</table></div>\n'
