// A panel without Python: what softmax_lib/panels/kit/panel.py is for one with it. Each twin is a
// class of its own, named like its panel: `draw` reads the controls and shows what belongs to them.

import { partsIn } from "./parts.js";

export class Twin {
  // `names` says under which prefix each attribute of Python's panel stands; `more` is what the
  // twin is given besides, computed when the page was built.
  constructor({ tree, state, palette, names, more }) {
    this.tree = tree;
    this.more = more;
    this.parts = partsIn(tree, state, Object.values(palette)[0]);
    Object.assign(this, this.named(names));
    this.shown = this.state();
  }

  named(names) {
    const found = Object.entries(names).map(([name, at]) => [
      name,
      typeof at === "string" ? this.parts[at] : this.named(at),
    ]);
    return Object.fromEntries(found);
  }

  // What is done before all is drawn again, when a part was touched.
  touched(_part) {}

  // Take in what was touched, draw again, and return all that is different now.
  touch(changed) {
    for (const [key, value] of Object.entries(changed)) {
      const [part, name] = this.at(key);
      part[name] = value;
      this.touched(part);
    }
    this.draw();
    const now = this.state();
    const differs = ([key, value]) => !same(value, this.shown[key]);
    const different = Object.fromEntries(Object.entries(now).filter(differs));
    this.shown = now;
    return different;
  }

  // "part3_value" is the value of the part whose prefix is "part3_".
  at(key) {
    const end = key.indexOf("_") + 1;
    return [this.parts[key.slice(0, end)], key.slice(end)];
  }

  state() {
    const all = Object.entries(this.parts).flatMap(([prefix, part]) =>
      Object.entries(part).map(([name, value]) => [prefix + name, value]),
    );
    return Object.fromEntries(all);
  }
}

const same = (a, b) =>
  a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
