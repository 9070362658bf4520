"""What is promised of the tiled version alone; what it computes is held in test_attention."""

import sys
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softmax_lib import (
    _tiles,
    absorb,
    attention,
    attention_vjp,
    flash_attention,
    flash_attention_vjp,
    loops,
    tile_vjp,
)
from tools.memory import peak


def draw(N_q, N_k, d=4, d_v=5, *, leading=(), dtype=np.float64, seed=0):
    """Return random dO, Q, K, V."""
    rng = np.random.default_rng(seed)
    shapes = (N_q, d_v), (N_q, d), (N_k, d), (N_k, d_v)
    return [rng.normal(size=leading + shape).astype(dtype) for shape in shapes]


def there_and_back(dO, Q, K, V, **options):
    """Return O, L, dQ, dK, dV."""
    O, L = flash_attention(Q, K, V, **options)
    return O, L, *flash_attention_vjp(dO, Q, K, V, O, L, **options)


@settings(max_examples=200)
@given(
    N_q=st.integers(1, 12),
    N_k=st.integers(1, 12),
    block_q=st.integers(1, 14),
    block_k=st.integers(1, 14),
    causal=st.booleans(),
    masked=st.booleans(),
)
def test_tiles_of_any_size_give_the_whole_matrix_answer(N_q, N_k, block_q, block_k, causal, masked):
    dO, Q, K, V = draw(N_q, N_k, leading=(2,))
    mask = np.random.default_rng(1).random((N_q, N_k)) < 0.5 if masked else None
    options = {"causal": causal, "mask": mask}
    O, P = attention(Q, K, V, **options)
    expected = O, *attention_vjp(dO, Q, K, V, P)
    tiled = there_and_back(dO, Q, K, V, **options, block_q=block_q, block_k=block_k)
    for got, value in zip((tiled[0], *tiled[2:]), expected, strict=True):
        np.testing.assert_allclose(got, value, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_L_is_the_log_sum_exp_of_each_row_of_scores(dtype):
    _, Q, K, V = draw(7, 11, dtype=dtype)
    _, L = flash_attention(Q, K, V, scale=3, block_q=2, block_k=3)
    expected = loops.logsumexp(3 * Q.astype(float) @ K.astype(float).T)
    assert L.dtype == dtype
    np.testing.assert_allclose(L, expected, rtol=4 * np.finfo(dtype).eps)


def test_L_is_minus_infinity_where_nothing_may_be_attended_to():
    _, Q, K, V = draw(5, 3)
    _, L = flash_attention(Q, K, V, causal=True, block_q=2, block_k=2)
    np.testing.assert_array_equal(np.isneginf(L), [True, True, False, False, False])


def test_scores_too_large_for_float16_leave_O_right_and_never_give_a_wrong_gradient():
    dO, Q, K, V = draw(3, 5, dtype=np.float16)
    Q, K = np.sign(Q) * np.float16(300), np.sign(K) * np.float16(300)
    O, L, dQ, _, dV = there_and_back(dO, Q, K, V, block_q=2, block_k=3)
    np.testing.assert_array_equal(O, attention(Q, K, V)[0])
    assert (np.isposinf(L) == (np.float32(Q) @ np.float32(K).T / 2 > 65504).any(1)).all()
    assert not np.isfinite(dQ[np.isposinf(L)]).any()
    assert not np.isfinite(dV).any()


def test_the_way_back_may_use_other_tiles_than_the_way_there():
    dO, Q, K, V = draw(7, 11)
    O, L = flash_attention(Q, K, V, block_q=2, block_k=3)
    same = flash_attention_vjp(dO, Q, K, V, O, L, block_q=2, block_k=3)
    other = flash_attention_vjp(dO, Q, K, V, O, L, block_q=5, block_k=4)
    for a, b in zip(same, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


# One tile -----------------------------------------------------------------------------------------


def test_tiles_absorbed_one_after_another_give_the_whole_answer():
    _, Q, K, V = draw(7, 11, leading=(2,))
    m, Z, A = np.finfo(float).min, 0.0, 0.0
    for j in (slice(0, 4), slice(4, 5), slice(5, 11)):
        m, Z, A = absorb(m, Z, A, 3 * Q @ K[:, j].mT, V[:, j])
    O, L = flash_attention(Q, K, V, scale=3)
    np.testing.assert_allclose(A / Z, O, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose((m + np.log(Z))[..., 0], L, rtol=1e-14)


def test_absorbing_a_tile_leaves_what_was_there_as_it_was():
    _, _, _, V = draw(7, 11)
    S, m, Z, A = np.ones((7, 11)), np.zeros((7, 1)), np.ones((7, 1)), np.ones((7, 5))
    for a in (S, m, Z, A, V):
        a.flags.writeable = False
    absorb(m, Z, A, S, V)


def test_a_tile_in_which_nothing_may_be_attended_to_adds_nothing():
    m, Z, A = absorb(np.finfo(float).min, 0.0, 0.0, np.full((2, 3), -np.inf), np.ones((3, 1)))
    assert not Z.any()
    assert not A.any()
    assert (absorb(m, Z, A, np.zeros((2, 3)), np.ones((3, 1)))[1] == 3).all()


def test_the_shares_of_all_tiles_add_up_to_the_gradients_of_the_whole():
    dO, Q, K, V = draw(7, 11)
    O, P = attention(Q, K, V, scale=3)
    D = (dO * O).sum(-1, keepdims=True)
    totals = [np.zeros_like(X) for X in (Q, K, V)]
    for i in (slice(0, 3), slice(3, 7)):
        for j in (slice(0, 4), slice(4, 11)):
            shares = tile_vjp(dO[i], Q[i], K[j], V[j], P[i, j], D[i], scale=3)
            for total, rows, share in zip(totals, (i, j, j), shares, strict=True):
                total[rows] += share
    for got, expected in zip(totals, attention_vjp(dO, Q, K, V, P, scale=3), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)


# Memory -------------------------------------------------------------------------------------------


OPTIONS = {
    "plain": lambda N: {},
    "causal": lambda N: {"causal": True},
    "one mask for all rows": lambda N: {"mask": np.arange(N) % 3 > 0},
    "a mask N by N": lambda N: {"mask": np.ones((N, N), bool)},
    "a bias N by N of lower precision": lambda N: {"bias": np.zeros((N, N), np.float16)},
    "a bias N by N of integers": lambda N: {"bias": np.zeros((N, N), np.int8)},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_memory_grows_with_N_and_holds_no_matrix_N_by_N(options):
    def there_and_back_peaks(N):
        dO, Q, K, V = draw(N, N, 16, 16, dtype=np.float32)
        given = options(N) | {"block_q": 64, "block_k": 64}
        (O, L), there = peak(lambda: flash_attention(Q, K, V, **given))
        _, back = peak(lambda: flash_attention_vjp(dO, Q, K, V, O, L, **given))
        return there, back

    there_and_back_peaks(128)  # what is allocated once in a process is not counted
    for small, large in zip(there_and_back_peaks(512), there_and_back_peaks(2048), strict=True):
        assert large < 2048 * 2048  # one byte for each score would be too much
        assert large < 4.2 * small  # four times N, four times the memory: no more


# Causality ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("N_q", "N_k"), [(12, 12), (6, 12), (12, 6)])
def test_tiles_that_causality_hides_wholly_are_never_computed(monkeypatch, N_q, N_k):
    computed = []

    def counting(Q, K, *rest, scores=_tiles.scores):
        S = scores(Q, K, *rest)
        computed.append(np.isfinite(S).any())
        return S

    monkeypatch.setattr(_tiles, "scores", counting)
    visible = np.tri(N_q, N_k, N_k - N_q, dtype=bool)
    cut = visible.reshape(N_q // 2, 2, N_k // 3, 3).any((1, 3))  # which tiles hold a visible score
    there_and_back(*draw(N_q, N_k), causal=True, block_q=2, block_k=3)
    assert all(computed)
    assert len(computed) == 2 * cut.sum()  # once there, once back
    assert cut.sum() < cut.size


def test_a_hidden_tile_is_not_even_read():
    dO, Q, K, V = draw(12, 12)
    K[6:] = V[6:] = np.nan
    O, L, dQ, _, _ = there_and_back(dO, Q, K, V, causal=True, block_q=2, block_k=3)
    expected = there_and_back(*(x[:6] for x in (dO, Q, K, V)), causal=True, block_q=2, block_k=3)
    for got, value in zip((O, L, dQ), expected, strict=False):
        np.testing.assert_allclose(got[:6], value, rtol=1e-13, atol=1e-15)
        assert np.isnan(got[6:]).all()


def test_a_causal_tile_without_hidden_scores_gets_no_mask(monkeypatch):
    masks = []

    def watching(Q, K, scale, allowed, bias, scores=_tiles.scores):
        masks.append(allowed)
        return scores(Q, K, scale, allowed, bias)

    monkeypatch.setattr(_tiles, "scores", watching)
    flash_attention(*draw(12, 12)[1:], causal=True, block_q=3, block_k=4)
    assert any(mask is None for mask in masks)
    assert not any(mask is not None and mask.all() for mask in masks)


# Threads ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("leading", [(), (3, 2)])
def test_the_number_of_threads_does_not_change_one_bit(leading, causal):
    pytest.importorskip("threadpoolctl")
    case = draw(150, 130, 16, 8, leading=leading, dtype=np.float32)
    options = {"causal": causal, "block_q": 16, "block_k": 24}
    one = there_and_back(*case, **options, threads=1)
    for threads in (2, 3, 8):
        for got, value in zip(there_and_back(*case, **options, threads=threads), one, strict=True):
            np.testing.assert_array_equal(got, value)
    for got, value in zip(there_and_back(*case, **options), one, strict=True):
        np.testing.assert_allclose(got, value, rtol=1e-4, atol=1e-5)


def test_each_thread_has_one_thread_for_matrix_products_and_numpy_has_its_own_back_afterwards(
    monkeypatch,
):
    threadpoolctl = pytest.importorskip("threadpoolctl")
    seen = set()

    def blas_threads():
        pools = threadpoolctl.threadpool_info()
        return [pool["num_threads"] for pool in pools if pool["user_api"] == "blas"]

    def watching(*arguments, scores=_tiles.scores):
        seen.update(blas_threads())
        return scores(*arguments)

    monkeypatch.setattr(_tiles, "scores", watching)
    before = blas_threads()
    there_and_back(*draw(7, 11), block_q=2, block_k=3, threads=2)
    assert seen == {1} or not before
    assert blas_threads() == before


def test_hidden_and_spoilt_rows_are_silent_in_threads_too():
    pytest.importorskip("threadpoolctl")
    dO, Q, K, V = draw(5, 3)
    dO[3], dO[3, 0] = np.inf, -np.inf
    options = {"causal": True, "block_q": 1, "block_k": 1, "threads": 2}
    O, _, dQ, _, _ = there_and_back(dO, Q, K, V, **options)  # a RuntimeWarning would be an error
    assert not O[:2].any()
    assert not dQ[:2].any()
    assert np.isnan(dQ[3]).all()


def test_threads_without_threadpoolctl_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    _, Q, K, V = draw(3, 5)
    with pytest.raises(ImportError, match="pip install threadpoolctl"):
        flash_attention(Q, K, V, threads=2)
    flash_attention(Q, K, V)


def test_one_thread_starts_none_and_does_without_threadpoolctl(monkeypatch):
    case = draw(7, 11)
    expected = there_and_back(*case, block_q=2, block_k=3)

    def no_thread(*_, **__):
        raise RuntimeError("can't start new thread")  # as in a browser

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    for missing in (False, True):
        if missing:
            monkeypatch.setitem(sys.modules, "threadpoolctl", None)
        got = there_and_back(*case, block_q=2, block_k=3, threads=1)
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["block_q", "block_k", "threads"])
def test_a_block_or_a_number_of_threads_is_an_int_of_at_least_one(name):
    dO, Q, K, V = draw(3, 5)
    O, L = flash_attention(Q, K, V)
    for bad in (0, -1):
        with pytest.raises(ValueError, match=f"^{name} must be at least 1, not {bad}"):
            flash_attention(Q, K, V, **{name: bad})
        with pytest.raises(ValueError, match=f"^{name} must be at least 1, not {bad}"):
            flash_attention_vjp(dO, Q, K, V, O, L, **{name: bad})
    for bad in (2.0, "2", True):
        with pytest.raises(TypeError, match=f"^{name} must be an int, not"):
            flash_attention(Q, K, V, **{name: bad})
    assert flash_attention(Q, K, V, **{name: np.int64(1)})
