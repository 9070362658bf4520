"""The browser, the Lab and the notebooks that the tests of this folder share."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from real_lab import MINUTE, browsing, find_browser, run_notebook, served

OURS = {"include": [".jp-RenderedMarkdown", ".jp-OutputArea"]}  # the rest of the page is Lab's


@pytest.fixture(scope="session")
def chromium():
    """Return the path of an installed browser: skip without one, fail without one in CI."""
    if found := find_browser():
        return found
    why = "no Chromium found: install it (on Debian: apt install chromium) or set BROWSER_PATH"
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Return the folder in which the served copy of the course lies."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def lab(chromium, home):
    """Serve a copy of the course; return the address."""
    with served(home) as address:
        yield address


@pytest.fixture
def page(chromium, lab):
    """Return a fresh page. Playwright is closed after each test: its event loop must not linger."""
    expect.set_options(timeout=MINUTE)
    with browsing(chromium) as page:
        yield page


@pytest.fixture
def open_notebook(page, lab):
    """Return a function that opens a notebook, waits for its kernel, and runs all its cells.

    At the end no panel may be in trouble: a callback's error would else be seen by nobody.
    """

    def open_and_run(name):
        run_notebook(page, lab, name)
        return page

    yield open_and_run
    assert page.locator(".softmax-words[role=alert]").all_inner_texts() == []


@pytest.fixture
def assert_accessible(page):
    """Return a function that has axe-core look for what shuts readers out, in both themes."""

    def look():
        for theme in ("Light", "Dark"):
            page.evaluate(
                "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })",
                f"JupyterLab {theme}",
            )
            light = str(theme == "Light").lower()
            page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
            page.wait_for_timeout(500)  # the new colours are painted
            found = Axe().run(page, OURS).response["violations"]
            grave = [each for each in found if each["impact"] in ("serious", "critical")]
            assert not grave, [
                (theme, each["help"], [node["html"] for node in each["nodes"]]) for each in grave
            ]

    return look
