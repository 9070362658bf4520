"""Every exercise in a page, in a real browser with a real NumPy: answered, stopped, reloaded."""

import inspect
import json
import linecache
import re
from types import SimpleNamespace

import numpy as np
import pytest
import site_exercises
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from support.exercise_page import Solver, lay, one_line, pyodide_folder, stubs
from support.needed import esbuild, needed
from support.real_lab import MINUTE
from support.serving import serving

from softmax_lib import answers, checks, progress, softmax
from softmax_lib.exercises.exercise import Wrong, hint
from tools.browser import browsing, find_browser

NO_BROWSER = "no Chromium found: install it (on Debian: apt install chromium) or set BROWSER_PATH"
NO_PYTHON = "no Python for browsers found: install requirements/browser.txt"
STUBS = stubs()
every_task = pytest.mark.parametrize("task", STUBS)
RIGHT = "def my_push(P, k):\n    return P * ((np.arange(len(P)) == k) - P[k])"
ENDLESS = "def my_push(P, k):\n    while True:\n        pass"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    esbuild()
    folder = tmp_path_factory.mktemp("site")
    lay(folder, needed(pyodide_folder(), NO_PYTHON))
    with serving(folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    expect.set_options(timeout=MINUTE)
    with browsing(needed(find_browser(), NO_BROWSER)) as pages:
        yield pages


@pytest.fixture(scope="module")
def seen():
    """Return the warm page's errors and what it has asked the net for."""
    return SimpleNamespace(errors=[], requests=[])


@pytest.fixture(scope="module")
def warm(address, browser, seen):
    """Return the page that keeps its Python over the tests."""
    page = browser.new_page()
    page.on("console", lambda said: said.type == "error" and seen.errors.append(said.text))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request))
    page.goto(address)
    yield page
    page.close()


@pytest.fixture
def page(address, browser):
    """Return a fresh page; nothing was ever typed in its browser."""
    page = browser.new_page()
    page.goto(address)
    page.evaluate("localStorage.clear()")
    page.reload()
    yield page
    page.close()


def in_python(task, source):
    """Have a source checked here, in the names of its lesson."""
    names, file = {}, f"<my_{task}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    _, given = site_exercises.place_of(task)
    exec(given, names)
    exec(compile(source, file, "exec"), names)
    getattr(checks, task)(names[f"my_{task}"])


def mistaken(task):
    """Return a known mistake as a source, in the names of its file, and what is said of it."""
    mistakes = getattr(checks, task).mistakes.values()
    mistake = [each for each in mistakes if inspect.isfunction(each)][-1]
    source = re.sub(r"^@.*\n", "", inspect.getsource(mistake), flags=re.M)
    source = source.replace(f"def {mistake.__name__}(", f"def my_{task}(")
    source = f"from softmax_lib.exercises.{task} import *\n\n\n{source}"
    with pytest.raises(Wrong) as wrong:
        in_python(task, source)
    assert hint(mistake) in str(wrong.value)
    return source, one_line(str(wrong.value))


