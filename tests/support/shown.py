"""What a panel shows, read from its parts or from a page: one oracle judges both."""

from dataclasses import dataclass

import numpy as np

from softmax_lib.panels.kit.groups import leaves
from support.real_lab import eventually

READ = """() => {
  const root = document.querySelector(".softmax-column");
  const all = (selector, within = root) => [...within.querySelectorAll(selector)];
  const texts = (nodes) => nodes.map((node) => node.textContent);
  const text = (selector, within) => texts(all(selector, within)).join();
  const label = (node) => node.getAttribute("aria-label");
  const bars = all(".softmax-bars").map((chart) => ({
    title: text(".softmax-title", chart),
    text: label(chart),
    labels: texts(all(".softmax-value > div:last-child", chart)),
    numbers: texts(all("output", chart)),
  }));
  const tables = all(".softmax-heatmap table").map((table) => {
    const rows = [...table.tBodies[0].rows].map((row) => all("td", row));
    const having = (name) =>
      rows.flatMap((row, i) =>
        row.flatMap((cell, k) => (cell.classList.contains(name) ? [[i, k]] : [])),
      );
    return {
      title: text("caption", table),
      text: label(table),
      rows: texts(all("tbody th", table)),
      columns: texts(all("thead th", table)),
      numbers: rows.map(texts),
      picked: having("softmax-picked"),
      framed: having("softmax-framed"),
    };
  });
  const curves = all(".softmax-curve").map((curve) => ({
    title: text(".softmax-title", curve),
    text: label(curve.querySelector("svg")),
    number: curve.querySelector(".softmax-handle")?.getAttribute("aria-valuetext") ?? "",
    dots: all("g circle", curve).map((dot) => ["cx", "cy"].map((n) => +dot.getAttribute(n))),
  }));
  const sliders = all("input[type=range]").map((input) => [
    text("span", input.parentElement),
    input.getAttribute("aria-valuetext"),
  ]);
  const words = texts(all("pre.softmax-words"));
  return { bars, tables, curves, sliders, words };
}"""


@dataclass
class Bars:
    title: str
    text: str
    labels: list
    numbers: list


@dataclass
class Table:
    title: str
    text: str
    rows: list
    columns: list
    numbers: list
    picked: list
    framed: list

    def array(self):
        """Return the numbers, with NaN for an empty cell."""
        return np.array([[float(x or "nan") for x in row] for row in self.numbers])


@dataclass
class Curve:
    title: str
    text: str
    number: str
    dots: list  # in a page they are in pixels: what is judged must not depend on that


class Shown:
    """Bars, tables and curves in their order, sliders' numbers by label, words, and trouble."""

    def __init__(self, bars, tables, curves, sliders, words):
        self.bars = [Bars(**each) for each in bars]
        self.tables = [Table(**each) for each in tables]
        self.curves = [Curve(**each) for each in curves]
        self.sliders = dict(sliders)
        self.words, self.trouble = words


def read(panel):
    """Read what a panel's parts show."""
    parts = {}
    for part in leaves(panel.root):
        parts.setdefault(type(part).__name__, []).append(part)
    return Shown(
        [wanted(part, Bars) for part in parts.get("Bars", [])],
        [wanted(part, Table) | marks(part) for part in parts.get("Heatmap", [])],
        [wanted(part, Curve) | dots(part) for part in parts.get("Curve", [])],
        [(slider.label, slider.number) for slider in parts.get("Slider", [])],
        [words.text for words in parts["Words"]],
    )


def wanted(part, kind):
    return {name: getattr(part, name) for name in kind.__dataclass_fields__}


def dots(curve):
    """List where a curve's dots are."""
    return {"dots": [dot["at"] for dot in curve.dots]}


def marks(heatmap):
    """List the cells of a heatmap that are picked, and those that are framed."""
    top, bottom, left, right = heatmap.framed or (0, 0, 0, 0)
    framed = [[i, k] for i in range(top, bottom) for k in range(left, right)]
    return {"picked": [heatmap.picked] if heatmap.picked else [], "framed": framed}


def press(panel, name):
    """Press a panel's button."""
    (button,) = (part for part in leaves(panel.root) if getattr(part, "name", None) == name)
    button.presses += 1


@eventually
def holds(page, check, *args, **options):
    """See that a check holds of the panel in a page, once all that is on its way has arrived."""
    check(Shown(**page.evaluate(READ)), *args, **options)


def signed(x, decimals, sign="+"):
    """Write a number with its sign, but for one that is rounded to zero: that has none."""
    text = f"{x:{sign}.{decimals}f}"
    return text if float(text) else text.lstrip("+-")
