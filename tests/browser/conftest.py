"""A real JupyterLab on copies of the notebooks, and a real browser to open them in."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
]
TOKEN = "course"
MINUTE = 60_000  # milliseconds


@pytest.fixture(scope="session")
def chromium():
    """Return the path of an installed browser: skip without one, fail without one in CI."""
    found = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    why = "no Chromium found: install it (on Debian: apt install chromium) or set BROWSER_PATH"
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


@pytest.fixture(scope="session")
def lab(chromium, tmp_path_factory):
    """Serve a copy of the notebooks, away from the user's own settings; return the address."""
    home = tmp_path_factory.mktemp("lab")
    for folder in ("notebooks", "assets"):  # lesson 06 reads ../assets
        passing = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(ROOT / folder, home / "course" / folder, ignore=passing)
    settings = home / "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')  # keep in the page what is out of view
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
        *(f"--port={port}", f"--IdentityProvider.token={TOKEN}"),
        *(f"--ServerApp.root_dir={home / 'course'}", "--LabApp.expose_app_in_browser=True"),
    ]
    with open(home / "log", "w") as log:
        server = subprocess.Popen(
            command, env=os.environ | {k: str(v) for k, v in own.items()}, stdout=log, stderr=log
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", server, home / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()  # Lab ends its kernels before it goes
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture
def page(chromium, lab):
    """Return a fresh page. Playwright is closed after each test: its event loop must not linger."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=FLAGS, chromium_sandbox=not root
        )
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        expect.set_options(timeout=MINUTE)
        page.set_default_timeout(2 * MINUTE)  # a busy machine is slow, not wrong
        yield page
        browser.close()


@pytest.fixture
def open_notebook(page, lab):
    """Return a function that opens a notebook, waits for its kernel, and runs all its cells."""

    def open_and_run(name):
        page.goto(
            f"{lab}/lab/tree/notebooks/{name}?token={TOKEN}&reset"
        )  # without the last test's tabs
        page.wait_for_selector(".jp-Notebook")
        page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
            "?.status == 'idle'"
        )
        assert page.locator(".jp-Dialog").count() == 0, "a dialog covers the notebook"
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        errors = page.locator("[data-mime-type='application/vnd.jupyter.error']")
        assert errors.count() == 0, errors.first.inner_text()
        return page

    return open_and_run


def _wait_for(address, server, log):
    """Return once the server answers; if it ends or a minute passes, fail with its log."""
    for _ in range(240):
        try:
            assert json.load(urlopen(address, timeout=5))["version"]
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.25)
    pytest.fail("JupyterLab did not start:\n" + log.read_text()[-2000:])
