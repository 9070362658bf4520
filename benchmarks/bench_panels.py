"""Measure how soon a panel answers a key, or a step of dragging, beside interact and Matplotlib.

PYTHONPATH=.:tests:site python benchmarks/bench_panels.py

In a real JupyterLab, then in a page without Python, in a real browser: real keys and a real mouse,
in turn for all, so that what disturbs the machine disturbs all of them. A picture counts as painted
in the frame after it changed. Prints its table and writes it into docs/benchmarks.md; without a
browser it says so and measures nothing.
"""

import inspect
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from site_panels import SCRIPT, STYLE, panel_files, panel_html
from support.real_lab import run_notebook, served, write_notebook
from timing import machine

from softmax_lib import panels
from tools.browser import browsing, find_browser
from tools.pages import DOCS, table, write_section

PRESSES = 30
NOTEBOOK = "latency.ipynb"
IMPORTS = "import numpy as np\n\nfrom softmax_lib.panels import *"
INTERACT = """import numpy as np
from IPython.display import display
from ipywidgets import interact

from softmax_lib import softmax, softmax_jacobian
from softmax_lib.figures import bars, heatmaps


@interact(score=(-6.0, 6.0, 0.1))
def draw(score=1.0):
    S = np.array([score, 2.0, 3.0])
    P = softmax(S)
"""
SAME = """    display(bars(S, P, letters="SP"))
    display(heatmaps(softmax_jacobian(P), titles=["J"], limit=0.25))"""
BARE = """    plt.imshow(softmax_jacobian(P), vmin=-0.25, vmax=0.25)
    plt.show()"""
HEAD = "*np.random.default_rng(6).normal(size=(4, 11, 32))"  # Q, K, V and dO
CONTROL = "[role=slider], input[type=range]"  # the first of a panel is pressed
PAINTED = ".softmax-curve svg, .softmax-heatmap table"  # the first must change: a bar moves at once
PICTURE = ".jp-OutputArea .widget-output"
LIKE = "interact, the same picture"  # as the Jacobian panel's, drawn by Matplotlib
BARELY = "interact, a bare imshow"
DRAG = "drag"
ARROWS = "Right Left"


def cell(name):
    """Write what shows a panel: some bring no example of their own."""
    arguments = inspect.signature(getattr(panels, name)).parameters.values()
    return f"{name}({HEAD if any(a.default is a.empty for a in arguments) else ''})"


PANELS = {name: (cell(name), CONTROL, PAINTED, ARROWS) for name in panels.__all__}
PANELS["jacobian_panel, dragged"] = ("jacobian_panel()", CONTROL, PAINTED, DRAG)
CASES = {  # its cell, what is pressed, what must change, the keys or DRAG
    **PANELS,
    LIKE: (INTERACT + SAME, ".noUi-handle", PICTURE, ARROWS),
    BARELY: (
        "import matplotlib.pyplot as plt\n" + INTERACT + BARE,
        *(".noUi-handle", PICTURE, ARROWS),
    ),
}
# Wait for a key, or for the pointer; then for the last of an element's pictures to be painted anew;
# then until nothing in the cell's output has changed for a while.
ARM = """(seen) => {
  let begun;
  const press = (event) => (begun ??= event.timeStamp);
  for (const kind of ["keydown", "pointermove"]) {
    window.addEventListener(kind, press, { capture: true, once: true });
  }
  const content = () => [...seen.querySelectorAll("img")].at(-1)?.src ?? seen.outerHTML;
  const before = content();
  window.painted = new Promise((done) => {
    let first, last, quiet;
    const observer = new MutationObserver(() => {
      const anew = content() && content() !== before;
      requestAnimationFrame(() => {
        last = performance.now() - begun;
        if (anew) first ??= last;
        clearTimeout(quiet);
        quiet = setTimeout(() => {
          if (first === undefined) return;
          observer.disconnect();
          done([first, last]);
        }, 300);
      });
    });
    const everything = { subtree: true, childList: true, characterData: true, attributes: true };
    observer.observe(seen.closest(".jp-OutputArea, .softmax-panel"), everything);
  });
}"""


