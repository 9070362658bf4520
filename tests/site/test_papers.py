"""What a class gets on paper: two pages of a handout, a test, its key."""

import importlib.util
import re
import shutil

import pytest
from support.needed import needed

from tools.notebooks import NOTEBOOKS, ROOT

QUESTIONS = """# Teaching

## Questions for a test

On paper.

### 02

What is $e^0$?

**Answer.** One: $e^0 = 1$.

| wrong | reveals |
| --- | --- |
| $0$ | a product is taken for a power |

And $\\log 1$?

**Answer.** Zero.

### 03

Which sign?

**Answer.** A minus.

## Another section

### 04

No question of the test.
"""


@pytest.fixture(scope="module")
def papers():
    """Return the module; skip without what sets formulas, fail without it in CI."""
    katex = ROOT / "node_modules/katex"
    found = shutil.which("node") and katex.exists() and importlib.util.find_spec("mdit_py_plugins")
    needed(found, "nothing that sets formulas found: `make site` says what it needs")
    from tools.classroom import papers

    return papers


@pytest.fixture(scope="module")
def printer(chromium):
    from tools.classroom.pdf import Printer

    with Printer() as printer:
        yield printer


@pytest.fixture
def document(tmp_path):
    """Return a function that writes a document with questions."""

    def put(text):
        path = tmp_path / "teaching.md"
        path.write_text(text, "utf-8")
        return path

    return put


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_the_handout_has_two_pages_and_the_same_bytes_each_time(papers, printer):
    html = papers.handout()
    first, second = (printer.pdf(html, pages=2) for _ in range(2))
    assert pages(first) == 2
    assert first == second


def test_the_handout_has_the_letters_the_five_lines_and_the_tables_of_tiles_and_of_10(papers):
    lessons = re.findall(r"<h2>(\d\d) ", papers.handout())
    assert lessons == [p.stem[:2] for p in NOTEBOOKS if p.stem[:2] in ("00", "06", "07", "10")]


def test_what_does_not_fit_is_refused(papers, printer):
    long = papers.page("Long", "<p>word</p>" * 500, "handout")
    with pytest.raises(ValueError, match="Long: more than 2 pages"):
        printer.pdf(long, pages=2)


def test_questions_are_read_with_their_answers_and_what_a_wrong_one_reveals(papers, document):
    lessons = papers.questions(document(QUESTIONS))
    assert list(lessons) == ["02", "03"]
    (one, answer, wrong), other = lessons["02"]
    assert (one, answer) == ("What is $e^0$?", "One: $e^0 = 1$.")
    assert wrong.startswith("| wrong | reveals |")
    assert other == ["And $\\log 1$?", "Zero."]


def test_the_test_asks_and_does_not_tell_and_its_key_has_the_same_numbers(papers, document):
    lessons = papers.questions(document(QUESTIONS))
    exam, key = papers.exam(lessons), papers.key(lessons)
    assert "Zero." not in exam
    assert "Zero." in key
    assert "a product is taken for a power" in key
    numbers = [re.findall(r'<li value="(\d)"><p>(\w+)', html) for html in (exam, key)]
    assert numbers[0] == numbers[1] == [("1", "What"), ("2", "And"), ("3", "Which")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Teaching\n", "teaching.md has no section 'Questions for a test'"),
        (
            QUESTIONS.replace("**Answer.** A minus.", "A minus."),
            r"teaching.md, lesson 03: expected .* missing after 'Which sign\?'",
        ),
    ],
)
def test_a_document_without_its_parts_is_refused_by_name(papers, document, text, words):
    with pytest.raises(ValueError, match=words):
        papers.questions(document(text))


def test_every_lesson_has_a_question_in_the_test_and_it_can_be_printed(papers, printer):
    lessons = papers.questions()
    assert {path.stem[:2] for path in NOTEBOOKS} <= set(lessons)
    exam, key = (printer.pdf(make(lessons)) for make in (papers.exam, papers.key))
    assert pages(exam) == len(lessons)
    assert pages(key) < pages(exam)