@every_task
def test_the_shown_solution_is_right_in_the_page(task, warm, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    source = f"{answers.solution(task).source}\n\nmy_{task} = {task}"
    in_python(task, source)
    exercise = Solver(warm, task)
    assert exercise.answer(source) == ("right", one_line(capsys.readouterr().out))
    expect(exercise.tick).to_be_visible()


@every_task
def test_a_known_mistake_is_named_in_the_words_of_python(task, warm):
    source, words = mistaken(task)
    assert Solver(warm, task).answer(source) == ("wrong", words)


def test_the_own_line_is_shown_and_what_was_printed(warm):
    source = "def my_push(P, k):\n    print('P is', P.shape)\n    return P @ k.T"
    kind, words = Solver(warm, "push").answer(source)
    assert kind == "wrong"
    assert "AttributeError: 'int' object has no attribute 'T'" in words
    assert "in my_push, line 3: return P @ k.T" in words
    assert "It printed: P is (3,)" in words


def test_a_cell_that_python_cannot_read_is_shown_as_python_shows_it(warm):
    kind, words = Solver(warm, "push").answer("def my_push(P, k):\n    return P[k")
    assert kind == "error"
    assert words == "File \"<my_push>\", line 2 return P[k ^ SyntaxError: '[' was never closed"


def test_a_function_of_another_name_is_asked_for(warm):
    assert Solver(warm, "push").answer("def push(P, k):\n    return P") == (
        "error",
        "The check looks for my_push, and does not find it: keep the stub's first line.",
    )


def test_an_untouched_stub_is_not_attempted(warm):
    assert Solver(warm, "push").answer(STUBS["push"]) == ("untouched", "push: not attempted yet.")


def test_an_answer_may_use_the_answers_before_it(warm):
    Solver(warm, "two_cases").type(
        "def my_two_cases(P, j, k):\n    return P[j] * ((j == k) - P[k])"
    )
    source = (
        "def my_push(P, k):\n    return np.array([my_two_cases(P, j, k) for j in range(len(P))])"
    )
    kind, _ = Solver(warm, "push").answer(source)
    assert kind == "right"


def test_an_answer_may_use_the_functions_of_its_lesson(warm):
    source = "def my_softmax(S):\n    return naive_softmax(S - S.max(axis=-1, keepdims=True))"
    assert Solver(warm, "softmax").answer(source)[0] == "right"


def test_a_wrong_matrix_is_drawn_beside_the_right_one(warm):
    exercise = Solver(warm, "softmax_jacobian")
    exercise.answer("def my_softmax_jacobian(P):\n    return np.diag(P)")
    tables = exercise.said.locator("table")
    expect(tables).to_have_count(3)
    P = softmax(np.array([1.0, 2.0, 3.0]))
    right = np.diag(P) - np.outer(P, P)
    for table, M in zip(tables.all(), (np.diag(P), right, np.outer(P, P)), strict=True):
        shown = table.locator("td:not(thead td)").all_inner_texts()
        assert shown == [f"{x:z.2f}" for x in M.ravel()]
    fullest = tables.first.locator("tbody td").last
    assert fullest.evaluate("cell => cell.style.background") == "rgb(0, 68, 27)"


def test_an_endless_answer_stops_no_page_and_can_be_stopped(warm):
    exercise = Solver(warm, "push")
    exercise.type(ENDLESS)
    exercise.press("Check")
    expect(exercise.said).to_contain_text("The check runs. Stop ends it.")
    other = Solver(warm, "two_cases")
    assert other.answer(STUBS["two_cases"])[1].startswith("Another check is still running")
    exercise.press("Stop")
    kind, words = exercise.judgement()
    assert (kind, words) == ("stopped", "Stopped. What you typed is kept. Python starts anew.")
    expect(exercise.editor).to_contain_text("while True:")
    assert exercise.answer(RIGHT)[0] == "right"


def test_an_answer_that_is_mended_while_python_is_on_its_way_is_the_one_that_is_judged(page):
    exercise = Solver(page, "push")
    exercise.type("def my_push(P, k):\n    return -P * P[k]")
    exercise.press("Check")
    exercise.type(RIGHT)
    exercise.press("Check")
    assert exercise.judgement()[0] == "right"


def test_an_answer_that_fills_the_memory_costs_a_restart_and_no_text(warm):
    exercise = Solver(warm, "push")
    hungry = (
        "def my_push(P, k):\n    held = []\n    while True:\n        held.append(np.ones(10**6))"
    )
    kind, words = exercise.answer(hungry)
    assert kind == "wrong"
    assert "MemoryError" in words
    assert "Python starts anew. What you typed is kept." in words
    expect(exercise.editor).to_contain_text("held.append")
    assert exercise.answer(RIGHT)[0] == "right"


def test_what_was_typed_survives_a_reload_until_it_is_started_afresh(page):
    exercise = Solver(page, "push")
    exercise.type(RIGHT)
    page.reload()
    assert exercise.text == RIGHT
    exercise.press("Start afresh")
    page.reload()
    assert exercise.text == STUBS["push"]


def test_two_tabs_keep_both_texts(page):
    first, tab = Solver(page, "push"), page.context.new_page()
    tab.goto(page.url)
    second = Solver(tab, "push")
    first.type("one")
    expect(second.editor).to_have_text("one")  # nobody has typed there
    second.type("two")
    expect(first.editor).to_have_text("one")
    expect(first.place.get_by_text("Another tab has another text")).to_be_visible()
    first.type("one, and more")
    tab.reload()
    expect(second.editor).to_have_text("one, and more")
    second.press("Exchange the two")
    expect(second.editor).to_have_text("two")
    second.press("Exchange the two")
    expect(second.editor).to_have_text("one, and more")
    second.press("Forget that one")
    expect(second.place.get_by_text("Another tab has another text")).to_be_hidden()
    tab.close()


def test_the_keyboard_alone_writes_checks_and_leaves(warm):
    exercise, keys = Solver(warm, "push"), warm.keyboard
    exercise.editor.focus()
    keys.press("Control+A")
    keys.type("def my_push(P, k):\nx = (1")
    keys.press("Tab")
    assert exercise.text.endswith("\n        x = (1")
    keys.press("Control+Z")
    assert exercise.text.endswith("\n    x = (1")
    keys.press("Shift+Enter")
    assert exercise.judgement()[0] == "error"
    keys.press("Escape")
    warm.wait_for_timeout(2500)  # some look for the next key
    keys.press("Tab")
    expect(exercise.place.get_by_role("button", name="Check my_push")).to_be_focused()
    expect(exercise.editor).to_have_attribute("aria-label", "Your answer: my_push")


def test_brackets_are_matched(warm):
    exercise = Solver(warm, "push")
    exercise.editor.focus()
    warm.keyboard.press("Control+A")
    warm.keyboard.type("f(x)")
    expect(exercise.place.locator(".cm-matchingBracket")).to_have_count(2)


def test_the_list_is_saved_as_the_notebooks_save_it_and_read_again(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for task in ("push", "spread"):
        progress.record(task)
    own = tmp_path / progress.FILE
    page.locator("input[type=file]").set_input_files(own)
    expect(page.locator("li", has_text="✓ push")).to_be_visible()
    expect(page.get_by_text("2 names were read.")).to_be_visible()
    expect(Solver(page, "spread").tick).to_be_visible()
    page.reload()
    expect(page.locator("li", has_text="✓")).to_have_count(2)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save progress.json").click()
    assert saved.value.suggested_filename == progress.FILE
    assert saved.value.path().read_bytes() == own.read_bytes()


def test_a_file_that_is_no_list_is_refused(page, tmp_path):
    for text in ("{}", "no JSON"):
        (tmp_path / "other.json").write_text(text)
        page.locator("input[type=file]").set_input_files(tmp_path / "other.json")
        expect(page.get_by_text("This is no progress.json: it should be a list")).to_be_visible()


def test_without_storage_an_answer_is_checked_and_the_reader_is_told(browser, address):
    page = browser.new_page()
    denied = "get() { throw new DOMException('no', 'SecurityError'); }"
    page.add_init_script(f"Object.defineProperty(window, 'localStorage', {{ {denied} }})")
    page.goto(address)
    exercise = Solver(page, "push")
    assert exercise.answer(RIGHT)[0] == "right"
    expect(exercise.tick).to_be_visible()
    expect(exercise.place).to_contain_text("This browser keeps nothing of a page")
    page.close()


def test_a_full_storage_is_told(page):
    refused = "Storage.prototype.setItem = () => { throw new DOMException('full') }"
    page.evaluate(f"() => {{ {refused} }}")
    exercise = Solver(page, "push")
    exercise.type(RIGHT)
    expect(exercise.place).to_contain_text("The browser's storage is full")


def test_python_that_cannot_be_fetched_is_said_and_asked_for_again(page):
    page.route("**/pyodide/**", lambda route: route.abort())
    exercise = Solver(page, "push")
    kind, words = exercise.answer(STUBS["push"])
    assert kind == "unreachable"
    assert words.startswith("Python could not be fetched from http")
    assert "What you typed is kept. Check tries again." in words
    page.unroute("**/pyodide/**")
    exercise.press("Check")
    assert exercise.judgement() == ("untouched", "push: not attempted yet.")


def test_python_is_fetched_for_the_first_check_and_not_before(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(Solver(page, "push").editor).to_be_visible()
    assert not [url for url in asked if "pyodide" in url or "worker" in url]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(theme, warm):
    Solver(warm, "softmax_jacobian").answer("def my_softmax_jacobian(P):\n    return np.diag(P)")
    warm.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    found = Axe().run(warm).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert not grave, [(each["help"], [node["html"] for node in each["nodes"]]) for each in grave]


def test_nothing_typed_leaves_the_browser_and_nothing_breaks(warm, address, seen):
    assert {(request.method, request.post_data) for request in seen.requests} == {("GET", None)}
    assert all(request.url.startswith((address, "data:", "blob:")) for request in seen.requests)
    assert not [request.url for request in seen.requests if "my_" in request.url]
    assert seen.errors == []


def test_the_tests_python_is_the_one_that_pages_fetch():
    folder = needed(pyodide_folder(), NO_PYTHON)
    version = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["info"]["version"]
    assert f"/v{version}/" in site_exercises.PYODIDE
