"""Where an exercise stands in the course, and what there shows a mistake."""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape

from tools.notebooks import LESSONS, ROOT, read, task_of
from tools.pages import TEACHING

PAGES = ROOT / "build/site/notebooks"
HEADING = re.compile(r"^#{1,3} (.+)$", flags=re.M)
ROW = re.compile(r"^\|.*`checks\.\w+` says .*\|$", flags=re.M)
SAYS = re.compile(r"`checks\.(\w+)` says \*(.+?)\*(?:, or \*(.+?)\*)?")


@dataclass(frozen=True)
class Place:
    """A heading of a lesson."""

    lesson: str
    heading: str

    @property
    def page(self):
        """Where it is in the pages, from their folder of lessons, or None if they are not made."""
        file = PAGES / f"{self.lesson}.html"
        if not file.is_file():
            return None
        anchor = sections(file).get(words(self.heading))
        return f"{self.lesson}.html" + (f"#{anchor}" if anchor else "")


@cache
def sections(file):
    """Return the anchors of a page's headings."""
    found = re.findall(
        r'<section [^>]*?id="([^"]+)"[^>]*>\s*(?:<span[^>]*></span>\s*)*<h\d[^>]*>(.*?)</h\d>',
        file.read_text("utf-8"),
        flags=re.S,
    )
    return {words(re.sub(r"<[^>]+>", "", unescape(heading))): anchor for anchor, heading in found}


def words(heading):
    """Return a heading's letters alone: punctuation is set in other ways on a page."""
    return re.sub(r"\W+", " ", heading).strip().lower()


@cache
def lessons():
    """Return for each lesson its headings, those of its exercises, and those of its panels."""
    return {path.stem: headings(read(path).cells) for path in LESSONS}


def headings(cells):
    found, exercises, panels = [""], {}, []
    for cell in cells:
        heading = found[-1]
        if cell.cell_type == "markdown":
            found += HEADING.findall(cell.source)
        elif task := task_of(cell):
            exercises[task] = heading
        elif re.search(r"\b\w+_panel\(", cell.source):
            panels.append(heading)
    return found, exercises, panels


def exercise(task):
    """Return the place of an exercise's stub."""
    for lesson, (_, exercises, _) in lessons().items():
        if task in exercises:
            return Place(lesson, exercises[task])
    raise ValueError(f"no lesson has the exercise {task!r}")


def panel(task):
    """Return the place of the panel of an exercise's lesson, or None: 08 and 09 have none."""
    lesson = exercise(task).lesson
    *_, panels = lessons()[lesson]
    return Place(lesson, panels[0]) if panels else None


def showing(task, mistake):
    """Return the places that show a mistake: what the teacher's page names for it, and the panel.

    Parameters
    ----------
    task : str
    mistake : str
        Its hint.

    Returns
    -------
    list of Place
    """
    lesson = exercise(task).lesson
    named = [
        Place(lesson, heading)
        for (asked, quote), shown_by in told().items()
        if asked == task and mistake.startswith(quote)
        for heading in shown_by
        if heading in lessons()[lesson][0]
    ]
    return list(dict.fromkeys([*named, *filter(None, [panel(task)])]))


@cache
def told():
    """Return the headings that docs/teaching.md gives beside (exercise, what its check says)."""
    found = {}
    for row in ROW.findall(TEACHING.read_text("utf-8")):
        shown_by = re.findall(r"\*\*(.+?)\*\*", row)
        for task, *quotes in SAYS.findall(row):
            for quote in filter(None, quotes):
                found.setdefault((task, quote), []).extend(shown_by)
    return found
