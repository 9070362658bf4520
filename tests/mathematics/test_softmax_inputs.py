"""What softmax and its family take and refuse, and what holds of them for any scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.exceptions import AxisError
from support.softmax import FLOATS, floats, of_gradients, of_scores

from softmax_lib import (
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
    softmax_vjp,
    two_cases,
)

every = pytest.mark.parametrize(
    "call",
    [
        softmax,
        log_softmax,
        logsumexp,
        softmax_jacobian,
        lambda x, **axis: softmax_vjp(x, x, **axis),
        lambda x, **axis: softmax_jvp(x, x, **axis),
    ],
    ids=["softmax", "log_softmax", "logsumexp", "softmax_jacobian", "softmax_vjp", "softmax_jvp"],
)


# Types -------------------------------------------------------------------------------------------


@every
@pytest.mark.parametrize("dtype", [*FLOATS, np.longdouble])
def test_a_float_dtype_comes_out_as_it_went_in(call, dtype):
    assert call(np.array([0.25, 0.75], dtype)).dtype == dtype


@every
@pytest.mark.parametrize("dtype", np.typecodes["AllInteger"])
def test_integers_become_float64(call, dtype):
    assert call(np.array([0, 1], dtype)).dtype == np.float64


def test_integers_are_converted_before_any_subtraction():
    np.testing.assert_array_equal(softmax(np.array([0, 200], np.uint8)), softmax([0.0, 200.0]))
    np.testing.assert_array_equal(softmax(np.array([-128, 127], np.int8)), softmax([-128.0, 127]))


def test_float16_is_computed_in_float32_and_rounded_once():
    S = np.random.default_rng(1).normal(size=(50, 300)).astype(np.float16)
    np.testing.assert_array_equal(softmax(S), softmax(S.astype(np.float32)).astype(np.float16))


def test_mixed_floats_give_the_wider_dtype():
    assert softmax_vjp(np.float32([1, 0]), np.float64([0.5, 0.5])).dtype == np.float64


@pytest.mark.parametrize(
    "bad",
    [
        np.array([True, False]),
        np.array([1j, 0]),
        np.array([1.0, None], dtype=object),
        np.array(["1", "2"]),
        np.ma.masked_array([1.0, 2.0], [True, False]),
        np.array(["2026-01-01"], dtype="M8[D]"),
    ],
    ids=["bool", "complex", "object", "string", "masked", "dates"],
)
def test_what_is_not_a_real_number_is_refused_by_the_name_of_its_argument(bad):
    good = np.full(bad.shape, 0.5)
    for f in (softmax, log_softmax, logsumexp):
        with pytest.raises(TypeError, match="^S must"):
            f(bad)
    with pytest.raises(TypeError, match="^P must"):
        softmax_jacobian(bad)
    for f, name in ((softmax_vjp, "dP"), (softmax_jvp, "tS")):
        with pytest.raises(TypeError, match=f"^{name} must"):
            f(bad, good)
        with pytest.raises(TypeError, match="^P must"):
            f(good, bad)


@pytest.mark.parametrize("rows", [[[1, 2], [3]], [[[1], [2]], [[3]]]])
def test_rows_of_two_lengths_are_refused_by_the_name_of_their_argument(rows):
    for f in (softmax, log_softmax, logsumexp):
        with pytest.raises(ValueError, match="^S must be an array .*, its rows of one length: "):
            f(rows)


@pytest.mark.parametrize("name", ["j", "k"])
def test_a_slope_s_indices_are_ints_within_the_row(name):
    P, given = np.array([0.25, 0.5, 0.25]), {"j": 0, "k": 0}
    for bad in (-1, 3):
        with pytest.raises(ValueError, match=f"^{name} must be from 0 to 2, not {bad}"):
            two_cases(P, **given | {name: bad})
    for bad in (1.0, True, "1", None):
        with pytest.raises(TypeError, match=f"^{name} must be an int, not"):
            two_cases(P, **given | {name: bad})


def test_a_slope_is_one_row_s():
    for bad in (np.full((2, 3), 0.5), 0.5):
        with pytest.raises(ValueError, match=r"^P must have shape \(N\), not"):
            two_cases(bad, 0, 0)
    with pytest.raises(TypeError, match="^P must hold floats or integers, not bool"):
        two_cases(np.array([True]), 0, 0)


# Axes and shapes ---------------------------------------------------------------------------------


@of_scores
@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_out_of_range_is_numpys_axis_error(f, axis):
    with pytest.raises(AxisError):
        f(np.zeros((2, 3)), axis=axis)


@every
def test_a_number_without_axes_is_numpys_axis_error(call):
    with pytest.raises(AxisError):
        call(3.0)


@of_scores
@pytest.mark.parametrize("axis", [None, (0, 1), 1.0, True, "last"])
def test_an_axis_is_an_int(f, axis):
    with pytest.raises(TypeError, match="^axis must be an int, not"):
        f(np.zeros((2, 3)), axis=axis)


@every
def test_an_empty_axis_is_refused_with_its_shape(call):
    with pytest.raises(ValueError, match=r"(S|P|dP|tS) has nothing to sum on axis 1: \(2, 0\)"):
        call(np.zeros((2, 0)))


@every
@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3)])
def test_an_empty_batch_gives_an_empty_result(call, shape):
    got = call(np.zeros(shape))
    assert got.size == 0
    assert got.shape[: len(shape) - 1] == shape[:-1]


@of_gradients
def test_two_shapes_that_differ_are_refused_with_both_names(f):
    name = {"softmax_vjp": "dP", "softmax_jvp": "tS"}[f.__name__]
    words = rf"{name} and P must have the same shape: {name} is \(3,\), P is \(1, 3\)"
    with pytest.raises(ValueError, match=words):
        f(np.zeros(3), np.zeros((1, 3)))


def shaped(low=1):
    return arrays(np.float64, array_shapes(min_side=low, max_dims=4, max_side=5), elements=numbers)


numbers = st.floats(-50, 50, width=32)


@given(shaped(), st.data())
def test_any_axis_is_the_last_axis_moved(S, data):
    axis = data.draw(st.integers(-S.ndim, S.ndim - 1))
    last = np.moveaxis(S, axis, -1)
    P = softmax(S, axis)
    np.testing.assert_array_equal(P, np.moveaxis(softmax(last), -1, axis))
    np.testing.assert_array_equal(logsumexp(S, axis), logsumexp(last))
    dS = softmax_vjp(S, P, axis)
    np.testing.assert_array_equal(dS, np.moveaxis(softmax_vjp(last, softmax(last)), -1, axis))


@given(shaped(), st.sampled_from(["F", "reversed", "every other", "broadcast"]))
def test_strides_do_not_matter_and_inputs_are_only_read(S, layout):
    strange = {
        "F": lambda: np.asfortranarray(S),
        "reversed": lambda: S[..., ::-1].copy()[..., ::-1],
        "every other": lambda: np.repeat(S, 2, axis=-1)[..., ::2],
        "broadcast": lambda: np.broadcast_to(S, (2, *S.shape))[1],
    }[layout]()
    strange.flags.writeable = False
    before = strange.tobytes()
    P = softmax(S)
    np.testing.assert_array_equal(softmax(strange), P)
    np.testing.assert_array_equal(log_softmax(strange), log_softmax(S))
    np.testing.assert_array_equal(logsumexp(strange), logsumexp(S))
    np.testing.assert_array_equal(softmax_vjp(strange, P), softmax_vjp(S, P))
    np.testing.assert_array_equal(softmax_jvp(strange, P), softmax_jvp(S, P))
    np.testing.assert_array_equal(softmax_jacobian(strange), softmax_jacobian(S))
    assert strange.tobytes() == before


@every
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_answer_never_shares_memory_with_the_input(call, dtype):
    x = np.array([[0.25, 0.75]], dtype)
    assert not np.shares_memory(call(x), x)


# Properties --------------------------------------------------------------------------------------


@given(shaped())
def test_probabilities_are_positive_and_sum_to_one(S):
    P = softmax(S)
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(-1), 1, rtol=1e-14)


@given(shaped(), st.floats(-2000, 2000))
def test_a_shift_of_a_whole_row_changes_nothing(S, c):
    np.testing.assert_allclose(softmax(S + c), softmax(S), rtol=1e-11)
    np.testing.assert_allclose(logsumexp(S + c), logsumexp(S) + c, atol=1e-11)


@given(shaped())
def test_the_jacobian_is_symmetric_and_its_rows_sum_to_zero(S):
    J = softmax_jacobian(softmax(S))
    np.testing.assert_array_equal(J, np.swapaxes(J, -1, -2))
    np.testing.assert_allclose(J.sum(-1), 0, atol=1e-15)


@given(shaped(), st.integers(0, 99))
def test_both_products_are_the_jacobian_times_the_vector(S, seed):
    P, x = softmax(S), np.random.default_rng(seed).normal(size=S.shape)
    expected = (softmax_jacobian(P) @ x[..., None])[..., 0]
    np.testing.assert_allclose(softmax_vjp(x, P), expected, atol=1e-14)
    np.testing.assert_array_equal(softmax_jvp(x, P), softmax_vjp(x, P))
    np.testing.assert_allclose(softmax_vjp(x, P).sum(-1), 0, atol=1e-14)


# Extremes ----------------------------------------------------------------------------------------


@floats
def test_the_largest_and_smallest_scores_are_right_without_a_warning(dtype):
    big = np.finfo(dtype).max
    S = np.array([[big, -big], [big, big], [-big, -big], [-np.inf, 0], [-np.inf, -big]], dtype)
    expected = [[1, 0], [0.5, 0.5], [0.5, 0.5], [0, 1], [0, 1]]
    np.testing.assert_array_equal(softmax(S), np.array(expected, dtype))
    log2 = dtype(np.log(2))
    expected = [[0, -np.inf], [-log2, -log2], [-log2, -log2], [-np.inf, 0], [-np.inf, 0]]
    np.testing.assert_array_equal(log_softmax(S), np.array(expected, dtype))
    np.testing.assert_array_equal(logsumexp(S), np.array([big, big, -big, 0, -big], dtype))


@pytest.mark.parametrize(("score", "P"), [(1e308, [0.5, 0.5, 0]), (-1e308, [0, 0, 1])])
def test_1e308_is_a_score_like_any_other(score, P):
    np.testing.assert_array_equal(softmax([score, score, 0.0]), P)


@of_scores
@floats
@pytest.mark.parametrize(
    "bad", [[np.nan, 0, 1], [np.inf, 0, 1], [-np.inf] * 3, [np.inf, -np.inf, 0]]
)
def test_a_row_without_an_answer_is_nan_and_no_other_row(f, dtype, bad):
    S = np.array([[1, 2, 3], bad, [-np.inf, 2, 3]], dtype)
    got = f(S)
    assert np.isnan(got[1]).all()
    np.testing.assert_array_equal(got[[0, 2]], f(S[[0, 2]]))
    assert not np.isnan(got[[0, 2]]).any()


@of_gradients
def test_a_row_with_nan_poisons_that_row_of_the_gradient_and_no_other(f):
    x, P = np.array([[np.nan, 1.0], [1.0, 0.0]]), np.array([[0.5, 0.5], [0.5, 0.5]])
    assert np.isnan(f(x, P)[0]).all()
    np.testing.assert_array_equal(f(x, P)[1], [0.25, -0.25])
