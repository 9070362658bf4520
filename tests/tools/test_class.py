"""The class as a whole: the table, the page, and the mistake that is made most."""

import csv
import re
import sys
from html.parser import HTMLParser

import pytest
from support.hand_ins import SOFTMAX, archive, body, bytes_below, notebook

from softmax_lib.exercises import TASKS, load
from softmax_lib.exercises.exercise import hint
from tools.grades import lessons, page, table
from tools.grades.__main__ import main
from tools.grades.found import HandIn
from tools.grades.lessons import showing
from tools.grades.run import STATES, Graded, Result
from tools.grades.totals import the_class
from tools.notebooks import LESSONS, read, tasks

NO_P = hint(load("softmax_vjp").mistakes["no_P_in_front"])
ONE_MEAN = hint(load("softmax_vjp").mistakes["one_mean_for_whole_matrix"])


def graded(name, **results):
    return Graded(HandIn((f"{name}.ipynb",)), results)


def wrong(mistake):
    return Result("wrong", mistake, f"It is wrong. {mistake}")


@pytest.fixture
def whole():
    return the_class(
        ["Bo", "=Ada", "Änne, M.", "<b>", "Bo"],
        [
            graded("bo", softmax_vjp=wrong(NO_P)),
            graded("ada", softmax_vjp=wrong(ONE_MEAN), softmax=Result("right")),
            graded("änne", softmax_vjp=wrong(ONE_MEAN), softmax=Result("untouched")),
            Graded(HandIn(("<b>", "\ud800.png")), refused="it is no notebook: <i>"),
            graded("bo-1", softmax_vjp=Result("right"), softmax=Result("endless")),
        ],
    )


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_of_two_versions_the_better_one_counts(whole):
    (bo,) = [student for student in whole.students if student.name == "Bo"]
    assert bo.results["softmax_vjp"] == Result("right")
    assert (bo.solved, bo.asked, bo.files) == (1, 2, ["bo.ipynb", "bo-1.ipynb"])


def test_a_list_says_less_than_an_answer_that_was_tried():
    both = [graded("bo", softmax=wrong(NO_P)), graded("progress", softmax=Result("listed"))]
    (bo,) = the_class(["Bo", "Bo"], both).students
    assert bo.results["softmax"].state == "wrong"


def test_the_exercises_stand_in_the_order_of_the_lessons(whole):
    assert whole.tasks == ["softmax", "softmax_vjp"]


def test_the_mistake_that_is_made_most_comes_first(whole):
    assert whole.mistakes() == [(("softmax_vjp", ONE_MEAN), 2)]


def test_the_table_has_a_line_for_each_student_and_no_formula(whole, tmp_path):
    table.write(tmp_path / "grades.csv", whole)
    written = rows(tmp_path / "grades.csv")
    assert [row["student"] for row in written] == ["<b>", "'=Ada", "Bo", "Änne, M."]
    assert [row["softmax"] for row in written] == ["", "right", "does not end", "not attempted"]
    assert written[1]["softmax_vjp"] == "wrong: one mean for the whole matrix"
    assert written[0]["remarks"].endswith("?.png: it is no notebook: <i>")


class Reader(HTMLParser):
    """The tags and the text of a page, and where its links lead."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.links, self.text = [], [], ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def shown(whole, folder):
    page.write(folder / "index.html", whole)
    return Reader((folder / "index.html").read_text("utf-8"))


def test_the_page_says_what_the_class_gets_wrong_most_and_what_shows_it(whole, tmp_path):
    text = shown(whole, tmp_path).text
    said = "one mean for the whole matrix, in softmax_vjp: 2 of the 3 who handed it in."
    assert said in text
    what = text.partition("What shows it: ")[2].partition(".\n")[0]
    assert "Watch both ways at once" in what


def test_the_page_holds_no_script_and_nothing_of_a_hand_in_is_taken_for_html(whole, tmp_path):
    seen = shown(whole, tmp_path)
    assert not {"script", "b", "i", "img"} & set(seen.tags)
    assert "it is no notebook: <i>" in seen.text


def test_a_link_leads_to_the_heading_where_the_pages_are_made(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(lessons, "PAGES", tmp_path / "site")
    monkeypatch.setattr(page, "PAGES", tmp_path / "site")
    assert shown(whole, tmp_path).links == []
    (tmp_path / "site").mkdir()
    heading = '<section id="watch"><h3>Watch both ways at once</h3></section>'
    (tmp_path / "site/05_vector_jacobian_product.html").write_text(heading)
    links = shown(whole, tmp_path).links
    assert "site/05_vector_jacobian_product.html#watch" in links


@pytest.mark.parametrize("task", TASKS)
def test_every_known_mistake_is_shown_by_a_heading_or_a_panel_of_its_lesson(task):
    place = lessons.exercise(task)
    (path,) = [path for path in LESSONS if path.stem == place.lesson]
    assert task in tasks(read(path))
    headings = "\n".join(cell.source for cell in read(path).cells)
    for mistake in load(task).mistakes.values():
        for shows in [place, *showing(task, hint(mistake))]:
            assert re.search(rf"^#+ {re.escape(shows.heading)}$", headings, flags=re.M)


def test_what_the_teacher_s_page_names_for_a_mistake_comes_before_the_panel():
    mistake = hint(load("attention_vjp").mistakes["scale_missing"])
    first, *_ = showing("attention_vjp", mistake)
    assert first.heading == "Is a forgotten scale only a longer step?"


def test_every_state_has_its_words_and_its_mark():
    assert set(STATES) == set(table.WORDS) == set(page.MARKS)


def test_a_class_is_graded_from_its_folder_to_its_page(command, tmp_path, monkeypatch, capsys):
    (source := tmp_path / "handed in").mkdir()
    named = "Änne Müller_12_assignsubmission_file/05.ipynb"
    (source / "all.zip").write_bytes(archive({named: notebook(SOFTMAX)}))
    (source / "Bo.ipynb").write_bytes(notebook(body("return S")))
    (source / "cy.ipynb").write_bytes(b"\x89PNG\xff")
    before = bytes_below(source)
    monkeypatch.setattr(sys, "argv", ["grades", str(source), "--out", str(tmp_path / "out")])
    main()
    written = {row["student"]: row for row in rows(tmp_path / "out/grades.csv")}
    assert written["Änne Müller"]["softmax"] == "right"
    assert written["Bo"]["softmax"].startswith("wrong")
    assert "it holds no text" in written["cy"]["remarks"]
    assert "3 students: " in capsys.readouterr().out
    assert bytes_below(source) == before
