// Numbers as Python writes them.

// JavaScript rounds what is exactly half-way up, Python to even. A double that is half-way between
// two texts has one digit more than they have, a 5, and nothing after it.
const MORE = 20;
const HALF = `5${"0".repeat(MORE - 1)}`;

// x with so many decimals: f"{x:.3f}".
export function toFixed(x, decimals) {
  return even(x.toFixed(decimals), x.toFixed(decimals + MORE));
}

// x with one digit, so many decimals, and a power of ten: f"{x:.3e}".
export function toExponential(x, decimals) {
  const [digits, power] = x.toExponential(decimals).split("e");
  const [more, same] = x.toExponential(decimals + MORE).split("e");
  const exact = power === same ? even(digits, more) : digits; // 9.5 has become 1e+1
  return `${exact}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

function even(text, more) {
  const last = Number(text.at(-1));
  return more.endsWith(HALF) && last % 2 ? text.slice(0, -1) + (last - 1) : text;
}

// What `number` of softmax_lib/panels/kit/primitives.py writes.
export function number(x, decimals = 3, sign = "+") {
  if (Number.isNaN(x)) return "";
  if (!Number.isFinite(x)) return `${x < 0 ? "-" : sign}inf`;
  return signed(toFixed(Number(x.toFixed(12)), decimals), sign);
}

// Zero has no sign; what has no minus gets the sign that is asked for.
function signed(text, sign) {
  const size = text.replace("-", "");
  if (Number(size) === 0) return size;
  return (text === size ? sign : "-") + size;
}

// What `gap` writes there: how far two answers are apart, but for noise.
export function gap(x, noise) {
  return x < noise ? `less than ${toExponential(noise, 0)}` : toExponential(x, 0);
}
