"""Attention in each of its forms, one signature for all, and cases to try them on."""

import numpy as np
import pytest

from softmax_lib import attention, attention_vjp, flash_attention, flash_attention_vjp, loops

LETTERS = "dO", "Q", "K", "V"
ANSWERS = "O", "dQ", "dK", "dV"
GQA = "enable_gqa"
SIZES = [(3, 5, 4, 7), (6, 6, 4, 3), (7, 11, 4, 5), (5, 3, 2, 1), (1, 4, 1, 2)]  # N_q, N_k, d, d_v


def backward(options):
    """Return those of attention's options that attention_vjp takes: the others are in P."""
    return {name: options[name] for name in options.keys() & {"scale", "softcap", "keep", GQA}}


def whole(dO, Q, K, V, **options):
    """Return O, dQ, dK, dV of the whole-matrix version."""
    O, P = attention(Q, K, V, **options)
    return O, *attention_vjp(dO, Q, K, V, P, **backward(options))


def flash(block_q, block_k):
    """Return a function like `whole` with tiles of this size."""

    def tiled(dO, Q, K, V, **options):
        options |= {"block_q": block_q, "block_k": block_k}
        O, L = flash_attention(Q, K, V, **options)
        return O, *flash_attention_vjp(dO, Q, K, V, O, L, **options)

    return tiled


FORMS = {
    "whole": whole,
    "tiles of 1 by 1": flash(1, 1),
    "tiles of 2 by 3": flash(2, 3),
    "tiles of 3 by 2": flash(3, 2),
    "one tile, larger than all": flash(100, 100),
}
each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def in_loops(dO, Q, K, V, **options):
    """Return O, dQ, dK, dV of the loops."""
    O, P = loops.attention(Q, K, V, **options)
    return O, *loops.attention_vjp(dO, Q, K, V, P, **backward(options))


each_form_and_the_loops = pytest.mark.parametrize(
    "form", [*FORMS.values(), in_loops], ids=[*FORMS, "loops"]
)


def draw(sizes, *, leading=(), dtype=np.float64, seed=0):
    """Return random dO, Q, K, V for sizes (N_q, N_k, d, d_v)."""
    N_q, N_k, d, d_v = sizes
    rng = np.random.default_rng(seed)
    shapes = (N_q, d_v), (N_q, d), (N_k, d), (N_k, d_v)
    return [rng.normal(size=leading + shape).astype(dtype) for shape in shapes]


def assert_same(got, expected, *, rtol=1e-12, atol=1e-14):
    """Hold O, dQ, dK, dV against others."""
    for name, a, b in zip(ANSWERS, got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, err_msg=name)


def assert_identical(got, expected):
    """Hold O, dQ, dK, dV against others, to the last bit."""
    assert_same(got, expected, rtol=0, atol=0)
