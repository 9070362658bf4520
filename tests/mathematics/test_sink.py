"""The sink, one more score without a value: what it changes forward, in P, in L and backward."""

import numpy as np
import pytest
from support.attention import assert_identical, assert_same, draw, each_form

from softmax_lib import attention, flash_attention, loops, softmax_vjp
from softmax_lib.numerical import complex_step

KEEP = np.where(np.arange(15).reshape(3, 5) % 4, 1.25, 0)
MASK = np.arange(15).reshape(3, 5) != 6
EVERY = {"softcap": 1.5, "keep": KEEP, "scale": 0.7, "causal": True, "mask": MASK}


@each_form
def test_a_sink_is_one_more_key_without_a_value(form):
    """Its score is made by a query's one more column, and its value is 0."""
    dO, Q, K, V = draw((3, 5, 4, 7))
    sink = np.random.default_rng(1).normal(size=(3, 1))
    wide_Q = np.hstack([Q, 2 * sink])
    wide_K, wide_V = np.zeros((6, 5)), np.vstack([V, np.zeros(7)])
    wide_K[:5, :4], wide_K[5, 4] = K, 1
    O, dQ, dK, dV = form(dO, wide_Q, wide_K, wide_V, scale=0.5)
    got = form(dO, Q, K, V, scale=0.5, sink=sink)
    assert_same(got, (O, dQ[:, :4], dK[:5, :4], dV[:5]))


@each_form
def test_a_sink_of_minus_infinity_is_none(form):
    case, mask = draw((3, 5, 4, 7)), np.arange(15).reshape(3, 5) > 4
    assert_identical(form(*case, mask=mask, sink=-np.inf), form(*case, mask=mask))


@each_form
@pytest.mark.parametrize("sink", [0, -3.5, 1e308, -1e308])
def test_a_query_that_sees_no_key_gives_all_to_the_sink(form, sink):
    dO, Q, K, V = draw((3, 5, 4, 7))
    mask = np.array([[True], [False], [True]])
    O, dQ, dK, dV = form(dO, Q, K, V, mask=mask, sink=sink)
    assert not O[1].any()
    assert not dQ[1].any()
    rows = [0, 2]
    assert_same((O[rows], dQ[rows], dK, dV), form(dO[rows], Q[rows], K, V, sink=sink))
    nothing = form(dO, Q, K, V, mask=False, sink=sink)
    assert not any(X.any() for X in nothing)
    assert not any(X.any() for X in form(dO, Q, K[:0], V[:0], sink=sink))


@each_form
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_sink_spoils_its_own_row_and_no_other(form, bad):
    case = draw((3, 5, 4, 7))
    good = form(*case, sink=np.zeros((3, 1)))
    O, dQ, _, _ = form(*case, sink=[[0], [bad], [0]])
    assert np.isnan(O[1]).all()
    assert np.isnan(dQ[1]).all()
    np.testing.assert_array_equal(O[[0, 2]], good[0][[0, 2]])
    np.testing.assert_array_equal(dQ[[0, 2]], good[1][[0, 2]])


def test_P_comes_without_the_sink_s_column_and_L_with_its_score():
    _, Q, K, V = draw((3, 5, 4, 7))
    sink = np.array([[0.5], [800.0], [-800.0]])
    _, P = attention(Q, K, V, sink=sink)
    _, L = flash_attention(Q, K, V, sink=sink, block_q=2, block_k=2)
    S = np.hstack([Q @ K.T / 2, sink])
    np.testing.assert_allclose(P, loops.softmax(S)[:, :5], rtol=1e-13)
    np.testing.assert_allclose(L, loops.logsumexp(S), rtol=1e-15)
    hidden = flash_attention(Q, K, V, sink=sink, mask=False)[1]
    np.testing.assert_array_equal(hidden, sink[:, 0])


def test_the_rows_of_dS_no_longer_sum_to_zero_what_lacks_is_the_sink_s():
    dO, Q, K, V = draw((3, 5, 4, 7))
    O, P = attention(Q, K, V, sink=1)
    lacking = (1 - P.sum(1)) * (dO * O).sum(1)
    np.testing.assert_allclose(softmax_vjp(dO @ V.T, P).sum(1), lacking, rtol=1e-12)


@pytest.mark.parametrize("shape", [(), (3, 1), (4, 1, 1), (2, 4, 3, 1)])
def test_the_sink_s_gradient_is_minus_P_sink_times_D_summed_where_it_was_broadcast(shape):
    dO, Q, K, V = draw((3, 5, 4, 7), leading=(2, 4))
    options = EVERY | {"sink": np.random.default_rng(1).normal(size=shape)}
    O, L = flash_attention(Q, K, V, **options)
    _, P = attention(Q, K, V, **options)
    D = (dO * O).sum(-1, keepdims=True)  # (2, 4, 3, 1)

    def loss(sink):
        sink = np.broadcast_to(sink, D.shape)
        each = (
            (dO[h] * loops.attention(Q[h], K[h], V[h], **options | {"sink": sink[h]})[0]).sum()
            for h in np.ndindex(2, 4)
        )
        return sum(each)

    expected = complex_step(loss, options["sink"])
    for P_sink in (np.exp(options["sink"] - L[..., None]), 1 - P.sum(-1, keepdims=True)):
        axes = tuple(range(4 - len(shape))) + tuple(
            n + 4 - len(shape) for n, size in enumerate(shape) if size == 1
        )
        got = -(P_sink * D).sum(axes).reshape(shape)
        np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-13)
