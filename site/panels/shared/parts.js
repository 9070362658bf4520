// The parts of a panel: what softmax_lib/panels/kit/primitives.py is for Python. A part holds what
// the page shows of it, under the names that the page's scripts know.

import { number } from "./numbers.js";

const GREY = "rgba(128, 128, 128, 0.25)";

class Part {
  constructor(state) {
    Object.assign(this, state);
  }
}

class Bars extends Part {
  show(values, decimals = 2, sign = "+") {
    const numbers = values.map((x) => number(x, decimals, sign));
    const names = this.labels.length ? this.labels : values.map((_, n) => `${n + 1}`);
    const words = names.map((name, n) => `${name}: ${numbers[n]}`).join(", ");
    Object.assign(this, { values, numbers, text: `${this.title}: ${words}` });
  }
}

class Heatmap extends Part {
  // The last `plain` columns have no colour.
  show(M, limit, text, { decimals = 3, plain = 0 } = {}) {
    const shades = M.map((row) => row.slice(0, row.length - plain).map((x) => shade(x, limit)));
    this.paint(
      M.map((row) => row.map((x) => number(x, decimals))),
      shades,
      text,
    );
  }

  // A shade is a place in the palette; null is none, and -1 is the grey of what was in use before.
  paint(numbers, shades, text) {
    const look = (at, which) => this.palette[at]?.[which] ?? (at === -1 && !which ? GREY : "");
    const looks = (which) => shades.map((row) => row.map((at) => look(at, which)));
    Object.assign(this, { numbers, backgrounds: looks(0), inks: looks(1), text });
  }
}

// The place of a number in the palette: shade of softmax_lib/figures/colours.py.
function shade(x, limit) {
  return Number.isFinite(x) ? Math.trunc(Math.min(255, Math.max(0, 128 * (x / limit + 1)))) : null;
}

class Curve extends Part {
  show(lines, dots, text, point = this.point, number = "") {
    Object.assign(this, { lines, dots, text, point, number });
  }
}

class Words extends Part {
  say(...lines) {
    this.text = lines.join("\n");
  }
}

const KINDS = { bars: Bars, heatmap: Heatmap, curve: Curve, words: Words };

// Make the parts that stand in a tree, by their prefix.
export function partsIn(tree, state, palette) {
  if (tree.parts) {
    return Object.assign({}, ...tree.parts.map((each) => partsIn(each, state, palette)));
  }
  const { kind, prefix } = tree;
  const mine = Object.entries(state).filter(([name]) => name.startsWith(prefix));
  const shown = mine.map(([name, value]) => [name.slice(prefix.length), value]);
  const part = new (KINDS[kind] ?? Part)(Object.fromEntries(shown));
  if (kind === "heatmap") Object.defineProperty(part, "palette", { value: palette });
  return { [prefix]: part };
}
