"""Panels in a page of a real browser, with no Python behind them: by keys, mouse and finger."""

from functools import partial
from itertools import chain

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from site_panels import SCRIPT, STYLE, made, panel_files, panel_html, panel_page
from support.needed import esbuild, needed
from support.real_lab import MINUTE, eventually
from support.shown import READ, Shown, read

from softmax_lib import panels
from softmax_lib.panels.kit.groups import leaves
from softmax_lib.panels.kit.primitives import Bars, Check, Curve, Heatmap, Slider, Words
from tools.browser import browsing, find_browser

SITE = "http://course.test/"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A panel</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="{style}"><script type="module" src="{script}"></script></head>
<body><main><h1>A panel</h1>{panel}</main></body></html>"""
# Where each control stands, by its kind.
CONTROLS = """() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const now = (node) => Number(node.getAttribute("aria-valuenow"));
  const at = (table) =>
    [...table.tBodies[0].rows].flatMap((row, i) =>
      all("td", row).flatMap((td, k) => (td.classList.contains("softmax-picked") ? [i, k] : [])),
    );
  return {
    Slider: all("input[type=range]").map((input) => Number(input.value)),
    Check: all("input[type=checkbox]").map((input) => input.checked),
    Bars: all(".softmax-bars").map((chart) => all("[role=slider]", chart).map(now)),
    Curve: all(".softmax-curve").map((curve) => all(".softmax-handle", curve).map(now)[0]),
    Heatmap: all(".softmax-heatmap table").map(at),
  };
}"""
TRAITS = {Check: "value", Slider: "value", Bars: "values", Curve: "value", Heatmap: "picked"}


@pytest.fixture(scope="module")
def browser():
    """Open a browser; return it."""
    esbuild()
    expect.set_options(timeout=MINUTE)
    found = needed(find_browser(), "no Chromium found: install it, or set BROWSER_PATH")
    with browsing(found) as pages:
        yield pages.browser


@pytest.fixture(scope="module")
def files():
    return panel_files()


@pytest.fixture
def visit(browser, files):
    """Return a function that opens a page with a panel; at the end nothing may have gone wrong."""
    wrong, contexts = [], []

    def open_page(name, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        html = PAGE.format(panel=panel_html(name), style=STYLE, script=SCRIPT)
        known = {SITE: html.encode()} | {SITE + path: file for path, file in files.items()}
        kinds = {"js": "text/javascript", "css": "text/css"}

        def answer(route):
            url = route.request.url
            if url not in known:
                wrong.append(url)
                return route.abort()
            kind = kinds.get(url.rpartition(".")[2], "text/html")
            route.fulfill(body=known[url], content_type=f"{kind}; charset=utf-8")

        context.route("**/*", answer)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(SITE)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [each for each in wrong if "favicon" not in each] == []


@eventually
def assert_as_in_python(page, name):
    """Put Python's own panel where the page's controls stand, and compare all that both show."""
    panel, stands = made(name), page.evaluate(CONTROLS)
    for kind, trait in TRAITS.items():
        parts = [part for part in leaves(panel.root) if isinstance(part, kind)]
        for part, value in zip(parts, stands[kind.__name__], strict=True):
            if value not in ([], None):
                setattr(part, trait, value)
    here, there = Shown(**page.evaluate(READ)), read(panel)
    for curve in (*here.curves, *there.curves):
        curve.dots = []  # in the page they are in pixels
    assert vars(here) == vars(there)


@pytest.mark.slow
@pytest.mark.parametrize("name", panels.__all__)
def test_a_panel_follows_keyboard_and_mouse(name, visit):
    page = visit(name)
    assert_as_in_python(page, name)
    before = page.evaluate(READ)
    for moves in (keys, clicks, drags):
        for move in moves(page):
            move()
            assert_as_in_python(page, name)
    assert page.evaluate(READ) != before


def keys(page):
    """List the presses of keys that move something."""
    for slider in page.locator("[role=slider], input[type=range]").all():
        yield partial(slider.press, "ArrowRight")
        yield partial(slider.press, "PageUp")
    for table in page.locator("table[tabindex]").all():
        yield partial(table.press, "ArrowDown")


def clicks(page):
    """List the clicks that move something: on a corner of a table, a box, a button."""
    pressed = "table[tabindex] tr:last-child td:last-child, input[type=checkbox], button"
    for control in page.locator(pressed).all():
        if control.inner_text() != "play":  # its steps come by themselves
            yield control.click


def drags(page):
    """List the drags: each handle is taken in its middle and moved to the right and up."""
    for handle in page.locator("[role=slider]").all():
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        yield partial(page.mouse.move, x + 40, y - 30, steps=4)
        page.mouse.up()


def test_a_panel_that_plays_goes_on_by_itself(visit):
    page = visit("tiles_panel")
    page.get_by_role("button", name="play").click()
    expect(page.locator("pre.softmax-words").first).to_contain_text("Tile  3 of 16")


@pytest.mark.parametrize("name", panels.__all__)
def test_a_reader_without_scripts_sees_the_first_state(name, visit):
    page, panel = visit(name, java_script_enabled=False), made(name)
    (words, *_) = (part.text for part in leaves(panel.root) if isinstance(part, Words))
    assert words in page.locator("pre.softmax-words").first.text_content()
    for table in (part for part in leaves(panel.root) if isinstance(part, Heatmap)):
        shown = page.get_by_role("table", name=table.text, exact=True)
        assert shown.locator("tbody td").all_text_contents() == [*chain(*table.numbers)]
    for chart in (part for part in leaves(panel.root) if isinstance(part, Bars)):
        shown = page.get_by_role("group", name=chart.text, exact=True)
        assert shown.locator("output").all_text_contents() == chart.numbers


@pytest.mark.parametrize("name", panels.__all__)
def test_nothing_moves_in_the_page_when_a_panel_comes_alive(name, visit):
    still, live = (visit(name, java_script_enabled=on) for on in (False, True))
    parts = ".softmax-bars, .softmax-heatmap, .softmax-curve, .softmax-words:not([hidden])"
    before, after = (
        [part.bounding_box() for part in page.locator(parts).all()] for page in (still, live)
    )
    assert before == [pytest.approx(box, abs=0.5) for box in after]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", panels.__all__)
def test_a_panel_shuts_no_reader_out_and_fits_a_phone(name, scheme, visit):
    phone = {"viewport": {"width": 390, "height": 800}, "has_touch": True}
    page = visit(name, color_scheme=scheme, **phone)
    assert_as_in_python(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    found = Axe().run(page).response["violations"]
    assert [each["help"] for each in found if each["impact"] in ("serious", "critical")] == []


def test_a_bar_is_moved_by_a_finger(visit):
    page = visit("jacobian_panel", has_touch=True)
    box = page.get_by_role("slider", name="S 2").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 1)
    expect(page.get_by_label("S: 1: +1.0, 2: +5.9, 3: +3.0")).to_be_visible()
    assert_as_in_python(page, "jacobian_panel")


def test_a_single_file_moves_without_a_server(browser, tmp_path):
    file = tmp_path / "panel.html"
    file.write_text(panel_page(), encoding="utf-8")
    assert file.stat().st_size < 45_000
    page = browser.new_page()
    page.goto(file.as_uri())
    page.get_by_role("slider", name="S 2").press("Home")
    assert_as_in_python(page, "jacobian_panel")
    expect(page.get_by_label("S: 1: +1.0, 2: -6.0, 3: +3.0")).to_be_visible()
    page.close()
