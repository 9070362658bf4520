"""HTML to PDF, by the browser that is installed; the same bytes from the same page."""

import re
import tempfile
from pathlib import Path

from tools.browser import browsing, find_browser

PAGE = re.compile(rb"/Type\s*/Page\b")
DATE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}")
SCALES = [1 - step / 20 for step in range(9)]  # to 0.6: smaller type nobody reads


class Printer:
    """Prints with one browser, for as long as the with statement lasts.

    Raises
    ------
    FileNotFoundError
        No browser is installed.
    """

    def __enter__(self):
        path = find_browser()
        if path is None:
            raise FileNotFoundError(
                "no Chromium found, which prints the handout and the test: install it "
                "(on Debian: apt install chromium) or set BROWSER_PATH"
            )
        self.opened = browsing(path)
        self.pages = self.opened.__enter__()
        return self

    def __exit__(self, *error):
        return self.opened.__exit__(*error)

    def pdf(self, html, pages=None):
        """Return a document as PDF; if pages is given, in smaller type until it has so many."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "page.html"  # of the same origin as the fonts that it loads
            file.write_text(html, "utf-8")
            page = self.pages.new_page()
            page.goto(file.as_uri(), wait_until="load")
            page.evaluate("document.fonts.ready")
            for scale in SCALES:
                data = page.pdf(scale=scale, prefer_css_page_size=True, print_background=True)
                if pages is None or len(PAGE.findall(data)) <= pages:
                    break
            else:
                raise ValueError(f"{page.title()}: more than {pages} pages, in type of {scale:.0%}")
            page.close()
        return DATE.sub(rb"\g<1>20000101000000", data)
