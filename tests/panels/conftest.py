"""The Lab and the pages that the tests of this folder share."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from support.real_lab import run_notebook, served, write_notebook

OURS = {
    "include": [".jp-RenderedMarkdown", ".jp-OutputArea"],  # the rest of the page is Lab's
    "exclude": ["mjx-container"],  # and the insides of a formula are MathJax's
}


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
def page(pages):
    """Return a fresh page. At the end no panel may be in trouble: nobody else would see it."""
    page = pages.new_page()
    yield page
    assert page.locator(".softmax-words[role=alert]:visible").all_inner_texts() == []
    page.close()


@pytest.fixture
def show(page, lab, home, request):
    """Return a function that runs these cells in a notebook of their own and returns its page."""

    def run(*cells):
        name = f"{request.node.name}.ipynb"
        write_notebook(home, name, *cells)
        run_notebook(page, lab, name)
        return page

    return run


@pytest.fixture
def drag(page):
    """Return a function that takes a handle in its middle, drags it by some pixels and lets go."""

    def move(handle, right=0, up=0):
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + right, y - up, steps=8)
        page.mouse.up()

    return move


@pytest.fixture
def assert_accessible(page):
    """Return a function that has axe-core look for what shuts readers out, in each theme."""

    def look(*themes):
        # The theme that is worn comes first: each change paints the whole page anew.
        for theme in sorted(themes or ("Light", "Dark"), key=lambda theme: not wears(page, theme)):
            wear(page, theme)
            found = Axe().run(page, OURS).response["violations"]
            grave = [each for each in found if each["impact"] in ("serious", "critical")]
            assert not grave, [
                (theme, each["help"], [node["html"] for node in each["nodes"]]) for each in grave
            ]

    return look


def wears(page, theme):
    return page.evaluate("document.body.dataset.jpThemeName") == f"JupyterLab {theme}"


def wear(page, theme):
    """Change the Lab's theme, and wait until no colour is on its way to another."""
    if wears(page, theme):
        return
    name = f"JupyterLab {theme}"
    page.evaluate(f"jupyterapp.commands.execute('apputils:change-theme', {{ theme: '{name}' }})")
    page.wait_for_function(f"document.body.dataset.jpThemeName == '{name}'")
    page.wait_for_function("document.getAnimations().length == 0")
