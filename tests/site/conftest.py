"""The pages, built once, and those who read them."""

import importlib.util
import shutil

import pytest
from support.needed import needed
from support.real_site import PATH, build, listen
from support.serving import serving


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the pages; return their folder. Skip without the tools, fail without them in CI."""
    lacking = [name for name in ("node", "npm") if not shutil.which(name)]
    lacking += [name for name in ("sphinx", "myst_nb") if not importlib.util.find_spec(name)]
    needed(not lacking, f"no {' and no '.join(lacking)} found: `make site` says what it needs")
    out = tmp_path_factory.mktemp("site") / PATH
    build(out)
    return out


@pytest.fixture(scope="session")
def address(site):
    """Serve the pages from a sub-path; return their address."""
    with serving(str(site).removesuffix(PATH.rstrip("/"))) as host:
        yield host + PATH


@pytest.fixture
def read(pages, address):
    """Return a function that opens a page as a reader has it: how wide, light or dark, …

    At the end no page may have asked for anything elsewhere, or said that something went wrong.
    """
    readers, trouble = [], []

    def opened(name, width=1200, scheme="light", **settings):
        size = {"width": width, "height": 900}
        reader = pages.browser.new_context(viewport=size, color_scheme=scheme, **settings)
        readers.append(reader)
        page = reader.new_page()
        listen(page, address, trouble)
        page.goto(address + name, wait_until="load")
        return page

    yield opened
    for reader in readers:
        reader.close()
    assert trouble == []
