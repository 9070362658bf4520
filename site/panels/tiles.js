// The twin of softmax_lib/panels/tiles.py: all of its moments, recorded when the page was built.

import { Twin } from "./shared/twin.js";

export default class Tiles extends Twin {
  draw() {
    const { where, back, causal } = this;
    const { tables, moments } = this.more[Number(back.value)][Number(causal.value)];
    const at = Math.min(Math.trunc(where.value), moments.length);
    const number = `${`${at}`.padStart(2)} of ${moments.length}`;
    Object.assign(where, { max: moments.length, value: at, number });
    const moment = moments[at - 1];
    for (const name of ["square", "queries", "keys"]) {
      const { numbers, shades, framed } = moment[name];
      Object.assign(this[name], { ...tables[name], framed });
      const shown = numbers.flat().filter((text) => Number.isFinite(Number.parseFloat(text)));
      this[name].paint(numbers, shades, `${this[name].title}: ${shown.join(", ")}`);
    }
    this.words.say(moment.words);
  }

  // Go a tile on, or back, as far as there are any.
  touched({ name }) {
    const { where } = this;
    const by = { previous: -1, next: 1 }[name] ?? 0;
    where.value = Math.min(where.max, Math.max(where.min, where.value + by));
  }
}
