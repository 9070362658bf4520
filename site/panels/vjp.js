// The twin of softmax_lib/panels/vjp.py.

import {
  dot,
  furthest,
  jacobian,
  LIMIT,
  ROUNDED,
  softmax,
  sum,
  transpose,
  vjp,
} from "./shared/mathematics.js";
import { gap, number, toFixed } from "./shared/numbers.js";
import { Twin } from "./shared/twin.js";

const MESSAGES = {
  "all alike": () => 1,
  "the first alone": (n) => (n === 0 ? 1 : 0),
};

export default class VJP extends Twin {
  draw() {
    const { S, P, J: picture, dP: message } = this;
    const [p, dP] = [softmax(S.values), message.values];
    const [mean, J] = [dot(p, dP), jacobian(p)];
    S.show(S.values, 1);
    P.show(p, 3, "");
    message.show(dP, 1);
    const row = (name, j) => `${name}: ${J[j].map((x) => number(x)).join(" ")}`;
    const rows = S.labels.map(row).join("; ");
    picture.show(J, LIMIT, `J, ${p.length} by ${p.length}: ${rows}`);
    this.centred.show(dP.map((x) => x - mean));
    const throughJ = transpose(J).map((column) => dot(column, dP));
    this.through_J.show(throughJ, 3);
    const dS = vjp(dP, p);
    this.dS.show(dS, 3);
    this.words.say(
      ...meanInWords(p, dP, mean),
      `Sum of dS: ${number(sum(dS))}`,
      `Furthest of dS from Jᵀ dP: ${gap(furthest(dS, throughJ), ROUNDED)}`,
    );
  }

  touched(part) {
    const message = MESSAGES[part.name];
    if (message) this.dP.values = this.dP.values.map((_, n) => message(n));
  }
}

// ⟨P, dP⟩ with its numbers, four terms in a line.
function meanInWords(p, dP, mean) {
  const terms = p.map((a, n) => `${toFixed(a, 4)} · ${number(dP[n], 1)}`);
  const lines = [];
  while (terms.length) lines.push(terms.splice(0, 4).join("  +  "));
  return [
    `⟨P, dP⟩ = ${lines.join("\n        + ")}`,
    `        = ${number(mean, 4)}, one number for the whole row`,
  ];
}
