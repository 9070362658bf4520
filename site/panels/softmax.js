// The twin of softmax_lib/panels/softmax.py.

import { furthest, ROUNDED, range, softmax, sum } from "./shared/mathematics.js";
import { gap, number, toFixed } from "./shared/numbers.js";
import { Twin } from "./shared/twin.js";

const TEMPERATURES = range(41).map((n) => 0.05 * 2000 ** (n / 40)); // from 0.05 to 100

export default class Softmax extends Twin {
  draw() {
    const { S, P, shifted, c, log_T } = this;
    const [s, T] = [S.values, Number(toFixed(10 ** log_T.value, 2))];
    const scores = s.map((x) => (x + c.value) / T);
    const p = softmax(scores);
    const unshifted = softmax(s.map((x) => x / T));
    c.number = number(c.value, 1);
    log_T.number = toFixed(T, 2);
    S.show(s, 1);
    shifted.show(
      s.map((x) => x + c.value),
      1,
    );
    P.show(p, 3, "");
    if (this.triangle) this.pointOut(p, s);
    const written = scores.map((x) => number(x, 2).padStart(7));
    this.words.say(
      `(S + c) / T:  ${written.join("  ")}`,
      `P:            ${p.map(wide).join("  ")}`,
      `Sum of P:     ${wide(sum(p))}`,
      `The shift changed P by ${gap(furthest(p, unshifted), ROUNDED)}`,
    );
  }

  // Three probabilities as a point: nearest to the corner of the one that is largest.
  pointOut(p, s) {
    const { P, triangle } = this;
    const way = TEMPERATURES.map((T) => place(softmax(s.map((x) => x / T))).map(rounded));
    const shares = P.labels.map((name, n) => `${name}: ${toFixed(p[n], 3)}`).join(", ");
    triangle.show(
      [{ ...triangle.lines[0], points: way }],
      [...triangle.dots.slice(0, 3), { ...triangle.dots[3], at: place(p) }],
      `A triangle with a corner for each outcome; the nearer the point, the larger its ` +
        `share: ${shares}. A dotted line leads from the middle, where T is large, to where T ` +
        `is small.`,
    );
  }
}

const wide = (x) => toFixed(x, 4).padStart(7);
const rounded = (x) => Math.round(1e4 * x) / 1e4;

// In a triangle of sides 1, whose corners are (0, 0), (1, 0) and (0.5, √0.75).
const place = ([, b, c]) => [b + 0.5 * c, Math.sqrt(0.75) * c];
