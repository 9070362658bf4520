// The twin of softmax_lib/panels/two_cases.py.

import {
  centralDifference,
  furthest,
  jacobian,
  LIMIT,
  NUDGED,
  softmax,
} from "./shared/mathematics.js";
import { gap, number, toFixed } from "./shared/numbers.js";
import { Twin } from "./shared/twin.js";

export default class TwoCases extends Twin {
  draw() {
    const { S, P, log_h, J: picture } = this;
    const [s, h, [j, k]] = [S.values, 10 ** log_h.value, picture.picked];
    const p = softmax(s);
    const J = jacobian(p);
    log_h.number = toFixed(h, 3);
    S.show(s, 1);
    P.show(p, 3, "");
    const names = `∂P_${S.labels[j]}/∂S_${S.labels[k]}`;
    const [which] = inWords(p, j, k, S.labels);
    picture.show(J, LIMIT, `∂P/∂S; picked: ${names} = ${number(J[j][k])}, ${which}`);
    this.say(s, h, p, J);
  }

  // Write the slope out, and what the nudge did.
  say(s, h, p, J) {
    const [[j, k], names] = [this.J.picked, this.S.labels];
    const [P_j, S_k] = [`P_${names[j]}`, `S_${names[k]}`];
    const [which, formula] = inWords(p, j, k, names);
    const pushed = s.map((x, n) => (n === k ? x + h : x));
    const after = softmax(pushed)[j];
    const [from, to] = [toFixed(p[j], 5), toFixed(after, 5)];
    const distance = furthest(J, centralDifference(softmax, s));
    this.words.say(
      which,
      `∂${P_j}/∂${S_k} = ${formula} = ${number(J[j][k], 4)}`,
      `Nudged: ${S_k} from ${number(s[k])} to ${number(pushed[k])}`,
      `Moved:  ${P_j} from ${from} to ${to}, that is ${number(after - p[j], 5)}`,
      `Moved / nudge: ${number((after - p[j]) / h, 4)}`,
      `Furthest of all ${p.length ** 2} from the derivatives measured by nudging: ${gap(distance, NUDGED)}`,
    );
  }
}

// Which case j and k are, and its formula: first with letters, then with numbers.
function inWords(p, j, k, names) {
  const [P_j, P_k] = [`P_${names[j]}`, `P_${names[k]}`];
  const [a, b] = [toFixed(p[j], 4), toFixed(p[k], 4)];
  if (j === k) return ["j = k: its own score is pushed", `${P_j} (1 - ${P_k}) = ${a} · (1 - ${b})`];
  return ["j ≠ k: another's score is pushed", `-${P_k} ${P_j} = -${b} · ${a}`];
}
