// The twin of softmax_lib/panels/quotient.py, for the f and g that it has without a learner's own.

import { centralDifference } from "./shared/mathematics.js";
import { number, toExponential, toFixed } from "./shared/numbers.js";
import { Twin } from "./shared/twin.js";

const f = (x) => x * x + 1;
const g = (x) => 2 * x + 1;
const ratio = (x) => f(x) / g(x);
const slopeOf = (f, x) => centralDifference(([at]) => [f(at)], [x])[0][0];

export default class Quotient extends Twin {
  draw() {
    const [x, h] = [this.curve.value, Number((10 ** this.log_h.value).toFixed(9))];
    const [F, G, dF, dG] = [f(x), g(x), slopeOf(f, x), slopeOf(g, x)];
    const [q, q_h] = [F / G, ratio(x + h)];
    this.log_h.number = toFixed(h, 4);
    const here = [
      `At x = ${toFixed(x, 2)}:`,
      `f = ${wide(F)}    f′ = ${wide(dF)}`,
      `g = ${wide(G)}    g′ = ${wide(dG)}`,
      "",
    ];
    if (!Number.isFinite(q)) {
      const text = `At x = ${toFixed(x, 2)} f/g has no value, and so no slope.`;
      this.curve.show([], [], text, undefined, text);
      return this.words.say(...here, text);
    }
    const slope = (dF * G - dG * F) / (G * G);
    const secant = (q_h - q) / h;
    this.showLines([x, q], [x + h, q_h], slope, secant);
    this.words.say(
      ...here,
      "(f/g)′ = (f′ · g − g′ · f) / g²",
      `       = (${wide(dF)} · ${wide(G)}`,
      `        − ${wide(dG)} · ${wide(F)}) / (${wide(G)})²`,
      `       = ${wide(slope, 4)}`,
      "",
      `Tangent, by the rule:    ${wide(slope, 4)}`,
      `Secant, h = ${toFixed(h, 4)}:      ${wide(secant, 4)}`,
      `Secant − tangent:        ${wide(secant - slope, 4)}`,
      `f/g measured by nudging: ${wide(slopeOf(ratio, x), 4)}`,
    );
  }

  // The tangent at one point, and the secant through another.
  showLines(here, there, slope, secant) {
    const [x, q] = here;
    const at = toFixed(x, 2);
    this.curve.show(
      [this.line(here, slope, "tangent"), this.line(here, secant, "secant")],
      finite([here, there]).map((at) => ({ at })),
      `The curve of f/g. At x = ${at} its height is ${number(q)} and its slope ` +
        `${number(slope, 4)}; the secant over h = ${toFixed(there[0] - x, 4)} has the slope ` +
        `${number(secant, 4)}.`,
      here,
      `x = ${at}, f/g = ${number(q)}`,
    );
  }

  // From the left end of the picture to the right.
  line([x, y], slope, name) {
    const ends = this.curve.limits.slice(0, 2);
    const points = finite(ends.map((at) => [at, y + slope * (at - x)]));
    return { points, name, ...this.more.looks[name] };
  }
}

const finite = (points) => points.filter((point) => point.every(Number.isFinite));

// As wide as ±999 would be, a large number as +1.2e+05: nothing beside it jumps.
function wide(x, decimals = 3) {
  const width = decimals + 5; // sign, three digits, point, decimals
  const plain = number(x, decimals);
  const large = () => (x > 0 ? "+" : "") + toExponential(x, decimals - 2);
  return (plain.length <= width ? plain : large()).padStart(width);
}
