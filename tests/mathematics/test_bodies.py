"""The guard stands around the equation: each body, pasted where only NumPy is known, computes."""

import ast
import inspect

import numpy as np
import pytest

import softmax_lib

# Each of these is whole: what they do with tiles, and with functions, is not one equation.
OTHERS = {"flash_attention", "flash_attention_vjp", "central_difference", "complex_step"}
OTHERS |= {"gradcheck"}
BODIES = [name for name in softmax_lib.__all__ if name not in OTHERS]


def pasted():
    """Return the bodies as functions of one notebook, where nothing but np was imported."""
    names = {"np": np}
    for name in BODIES:
        (function,) = ast.parse(inspect.getsource(getattr(softmax_lib, name))).body
        assert ast.get_docstring(function)
        function.decorator_list, function.body = [], function.body[1:]
        exec(compile(ast.Module([function], []), "pasted", "exec"), names)
    return names


def draw(*shapes):
    rng = np.random.default_rng(7)
    return [rng.normal(size=shape) for shape in shapes]


def cases():
    """Yield a body's name, arguments and options: plain float64, each axis, each default."""
    S, dP, H, dH = draw((3, 4, 5), (3, 4, 5), (2, 3, 6), (2, 3, 6))
    P = softmax_lib.softmax(S)
    for axis in ((), (0,), (1,), (2,), (-1,)):
        for name in ("softmax", "log_softmax", "logsumexp"):
            yield name, (S, *axis), {}
        for name in ("softmax_vjp", "softmax_jvp"):
            yield name, (dP, softmax_lib.softmax(S, *axis), *axis), {}
    yield "softmax_jacobian", (P,), {}
    yield from (("two_cases", (P[0, 0], 1, k), {}) for k in (1, 2))
    target = np.arange(12).reshape(3, 4) % 5
    yield from ((name, (S, target), {}) for name in ("cross_entropy", "cross_entropy_grad"))
    yield "quotient_rule", draw(3, 3, 3, 3), {}
    yield from ((name, (H,), {}) for name in ("logistic", "logistic_slope", "rms_norm"))
    W, dY = draw((6, 4), (2, 3, 4))
    yield "linear", (H, W), {}
    yield "linear_vjp", (dY, H, W), {}
    yield "rms_norm_vjp", (dH, *softmax_lib.rms_norm(H)), {}
    yield "split_heads", (H,), {"heads": 3}
    yield "merge_heads", (S,), {}
    dO, Q, K, V, D, bias = draw((2, 3, 7), (2, 3, 4), (2, 5, 4), (2, 5, 7), (2, 3, 1), (3, 5))
    mask = bias < 1
    mask[1] = False
    keep, sink = np.where(bias > -0.5, 1.25, 0), bias[:, :1]
    today = {"softcap": 1.5, "keep": keep}
    every = {"scale": 0.3, "causal": True, "mask": mask, "bias": bias, "sink": sink, **today}
    for options in ({}, *({name: option} for name, option in every.items()), every):
        yield "attention", (Q, K, V), options
    yield from (("attention", (Q, K[:, :0], V[:, :0]), option) for option in ({}, {"sink": sink}))
    P = softmax_lib.attention(Q, K, V)[1]
    for options in ({}, {"scale": 0.3}, today):
        yield "attention_vjp", (dO, Q, K, V, P), options
        yield "tile_vjp", (dO, Q, K, V, P, D), {"scale": 0.3} | options
    yield "grow", (D, np.exp(D), P), {}
    yield from (("absorb", (D, np.exp(D), dO, P, V, mask), {}) for mask in (None, keep))
    yield "merge", (dO, D[..., 0], 2 * dO, 3 * D[..., 0]), {}


CASES = list(cases())


def test_every_body_has_a_case():
    assert {name for name, _, _ in CASES} == set(BODIES)


@pytest.mark.parametrize(("name", "arguments", "options"), CASES, ids=[name for name, *_ in CASES])
def test_a_pasted_body_computes_what_the_guarded_function_does(name, arguments, options):
    with np.errstate(invalid="ignore"):  # a row in which nothing may be attended to
        got = pasted()[name](*arguments, **options)
    expected = getattr(softmax_lib, name)(*arguments, **options)
    several = isinstance(expected, tuple)
    for a, b in zip(got, expected, strict=True) if several else [(got, expected)]:
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", BODIES)
def test_a_guard_leaves_signature_and_docstring_as_they_are(name):
    guarded = getattr(softmax_lib, name)
    plain = inspect.unwrap(guarded)
    assert inspect.signature(guarded) == inspect.signature(plain)
    assert guarded.__doc__ == plain.__doc__
    assert guarded.__name__ == plain.__name__ == name
