"""What a class gets on paper, as HTML: the handout, the test, and its key.

Nothing is written for them alone: the handout is the notebooks' own cells, those with the tag
`handout`, and the questions are those of docs/teaching.md.
"""

import re
from functools import cache
from html import escape
from itertools import count
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from site_formulas import formula, letters_css

from tools.notebooks import NOTEBOOKS, ROOT, read
from tools.pages import TEACHING

KATEX = ROOT / "node_modules/katex/dist/katex.min.css"
STYLE = Path(__file__).with_name("print.css")
QUESTIONS = re.compile(r"^## Questions for a test\n(.+?)(?=^## |\Z)", flags=re.M | re.S)
LESSON = re.compile(r"^### (\d\d)\n(.+?)(?=^### |\Z)", flags=re.M | re.S)
ANSWER = "**Answer.** "


@cache
def reader():
    """Return what turns Markdown into HTML, its formulas set as on the pages."""

    def put(tex, options):
        return formula(tex.strip(), display=options["display_mode"])

    return MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=put)


def html(markdown):
    return reader().render(markdown)


def page(title, body, kind):
    """Return a document that needs nothing of the net: its style and fonts are files of ours."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<link rel="stylesheet" href="{KATEX.as_uri()}"><style>{letters_css()}</style>'
        f'<link rel="stylesheet" href="{STYLE.as_uri()}"><body class="{kind}">{body}</body></html>'
    )


def handout():
    """Return the handout: the cells of the notebooks that have its tag, in order."""
    parts = []
    for path in NOTEBOOKS:
        notebook = read(path)
        for cell in notebook.cells:
            if "handout" in cell.metadata.get("tags", []):
                heading, _, text = cell.source.removeprefix("## ").partition("\n\n")
                title = f"<h2>{lesson_title(notebook)} <small>{heading}</small></h2>"
                parts.append(f"<section>{title}{html(text)}</section>")
    return page("How a gradient crosses a softmax: a handout", "".join(parts), "handout")


def lesson_title(notebook):
    return notebook.cells[0].source.partition("\n")[0].removeprefix("# ")


def questions(document=TEACHING):
    """Read the questions of a test: {lesson: [(question, answer, wrong answers), …]} in Markdown.

    Raises
    ------
    ValueError
        If the section or an answer is missing: the message names the file and the lesson.
    """
    section = QUESTIONS.search(document.read_text("utf-8"))
    if section is None:
        raise ValueError(f"{document.name} has no section 'Questions for a test'")
    lessons = {}
    for lesson, text in LESSON.findall(section[1]):
        found = lessons[lesson] = []
        for paragraph in text.strip().split("\n\n"):
            if paragraph.startswith("|") and found and len(found[-1]) == 2:
                found[-1].append(paragraph)
            elif paragraph.startswith(ANSWER) and found and len(found[-1]) == 1:
                found[-1].append(paragraph.removeprefix(ANSWER))
            else:
                found.append([paragraph])
        for asked in found:
            if len(asked) == 1:
                short = asked[0].partition("\n")[0][:60]
                raise ValueError(
                    f"{document.name}, lesson {lesson}: expected a question and then a paragraph "
                    f"that begins with {ANSWER.strip()}; it is missing after {short!r}"
                )
    return lessons


def exam(lessons):
    """Return the test: a page for each lesson, with room for the answers."""
    numbers, parts = count(1), []
    for lesson, asked in lessons.items():
        rows = "".join(f'<li value="{next(numbers)}">{html(q[0])}</li>' for q in asked)
        name = '<p class="name">Name</p>'
        parts.append(f"<section>{name}<h2>Lesson {lesson}</h2><ol>{rows}</ol></section>")
    return page("How a gradient crosses a softmax: a test", "".join(parts), "exam")


def key(lessons):
    """Return the test's key: each answer, and what a wrong one reveals."""
    numbers, parts = count(1), []
    for lesson, asked in lessons.items():
        rows = ""
        for question, *rest in asked:
            told = html("\n\n".join([question, ANSWER + rest[0], *rest[1:]]))
            rows += f'<li value="{next(numbers)}">{told}</li>'
        parts.append(f"<section><h2>Lesson {lesson}</h2><ol>{rows}</ol></section>")
    return page("How a gradient crosses a softmax: the test's key", "".join(parts), "key")
