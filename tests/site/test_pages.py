"""The pages as their readers have them: on a desk, on a phone, in the dark, on paper, offline."""

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect
from support.exercise_page import Solver, pyodide_folder
from support.needed import needed
from support.real_site import LESSONS, PAGES, PATH, shut_out, unfold

TOO_WIDE = """() => [...document.querySelectorAll(".bd-article *")]
  .filter((each) => !each.closest(".formula"))
  .filter((each) => /auto|scroll/.test(getComputedStyle(each).overflowX))
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 200))"""
PRINTED = """() => [...document.querySelectorAll("details.answer, details.deeper")]
  .filter((fold) => !fold.lastElementChild.getClientRects().length)
  .map((fold) => fold.outerHTML.slice(0, 200))"""
LINKS = "() => [...document.links].map((link) => link.href)"
PUSH = "def my_push(P, k):\n    return P * ((np.arange(len(P)) == k) - P[k])"
MEGABYTES = 1_000_000

every_page = pytest.mark.parametrize("name", PAGES)
every_lesson = pytest.mark.parametrize("name", LESSONS)


def test_there_is_a_page_for_each_lesson_and_each_document(site):
    built = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    assert {*PAGES} <= {*built}


@every_page
def test_a_page_shuts_nobody_out(name, read):
    page = read(name)
    unfold(page)
    assert shut_out(page) == []


@every_page
def test_a_page_can_be_read_in_the_dark(name, read):
    page = read(name, scheme="dark")
    unfold(page)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", dark))) < 40
    assert shut_out(page, runOnly=["color-contrast"]) == []


@every_page
def test_nothing_but_a_formula_scrolls_sideways_on_a_phone(name, read):
    page = read(name, width=390)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(TOO_WIDE) == []


@every_page
def test_every_link_leads_somewhere(name, read, site):
    page = read(name)
    for link in set(page.evaluate(LINKS)):
        target, _, fragment = link.partition("#")
        if PATH not in target:
            assert target.startswith("https://"), link
            continue
        path = site / target.partition(PATH)[2].partition("?")[0]
        path = path / "index.html" if path.is_dir() else path
        assert path.is_file(), link
        if fragment and path.suffix == ".html":
            assert f'id="{fragment}"' in path.read_text("utf-8"), link


@every_lesson
def test_a_lesson_can_be_read_before_any_script_has_run(name, read, site):
    page = read(name, java_script_enabled=False)
    expect(page.locator("h1").first).to_contain_text(name[len("notebooks/") :][:2])
    expect(page.locator(".katex:visible").first).to_be_visible()
    expect(page.locator("details.answer > :not(summary)").first).not_to_be_visible()
    assert (site / name).stat().st_size < 1.5 * MEGABYTES


@every_lesson
def test_a_prediction_is_answered_when_its_reader_asks(name, read):
    page = read(name)
    answers = page.locator("details.answer")
    questions = page.get_by_text("Predict before you run:").count()
    assert answers.count() >= 0.8 * questions
    first = answers.first
    inside = first.locator(":scope > :not(summary)").first
    expect(inside).not_to_be_visible()
    first.get_by_text("Show the answer").press("Enter")
    expect(inside).to_be_visible()


@every_lesson
def test_on_paper_all_is_unfolded_and_light(name, read):
    page = read(name, scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(PRINTED) == []
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.answer[open]").count() == 0


@every_lesson
def test_every_picture_keeps_its_words_and_its_file(name, read, site):
    page = read(name)
    for picture in page.locator(".bd-article img").all():
        assert len(picture.get_attribute("alt")) > 40
        source = urljoin(page.url, picture.get_attribute("src")).partition(PATH)[2]
        assert (site / source).is_file()


@every_lesson
def test_a_lesson_has_its_notebook_its_minutes_and_its_neighbours(name, read):
    page = read(name)
    bar = page.locator(".lesson-bar")
    expect(bar).to_contain_text("minutes")
    with page.expect_download() as download:
        bar.get_by_text("Download").click()
    assert download.value.suggested_filename == name[len("notebooks/") :].replace("html", "ipynb")
    neighbours = page.locator(".prev-next-area a")
    expect(neighbours).to_have_count(2)


def test_the_search_finds_what_stands_in_code_and_in_folds(read):
    page = read("search.html?q=keepdims")
    found = page.locator("#search-results li a").first
    expect(found).to_be_visible()
    page.wait_for_load_state(
        "networkidle"
    )  # it fetches what it found; leaving would break that off
    found.click()
    mark = page.locator(".highlighted").first
    expect(mark).to_be_visible()


def test_the_front_page_shows_in_one_screen_what_this_is_and_its_panel_moves(read):
    page = read("index.html")
    for name in ("Start here", "The heart of it: two cases"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_in_viewport()
    entry = page.locator(".softmax-heatmap tbody td").first
    expect(entry).to_be_in_viewport()
    expect(entry).to_have_text("+0.082")
    page.get_by_role("slider", name="S 1").press("ArrowUp")
    expect(entry).not_to_have_text("+0.082")


@every_lesson
def test_every_panel_of_a_lesson_is_alive_without_python(name, read):
    page = read(name)
    for panel in page.locator(".softmax-panel").all():
        before = panel.inner_text()
        slider = panel.get_by_role("slider").first
        slider.press("ArrowUp")
        expect(panel).not_to_have_text(before, use_inner_text=True)


def test_an_exercise_is_solved_in_its_lesson(read):
    needed(pyodide_folder(), "no Python for browsers found: install requirements/browser.txt")
    page = read("notebooks/03_two_cases.html")
    unfold(page)
    solver = Solver(page, "push")
    kind, words = solver.answer(PUSH)
    assert kind == "right", words
    expect(page.locator(".exercise-progress")).to_contain_text("✓ push")


def test_the_single_panel_opens_without_a_server(site, pages):
    page = pages.new_page()
    page.goto((site / "panel.html").as_uri())
    page.get_by_role("slider", name="S 1").press("ArrowUp")
    expect(page.locator(".softmax-heatmap tbody td").first).not_to_have_text("+0.082")
    page.close()
