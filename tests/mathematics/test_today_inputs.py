"""What softcap, sink, keep and enable_gqa may be, and what tiles, threads, memory make of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.attention import GQA, assert_identical, assert_same, draw, each_form, flash, whole

from softmax_lib import attention, attention_vjp, flash_attention, flash_attention_vjp
from tools.memory import peak

OF_QKV = attention, flash_attention
FORWARD_OR_TILED = *OF_QKV, flash_attention_vjp
ALL = *FORWARD_OR_TILED, attention_vjp


def arguments(function, leading=(), H_kv=None, N_k=5):
    """Return fitting arguments by name; K and V have H_kv heads if it is given."""
    dO, Q, K, V = draw((3, N_k, 4, 7), leading=leading)
    if H_kv is not None:
        K, V = (np.zeros((*leading[:-1], H_kv, *X.shape[-2:])) for X in (K, V))
    letters = {"Q": Q, "K": K, "V": V}
    if function in OF_QKV:
        return letters
    last = {"P": np.full((*leading, 3, N_k), 0.2)}
    if function is flash_attention_vjp:
        last = {"O": dO, "L": np.zeros((*leading, 3))}
    return {"dO": dO} | letters | last


# What is refused ----------------------------------------------------------------------------------

NUMBERS = r"must hold floats or integers, not"
S = r"must broadcast to the scores S: \w+ is \(.*\), S is \(3, 5\)$"
SOFTCAP = "^softcap must be more than 0 and finite in float64, not"
SINK = r"^sink must broadcast to one more column of the scores S: sink is \(.*\), S is \(3, 1\)$"
NO_SOFTCAP = [
    *((bad, TypeError, "^softcap must be one number, not") for bad in (True, "2", [2.0], 1j)),
    *((bad, ValueError, "^softcap must be finite, not") for bad in (np.nan, np.inf, -np.inf)),
    *((bad, ValueError, SOFTCAP) for bad in (0, -1.0, -0.0)),
]
NO_KEEP = [
    *((np.ones((3, 5), t), TypeError, f"^keep {NUMBERS}") for t in (bool, complex, object, str)),
    (np.ma.ones((3, 5)), TypeError, "^keep .* not a masked array"),
    *((np.ones(shape), ValueError, f"^keep {S}") for shape in ((5, 3), (4,), (2, 3, 5))),
]
NO_SINK = [
    *((np.ones((3, 1), t), TypeError, f"^sink {NUMBERS}") for t in (bool, complex, object, str)),
    (np.ma.ones((3, 1)), TypeError, "^sink .* not a masked array"),
    *((np.ones(shape), ValueError, SINK) for shape in ((3,), (3, 5), (5, 1), (2, 3, 1))),
]


def refused(function, name, bad, error, message):
    with pytest.raises(error, match=message):
        function(**arguments(function), **{name: bad})


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(("bad", "error", "message"), NO_SOFTCAP)
def test_a_softcap_is_one_finite_number_above_zero(function, bad, error, message):
    refused(function, "softcap", bad, error, message)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("bad", [1e-300, 1e300])
def test_a_softcap_that_is_zero_or_infinite_in_the_dtype_is_refused_too(function, bad):
    letters = {name: a.astype(np.float32) for name, a in arguments(function).items()}
    with pytest.raises(ValueError, match="^softcap must be more than 0 and finite in float32, not"):
        function(**letters, softcap=bad)
    function(**arguments(function), softcap=bad)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(("bad", "error", "message"), NO_KEEP)
def test_keep_holds_numbers_that_broadcast_to_the_scores(function, bad, error, message):
    refused(function, "keep", bad, error, message)


@pytest.mark.parametrize("function", FORWARD_OR_TILED)
@pytest.mark.parametrize(("bad", "error", "message"), NO_SINK)
def test_a_sink_holds_one_number_for_each_query(function, bad, error, message):
    refused(function, "sink", bad, error, message)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("bad", ["yes", None, 1, np.zeros(2)], ids=str)
def test_enable_gqa_is_a_bool(function, bad):
    refused(function, GQA, bad, TypeError, "^enable_gqa must be True or False, not")
    assert function(**arguments(function, leading=(2,)), enable_gqa=np.bool_(True))


@pytest.mark.parametrize("function", ALL)
def test_grouped_heads_need_an_axis_of_heads(function):
    refused(
        function,
        GQA,
        True,
        ValueError,
        r"must have shape \(\.\.\., H(_kv)?, N_q, d(_v)?\), not \(3,",
    )


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(("H", "H_kv"), [(6, 4), (3, 6), (1, 2), (2, 0)])
def test_heads_that_do_not_divide_are_refused_with_both_shapes(function, H, H_kv):
    words = (
        r"^with enable_gqa the heads of K and V must divide those of Q: Q is \(2, \d, 3, 4\), K is"
    )
    with pytest.raises(ValueError, match=words):
        function(**arguments(function, leading=(2, H), H_kv=H_kv), enable_gqa=True)


@pytest.mark.parametrize("function", ALL)
def test_fewer_heads_of_keys_without_enable_gqa_are_refused(function):
    with pytest.raises(ValueError, match="^(dO|Q) and K must have the same leading dimensions"):
        function(**arguments(function, leading=(2, 6), H_kv=3))


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(("name", "same"), [("V", "K and V"), ("K", "K and V"), ("Q", "Q and K")])
def test_grouped_letters_that_do_not_fit_are_refused_with_names_and_shapes(function, name, same):
    letters = arguments(function, leading=(2, 6), H_kv=3)
    letters[name] = letters[name][:1] if name == "Q" else letters[name][:, :2]
    with pytest.raises(
        ValueError, match=r"must have the same (leading dimensions|number of heads H)"
    ):
        function(**letters, enable_gqa=True)


# What is promised of all of them ------------------------------------------------------------------


def every(N_q, N_k, H=4, seed=0):
    """Return one value for each of today's options, a bias and a mask."""
    rng = np.random.default_rng(seed)
    return {
        "softcap": 1.5,
        "sink": rng.normal(size=(H, 1, 1)),
        "keep": np.where(rng.random((H, N_q, N_k)) < 0.7, 1.25, 0),
        "bias": rng.normal(size=(N_q, N_k)),
        "mask": rng.random((N_q, N_k)) < 0.8,
        GQA: True,
    }


