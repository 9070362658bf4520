"""The browser, the Lab and the notebooks that the tests of this folder share."""

import os

import pytest
from playwright.sync_api import expect
from real_lab import MINUTE, browsing, find_browser, run_notebook, served


@pytest.fixture(scope="session")
def chromium():
    """Return the path of an installed browser: skip without one, fail without one in CI."""
    if found := find_browser():
        return found
    why = "no Chromium found: install it (on Debian: apt install chromium) or set BROWSER_PATH"
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


@pytest.fixture(scope="session")
def lab(chromium, tmp_path_factory):
    """Serve a copy of the course; return the address."""
    with served(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture
def page(chromium, lab):
    """Return a fresh page. Playwright is closed after each test: its event loop must not linger."""
    expect.set_options(timeout=MINUTE)
    with browsing(chromium) as page:
        yield page


@pytest.fixture
def open_notebook(page, lab):
    """Return a function that opens a notebook, waits for its kernel, and runs all its cells."""

    def open_and_run(name):
        run_notebook(page, lab, name)
        return page

    return open_and_run
