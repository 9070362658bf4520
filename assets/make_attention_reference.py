"""Make attention_reference.npz: attention and its gradients as PyTorch computes them in float64.

python assets/make_attention_reference.py

PyTorch's math backend and autograd; 2.13.0 made the file that is here. The tests read it, so that
the comparison needs no PyTorch. Each case has its inputs, its options, and the answers.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

# name: leading dimensions, (N_q, N_k, d, d_v), options
CASES = {
    "plain": ((), (3, 5, 4, 7), {}),
    "scale": ((), (3, 5, 4, 7), {"scale": -0.7}),
    "square_causal": ((), (6, 6, 4, 3), {"causal": True}),
    "wide_causal": ((), (3, 5, 4, 7), {"causal": True}),
    "tall_causal": ((), (5, 3, 4, 7), {"causal": True}),
    "mask": ((), (7, 11, 4, 5), {"mask": True}),
    "bias": ((), (7, 11, 4, 5), {"bias": True}),
    "all": ((2, 3), (7, 11, 4, 5), {"scale": 0.9, "causal": True, "mask": True, "bias": True}),
    "steep": ((), (7, 11, 4, 5), {"scale": 60.0}),
}


def case(rng, leading, sizes, options):
    """Draw the inputs of one case: the letters, and the options as arrays."""
    N_q, N_k, d, d_v = sizes
    shapes = {"Q": (N_q, d), "K": (N_k, d), "V": (N_k, d_v), "dO": (N_q, d_v)}
    arrays = {name: rng.normal(size=leading + shape) for name, shape in shapes.items()}
    if options.get("mask"):
        options = options | {"mask": rng.random((*leading, N_q, N_k)) < 0.6}
        options["mask"][..., 1, :] = False  # a query that may attend to nothing
    if options.get("bias"):
        options = options | {"bias": rng.normal(size=(*leading, N_q, N_k))}
    return arrays, {name: np.asarray(option) for name, option in options.items()}


def answers(arrays, options):
    """Let PyTorch compute O, dQ, dK, dV."""
    letters = {name: torch.from_numpy(a) for name, a in arrays.items()}
    Q, K, V = (letters[name].requires_grad_() for name in "QKV")
    N_q, N_k = Q.shape[-2], K.shape[-2]
    added = torch.zeros(*Q.shape[:-1], N_k, dtype=torch.float64)
    if "bias" in options:
        added += torch.from_numpy(options["bias"])
    if "mask" in options:
        added[torch.from_numpy(~options["mask"])] = -torch.inf
    if "causal" in options:
        added[..., ~torch.ones(N_q, N_k, dtype=bool).tril(N_k - N_q)] = -torch.inf
    scale = float(options["scale"]) if "scale" in options else None
    with sdpa_kernel(SDPBackend.MATH):
        O = scaled_dot_product_attention(Q, K, V, attn_mask=added, scale=scale)
    gradients = torch.autograd.grad(O, (Q, K, V), letters["dO"])
    values = dict(zip(("O", "dQ", "dK", "dV"), (O.detach(), *gradients), strict=True))
    return {name: value.numpy() for name, value in values.items()}


def main():
    """Write the file beside this script."""
    rng = np.random.default_rng(2017)
    file = {}
    for name, description in CASES.items():
        arrays, options = case(rng, *description)
        for part in (arrays, options, answers(arrays, options)):
            file |= {f"{name}/{key}": value for key, value in part.items()}
    np.savez_compressed(Path(__file__).with_name("attention_reference.npz"), **file)


if __name__ == "__main__":
    main()
