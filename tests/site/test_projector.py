"""The pages on a projector: one heading a screen, in larger type, by a key."""

import pytest

LESSON = "notebooks/03_two_cases.html"
SHOWN = """() => [...document.querySelectorAll(".bd-article :is(h1, h2, h3)")]
  .filter((heading) => heading.checkVisibility()).map((heading) => heading.textContent)"""
TYPE = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
END = "scrollTo(0, document.documentElement.scrollHeight)"


@pytest.fixture
def page(read):
    return read(LESSON)


def go_on(page):
    """Go to the next heading: from the end of what stands under this one."""
    page.evaluate(END)
    page.keyboard.press("PageDown")


def test_a_key_shows_one_heading_at_a_time_in_larger_type(page):
    before, headings = page.evaluate(TYPE), page.evaluate(SHOWN)
    page.keyboard.press("Alt+KeyP")
    seen = [page.evaluate(SHOWN)]
    for _ in range(4):
        go_on(page)
        seen.append(page.evaluate(SHOWN))
    assert seen == [[heading] for heading in headings[:5]]
    assert page.evaluate(TYPE) == 1.5 * before
    assert not page.locator(".bd-sidebar-primary").is_visible()


def test_page_up_goes_back_and_escape_shows_everything_again(page):
    headings = page.evaluate(SHOWN)
    page.keyboard.press("Alt+KeyP")
    go_on(page)
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("PageUp")
    assert page.evaluate(SHOWN) == headings[:1]
    page.keyboard.press("Escape")
    assert page.evaluate(SHOWN) == headings


def test_it_begins_with_the_heading_that_is_being_read(page):
    page.locator("#why-there-are-two-cases").evaluate("section => section.scrollIntoView()")
    page.keyboard.press("Alt+KeyP")
    assert page.evaluate(SHOWN) == ["Why there are two cases"]


def test_a_part_that_goes_deeper_unfolds_when_its_turn_comes(page):
    page.locator("details.deeper section").first.evaluate("section => section.scrollIntoView()")
    page.keyboard.press("Alt+KeyP")
    for _ in page.locator(".bd-article section").all():
        go_on(page)
    assert page.evaluate(SHOWN) == ["Sources"]
    assert page.locator("details.deeper:not([open]):has(section)").count() == 0


def test_the_key_does_nothing_where_a_learner_writes(page):
    page.locator(".cm-content").first.click()
    page.keyboard.press("Alt+KeyP")
    assert "projector" not in (page.locator("html").get_attribute("class") or "")


def test_every_page_says_which_key_it_is(page):
    assert "Alt + P" in page.locator(".projector-key").inner_text()
