"""The browser that is installed, opened so that it asks the net for nothing of its own."""

import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
]
PATIENCE = 120_000  # milliseconds: a busy machine is slow, not wrong


def find_browser():
    """Return the path of an installed browser, or None."""
    return os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def browsing(path):
    """Open the browser at `path`; yield what opens pages: they share what was loaded once."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=FLAGS, chromium_sandbox=not root
        )
        pages = browser.new_context(viewport={"width": 1200, "height": 1000})
        pages.set_default_timeout(PATIENCE)
        yield pages
        browser.close()
