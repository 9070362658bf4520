"""What the course adds to Sphinx: formulas that are set at the build, and parts that fold."""

import re
from math import ceil

from docutils import nodes
from site_formulas import display, formula
from site_panels import SCRIPT, STYLE

ALIVE = {
    "softmax-panel": (SCRIPT, STYLE),
    "exercise": ("exercises/exercises.js", "exercises/exercises.css"),
}
DEEPER = "Go deeper:"


PUNCTUATION = re.compile(r"^[,.;:?)…]+")
MANY = 6  # columns
SHORT = 40  # a formula of so many characters need not be broken into lines


def visit_math(writer, node):
    """Write a formula, together with the punctuation after it: no line may begin with a comma."""
    after = node.get("after", "")
    kind = "math short" if len(node.astext()) <= SHORT else "math"
    writer.body.append(f'<span class="{kind}">{formula(node.astext())}{after}</span>')
    raise nodes.SkipNode


def hold_punctuation(app, document, docname):
    """Move the punctuation that follows a formula to the formula."""
    for math in document.findall(nodes.math):
        text = math.next_node(descend=False, siblings=True)
        found = PUNCTUATION.match(text) if isinstance(text, nodes.Text) else None
        if found:
            math["after"] = found[0]
            among = [child is text for child in text.parent]  # many texts are equal: ", "
            text.parent[among.index(True)] = nodes.Text(text[found.end() :])


def visit_math_block(writer, node):
    writer.body.append(display(node.astext()))
    raise nodes.SkipNode


def fold_deeper_parts(app, document, docname):
    """Fold what a section "Go deeper: …" holds; its heading stays in sight, and in the contents."""
    for section in document.findall(nodes.section):
        title, *rest = section.children
        if isinstance(title, nodes.title) and title.astext().startswith(DEEPER):
            start = '<details class="deeper"><summary>Show this part</summary>'
            put = [nodes.raw("", html, format="html") for html in (start, "</details>")]
            section.children = []
            section.extend([title, put[0], *rest, put[1]])


def say_how_wide_outputs_are(app, document, docname):
    """Give each printed output its number of columns: on a phone it is set smaller, not cut."""
    for block in document.findall(nodes.literal_block):
        if "output" in block["classes"]:
            columns = max(map(len, block.astext().splitlines()), default=0)
            block["classes"].append(f"columns-{10 * ceil(columns / 10)}")


def say_which_tables_are_wide(app, document, docname):
    """Mark the tables of many columns: on a phone these are set smaller than others."""
    for columns in document.findall(nodes.tgroup):
        if columns["cols"] >= MANY:
            columns.parent["classes"].append("many-columns")


def load_what_is_alive(app, pagename, templatename, context, doctree):
    """Have a page load the scripts of panels and exercises if it has any, and no other page."""
    body = context.get("body", "")
    for kind, (script, style) in ALIVE.items():
        if f'class="{kind}' in body:
            app.add_js_file(script, type="module")
            app.add_css_file(style)


def setup(app):
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    changes = (
        fold_deeper_parts,
        hold_punctuation,
        say_how_wide_outputs_are,
        say_which_tables_are_wide,
    )
    for change in changes:
        app.connect("doctree-resolved", change)
    app.connect("html-page-context", load_what_is_alive)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
