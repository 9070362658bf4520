"""Every letter of the derivations, declared once: what is printed is its name, if not said here."""

import sympy as sp

# Indices, from 1 as on paper: row, probability, score, summed over, target; a column is c.
i, j, k, l, t = sp.symbols("i j k l t")
SIZES = N_q, d, d_v, N, N_k, n = sp.symbols("N_q d d_v N N_k n")  # how far an index runs

S, P, J, L, v = map(sp.IndexedBase, ["S", "P", "J", "L", "v"])
p = sp.IndexedBase("p")  # a row of P as a column
Q, K, V, O, D = map(sp.IndexedBase, ["Q", "K", "V", "O", "D"])
H, U, r = map(sp.IndexedBase, ["H", "U", "r"])
dP, dO, dS, dU = map(sp.IndexedBase, ["dP", "dO", "dS", "dU"])

c, h, x, mu, phi, scale = sp.symbols("c h x mu phi scale")
f, g, sigma = sp.symbols("f g sigma", cls=sp.Function)

# A row is cut in two: the keys that were seen, and a tile of new ones. m is what is taken from
# every score, Z the sum of e^{S - m}, A that of e^{S - m} V; the old ones know the seen keys only.
seen, new = sp.symbols("seen new")
m, m_old, Z, Z_old, A, A_old, A_new, O_old = sp.symbols("m m_old Z Z_old A A_old A_new O_old")

# Attention of today: a raw score R, bent by a cap; the mask M of dropout; a sink's score s and its
# share w of a row; a factor a of a matrix B that does not depend on it.
R, M, B, s, w = map(sp.IndexedBase, ["R", "M", "B", "s", "w"])
a, cap = sp.symbols("a cap")

PRINTED = {
    scale: r"\text{scale} \cdot",  # it always stands in front: scale · Q Kᵀ
    cap: r"\text{cap}",
    seen: r"\text{seen}",
    new: r"\text{new}",
    m_old: r"m_{\text{old}}",
    Z_old: r"Z_{\text{old}}",
    A_old: r"A_{\text{old}}",
    A_new: r"A_{\text{new}}",
    O_old: r"O_{\text{old}}",
}
