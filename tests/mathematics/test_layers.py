"""Linear layers, the norm and the heads of lesson 08, against the complex step."""

import numpy as np
import pytest
from support.refused import assert_numbers_alone_are_taken

from softmax_lib import (
    complex_step,
    linear,
    linear_vjp,
    merge_heads,
    rms_norm,
    rms_norm_vjp,
    split_heads,
)

FUNCTIONS = {
    linear: ("X", "W"),
    linear_vjp: ("dY", "X", "W"),
    rms_norm: ("H",),
    rms_norm_vjp: ("dU", "U", "r"),
    split_heads: ("X",),
    merge_heads: ("O",),
}
each = pytest.mark.parametrize("function", FUNCTIONS)
each_argument = pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, names in FUNCTIONS.items() for name in names]
)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def arguments(function, dtype=np.float64, leading=(2,)):
    """Return fitting arguments by name."""
    every = {"X": (*leading, 3, 6), "W": (6, 5), "dY": (*leading, 3, 5), "H": (*leading, 3, 6)}
    every |= {"dU": (*leading, 3, 6), "U": (*leading, 3, 6), "r": (*leading, 3, 1)}
    every["O"] = (*leading, 4, 3, 2)
    given = {name: draw(*every[name]).astype(dtype) for name in FUNCTIONS[function]}
    return given | ({"heads": 3} if function is split_heads else {})


def parts(answer):
    return answer if isinstance(answer, tuple) else (answer,)


@pytest.mark.parametrize("leading", [(), (4,), (2, 3)])
def test_a_linear_layer_and_its_gradients_are_what_the_complex_step_measures(leading):
    X, W, dY = draw(*leading, 3), draw(3, 5), draw(*leading, 5, seed=1)
    np.testing.assert_allclose(linear(X, W), np.einsum("...m,mn->...n", X, W), rtol=1e-13)
    dX, dW = linear_vjp(dY, X, W)
    np.testing.assert_allclose(dX, complex_step(lambda X: (dY * (X @ W)).sum(), X), rtol=1e-12)
    np.testing.assert_allclose(dW, complex_step(lambda W: (dY * (X @ W)).sum(), W), rtol=1e-12)


@pytest.mark.parametrize("leading", [(), (4,), (2, 3)])
def test_the_norm_s_gradient_is_what_the_complex_step_measures(leading):
    H, dU = draw(*leading, 6), draw(*leading, 6, seed=1)
    U, r = rms_norm(H)
    np.testing.assert_allclose((U * U).mean(-1), 1, rtol=1e-14)
    np.testing.assert_allclose(U * r, H, rtol=1e-14)

    def loss(H):
        r = np.sqrt((H * H).sum(-1, keepdims=True) / H.shape[-1])
        return (dU * (H / r)).sum()

    dH = rms_norm_vjp(dU, U, r)
    np.testing.assert_allclose(dH, complex_step(loss, H), rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose((dH * H).sum(-1), 0, atol=1e-13)  # a longer row has the same U


def test_a_row_of_zeros_has_no_norm_and_numpy_says_so():
    with pytest.warns(RuntimeWarning, match="invalid value"):
        U, r = rms_norm(np.zeros((1, 3)))
    assert np.isnan(U).all()
    assert r == 0


def test_each_head_has_its_own_neighbouring_columns():
    X = draw(2, 3, 8)
    heads = split_heads(X, heads=4)
    assert heads.shape == (2, 4, 3, 2)
    for head in range(4):
        np.testing.assert_array_equal(heads[:, head], X[..., 2 * head : 2 * head + 2])


@pytest.mark.parametrize("heads", [1, 2, 8])
def test_splitting_and_merging_undo_each_other_and_are_each_other_s_vjp(heads):
    X, dX = draw(2, 3, 8), draw(2, 3, 8, seed=1)
    split = split_heads(X, heads=heads)
    np.testing.assert_array_equal(merge_heads(split), X)
    np.testing.assert_allclose((split_heads(dX, heads=heads) * split).sum(), (dX * X).sum())


@each
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_float_dtype_comes_out_as_it_went_in_and_float16_is_rounded_once(function, dtype):
    given = arguments(function, dtype)
    wide = {name: np.promote_types(dtype, np.float32).type(a) for name, a in given.items()}
    wide |= {"heads": given["heads"]} if "heads" in given else {}
    for got, value in zip(parts(function(**given)), parts(function(**wide)), strict=True):
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, value.astype(dtype))


@each
def test_integers_become_float64(function):
    given = arguments(function)
    ones = {name: np.ones(a.shape, int) for name, a in given.items() if name != "heads"}
    assert all(x.dtype == np.float64 for x in parts(function(**given | ones)))


@each
def test_inputs_are_only_read_and_never_shared(function):
    given = arguments(function)
    for a in given.values():
        if isinstance(a, np.ndarray):
            a.flags.writeable = False
    for answer in parts(function(**given)):
        assert answer.flags.writeable
        assert not any(np.shares_memory(answer, a) for a in given.values())


@each
def test_an_empty_batch_gives_an_empty_one(function):
    answers = parts(function(**arguments(function, leading=(0,))))
    assert all(x.shape[0] == 0 for x in answers if x.ndim > 2)
    assert not any(x.any() for x in answers)  # nothing was added to dW


@each_argument
def test_what_is_not_a_real_number_is_refused_by_name(function, name):
    assert_numbers_alone_are_taken(function, arguments(function), name)


WRONG = [
    (
        linear,
        "X",
        (2, 3, 4),
        r"^X and W must have the same width m: X is \(2, 3, 4\), W is",
    ),
    (linear, "W", (2, 6, 5), r"^W must have shape \(m, n\), not \(2, 6, 5\)"),
    (linear, "X", (), r"^X must have shape \(\.\.\., m\), not \(\)"),
    (linear_vjp, "dY", (2, 3, 6), r"^dY and W must have the same width n: dY is \(2, 3, 6\)"),
    (linear_vjp, "dY", (3, 5), r"^dY and X must have the same leading dimensions: dY is \(3, 5\)"),
    (rms_norm_vjp, "dU", (2, 3, 5), r"^dU and U must have the same width n"),
    (rms_norm_vjp, "r", (2, 3, 6), r"^r must have shape \(\.\.\., 1\), not \(2, 3, 6\)"),
    (rms_norm_vjp, "r", (2, 1), r"^dU and r must have the same leading dimensions"),
    (split_heads, "X", (6,), r"^X must have shape \(\.\.\., N, n\), not \(6,\)"),
    (split_heads, "X", (3, 8), r"^heads must divide .* of X: heads is 3, X is \(3, 8\)"),
    (merge_heads, "O", (3, 2), r"^O must have shape \(\.\.\., heads, N, d\), not \(3, 2\)"),
]


@pytest.mark.parametrize(("function", "name", "shape", "words"), WRONG)
def test_shapes_that_do_not_fit_are_refused_with_names_and_shapes(function, name, shape, words):
    with pytest.raises(ValueError, match=words):
        function(**arguments(function) | {name: np.ones(shape)})


def test_heads_are_an_int_of_at_least_one():
    X = np.ones((3, 8))
    with pytest.raises(ValueError, match="^heads must be at least 1, not 0"):
        split_heads(X, heads=0)
    for bad in (2.0, True, "2"):
        with pytest.raises(TypeError, match="^heads must be an int, not"):
            split_heads(X, heads=bad)
    assert split_heads(X, heads=np.int64(2)).shape == (2, 3, 4)
