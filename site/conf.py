"""Sphinx's settings. build_site.py runs it, and adds what lies beside the pages."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "How a gradient crosses a softmax"
author = "The softmax course authors"
extensions = ["myst_nb", "sphinx.ext.githubpages", "sphinx_course"]
language = "en"

nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 3
math_numfig = False
html_math_renderer = "katex"

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = str(HERE / "theme/favicon.svg")
templates_path = [str(HERE / "templates")]
html_css_files = ["katex/katex.min.css", "letters.css", "icons.css", "course.css"]
scripts = ("folds.js", "formulas.js", "kept_notebooks.js", "projector.js")
html_js_files = [(name, {"defer": "defer"}) for name in scripts]
html_context = {"default_mode": "auto"}
html_domain_indices = html_use_index = False
html_permalinks = False
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "navbar_persistent": [],
    "footer_content_items": ["projector.html"],
    "use_download_button": False,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
