"""Measure attention, whole and tile by tile, against PyTorch and against the bare matrix products.

python benchmarks/bench_attention.py

Times are medians of rounds in which every candidate runs once, so that what disturbs the machine
disturbs them all; two threads each. Memory is tracemalloc's peak beyond what was there before.
Prints its tables and writes them into docs/benchmarks.md. Without PyTorch its columns are missing.
"""

import os
from functools import partial
from itertools import product
from statistics import median

import numpy as np
from threadpoolctl import threadpool_limits
from timing import exponent, in_rounds, interleaved, machine, ratio

from softmax_lib import attention, attention_vjp, flash_attention, flash_attention_vjp
from tools.memory import peak
from tools.pages import DOCS, table, write_section

THREADS = 2

try:
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    torch.set_num_threads(THREADS)
except ImportError:
    torch = None

D = 64
SIZES = 1024, 4096
GROWTH = 2048, 4096, 8192, 16384
WAYS = "forward", "backward"
# At N = 4096, float32: who, compared with whom, which way, at most.
GOALS = [
    ("whole", "torch formula", "backward", 0.8),
    ("flash", "torch sdpa", "backward", 1.0),
    ("flash", "floor", "backward", 2.0),
    ("flash", "torch sdpa", "forward", 1.3),
]
COMMAND = "python benchmarks/bench_attention.py"
LEFT_OUT = (
    "Left out, so that the code looks like the equation, with what each saved of the "
    "processor's time when it was tried (N = 4096, float32, one thread): row sums as a product "
    "with a column of ones, 4 % of the forward pass; -L and -D as one more column in the "
    "products, 1 % of the backward pass; tiles computed into memory that is kept, 1 % of it."
)
ALONE = (
    "Alone in its process, without pauses, the median of 20 calls (N = 4096, float32, forward, in "
    "milliseconds, tried three times): flash 37 as it is called by default, 31 to 34 with two "
    "threads, sdpa 24. In one process without pauses each waits for the other's threads: 39 to 55, "
    "and 23 to 42."
)


def letters(N, dtype):
    """Draw dO, Q, K, V for one head."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=(N, D)).astype(dtype) for _ in range(4)]


def products(dO, Q, K, V):
    """Return the necessary matrix products of the two ways, into memory that is there already."""
    P, S = np.ones((len(Q), len(K)), Q.dtype), np.empty((len(Q), len(K)), Q.dtype)
    thin = np.empty_like(Q)

    def forward():
        np.matmul(Q, K.T, out=S)
        np.matmul(P, V, out=thin)

    def backward():
        np.matmul(Q, K.T, out=S)  # P once more
        np.matmul(P.T, dO, out=thin)  # dV
        np.matmul(dO, V.T, out=S)  # dP
        np.matmul(P, K, out=thin)  # dQ
        np.matmul(P.T, Q, out=thin)  # dK

    return forward, backward


def ours(dO, Q, K, V):
    """Return the library's candidates: name to function, forward and backward."""
    _, P = attention(Q, K, V)
    O, L = flash_attention(Q, K, V, threads=THREADS)
    floor = products(dO, Q, K, V)
    forward = {
        "whole": partial(attention, Q, K, V),
        "flash": partial(flash_attention, Q, K, V, threads=THREADS),
        "floor": floor[0],
    }
    backward = {
        "whole": partial(attention_vjp, dO, Q, K, V, P),
        "flash": partial(flash_attention_vjp, dO, Q, K, V, O, L, threads=THREADS),
        "floor": floor[1],
    }
    return forward, backward


def pytorch(*arrays):
    """Return PyTorch's candidates: the same formula through autograd, and its own attention."""
    dO, *QKV = (torch.from_numpy(x)[None, None] for x in arrays)
    for X in QKV:
        X.requires_grad_()

    def formula():
        Q, K, V = QKV
        return torch.softmax(Q @ K.mT * D**-0.5, -1) @ V

    sdpa = partial(scaled_dot_product_attention, *QKV)
    candidates = {"torch formula": formula, "torch sdpa": sdpa}
    backward = {
        name: partial(torch.autograd.grad, f(), QKV, dO, retain_graph=True)
        for name, f in candidates.items()
    }
    return candidates, backward


def times(N, dtype):
    """Return the seconds of each candidate in each round, by way and name."""
    arrays = letters(N, dtype)
    parts = [ours(*arrays)] + ([pytorch(*arrays)] if torch else [])
    every = {
        (way, name): f
        for part in parts
        for way, candidates in zip(WAYS, part, strict=True)
        for name, f in candidates.items()
    }
    with threadpool_limits(THREADS, user_api="blas"):
        return in_rounds(every, rounds=9, pause=0.25)


