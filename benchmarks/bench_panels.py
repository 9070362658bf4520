"""Measure a panel's latency, from key press to painted picture, against interact and Matplotlib.

PYTHONPATH=tests python benchmarks/bench_panels.py

In a real JupyterLab and a real browser; keys in turn for both, so that what disturbs the machine
disturbs both. A picture counts as painted in the frame after it changed. Prints its table and
writes it into docs/benchmarks.md; without a browser it says so and measures nothing.
"""

import tempfile
from pathlib import Path
from statistics import median, quantiles

import nbformat
from real_lab import browsing, find_browser, run_notebook, served
from timing import machine, table, write_section

PRESSES = 30
NOTEBOOK = "latency.ipynb"
CELLS = [
    "from softmax_lib.panels import jacobian_panel\njacobian_panel()",
    """import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact

from softmax_lib import softmax, softmax_jacobian


@interact(score=(-6.0, 6.0, 0.1))
def draw(score=1.0):
    plt.imshow(softmax_jacobian(softmax([score, 2.0, 3.0])), vmin=-0.25, vmax=0.25)
    plt.show()""",
]
WATCHED = {  # what is pressed, and what must change
    "jacobian_panel": (".softmax-track[role=slider]", ".softmax-heatmap tbody", ["Up", "Down"]),
    "interact and Matplotlib": (".noUi-handle", ".jp-OutputArea .widget-output", ["Right", "Left"]),
}
# Press a key on one element, and say after how many milliseconds another one was painted anew.
PRESS = """([pressed, watched, key]) => new Promise((done) => {
  const target = document.querySelector(pressed);
  const seen = document.querySelector(watched);
  const content = () => seen.querySelector("img")?.src ?? seen.textContent;
  const before = content();
  const observer = new MutationObserver(() => {
    if (!content() || content() === before) return;
    observer.disconnect();
    requestAnimationFrame(() => done(performance.now() - begun));
  });
  const everything = { subtree: true, childList: true, characterData: true, attributes: true };
  observer.observe(seen, everything);
  target.focus();
  const begun = performance.now();
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""


def measure(browser, home):
    """Return the milliseconds of each press, by what was pressed."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    with served(home) as address, browsing(browser) as page:
        nbformat.write(notebook, home / "course" / "notebooks" / NOTEBOOK)
        run_notebook(page, address, NOTEBOOK)
        for pressed, watched, _ in WATCHED.values():
            page.locator(pressed).first.wait_for()
            page.locator(watched).first.wait_for()
        page.wait_for_timeout(2000)
        times = {name: [] for name in WATCHED}
        for press in range(PRESSES + 2):
            for name, (pressed, watched, keys) in WATCHED.items():
                key = f"Arrow{keys[press % 2]}"
                times[name].append(page.evaluate(PRESS, [pressed, watched, key]))
                page.wait_for_timeout(400)  # let the other one come to rest
    return {name: each[2:] for name, each in times.items()}  # the first presses warm up


def report(times):
    """Return the section as Markdown."""
    medians = {name: median(each) for name, each in times.items()}
    rows = [
        [name, f"{medians[name]:.0f}", f"{quantiles(each, n=10)[-1]:.0f}"]
        for name, each in times.items()
    ]
    ours, theirs = medians.values()
    paragraphs = [
        f"`make bench` on {machine()}. Milliseconds from key press to painted picture, "
        f"{PRESSES} presses each, in turn, in one page of JupyterLab.",
        table(["", "median", "90th percentile"], rows),
        f"The panel takes {ours / theirs:.2f} of what interact and Matplotlib take.",
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
        write_section("Panels", text)
