"""Panels in pages, without Python: what stands in the page, and the files that make it move.

`panel_html` gives a panel's first state as text, tables and pictures, and beside it all that its
twin in panels/ starts from, taken from Python's own panel. `panel_files` bundles the twins with the
panels' own scripts. `panel_page` is one panel as a single file that needs no server.
"""

import json
import subprocess
from html import escape
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from panel_first_state import first_state
from site_bundler import esbuild

from softmax_lib import data, panels
from softmax_lib.figures.colours import palette
from softmax_lib.panels import attention_today as today
from softmax_lib.panels.kit.primitives import GREY, Part
from tools.notebooks import ROOT

TWINS = ROOT / "site/panels"
SCRIPT, STYLE = "softmax_panels.js", "softmax_panels.css"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The Jacobian of a softmax, alive</title>
<style>
body {{ font-family: sans-serif; margin: 1em auto; max-width: 60em; padding: 0 1em; }}
{style}</style>
</head>
<body>
<main>
<h1>The Jacobian of a softmax, alive</h1>
<p>Drag a bar of S, or focus it and press the arrow keys: every entry of J moves.</p>
{panel}
</main>
<script type="module">
{script}</script>
</body>
</html>
"""


def panel_html(name, **options):
    """Return what stands in a page in the place of a panel's widget.

    Parameters
    ----------
    name : str
        The function that makes the panel: "jacobian_panel".
    **options
        Its arguments, where they are not those of the lessons. A learner's own function is refused:
        it is Python, and there is none in the page.

    Raises
    ------
    ValueError
        There is no such panel, it has no twin, or an option is a function.
    """
    if name not in panels.__all__:
        raise ValueError(f"name must be one of {', '.join(panels.__all__)}, not {name!r}")
    if not twin_of(name).exists():
        raise ValueError(f"{name} must have a twin, {twin_of(name)}, and has none")
    for option, value in options.items():
        if callable(value):
            raise ValueError(f"{option} must not be a function: no Python runs in the page")
    described = described_for_twin(made(name, **options))
    inline = json.dumps(described, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    inline = inline.replace("<", "\\u003c")  # so that nothing in it ends the element
    return (
        f'<div class="softmax-panel" data-panel="{escape(name)}">\n'
        f"{first_state(described['tree'], described['state'])}\n"
        "<noscript><p>With scripts allowed, this picture moves.</p></noscript>\n"
        f'<script type="application/json">{inline}</script>\n'
        "</div>"
    )


def panel_files():
    """Return the static files of all panels, by name; a page loads the script as a module."""
    return bundle(panels.__all__)


def panel_page():
    """Return the Jacobian panel as one page, that is opened as a file, without a server."""
    files = {name: file.decode() for name, file in bundle(["jacobian_panel"]).items()}
    script = files[SCRIPT].replace("</", "<\\/")
    return PAGE.format(panel=panel_html("jacobian_panel"), script=script, style=files[STYLE])


def twin_of(name):
    """Return where the twin of a panel is: named like the panel's own file."""
    return TWINS / f"{name.removesuffix('_panel')}.js"


def made(name, **options):
    """Make a panel as its lesson does, but for these options."""
    return getattr(panels, name)(**(lesson_arguments(name) | options))


def lesson_arguments(name):
    """Return what the lesson gives to a panel that brings no example of its own."""
    if name == "attention_panel":
        real = data.load("real_attention")
        head = {letter: real[letter][-1, -1] for letter in ("Q", "K", "V", "dO")}
        return head | {"tokens": real["tokens"]}
    return {}


def described_for_twin(panel):
    """Describe a panel for its twin: data(), where its attributes are, and what it needs besides.

    A page has one palette for each panel: so the parts of a panel must share one colour map.
    """
    described = panel.data() | {"names": prefixes(vars(panel))}
    if len(described["palette"]) > 1:
        raise ValueError(f"a panel must have one colour map, not {[*described['palette']]}")
    more = MORE.get(type(panel).__name__)
    return described | {"more": more(panel) if more else {}}


def prefixes(attributes):
    """Return the prefixes of those attributes that are parts standing in the panel."""
    found = {}
    for name, value in attributes.items():
        if isinstance(value, Part) and value.prefix:
            found[name] = value.prefix
        elif isinstance(value, dict) and (inner := prefixes(value)):
            found[name] = inner
    return found


def scores_and_gradient(panel):
    """Return what no control of the attention panel changes."""
    Q, K, V, dO = panel.arrays
    limits = {letter: float(limit) for letter, limit in panel.limits.items()}
    products = {"QK": (Q @ K.T).tolist(), "dP": (dO @ V.T).tolist()}  # (N, N) each
    return products | {"d": Q.shape[1], "limits": limits}


def example_of_today(_panel):
    """Return the example of the panel of attention today, and the words that it uses."""
    arrays = {"dP": today.dO @ today.V.T, "distance": today.DISTANCE, "drawn": today.DRAWN}
    words = {"forward": today.FORWARD, "means": today.MEANS}
    lists = {name: array.tolist() for name, array in arrays.items()}  # (N_q, N_k) each
    return lists | words | {"ends": today.ENDS, "limit": today.LIMIT}


def moments(panel):
    """Record the tiles panel at each tile of each way: [backward][causal]."""
    ways = [[{}, {}], [{}, {}]]
    heatmaps = {name: getattr(panel, name) for name in ("square", "queries", "keys")}
    for back, causal in product((False, True), repeat=2):
        panel.back.value, panel.causal.value = back, causal
        recorded = []
        for at in range(1, len(panel.paths[back, causal]) + 1):
            panel.where.value = at
            tables = {name: moment(heatmap) for name, heatmap in heatmaps.items()}
            recorded.append(tables | {"words": panel.words.text})
        kept = ("title", "rows", "columns")  # from the first tile to the last
        tables = {name: {n: getattr(h, n) for n in kept} for name, h in heatmaps.items()}
        ways[back][causal] = {"tables": tables, "moments": recorded}
    return ways


def moment(heatmap):
    """Return what a heatmap shows now, each colour as its place in the palette."""
    places = {shade: n for n, (shade, _) in enumerate(palette(heatmap.colours))}
    places |= {GREY: -1, "": None}
    shades = [[places[shade] for shade in row] for row in heatmap.backgrounds]
    return {"numbers": heatmap.numbers, "shades": shades, "framed": heatmap.framed}


# What a twin needs besides the panel's first state, by the panel's class.
MORE = {
    "Attention": scores_and_gradient,
    "AttentionToday": example_of_today,
    "Quotient": lambda panel: {"looks": panel.looks},
    "Tiles": moments,
}


def bundle(names):
    """Bundle the twins of these panels with the panels' own scripts and style."""
    lines = [f'import {name} from "./{twin_of(name).name}";' for name in names]
    lines += ['import { mount } from "./shared/page.js";', f"mount({{ {', '.join(names)} }});"]
    with TemporaryDirectory() as folder:
        made = Path(folder) / SCRIPT
        run_esbuild("\n".join(lines), f"--outfile={made}", "--minify")
        return {name: (made.parent / name).read_bytes() for name in (SCRIPT, STYLE)}


def run_esbuild(entry, *options):
    """Bundle a script, given as text, that stands in the folder of the twins."""
    command = [esbuild(), "--bundle", "--format=esm", "--charset=utf8", "--log-level=error"]
    return subprocess.run(
        [*command, *options],
        cwd=TWINS,
        input=entry,
        check=True,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
    ).stdout