def measure_in_lab(browser, home):
    """Return the milliseconds of each press, to the picture and to the last change, by case."""
    with served(home) as address, browsing(browser) as pages:
        page = pages.new_page()
        write_notebook(home, NOTEBOOK, IMPORTS, *(cell for cell, *_ in CASES.values()))
        run_notebook(page, address, NOTEBOOK)
        return press_each(page, ".jp-CodeCell", CASES, first=1)


def measure_in_page(browser):
    """Return the same of the panels in a page without Python, by case."""
    style, script = (panel_files()[name].decode() for name in (STYLE, SCRIPT))
    shown = "".join(panel_html(cell.partition("(")[0]) for cell, *_ in PANELS.values())
    script = script.replace("</", "<\\/")
    with browsing(browser) as pages:
        page = pages.new_page()
        page.set_content(f"<style>{style}</style>{shown}<script type=module>{script}</script>")
        return press_each(page, ".softmax-panel", PANELS)


def press_each(page, place, cases, first=0):
    """Press in each case what is pressed there, in turn, and return the milliseconds of each."""
    places = {
        name: [page.locator(place).nth(n).locator(each).first for each in selectors]
        for n, (name, (_, *selectors, _)) in enumerate(cases.items(), start=first)
    }
    for pressed, watched in places.values():
        pressed.wait_for()
        watched.wait_for()
    page.wait_for_timeout(3000)
    times = {name: [] for name in cases}
    for press in range(PRESSES + 2):
        for name, (pressed, watched) in places.items():
            keys = cases[name][-1]
            act = dragging(page, pressed) if keys == DRAG else pressing(pressed, keys)
            with act as step:
                watched.evaluate(ARM)
                step(press % 2)
                times[name].append(page.evaluate("window.painted"))
    return {name: each[2:] for name, each in times.items()}  # the first presses warm up


@contextmanager
def pressing(element, keys):
    """Give an element the focus; yield what presses one of two arrows."""
    element.focus()
    yield lambda which: element.press(f"Arrow{keys.split()[which]}")


@contextmanager
def dragging(page, element):
    """Take hold of an element in its middle; yield what moves it up or down; let go."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.wait_for_timeout(300)  # until its first place is painted
    yield lambda which: page.mouse.move(x, y + (20, -20)[which])
    page.mouse.up()


def report(times, without_python):
    """Return the section as Markdown."""
    pictures = {name: [first for first, _ in each] for name, each in times.items()}
    medians = {name: median(each) for name, each in pictures.items()}
    in_lab = [
        [
            *(name, f"{medians[name]:.0f}", f"{quantiles(pictures[name], n=10)[-1]:.0f}"),
            *(f"{medians[name] / medians[other]:.2f}" for other in (LIKE, BARELY)),
            f"{median(last for _, last in each):.0f}",
        ]
        for name, each in times.items()
    ]
    in_page = []
    for name, each in without_python.items():
        firsts = [first for first, _ in each]
        in_page.append([name, f"{median(firsts):.1f}", f"{quantiles(firsts, n=10)[-1]:.1f}"])
    paragraphs = [
        f"`make bench` on {machine()}. Milliseconds from key press, or from one step of dragging, "
        f"to painted picture, {PRESSES} each, in turn, in one page of JupyterLab. Two columns have "
        f"the median as a share of what interact and inline Matplotlib take: for the Jacobian "
        f"panel's picture, and for an imshow of the matrix and nothing else. The last column is "
        f"the median until all is up to date.",
        table(["", "median", "90th percentile", "of the same", "of a bare one", "all"], in_lab),
        "The same panels in a page of the site, where no Python runs:",
        table(["", "median", "90th percentile"], in_page),
    ]
    return "\n\n".join(paragraphs)


if __name__ == "__main__":
    browser = find_browser()
    if browser is None:
        print("no Chromium found: the panels' latency is not measured")
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            text = report(measure_in_lab(browser, Path(home)), measure_in_page(browser))
        print(text)
        write_section("Panels", text, DOCS / "benchmarks.md")
