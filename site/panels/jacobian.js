// The twin of softmax_lib/panels/jacobian.py.

import {
  centralDifference,
  eigenvalues,
  furthest,
  jacobian,
  LIMIT,
  NUDGED,
  range,
  softmax,
  sum,
} from "./shared/mathematics.js";
import { gap, number, toFixed } from "./shared/numbers.js";
import { Twin } from "./shared/twin.js";

const PRESETS = {
  uniform: () => 0,
  "two equal": (n) => (n < 2 ? 3 : -6),
  "one winner": (n, N) => (n < N - 1 ? -1 : 3),
  saturated: (n, N) => (n < N - 1 ? -6 : 6),
};

export default class Jacobian extends Twin {
  draw() {
    const { S, P, log_T, N, J: picture } = this;
    const T = Number(toFixed(10 ** log_T.value, 2));
    const s = S.values.map((x) => x / T);
    const p = softmax(s);
    const J = jacobian(p);
    picture.rows = S.labels.map((name) => `j = ${name}`);
    picture.columns = [...S.labels.map((name) => `k = ${name}`), "sum"];
    const M = J.map((row) => [...row, sum(row)]);
    picture.show(M, LIMIT, inWords(J, S.labels), { plain: 1 });
    P.show(p, 2, "");
    S.show(S.values, 1);
    log_T.number = toFixed(T, 2);
    if (N) N.number = `${p.length}`;
    const distance = furthest(J, centralDifference(softmax, s));
    const spread = eigenvalues(J).map((x) => number(x));
    this.words.say(
      `Eigenvalues: ${spread.join("  ")}`,
      `Furthest from the Jacobian measured by nudging: ${gap(distance, NUDGED)}`,
    );
  }

  touched(part) {
    if (part === this.N) this.resize(Math.trunc(part.value));
    const preset = PRESETS[part.name];
    if (preset) this.S.values = this.S.values.map((_, n, { length }) => preset(n, length));
  }

  // Keep the scores that are there; new ones are 0.
  resize(N) {
    const { S, P } = this;
    S.labels = P.labels = range(N).map((n) => `${n + 1}`);
    S.values = range(N).map((n) => S.values[n] ?? 0);
  }
}

function inWords(J, names) {
  const size = J.flat().map(Math.abs);
  const first = size.findIndex((x) => x > Math.max(...size) - 1e-9);
  const [j, k] = [Math.floor(first / J.length), first % J.length];
  const largest = number(J[j][k]);
  return `Jacobian; its largest entry is ${largest}, at j = ${names[j]}, k = ${names[k]}`;
}
