"""What the course adds to Sphinx: formulas that are set at the build, and parts that fold."""

from docutils import nodes
from site_formulas import display, formula

DEEPER = "Go deeper:"


def visit_math(writer, node):
    writer.body.append(f'<span class="math">{formula(node.astext())}</span>')
    raise nodes.SkipNode


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


def on_doctree(app, doctree, docname):
    fold_deeper_parts(app, doctree, docname)


def setup(app):
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.connect("doctree-resolved", on_doctree)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
