// The twin of softmax_lib/panels/attention.py. Q Kᵀ and dP, which no control changes, are Python's.

import {
  centralDifference,
  dot,
  furthest,
  jacobian,
  NUDGED,
  range,
  softmax,
  sum,
  transpose,
  vjp,
} from "./shared/mathematics.js";
import { gap, number, toFixed } from "./shared/numbers.js";
import { Twin } from "./shared/twin.js";

export default class Attention extends Twin {
  draw() {
    const { QK, dP, d } = this.more;
    const scale = d ** ((this.exponent.value - 1) / 2); // from 1/d by 1/√d to 1
    const hidden = (i, k) => this.causal.value && k > i;
    const S = QK.map((row, i) => row.map((x, k) => (hidden(i, k) ? -Infinity : scale * x)));
    const P = S.map(softmax);
    const dS = P.map((p, i) => vjp(dP[i], p));
    this.exponent.number = toFixed(scale, 3);
    const [i, k] = this.maps.S.picked;
    for (const [letter, M] of Object.entries({ S, P, dP, dS })) this.show(letter, M, i, k);
    this.showRow(i, k, S[i], P[i], dP[i], dS[i]);
  }

  // Pick in the first picture what is picked in any other.
  touched(part) {
    if (Object.values(this.maps).includes(part)) this.maps.S.picked = part.picked;
  }

  show(letter, M, i, k) {
    const { rows: names } = this.row;
    const row = M[i].map((x, n) => `${names[n]} ${number(x)}`).join(", ");
    const text = `${letter}, ${M.length} by ${M.length}; row ${names[i]}: ${row}`;
    Object.assign(this.maps[letter], { picked: [i, k], framed: [i, i + 1, 0, M.length] });
    this.maps[letter].show(M, this.more.limits[letter], text);
  }

  // The row that is picked: its Jacobian, its numbers and their sums, its D.
  showRow(i, k, S, P, dP, dS) {
    const [N, name] = [S.length, this.row.rows[i]];
    this.J.show(jacobian(P), this.more.limits.J, `Jacobian of the row ${name}, ${N} by ${N}`);
    Object.assign(this.row, { title: `row ${name}`, framed: [k, k + 1, 0, 4] });
    const lines = [...transpose([S, P, dP, dS]), [Number.NaN, sum(P), sum(dP), sum(dS)]];
    this.row.show(lines, 1, `Row ${name}`, { plain: 4 });
    this.words.say(
      `Mean of dP, weighed by P:  D = ${number(dot(P, dP))}`,
      `Furthest from dS measured by nudging: ${gap(furthest(dS, nudged(S, dP)), NUDGED)}`,
    );
  }
}

// dS of one row, measured by nudging each score that is not masked.
function nudged(S, dP) {
  const seen = range(S.length).filter((k) => Number.isFinite(S[k]));
  const at = (x) => seen.map((k) => x[k]);
  const [slopes] = centralDifference((row) => [dot(at(dP), softmax(row))], at(S));
  return S.map((_, k) => slopes[seen.indexOf(k)] ?? 0);
}
