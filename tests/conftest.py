"""What all tests share: random tests draw the same cases every time, and take their time."""

import pytest
from hypothesis import settings
from playwright.sync_api import expect
from support.needed import needed
from support.real_lab import MINUTE

from tools.browser import browsing, find_browser

settings.register_profile("course", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("course")


@pytest.fixture(scope="session")
def chromium():
    """Return the path of an installed browser: skip without one, fail without one in CI."""
    why = "no Chromium found: install it (on Debian: apt install chromium) or set BROWSER_PATH"
    return needed(find_browser(), why)


@pytest.fixture(scope="module")
def pages(chromium):
    """Open a browser. It is closed after each file: Playwright's event loop must not linger."""
    expect.set_options(timeout=MINUTE)
    with browsing(chromium) as pages:
        yield pages
