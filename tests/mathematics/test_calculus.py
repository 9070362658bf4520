"""The quotient rule, and the logistic function with its slope, against the complex step."""

import numpy as np
import pytest

from softmax_lib import complex_step, logistic, logistic_slope, quotient_rule, softmax

FUNCTIONS = {quotient_rule: ("f", "df", "g", "dg"), logistic: ("x",), logistic_slope: ("x",)}
each = pytest.mark.parametrize("function", FUNCTIONS)
each_argument = pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, names in FUNCTIONS.items() for name in names]
)


def arguments(function):
    return {name: np.array([0.5, 2.0, -1.0]) for name in FUNCTIONS[function]}


def test_the_slope_of_a_ratio_is_what_the_complex_step_measures():
    f, df = (lambda x: x**2 + 1), (lambda x: 2 * x)
    g, dg = (lambda x: 2 * x + 1), (lambda x: 2 + 0 * x)
    for x in np.random.default_rng(0).normal(size=50):
        measured = complex_step(lambda x: f(x) / g(x), x)
        np.testing.assert_allclose(quotient_rule(f(x), df(x), g(x), dg(x)), measured, rtol=1e-12)


def test_the_lessons_own_ratio_by_hand():
    assert quotient_rule(3, 1.75, 4, 1) == 0.25


def test_one_slope_goes_with_many_values():
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(quotient_rule(x**2, 2 * x, x, 1), [1, 1])


def test_shapes_that_do_not_broadcast_are_refused_with_all_names():
    words = r"f is \(2,\), df is \(3,\), g is \(\), dg is \(\)"
    with pytest.raises(ValueError, match=words):
        quotient_rule(np.zeros(2), np.zeros(3), 1.0, 1.0)


def test_a_ratio_over_nothing_has_no_slope_and_numpy_says_so():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert quotient_rule(1.0, 1.0, 0.0, 1.0) == -np.inf


def test_the_logistic_function_is_a_softmax_of_two_scores():
    x = np.random.default_rng(1).normal(scale=20, size=200)
    P = softmax(np.stack([x, np.zeros_like(x)], -1))
    np.testing.assert_allclose(logistic(x), P[:, 0], rtol=1e-14)


def test_its_slope_is_what_the_complex_step_measures():
    x = np.random.default_rng(2).normal(scale=5, size=50)
    slope = [complex_step(lambda x: np.exp(x) / (np.exp(x) + 1), at) for at in x]
    np.testing.assert_allclose(logistic_slope(x), slope, rtol=0, atol=4.5e-16)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_largest_and_smallest_scores_are_right_without_a_warning(dtype):
    x = np.array([np.finfo(dtype).max, -np.finfo(dtype).max, np.inf, -np.inf], dtype)
    np.testing.assert_array_equal(logistic(x), np.array([1, 0, 1, 0], dtype))
    np.testing.assert_array_equal(logistic_slope(x), np.zeros(4, dtype))


@each
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_float_dtype_comes_out_as_it_went_in_and_float16_is_rounded_once(function, dtype):
    given = [a.astype(dtype) for a in arguments(function).values()]
    got = function(*given)
    wide = function(*(a.astype(np.promote_types(dtype, np.float32)) for a in given))
    assert got.dtype == dtype
    np.testing.assert_array_equal(got, wide.astype(dtype))


@each
def test_numbers_are_taken_as_arrays_are_and_integers_become_float64(function):
    got = function(*(2 for _ in FUNCTIONS[function]))
    assert np.shape(got) == ()
    assert got.dtype == np.float64


@each_argument
@pytest.mark.parametrize("dtype", [bool, complex, object, str])
def test_what_is_not_a_real_number_is_refused_by_name(function, name, dtype):
    given = arguments(function)
    given[name] = given[name].astype(dtype)
    with pytest.raises(TypeError, match=f"^{name} must hold floats or integers, not"):
        function(**given)
    given[name] = np.ma.masked_array(np.zeros(3))
    with pytest.raises(TypeError, match=f"^{name} must .* not a masked array"):
        function(**given)
