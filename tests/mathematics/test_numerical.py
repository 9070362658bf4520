"""Derivatives by nudging, and a checker that rejects what is wrong."""

import re

import numpy as np
import pytest

from softmax_lib import cross_entropy, cross_entropy_grad, loops, softmax, softmax_jacobian
from softmax_lib.numerical import central_difference, complex_step, gradcheck

both = pytest.mark.parametrize("step", [complex_step, central_difference])


def row(s):
    return loops.softmax(s[None])[0]


@both
@pytest.mark.parametrize(
    ("f", "slope", "at"),
    [(np.sin, np.cos, 0.3), (np.exp, np.exp, -2.0), (lambda x: x**5, lambda x: 5 * x**4, 7.0)],
)
def test_the_slope_of_a_function_of_one_number(step, f, slope, at):
    digits = {complex_step: 1e-15, central_difference: 1e-9}[step]
    np.testing.assert_allclose(step(f, at), slope(at), rtol=digits)


@both
def test_the_shape_is_that_of_f_and_then_that_of_x(step):
    x = np.arange(6.0).reshape(2, 3)
    assert step(lambda x: (x * x).sum(), x).shape == (2, 3)
    assert step(lambda x: x.sum(0), x).shape == (3, 2, 3)
    assert step(lambda x: x @ x.T, x).shape == (2, 2, 2, 3)
    assert step(np.sin, 0.5).shape == ()


@both
def test_a_linear_function_has_its_matrix_as_jacobian(step):
    A = np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_allclose(step(lambda x: A @ x, np.ones(4)), A, rtol=1e-9)


@both
def test_along_a_direction_is_the_jacobian_times_the_direction(step):
    rng = np.random.default_rng(1)
    x, v = rng.normal(size=(2, 3))
    f = lambda x: x * x[::-1]  # noqa: E731
    np.testing.assert_allclose(step(f, x, along=v), step(f, x) @ v, rtol=1e-8)


@both
def test_a_direction_of_another_shape_is_refused(step):
    words = re.escape("along must have x's shape (3,), not (2,)")
    with pytest.raises(ValueError, match=words):
        step(np.sin, np.zeros(3), along=np.zeros(2))


@both
def test_x_is_only_read(step):
    x = np.zeros(3)
    x.flags.writeable = False
    step(np.sin, x)
    np.testing.assert_array_equal(x, 0)


def test_the_complex_step_keeps_every_digit_where_the_difference_loses_half():
    exact = np.exp(1.0)
    assert abs(complex_step(np.exp, 1.0) - exact) <= 4.5e-16
    assert 1e-13 < abs(central_difference(np.exp, 1.0) - exact) < 1e-9


def test_a_function_that_drops_the_imaginary_part_is_refused():
    with pytest.raises(TypeError, match="^f must compute with complex numbers"):
        complex_step(lambda x: x.real**2, 1.0)


@both
@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 3)])
def test_of_nothing_there_is_nothing_to_differentiate(step, shape):
    x = np.zeros(shape)
    assert step(np.sum, x).shape == shape
    assert step(np.square, x).shape == shape + shape
    assert step(np.square, x, along=x).shape == shape
    gradcheck(np.sum, np.zeros(shape), x, step=step)
    with pytest.raises(ValueError, match="yours must have shape"):
        gradcheck(np.sum, np.zeros((1, *shape)), x, step=step)


@both
@pytest.mark.parametrize("name", ["x", "along"])
def test_what_is_not_a_real_number_is_refused_by_name(step, name):
    given = {"x": np.ones(2), "along": np.ones(2)}
    for dtype in (bool, complex, object, str):
        with pytest.raises(TypeError, match=f"^{name} must hold floats or integers, not"):
            step(np.sin, **given | {name: np.ones(2).astype(dtype)})
    with pytest.raises(TypeError, match=f"^{name} must .* not a masked array"):
        step(np.sin, **given | {name: np.ma.masked_array(np.ones(2))})


@both
@pytest.mark.parametrize("name", ["x", "along"])
def test_rows_of_two_lengths_are_refused_by_name(step, name):
    given = {"x": np.ones((2, 2)), "along": np.ones((2, 2))}
    with pytest.raises(ValueError, match=f"^{name} must be an array .*, its rows of one length: "):
        step(np.sin, **given | {name: [[1, 2], [3]]})


@pytest.mark.parametrize("h", [0, -0.1])
def test_a_step_h_that_is_not_above_0_is_refused(h):
    with pytest.raises(ValueError, match=f"^h must be more than 0 and finite in float64, not {h}"):
        central_difference(np.exp, 0.0, h=h)


def tolerance(name, value):
    """Check a derivative that is right."""
    gradcheck(np.square, 6.0, 3.0, **{name: value})


OPTIONS = {
    "h": lambda h: central_difference(np.exp, 0.0, h=h),
    "rtol": lambda rtol: tolerance("rtol", rtol),
    "atol": lambda atol: tolerance("atol", atol),
}
each_option = pytest.mark.parametrize("name", OPTIONS)