def blocks():
    """Return rows of milliseconds for tiles of several sizes, N = 4096, float32."""
    dO, Q, K, V = letters(4096, np.float32)
    O, L = flash_attention(Q, K, V, threads=THREADS)
    every = {}
    for sizes in product((128, 256, 512), (256, 512, 1024)):
        tiles = dict(zip(("block_q", "block_k"), sizes, strict=True)) | {"threads": THREADS}
        every[*sizes, "forward"] = partial(flash_attention, Q, K, V, **tiles)
        every[*sizes, "backward"] = partial(flash_attention_vjp, dO, Q, K, V, O, L, **tiles)
    seconds = interleaved(every, rounds=9)
    sizes = dict.fromkeys(key[:2] for key in every)
    return [[*pair, *(f"{1e3 * seconds[*pair, way]:.1f}" for way in WAYS)] for pair in sizes]


def growth():
    """Return rows N, seconds and bytes, forward and backward, of the tiled version; float32."""
    rows = []
    for N in GROWTH:
        dO, Q, K, V = letters(N, np.float32)
        forward = partial(flash_attention, Q, K, V, threads=THREADS)
        backward = partial(flash_attention_vjp, dO, Q, K, V, *forward(), threads=THREADS)
        seconds = interleaved({"forward": forward, "backward": backward}, rounds=5)
        rows.append([N, *seconds.values(), peak(forward)[1], peak(backward)[1]])
    return rows


def whole_memory(N):
    """Return the bytes that the whole-matrix version needs, forward and backward."""
    dO, Q, K, V = letters(N, np.float32)
    _, P = attention(Q, K, V)
    calls = partial(attention, Q, K, V), partial(attention_vjp, dO, Q, K, V, P)
    return [peak(call)[1] for call in calls]


def report():
    """Measure everything and return the section as Markdown."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    rows, measured = [], {}
    for dtype, N in product((np.float32, np.float64), SIZES):
        seconds = measured[dtype, N] = times(N, dtype)
        names = list(dict.fromkeys(name for _, name in seconds))
        for way in WAYS:
            cells = [f"{1e3 * median(seconds[way, name]):.1f}" for name in names]
            rows.append([np.dtype(dtype).name, N, way, *cells])

    seconds = measured[np.float32, 4096]
    goals = [
        [f"{one} / {other}, {way}", f"{ratio(seconds, (way, one), (way, other)):.2f}", most]
        for one, other, way, most in GOALS
        if other in names
    ]

    growing = growth()
    N, *columns = zip(*growing, strict=True)
    cells = [
        [n, f"{there:.3f}", f"{back:.3f}", f"{held / 1e6:.1f}", f"{held_back / 1e6:.1f}"]
        for n, there, back, held, held_back in growing
    ]
    cells.append(["exponent", *(f"{exponent(N, column):.2f}" for column in columns)])

    whole = whole_memory(N[-1])
    parts = [f"1/{w / tiled:.0f}" for w, tiled in zip(whole, growing[-1][3:], strict=True)]
    paragraphs = [
        f"`{COMMAND}` on {machine()}; {THREADS} threads each, one head, d = {D}. "
        f"Load average before the start: {load}; other work on the machine slows each library's "
        "threads in its own way, so ratios too are only worth what the quiet was. A quarter of a "
        "second lies between two calls, in which the threads of the one before stop waiting for "
        "work.",
        (
            "Milliseconds, medians. whole and flash are this library's; floor is the matrix "
            "products alone, in NumPy, into memory that is there already; torch formula is "
            "PyTorch's autograd of the same formula, torch sdpa its scaled_dot_product_attention."
        ),
        table(["dtype", "N", "way", *names], rows),
        "Medians of the rounds' ratios, N = 4096, float32, and what was aimed at:",
        table(["ratio", "measured", "at most"], goals),
        ALONE,
        "Tiles of other sizes, N = 4096, float32, milliseconds:",
        table(["block_q", "block_k", *WAYS], blocks()),
        LEFT_OUT,
        "How flash grows with N, float32, and the exponents fitted:",
        table(["N", "forward, s", "backward, s", "forward, MB", "backward, MB"], cells),
        (
            f"At N = {N[-1]} whole takes {whole[0] / 1e6:.0f} MB forward and "
            f"{whole[1] / 1e6:.0f} MB backward; flash takes {parts[0]} and {parts[1]} of that."
        ),
    ]
    return "\n\n".join(paragraphs)


if __name__ == "__main__":
    text = report()
    print(text)
    write_section("Attention", text, DOCS / "benchmarks.md")
