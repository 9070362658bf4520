// A learner's matrix beside the right one and their difference, as the notebook's picture has them.

import { Heatmap } from "../../softmax_lib/panels/kit/scripts/heatmap.js";

// `matrices` come from judge.py: a title, and for each cell its number and its shade.
export async function draw(place, matrices) {
  const { PALETTE } = await import("./palette.js");
  for (const { title, numbers, shades } of matrices) {
    const inked = (n) => shades.map((line) => line.map((shade) => PALETTE[shade][n]));
    const count = (line) => line.map((_, n) => String(n + 1));
    const held = {
      title,
      numbers,
      rows: count(numbers),
      columns: count(numbers[0]),
      backgrounds: inked(0),
      inks: inked(1),
      picked: [],
      framed: [],
    };
    new Heatmap({ model: { get: (name) => held[name], on() {}, off() {} }, el: place });
  }
}