def in_heads(N_q, N_k, H=4, H_kv=2, dtype=np.float64):
    dO, Q, _, _ = draw((N_q, N_k, 4, 5), leading=(H,), dtype=dtype)
    _, _, K, V = draw((N_q, N_k, 4, 5), leading=(H_kv,), dtype=dtype, seed=1)
    return dO, Q, K, V


@settings(max_examples=100, deadline=None)
@given(
    N_q=st.integers(1, 9),
    N_k=st.integers(1, 9),
    block_q=st.integers(1, 11),
    block_k=st.integers(1, 11),
    chosen=st.sets(st.sampled_from(["softcap", "sink", "keep", "bias", "mask"])),
    causal=st.booleans(),
)
def test_tiles_of_any_size_give_the_whole_answer(N_q, N_k, block_q, block_k, chosen, causal):
    options = {name: value for name, value in every(N_q, N_k).items() if name in {*chosen, GQA}}
    case, options = in_heads(N_q, N_k), options | {"causal": causal}
    got = flash(block_q, block_k)(*case, **options)
    assert_same(got, whole(*case, **options), rtol=1e-11, atol=1e-13)


@each_form
def test_sink_and_keep_take_part_in_the_dtype_as_the_bias_does(form):
    case = draw((3, 5, 4, 7), dtype=np.float32)
    for name, shape in (("sink", (3, 1)), ("keep", (3, 5))):
        for dtype, expected in ((np.float16, np.float32), (np.float64,) * 2, (int, np.float64)):
            got = form(*case, **{name: np.ones(shape, dtype)})
            assert got[0].dtype == expected
    assert all(X.dtype == np.float32 for X in form(*case, softcap=np.float64(2)))


@each_form
def test_options_may_be_lists_read_only_of_any_strides_and_are_never_modified(form):
    case, options = in_heads(7, 11), every(7, 11)
    expected = form(*case, **options)
    lists = {name: np.asarray(value).tolist() for name, value in options.items()}
    assert_identical(form(*case, **lists), expected)
    odd = {}
    for name in ("sink", "keep", "bias", "mask"):
        a = np.repeat(options[name], 2, axis=-1)[..., ::2]
        a.flags.writeable = False
        odd[name] = a
    letters = [np.asfortranarray(X) for X in case]
    for X in letters:
        X.flags.writeable = False
    before = [a.tobytes() for a in (*letters, *odd.values())]
    answers = form(*letters, **options | odd)
    assert_identical(answers, expected)
    assert all(X.flags.writeable for X in answers)
    assert [a.tobytes() for a in (*letters, *odd.values())] == before


