// The library's equations, for lists of numbers: what the panels' twins have in common.

export const NUDGED = 1e-7; // as in softmax_lib/panels/kit/primitives.py
export const ROUNDED = 1e-13;
export const LIMIT = 0.25; // as in softmax_lib/panels/kit/scores.py

export const range = (N) => [...Array(N).keys()];
export const sum = (x) => x.reduce((a, b) => a + b, 0);
export const dot = (x, y) => sum(x.map((a, n) => a * y[n]));
export const transpose = (M) => M[0].map((_, k) => M.map((row) => row[k]));

// softmax_lib.softmax, of one row.
export function softmax(S) {
  const most = Math.max(...S);
  const E = S.map((s) => Math.exp(s - most));
  const Z = sum(E);
  return E.map((e) => e / Z);
}

// softmax_lib.softmax_jacobian, of one row.
export const jacobian = (P) => P.map((a, j) => P.map((b, k) => a * ((j === k ? 1 : 0) - b)));

// softmax_lib.softmax_vjp, of one row.
export function vjp(dP, P) {
  const D = dot(P, dP);
  return P.map((p, k) => p * (dP[k] - D));
}

// softmax_lib.central_difference: the slopes of f, which takes and returns a list; [j][k] is what
// the k-th number does to the j-th.
const NUDGE = 6.055454452393343e-6; // the cube root of float64's spacing at 1
export function centralDifference(f, x) {
  const h = NUDGE * Math.max(1, ...x.map(Math.abs));
  const nudged = (k, by) => f(x.map((a, n) => (n === k ? a + by : a)));
  return transpose(
    range(x.length).map((k) => {
      const below = nudged(k, -h);
      return nudged(k, h).map((a, j) => (a - below[j]) / (2 * h));
    }),
  );
}

// The largest distance between two lists, or lists of lists.
export function furthest(a, b) {
  const [x, y] = [a.flat(), b.flat()];
  return Math.max(...x.map((value, n) => Math.abs(value - y[n])));
}

// The eigenvalues of a symmetric matrix, smallest first: turn by turn, Jacobi's way (Golub and Van
// Loan, "Matrix Computations", section 8.5) makes each entry beside the diagonal 0.
export function eigenvalues(M) {
  const A = M.map((row) => [...row]);
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < A.length; p++) {
      for (let q = p + 1; q < A.length; q++) if (A[p][q] !== 0) turn(A, p, q);
    }
  }
  return A.map((row, n) => row[n]).sort((a, b) => a - b);
}

function turn(A, p, q) {
  const tau = (A[q][q] - A[p][p]) / (2 * A[p][q]);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (const row of A) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
  const [x, y] = [A[p], A[q]];
  A[p] = x.map((a, k) => c * a - s * y[k]);
  A[q] = x.map((a, k) => s * a + c * y[k]);
}
