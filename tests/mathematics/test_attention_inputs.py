"""What attention's functions take, what they return, and what they refuse by name."""

import numpy as np
import pytest
from support.attention import (
    assert_identical,
    assert_same,
    draw,
    each_form,
)
from support.refused import assert_numbers_alone_are_taken

from softmax_lib import (
    attention,
    attention_vjp,
    flash_attention,
    flash_attention_vjp,
)


@each_form
def test_float16_is_computed_in_float32_and_rounded_once(form):
    dO, Q, K, V = draw((7, 11, 4, 5), dtype=np.float16)
    O, *_ = form(dO, Q, K, V)
    unrounded, *_ = form(*(np.float32(x) for x in (dO, Q, K, V)))
    np.testing.assert_array_equal(O, unrounded.astype(np.float16))


def test_gradients_of_float16_are_computed_in_float32_and_rounded_once():
    dO, Q, K, V = draw((7, 11, 4, 5), dtype=np.float16)
    P = attention(Q, K, V)[1]
    for vjp, kept in ((attention_vjp, [P]), (flash_attention_vjp, flash_attention(Q, K, V))):
        unrounded = vjp(*(np.float32(x) for x in (dO, Q, K, V, *kept)))
        for a, b in zip(vjp(dO, Q, K, V, *kept), unrounded, strict=True):
            assert a.dtype == np.float16
            np.testing.assert_array_equal(a, b.astype(np.float16))


@each_form
def test_integers_become_float64(form):
    case = [np.round(x * 3) for x in draw((3, 5, 4, 7))]
    for dtype in (np.int8, np.int64, np.uint8):
        if dtype == np.uint8:
            case = [np.abs(x) for x in case]
        got = form(*(x.astype(dtype) for x in case))
        assert all(x.dtype == np.float64 for x in got)
        assert_identical(got, form(*case))


@each_form
def test_mixed_dtypes_are_promoted_the_bias_among_them(form):
    dO, Q, K, V = draw((3, 5, 4, 7), dtype=np.float32)
    assert form(dO, Q, K.astype(np.float64), V)[0].dtype == np.float64
    assert form(dO, Q, K.astype(np.float16), V)[0].dtype == np.float32
    assert form(dO, Q, K, V, bias=np.zeros((3, 5), np.float16))[0].dtype == np.float32
    assert form(dO, Q, K, V, bias=np.zeros((3, 5), np.float64))[0].dtype == np.float64
    assert form(dO, Q, K, V, bias=np.zeros((3, 5), int))[0].dtype == np.float64


@each_form
def test_a_scale_from_numpy_does_not_change_the_dtype(form):
    case = draw((3, 5, 4, 7), dtype=np.float32)
    assert all(x.dtype == np.float32 for x in form(*case, scale=np.float64(0.3)))


@each_form
def test_inputs_may_be_read_only_of_any_strides_and_are_never_modified(form):
    case = draw((7, 11, 4, 5))
    bias, mask = np.zeros((7, 11)), np.ones((7, 11), bool)
    expected = form(*case, bias=bias, mask=mask)

    def spread(x):
        """The same values, backwards in memory, with gaps, columns first."""
        y = np.zeros((2 * x.shape[1], 3 * x.shape[0]), x.dtype)[::-2, ::3].T
        y[:] = x
        y.flags.writeable = False
        return y

    odd = [spread(x) for x in case]
    before = [x.copy() for x in odd]
    answers = form(*odd, bias=spread(bias), mask=spread(mask))
    assert_same(answers, expected)
    assert all(x.flags.writeable for x in answers)
    assert_identical(odd, before)


@each_form
def test_lists_will_do(form):
    case, options = draw((3, 5, 4, 7)), {"mask": np.tri(3, 5, dtype=bool), "bias": np.eye(3, 5)}
    lists = {name: a.tolist() for name, a in options.items()}
    assert_identical(form(*(x.tolist() for x in case), **lists), form(*case, **options))


FUNCTIONS = {
    attention: ("Q", "K", "V"),
    flash_attention: ("Q", "K", "V"),
    attention_vjp: ("dO", "Q", "K", "V", "P"),
    flash_attention_vjp: ("dO", "Q", "K", "V", "O", "L"),
}
each_argument = pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, names in FUNCTIONS.items() for name in names]
)


def arguments(function):
    """Return fitting arguments by name."""
    dO, Q, K, V = draw((3, 5, 4, 7))
    O, L = flash_attention(Q, K, V)
    every = {"dO": dO, "Q": Q, "K": K, "V": V, "P": attention(Q, K, V)[1], "O": O, "L": L}
    return {name: every[name] for name in FUNCTIONS[function]}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_argument_is_written_to(function):
    given = arguments(function)
    for a in given.values():
        a.flags.writeable = False
    for a in function(**given):
        assert a.flags.writeable


@each_argument
def test_an_array_of_something_else_than_numbers_is_refused_by_name(function, name):
    assert_numbers_alone_are_taken(function, arguments(function), name)


