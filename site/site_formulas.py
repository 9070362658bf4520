"""Formulas as HTML: KaTeX sets each at the build, so that a page needs no script to show it."""

import json
import re
import shutil
import subprocess
from functools import cache
from html import unescape
from pathlib import Path

from softmax_lib.figures import COLOURS

HERE = Path(__file__).parent
COLOUR = re.compile(r"(?<!-)color:#([0-9A-Fa-f]{6})")
SOURCE = re.compile(r"<annotation.*?</annotation>", flags=re.S)  # TeX, which a search would find
IN_HTML = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", flags=re.S)


@cache
def setter():
    """Start KaTeX once, beside this process; it ends with it."""
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node is missing: install Node.js 20 or later, which sets formulas")
    command = [node, HERE / "formulas.mjs"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@cache
def formula(tex, display=False):
    """Return the HTML of a formula; its colours are variables, so that the dark can lift them.

    Raises
    ------
    ValueError
        If KaTeX does not understand it.
    """
    katex = setter()
    katex.stdin.write(json.dumps([tex, display]) + "\n")
    katex.stdin.flush()
    if not (line := katex.stdout.readline()):
        raise ValueError(f"KaTeX cannot set this formula: {tex}")
    html = SOURCE.sub("", json.loads(line))
    return COLOUR.sub(lambda found: f"color:var(--ink-{found[1].lower()})", html)


def letters_css():
    """Return the colours of the letters: as they are, and lighter in the dark."""
    colours = sorted({colour.lower() for colour in COLOURS.values()})
    plain = "".join(f"--ink-{colour[1:]}: {colour};" for colour in colours)
    light = "".join(
        f"--ink-{colour[1:]}: color-mix(in srgb, {colour} 65%, white);" for colour in colours
    )
    return f':root {{{plain}}}\nhtml[data-theme="dark"] {{{light}}}\n'


def display(tex):
    """Return a formula in a box of its own: if it is wider than the page, the box scrolls."""
    return f'<div class="formula">{formula(tex, display=True)}</div>'


def with_formulas(html):
    """Return HTML whose formulas, in dollars, are set: MyST looks for none inside of HTML."""

    def put(found):
        if tex := found["display"]:
            return display(unescape(tex).strip())
        return formula(unescape(found["inline"]))

    return IN_HTML.sub(put, html)
