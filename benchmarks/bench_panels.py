"""Measure how soon a panel answers a key, or a step of dragging, beside interact and Matplotlib.

PYTHONPATH=tests python benchmarks/bench_panels.py

In a real JupyterLab and a real browser: real keys and a real mouse, in turn for all, so that what
disturbs the machine disturbs all of them. A picture counts as painted in the frame after it
changed. Prints its table and writes it into docs/benchmarks.md; without a browser it says so and
measures nothing.
"""

import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from support.real_lab import browsing, find_browser, run_notebook, served, write_notebook
from timing import machine

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
ATTENTION = "attention_panel(*np.random.default_rng(6).normal(size=(4, 11, 32)))"
SCORE, TABLE = "[role=slider][aria-label^='S ']", ".softmax-heatmap table"
PICTURE = ".jp-OutputArea .widget-output"
LIKE = "interact, the same picture"  # as the Jacobian panel's, drawn by Matplotlib
BARELY = "interact, a bare imshow"
DRAG = "drag"
CASES = {  # its cell, what is pressed, what must change, the keys or DRAG
    "quotient_panel": ("quotient_panel()", ".softmax-handle", ".softmax-curve svg", "Right Left"),
    "softmax_panel": ("softmax_panel()", SCORE, ".softmax-curve svg", "Up Down"),
    "two_cases_panel": ("two_cases_panel()", SCORE, TABLE, "Up Down"),
    "jacobian_panel": ("jacobian_panel()", SCORE, TABLE, "Up Down"),
    "jacobian_panel, dragged": ("jacobian_panel()", SCORE, TABLE, DRAG),
    "vjp_panel": ("vjp_panel()", SCORE, TABLE, "Up Down"),
    "attention_panel": (ATTENTION, TABLE, ".softmax-small table", "Down Up"),
    "tiles_panel": ("tiles_panel()", "input[type=range]", TABLE, "Right Left"),
    LIKE: (INTERACT + SAME, ".noUi-handle", PICTURE, "Right Left"),
    BARELY: (
        "import matplotlib.pyplot as plt\n" + INTERACT + BARE,
        *(".noUi-handle", PICTURE, "Right Left"),
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
    observer.observe(seen.closest(".jp-OutputArea"), everything);
  });
}"""


def measure(browser, home):
    """Return the milliseconds of each press, to the picture and to the last change, by case."""
    with served(home) as address, browsing(browser) as pages:
        page = pages.new_page()
        write_notebook(home, NOTEBOOK, IMPORTS, *(cell for cell, *_ in CASES.values()))
        run_notebook(page, address, NOTEBOOK)
        places = {
            name: [page.locator(".jp-CodeCell").nth(n).locator(each).first for each in selectors]
            for n, (name, (_, *selectors, _)) in enumerate(CASES.items(), start=1)
        }
        for pressed, watched in places.values():
            pressed.wait_for()
            watched.wait_for()
        page.wait_for_timeout(3000)
        times = {name: [] for name in CASES}
        for press in range(PRESSES + 2):
            for name, (pressed, watched) in places.items():
                keys = CASES[name][-1]
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


def report(times):
    """Return the section as Markdown."""
    pictures = {name: [first for first, _ in each] for name, each in times.items()}
    medians = {name: median(each) for name, each in pictures.items()}
    rows = [
        [
            *(name, f"{medians[name]:.0f}", f"{quantiles(pictures[name], n=10)[-1]:.0f}"),
            *(f"{medians[name] / medians[other]:.2f}" for other in (LIKE, BARELY)),
            f"{median(last for _, last in each):.0f}",
        ]
        for name, each in times.items()
    ]
    paragraphs = [
        f"`make bench` on {machine()}. Milliseconds from key press, or from one step of dragging, "
        f"to painted picture, {PRESSES} each, in turn, in one page of JupyterLab. Two columns have "
        f"the median as a share of what interact and inline Matplotlib take: for the Jacobian "
        f"panel's picture, and for an imshow of the matrix and nothing else. The last column is "
        f"the median until all is up to date.",
        table(["", "median", "90th percentile", "of the same", "of a bare one", "all"], rows),
    ]
    return "\n\n".join(paragraphs)


if __name__ == "__main__":
    browser = find_browser()
    if browser is None:
        print("no Chromium found: the panels' latency is not measured")
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            text = report(measure(browser, Path(home)))
        print(text)
        write_section("Panels", text, DOCS / "benchmarks.md")
