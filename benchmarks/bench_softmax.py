"""Measure softmax and its vjp against SciPy and PyTorch, and the vjp against the explicit Jacobian.

python benchmarks/bench_softmax.py

Times are medians of rounds in which every candidate runs once: PyTorch on two threads, NumPy and
SciPy, which have one for this, on one. Prints its tables and writes them, and a picture, into
docs/. Without PyTorch its column is missing.
"""

from functools import partial

import numpy as np
import scipy.special
from matplotlib.figure import Figure
from timing import exponent, interleaved, machine

from softmax_lib import softmax, softmax_jacobian, softmax_vjp
from softmax_lib.figures.colours import COLOURS
from tools.pages import DOCS, table, write_section

try:
    import torch

    torch.set_num_threads(2)
except ImportError:
    torch = None

SHAPES = (4096, 4096), (64, 32768)
REPEAT = 20
GROWTH = 16, 32, 64, 128, 256, 512, 1024, 2048, 4096
PICTURE = DOCS / "vjp_growth.png"
COMMAND = "python benchmarks/bench_softmax.py"


def candidates(shape):
    """Return the functions to time, by what they compute and whose they are; float32."""
    rng = np.random.default_rng(0)
    S, dP = rng.normal(size=(2, *shape)).astype(np.float32)
    P = softmax(S)
    every = {
        ("softmax", "ours"): partial(softmax, S),
        ("softmax", "SciPy"): partial(scipy.special.softmax, S, axis=-1),
        ("vjp", "ours"): partial(softmax_vjp, dP, P),
    }
    if torch:
        tensors = [torch.from_numpy(a) for a in (S, dP, P)]
        backward = torch.ops.aten._softmax_backward_data  # the kernel that autograd calls
        every["softmax", "PyTorch"] = partial(torch.softmax, tensors[0], -1)
        every["vjp", "PyTorch"] = partial(backward, *tensors[1:], -1, torch.float32)
    return every


def growth():
    """Return seconds for a row's vjp, without the Jacobian and with it, for each N; float64.

    Small rows come in batches, with at most 2²⁴ numbers in their Jacobians, so that the cost of a
    call is shared.
    """
    rng = np.random.default_rng(0)
    rows = []
    for N in GROWTH:
        B = 2**24 // N**2
        dP, P = rng.normal(size=(B, 1, N)), softmax(rng.normal(size=(B, 1, N)))

        def without(dP=dP, P=P):
            for _ in range(REPEAT):  # often, as one call finds a cache that the other way emptied
                softmax_vjp(dP, P)

        def explicit(dP=dP, P=P):
            return dP @ softmax_jacobian(P[..., 0, :])  # (B, 1, N) @ (B, N, N)

        vjp, jacobian = interleaved({"vjp": without, "Jacobian": explicit}, rounds=9).values()
        rows.append([vjp / REPEAT / B, jacobian / B])
    return np.transpose(rows)


def draw(vjp, jacobian, slopes):
    """Draw both against N, and write docs/vjp_growth.png."""
    fig = Figure(figsize=(5.5, 3.5), layout="constrained")
    ax = fig.subplots()
    for seconds, slope, name, colour in (
        (jacobian, slopes[1], "build J, then multiply", "grey"),
        (vjp, slopes[0], "P ∘ (dP - ⟨P, dP⟩)", COLOURS["S"]),
    ):
        ax.loglog(GROWTH, seconds, "o-", color=colour, label=f"{name}: $N^{{{slope:.2f}}}$")
    ax.set(xlabel="N", ylabel="seconds for one row")
    ax.legend()
    fig.savefig(PICTURE, dpi=120)


def report():
    """Measure everything, draw the picture, and return the section as Markdown."""
    rows = []
    for shape in SHAPES:
        seconds = interleaved(candidates(shape), rounds=21)
        names = list(dict.fromkeys(name for _, name in seconds))
        for what in ("softmax", "vjp"):
            cells = [f"{1e3 * seconds[what, n]:.1f}" if (what, n) in seconds else "" for n in names]
            rows.append([what, " × ".join(map(str, shape)), *cells])
    vjp, jacobian = growth()
    slopes = [exponent(GROWTH, seconds) for seconds in (vjp, jacobian)]
    draw(vjp, jacobian, slopes)
    growing = [
        [N, f"{1e6 * a:.2f}", f"{1e6 * b:.1f}", f"{b / a:.0f}"]
        for N, a, b in zip(GROWTH, vjp, jacobian, strict=True)
    ]
    paragraphs = [
        (
            f"`{COMMAND}` on {machine()}; float32, PyTorch on two threads, the others on one. "
            "Milliseconds, medians."
        ),
        table(["", "shape", *names], rows),
        (
            "A row's vjp without the Jacobian, and with it, float64. Microseconds for one row, "
            "medians; small rows come in batches, the same for both."
        ),
        table(["N", "vjp", "Jacobian", "ratio"], growing),
        f"Time grows like N^{slopes[0]:.2f} without the Jacobian, like N^{slopes[1]:.2f} with it.",
        (
            "![Time of one row's vjp against N, both axes logarithmic: building the Jacobian "
            f"grows like the square of N, the vjp like N]({PICTURE.name})"
        ),
    ]
    return "\n\n".join(paragraphs)


if __name__ == "__main__":
    text = report()
    print(text)
    write_section("Softmax", text, DOCS / "benchmarks.md")