@each_form
def test_a_bad_query_of_one_head_spoils_its_own_row_and_no_other(form):
    dO, Q, K, V = in_heads(7, 11)
    options = every(7, 11)
    good = form(dO, Q, K, V, **options)
    Q[2, 3, 0] = np.nan
    got = form(dO, Q, K, V, **options)
    others = np.ones((4, 7), bool)
    others[2, 3] = False
    for a, b in zip(got[:2], good[:2], strict=True):
        assert np.isnan(a[2, 3]).all()
        np.testing.assert_array_equal(a[others], b[others])
    np.testing.assert_array_equal(got[2][0], good[2][0])  # heads 0 and 1 read the first


@each_form
@pytest.mark.parametrize("nothing", [np.s_[:, :, :0], np.s_[:0]], ids=["no key", "no batch"])
def test_no_key_or_no_batch_leaves_nothing_and_is_silent(form, nothing):
    dO, Q, K, V = (X[None] for X in in_heads(3, 5))
    K, V = K[nothing], V[nothing]
    dO, Q = (X[: len(K)] for X in (dO, Q))
    given = every(3, K.shape[2])
    for got, like in zip(form(dO, Q, K, V, **given), (dO, Q, K, V), strict=True):
        assert got.shape == like.shape
        assert not got.any()


@each_form
def test_queries_and_keys_of_width_zero_have_scores_of_zero(form):
    dO, Q, K, V = draw((3, 5, 0, 7))
    got = form(dO, Q, K, V, softcap=2, sink=0)
    np.testing.assert_allclose(got[0], np.broadcast_to(V.sum(0) / 6, got[0].shape), rtol=1e-13)
    assert not got[1].size + got[2].size


@pytest.mark.parametrize("leading", [(2,), (3, 2)])
def test_the_number_of_threads_does_not_change_one_bit(leading):
    pytest.importorskip("threadpoolctl")
    dO, Q, _, _ = draw((50, 40, 16, 8), leading=(*leading, 4), dtype=np.float32)
    _, _, K, V = draw((50, 40, 16, 8), leading=(*leading, 2), dtype=np.float32)
    options = {name: np.float32(a) for name, a in every(50, 40).items() if name in ("sink", "keep")}
    options |= {"softcap": 1.5, GQA: True, "causal": True, "block_q": 16, "block_k": 12}

    def there_and_back(threads):
        O, L = flash_attention(Q, K, V, **options, threads=threads)
        return O, L, *flash_attention_vjp(dO, Q, K, V, O, L, **options, threads=threads)

    for threads in (2, 3):
        for a, b in zip(there_and_back(threads), there_and_back(1), strict=True):
            np.testing.assert_array_equal(a, b)


# Memory -------------------------------------------------------------------------------------------


OPTIONS = {
    "a softcap": lambda N: {"softcap": 2.0},
    "a sink": lambda N: {"sink": np.float32(1)},
    "keep N by N": lambda N: {"keep": np.ones((N, N), np.float32)},
    "keep N by N of lower precision": lambda N: {"keep": np.ones((2, N, N), np.float16)},
    "keep N by N of integers": lambda N: {"keep": np.ones((2, N, N), np.int8)},
    "a bias for all heads, and a mask": lambda N: {
        "bias": np.zeros((N, N), np.float16),
        "mask": np.ones((2, N, N), bool)[:, ::-1],
    },
}


@pytest.mark.slow
@pytest.mark.parametrize(GQA, [False, True])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_memory_grows_with_N_and_holds_no_matrix_N_by_N(options, enable_gqa):
    def there_and_back_peaks(N):
        dO, Q, K, V = draw((N, N, 16, 16), leading=(2,), dtype=np.float32)
        K, V = (X[:1] if enable_gqa else X for X in (K, V))
        tiled = options(N) | {"block_q": 64, "block_k": 64, GQA: enable_gqa}
        (O, L), there = peak(lambda: flash_attention(Q, K, V, **tiled))
        _, back = peak(lambda: flash_attention_vjp(dO, Q, K, V, O, L, **tiled))
        return there, back

    there_and_back_peaks(128)  # what is allocated once in a process is not counted
    for small, large in zip(there_and_back_peaks(512), there_and_back_peaks(2048), strict=True):
        assert large < 2 * 2048 * 2048  # one byte for each score would be too much
        assert large < 4.2 * small  # four times N, four times the memory: no more