@each_option
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_step_h_or_a_tolerance_that_is_not_finite_is_refused(name, bad):
    with pytest.raises(ValueError, match=f"^{name} must be finite, not {bad}"):
        OPTIONS[name](bad)


@each_option
@pytest.mark.parametrize("bad", ["1", True, 1j, [0.1]])
def test_a_step_h_or_a_tolerance_that_is_not_one_number_is_refused(name, bad):
    with pytest.raises(TypeError, match=f"^{name} must be one number, not {re.escape(repr(bad))}"):
        OPTIONS[name](bad)


@pytest.mark.parametrize("name", ["rtol", "atol"])
def test_a_negative_tolerance_is_refused_and_none_at_all_is_not(name):
    with pytest.raises(ValueError, match=f"^{name} must be at least 0, not -1.0"):
        tolerance(name, -1.0)
    tolerance(name, 0)


def test_the_step_h_of_a_difference_can_be_chosen():
    coarse = central_difference(np.exp, 0.0, h=0.1)
    np.testing.assert_allclose(coarse, np.sinh(0.1) / 0.1, rtol=1e-14)


def test_the_step_h_of_a_difference_grows_with_x():
    np.testing.assert_allclose(central_difference(np.square, 1e12), 2e12, rtol=1e-8)


# gradcheck ---------------------------------------------------------------------------------------

S = np.array([1.0, 2.0, 3.0])
J = softmax_jacobian(softmax(S))


def test_the_right_derivative_passes_by_either_step():
    gradcheck(row, J, S)
    gradcheck(softmax, J, S, step=central_difference, rtol=1e-6, atol=1e-10)


def test_without_a_tolerance_only_the_same_number_passes():
    gradcheck(lambda x: 3 * x, 3.0, 5.0, rtol=0, atol=0)
    with pytest.raises(AssertionError):
        gradcheck(lambda x: 3 * x, np.nextafter(3.0, 4), 5.0, rtol=0, atol=0)


def test_atol_counts_in_the_largest_value_of_f():
    allowed = {"rtol": 0, "atol": 1e-3}
    gradcheck(lambda x: 3 * x, 3.0 + 0.9 * 0.15, 50.0, **allowed)  # f is 150
    with pytest.raises(AssertionError):
        gradcheck(lambda x: 3 * x, 3.0 + 1.1 * 0.15, 50.0, **allowed)


def test_a_small_function_s_zero_gradient_is_rejected():
    with pytest.raises(AssertionError):
        gradcheck(lambda x: 1e-20 * x, 0.0, 3.0)


def test_a_factor_of_1001_thousandths_is_rejected():
    with pytest.raises(AssertionError, match="derivative wrong at index"):
        gradcheck(row, 1.001 * J, S)


def test_a_zero_gradient_is_rejected_even_at_logit_scale_30():
    sharp = np.array([0.0, 30.0, -30.0])
    gradcheck(row, softmax_jacobian(softmax(sharp)), sharp)
    with pytest.raises(AssertionError, match=r"yours 0.0, expected -?9\.\d+e-14"):
        gradcheck(row, np.zeros((3, 3)), sharp)


def test_a_transposed_jacobian_is_rejected():
    log_row = lambda s: loops.log_softmax(s[None])[0]  # noqa: E731
    log_J = np.eye(3) - softmax(S)
    gradcheck(log_row, log_J, S)
    with pytest.raises(AssertionError, match="derivative wrong at index"):
        gradcheck(log_row, log_J.T, S)


def test_one_wrong_entry_among_a_thousand_is_found_and_named():
    rng = np.random.default_rng(2)
    scores, target = rng.normal(size=(100, 10)), rng.integers(10, size=100)

    def loss(s):
        return (np.log(np.exp(s).sum(1)) - s[np.arange(100), target]).mean()

    yours = cross_entropy_grad(scores, target)
    gradcheck(loss, yours, scores)
    right, yours[37, 4] = yours[37, 4], yours[37, 4] * (1 + 1e-5)
    with pytest.raises(AssertionError) as error:
        gradcheck(loss, yours, scores)
    words = r"derivative wrong at index \(37, 4\): yours (\S+), expected (\S+)"
    got = [float(x) for x in re.fullmatch(words, str(error.value)).groups()]
    np.testing.assert_allclose(got, [yours[37, 4], right], rtol=1e-12)


def test_nan_is_rejected():
    with pytest.raises(AssertionError, match="yours nan"):
        gradcheck(row, np.where(np.eye(3), np.nan, J), S)


def test_a_derivative_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"yours must have shape \(3, 3\), not \(3,\)"):
        gradcheck(row, J[0], S)


def test_the_library_agrees_with_itself_by_central_differences():
    scores, target = np.random.default_rng(3).normal(size=(4, 5)), np.array([0, 4, 2, 1])
    loss = lambda s: cross_entropy(s, target)  # noqa: E731
    yours = cross_entropy_grad(scores, target)
    gradcheck(loss, yours, scores, step=central_difference, rtol=1e-6, atol=1e-10)