BIAS = "^bias must hold floats or integers, not"
MASK = "^mask must be boolean, True = may attend, not"
SHAPES = r"^%s must broadcast to the scores S: %s is \(.*, S is \(3, 5\)$"
REFUSED = [
    ("bias", np.ones((3, 5), bool), TypeError, BIAS),
    ("bias", np.ones((3, 5), complex), TypeError, BIAS),
    ("bias", "steep", TypeError, BIAS),
    ("bias", np.ma.masked_array(np.ones((3, 5))), TypeError, "^bias must be .* not a masked array"),
    *(("mask", np.ones((3, 5), t), TypeError, MASK) for t in (int, np.uint8, float, object)),
    ("mask", np.ma.ones((3, 5), bool), TypeError, "^mask must be .* not a masked array"),
    *(("mask", np.ones(shape, bool), ValueError, SHAPES) for shape in ((5, 3), (3, 4), (2, 3, 5))),
    *(("bias", np.ones(shape), ValueError, SHAPES) for shape in ((5, 3), (3, 4), (2, 3, 5))),
]


@pytest.mark.parametrize("function", [attention, flash_attention, flash_attention_vjp])
@pytest.mark.parametrize(("name", "value", "error", "message"), REFUSED)
def test_a_mask_or_bias_of_the_wrong_kind_or_shape_is_refused(
    function, name, value, error, message
):
    with pytest.raises(error, match=message.replace("%s", name)):
        function(**arguments(function), **{name: value})


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("scale", [True, 1j, "0.5", [0.5], np.ones(3)], ids=str)
def test_a_scale_that_is_not_one_number_is_refused(function, scale):
    with pytest.raises(TypeError, match="^scale must be one number, not"):
        function(**arguments(function), scale=scale)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("scale", [np.nan, np.inf, -np.inf, np.float32("nan")], ids=repr)
def test_a_scale_that_is_not_finite_is_refused(function, scale):
    with pytest.raises(ValueError, match=f"^scale must be finite, not {scale}"):
        function(**arguments(function), scale=scale)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", ["scale", "softcap"])
@pytest.mark.parametrize(
    "number", [10**400, -(10**400), 10**5000], ids=["10⁴⁰⁰", "-10⁴⁰⁰", "10⁵⁰⁰⁰"]
)
def test_an_int_that_is_too_large_for_a_float_is_refused_by_name(function, name, number):
    with pytest.raises(ValueError, match=f"^{name} must be finite, not beyond the largest float"):
        function(**arguments(function), **{name: number})


@pytest.mark.parametrize("function", [attention, flash_attention, flash_attention_vjp])
@pytest.mark.parametrize("name", ["Q", "mask", "bias", "sink", "keep"])
def test_rows_of_two_lengths_are_refused_by_name(function, name):
    ragged = [[True, False], [True]] if name == "mask" else [[1, 2], [3]]
    with pytest.raises(ValueError, match=f"^{name} must be an array .*, its rows of one length: "):
        function(**arguments(function) | {name: ragged})


@pytest.mark.parametrize("function", [attention, flash_attention, flash_attention_vjp])
@pytest.mark.parametrize("causal", ["no", None, 1, np.zeros(2)], ids=str)
def test_causal_is_a_bool(function, causal):
    with pytest.raises(TypeError, match="^causal must be True or False, not"):
        function(**arguments(function), causal=causal)
    assert function(**arguments(function), causal=np.bool_(True))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_keys_and_values_of_different_number_are_refused_with_both_shapes(function):
    given = arguments(function)
    given["V"] = given["V"][:4]
    expected = r"^K and V must have the same number of keys N_k: K is \(5, 4\), V is \(4, 7\)$"
    with pytest.raises(ValueError, match=expected):
        function(**given)


SHORTER = {"leading": np.s_[:1], "row": np.s_[:, :-1], "column": np.s_[..., :-1]}


@each_argument
@pytest.mark.parametrize("axis", SHORTER)
def test_an_axis_that_is_one_too_short_is_refused_with_names_and_shapes(function, name, axis):
    if "vjp" not in function.__name__ and (name, axis) in [("Q", "row"), ("V", "column")]:
        return  # forwards nothing else has these sizes
    given = {key: np.stack([a, a]) for key, a in arguments(function).items()}
    given[name] = given[name][SHORTER[axis]]
    same = "leading dimensions" if axis == "leading" else "(number|width)"
    both = rf"^(\w+) and (\w+) must have the same {same}.*: \1 is \(.*, \2 is \("
    with pytest.raises(ValueError, match=both):
        function(**given)


@each_argument
def test_too_few_dimensions_are_refused_by_name(function, name):
    given = arguments(function)
    given[name] = given[name].flat[0] if name == "L" else given[name][0]
    with pytest.raises(ValueError, match=rf"^{name} must have shape \(\.\.\., N_"):
        function(**given)
