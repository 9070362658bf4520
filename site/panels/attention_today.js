// The twin of softmax_lib/panels/attention_today.py: dP, which no control changes, is Python's, and
// so are the words.

import { softmax, sum, vjp } from "./shared/mathematics.js";
import { number } from "./shared/numbers.js";
import { Twin } from "./shared/twin.js";

const KEYS = 3;

export default class AttentionToday extends Twin {
  draw() {
    const S = Object.values(this.S).map((bars) => bars.values);
    for (const bars of Object.values(this.S)) bars.show(bars.values, 1);
    const [variant, x] = this.chosen();
    this.strength.number = number(x, 2, "");
    const keep = S.map((row, i) => row.map((_, k) => this.kept(variant, x, i, k)));
    const rows = S.map((row, i) => this.row(variant, x, row, i, keep[i]));
    for (const name of ["P", "dS", "raw"]) {
      const M = rows.map((row) => row[name]);
      show(this[name], M, name === "P" ? 1 : this.more.limit);
    }
    this.words.say(...this.inWords(variant, x, keep, rows));
  }

  // Let no other box be ticked.
  touched(part) {
    const boxes = Object.values(this.variants);
    if (!boxes.includes(part) || !part.value) return;
    for (const box of boxes) box.value = box === part;
  }

  chosen() {
    const found = Object.entries(this.variants).find(([, box]) => box.value);
    if (!found) return ["plain", Number.NaN];
    const [weak, strong] = this.more.ends[found[0]];
    return [found[0], weak + (strong - weak) * this.strength.value];
  }

  kept(variant, p, i, k) {
    return variant === "dropout" ? Number(p <= this.more.drawn[i][k]) / (1 - p) : 1;
  }

  // One query: P, dS and dS by the raw scores, with their sums; the sink's share, if any, is last.
  row(variant, x, raw, i, keep) {
    const tanh = (s) => Math.tanh(s / x);
    let S = raw;
    if (variant === "softcap") S = S.map((s) => x * tanh(s));
    if (variant === "ALiBi") S = S.map((s, k) => s - x * this.more.distance[i][k]);
    const P = softmax([...S, variant === "sink" ? x : -Infinity]);
    const dP = keep.map((a, k) => a * this.more.dP[i][k]);
    const dS = vjp([...dP, 0], P);
    const slope = (s) => (variant === "softcap" ? 1 - tanh(s) ** 2 : 1);
    const sink = (M) => (variant === "sink" ? M[KEYS] : Number.NaN);
    return {
      P: [...withSum(P), sink(P)],
      dS: [...withSum(dS), sink(dS)],
      raw: withSum(raw.map((s, k) => dS[k] * slope(s))),
    };
  }

  inWords(variant, x, keep, rows) {
    const { forward, means } = this.more;
    const kept = keep.map((row) => row.map((a) => number(a, 2, "")).join(" ")).join(", then ");
    const change = forward[variant].replaceAll("{0}", number(x, 2, "")).replace("{1}", kept);
    const meaning = ({ dS, raw }) =>
      means[variant].replace("{own}", number(dS[KEYS + 1])).replace("{by_raw}", number(raw[KEYS]));
    return [
      `${variant}: ${change}`,
      ...rows.map(
        (row, i) => `row ${i + 1} of dS sums to ${number(row.dS[KEYS])}: ${meaning(row)}`,
      ),
    ];
  }
}

function withSum(row) {
  const keys = row.slice(0, KEYS);
  return [...keys, sum(keys)];
}

// The sums and the sink have no colour, and rounding noise has none.
function show(heatmap, M, limit) {
  const { title, rows, columns } = heatmap;
  const plain = columns.length - KEYS;
  const named = (x, n) => (Number.isNaN(x) ? [] : `${columns[n]} ${number(x)}`);
  const text = rows.map((name, i) => `${name}: ${M[i].flatMap(named).join(", ")}`).join("; ");
  const quiet = M.map((row) => row.map((x) => Number(x.toFixed(12))));
  heatmap.show(quiet, limit, `${title}; ${text}`, { plain });
}
