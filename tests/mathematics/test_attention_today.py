"""What attention takes today: softcap, a sink, dropout's mask and grouped heads, in each form."""

import itertools

import numpy as np
import pytest
from support.attention import (
    GQA,
    SIZES,
    assert_identical,
    assert_same,
    backward,
    draw,
    each_form,
    each_form_and_the_loops,
)
from support.formula import assert_within_bound, formula

from softmax_lib import attention, flash_attention, flash_attention_vjp, loops, softmax_vjp
from softmax_lib.numerical import complex_step

pytestmark = pytest.mark.slow  # make quick leaves these to make test


def draw_today(N_q, N_k, seed, leading=()):
    """Return one value for each option, exact in every dtype, with a row that sees no key."""
    rng = np.random.default_rng(seed)
    mask = rng.random((*leading, N_q, N_k)) < 0.7
    mask[..., rng.integers(N_q), :] = False
    return {
        "softcap": float(rng.choice([0.5, 1.5, 50])),
        "sink": rng.normal(size=(*leading, N_q, 1)).astype(np.float16),
        "keep": np.where(rng.random((*leading, N_q, N_k)) < 0.7, 1.25, 0).astype(np.float16),
        "scale": rng.normal() * 2,
        "causal": True,
        "mask": mask,
        "bias": rng.normal(size=(*leading, N_q, N_k)).astype(np.float16),
    }


TODAY = "softcap", "sink", "keep"


def combinations(seed):
    """Yield each combination of today's options, every second with each of yesterday's too."""
    N_q, N_k, _, _ = SIZES[seed % len(SIZES)]
    options = draw_today(N_q, N_k, seed)
    older = {name: value for name, value in options.items() if name not in TODAY}
    for n, chosen in enumerate(itertools.product([False, True], repeat=3)):
        today = {name: options[name] for name, on in zip(TODAY, chosen, strict=True) if on}
        yield today | {name: value for k, (name, value) in enumerate(older.items()) if n >> k & 1}
        yield today | older


def random_cases(dtype):
    for seed in range(10):
        case = draw(SIZES[seed % len(SIZES)], dtype=dtype, seed=seed)
        yield from ((case, options) for options in combinations(seed))


@pytest.fixture(
    scope="module", params=[np.float16, np.float32, np.float64], ids=lambda t: t.__name__
)
def judged(request):
    """Cases with their answers at 50 digits, computed once for all forms."""
    cases = random_cases(request.param)
    return [(case, options, formula(*case, **options)) for case, options in cases]


@each_form
def test_every_combination_meets_the_formula_at_50_digits(form, judged):
    for case, options, oracle in judged:
        assert_within_bound(form(*case, **options), case, options, oracle)


def test_the_loops_meet_the_formula_too():
    for case, options in random_cases(np.float64):
        got = loops.attention(*case[1:], **options)
        dX = loops.attention_vjp(*case, got[1], **backward(options))
        assert_within_bound((got[0], *dX), case, options)


@each_form
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("softcap", [0.01, 1, 30, 1e4])
def test_large_scores_stay_within_the_bound_of_a_softcap(form, dtype, softcap):
    for seed in range(4):
        dO, Q, K, V = draw((7, 11, 4, 5), dtype=dtype, seed=seed)
        assert_within_bound(
            form(dO, 20 * Q, K, V, softcap=softcap), (dO, 20 * Q, K, V), {"softcap": softcap}
        )


def in_complex_steps(dO, QKV, options):
    """Return the gradients of Q, K and V, by complex step through the loops."""

    def loss(n, X):
        O, _ = loops.attention(*QKV[:n], X, *QKV[n + 1 :], **options)
        return (dO * O).sum()

    return [complex_step(lambda X, n=n: loss(n, X), QKV[n]) for n in range(3)]


@each_form_and_the_loops
def test_gradients_meet_complex_step_through_the_whole_of_attention(form):
    for seed in range(len(SIZES)):
        dO, *QKV = draw(SIZES[seed], seed=seed)
        for options in combinations(seed):
            _, *got = form(dO, *QKV, **options)
            for a, b in zip(got, in_complex_steps(dO, QKV, options), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


def heads(H, H_kv, sizes=(5, 7, 4, 3), batch=(), seed=0):
    """Return letters with H heads of queries and H_kv of keys, and every option for them."""
    dO, Q, _, _ = draw(sizes, leading=(*batch, H), seed=seed)
    _, _, K, V = draw(sizes, leading=(*batch, H_kv), seed=seed + 1)
    return (dO, Q, K, V), draw_today(*sizes[:2], seed, leading=(H,)) | {GQA: True}


@each_form_and_the_loops
@pytest.mark.parametrize(("H", "H_kv"), [(6, 3), (4, 1), (3, 3)])
def test_grouped_heads_meet_complex_step(form, H, H_kv):
    (dO, *QKV), options = heads(H, H_kv, sizes=(3, 4, 2, 2))
    for given in ({GQA: True}, options):
        _, *got = form(dO, *QKV, **given)
        for a, b in zip(got, in_complex_steps(dO, QKV, given), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


# PyTorch ------------------------------------------------------------------------------------------


def in_pytorch(dO, Q, K, V, *, scale, causal, mask, bias, softcap, sink, keep, enable_gqa):
    """Return O, dQ, dK, dV and the sink's gradient, from the eager formula and its autograd."""
    torch = pytest.importorskip("torch", reason="no PyTorch: pip install torch==2.13.0")
    Q, K, V, sink = QKVs = [torch.tensor(X, requires_grad=True) for X in (Q, K, V, sink)]
    group = Q.shape[-3] // K.shape[-3]
    S = scale * Q @ K.repeat_interleave(group, -3).mT
    S = softcap * torch.tanh(S / softcap) + torch.tensor(bias)
    allowed = torch.tensor(mask) & torch.ones(S.shape, dtype=bool).tril(S.shape[-1] - S.shape[-2])
    S = S.masked_fill(~allowed, -torch.inf)
    P = torch.cat([S, sink.expand(*S.shape[:-1], 1)], -1).softmax(-1)[..., :-1]
    O = (P * torch.tensor(keep)) @ V.repeat_interleave(group, -3)
    return [X.detach().numpy() for X in (O, *torch.autograd.grad(O, QKVs, torch.tensor(dO)))]


@each_form
def test_all_options_together_are_what_pytorch_s_eager_formula_and_autograd_give(form):
    (dO, Q, K, V), options = heads(6, 2, batch=(2,))
    options |= {"sink": np.float64(options["sink"][:, :1])}
    *expected, _ = in_pytorch(dO, Q, K, V, **options)
    assert_same(form(dO, Q, K, V, **options), expected, rtol=1e-10, atol=1e-13)


def test_the_sink_s_gradient_from_O_and_L_is_pytorch_s():
    (dO, Q, K, V), options = heads(6, 2, batch=(2,))
    options |= {"sink": np.random.default_rng(1).normal(size=(6, 1, 1))}
    *_, expected = in_pytorch(dO, Q, K, V, **options)
    O, L = flash_attention(Q, K, V, **options)
    P_sink = np.exp(options["sink"] - L[..., None])
    got = -(P_sink * (dO * O).sum(-1, keepdims=True)).sum((0, -2), keepdims=True)[0]
    np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-13)


@each_form
@pytest.mark.parametrize(("H", "H_kv"), [(6, 3), (4, 1)])
def test_grouped_heads_are_pytorch_s(form, H, H_kv):
    torch = pytest.importorskip("torch", reason="no PyTorch: pip install torch==2.13.0")
    from torch.nn.attention import SDPBackend, sdpa_kernel

    (dO, *QKV), _ = heads(H, H_kv, batch=(2,))
    leaves = [torch.tensor(X, requires_grad=True) for X in QKV]
    with sdpa_kernel(SDPBackend.MATH):  # the default dispatch is itself wrong in corners
        O = torch.nn.functional.scaled_dot_product_attention(*leaves, enable_gqa=True)
    gradients = torch.autograd.grad(O, leaves, torch.tensor(dO))
    expected = [X.detach().numpy() for X in (O, *gradients)]
    assert_same(form(dO, *QKV, enable_gqa=True), expected, rtol=1e-11, atol=1e-13)


# Softcap ------------------------------------------------------------------------------------------


@each_form
def test_a_softcap_far_above_the_scores_changes_them_by_S_cubed_over_three_of_its_squares(form):
    case = draw((3, 5, 4, 7))
    assert_same(form(*case, softcap=1e9), form(*case), rtol=1e-12, atol=1e-14)


@each_form
def test_a_capped_score_cannot_reach_a_key_behind_the_mask(form):
    dO, Q, K, V = draw((3, 5, 4, 7))
    mask = np.arange(5) != 2
    K[2] *= 1e300
    got = form(dO, Q, K, V, softcap=0.1, mask=mask)
    seen = form(dO, Q, K[mask], V[mask], softcap=0.1)
    assert_same((*got[:2], got[2][mask], got[3][mask]), seen)
    assert not got[2][2].any()


@each_form
def test_the_bias_is_added_to_capped_scores(form):
    dO, Q, K, V = draw((3, 5, 4, 7))
    bias = np.where(np.arange(5) == 3, 1000.0, 0)
    O, *_ = form(dO, Q, K, V, softcap=2, bias=bias)
    np.testing.assert_allclose(O, np.broadcast_to(V[3], O.shape), rtol=1e-14)


@each_form
def test_scores_that_overflow_are_capped_in_silence(form):
    Q, V = np.array([[1e200], [-1e200]]), np.array([[1.0], [2.0]])
    O, dQ, dK, dV = form(np.ones((2, 1)), Q, [[1e200], [-1e200]], V, scale=1, softcap=1)
    weight = 1 / (1 + np.exp(-2))
    np.testing.assert_allclose(O, [[2 - weight], [1 + weight]], rtol=1e-14)
    assert not dQ.any()
    assert not dK.any()
    assert dV.all()


@each_form
def test_a_hidden_score_that_is_not_a_number_leaves_the_gradients_alone(form):
    dO, Q, K, V = draw((1, 5, 4, 7))  # of more rows BLAS makes infinity, with one rounding less
    Q, K = Q * 1e200, K / 1e200
    K[4] = [1e200, -1e200, 1e200, -1e200]
    got = form(dO, np.abs(Q), K, V, softcap=2, mask=np.arange(5) < 4)
    assert all(np.isfinite(X).all() for X in got)
    assert_same(
        (*got[:2], got[2][:4], got[3][:4]), form(dO, np.abs(Q), K[:4], V[:4], softcap=2), rtol=1e-11
    )


def test_a_learned_scale_s_gradient_is_the_sum_of_dS_times_the_products():
    """The loops are differentiable in scale and softcap too, for whoever learns them."""
    dO, Q, K, V = draw((3, 5, 4, 7))
    _, P = attention(Q, K, V, scale=0.7)
    dS = softmax_vjp(dO @ V.T, P)
    got = complex_step(lambda scale: (dO * loops.attention(Q, K, V, scale=scale)[0]).sum(), 0.7)
    np.testing.assert_allclose((dS * (Q @ K.T)).sum(), got, rtol=1e-12)


# Keep ---------------------------------------------------------------------------------------------


def test_D_is_still_the_row_sum_of_dO_times_O_when_some_are_dropped():
    dO, Q, K, V = draw((7, 11, 4, 5))
    options = draw_today(7, 11, 0)
    O, P = attention(Q, K, V, **options)
    dP = (dO @ V.T) * options["keep"]
    np.testing.assert_allclose((dO * O).sum(1), (P * dP).sum(1), rtol=1e-12, atol=1e-14)


@each_form
def test_keep_of_ones_changes_no_bit_and_of_zeros_leaves_nothing(form):
    case = draw((3, 5, 4, 7))
    assert_identical(form(*case, keep=1.0), form(*case))
    assert not any(X.any() for X in form(*case, keep=0.0))


def test_P_and_L_do_not_know_what_is_dropped():
    _, Q, K, V = draw((3, 5, 4, 7))
    keep = np.eye(3, 5) * 2
    np.testing.assert_array_equal(attention(Q, K, V, keep=keep)[1], attention(Q, K, V)[1])
    np.testing.assert_array_equal(
        flash_attention(Q, K, V, keep=keep)[1], flash_attention(Q, K, V)[1]
    )


@pytest.mark.parametrize("shape", [(), (5,), (3, 1), (3, 5), (4, 1, 5), (2, 4, 3, 5)])
def test_a_bias_s_gradient_stops_before_the_softcap_and_is_summed_where_it_was_broadcast(shape):
    dO, Q, K, V = draw((3, 5, 4, 7), leading=(2, 4))
    options = draw_today(3, 5, 0) | {"bias": np.random.default_rng(1).normal(size=shape)}
    _, P = attention(Q, K, V, **options)
    dS = softmax_vjp((dO @ V.mT) * options["keep"], P)

    def loss(bias):
        bias = np.broadcast_to(bias, P.shape)
        each = (
            (dO[h] * loops.attention(Q[h], K[h], V[h], **options | {"bias": bias[h]})[0]).sum()
            for h in np.ndindex(2, 4)
        )
        return sum(each)

    lost = tuple(range(4 - len(shape)))
    kept = dS.sum(lost)
    kept = kept.sum(tuple(n for n, size in enumerate(shape) if size == 1), keepdims=True)
    np.testing.assert_allclose(kept, complex_step(loss, options["bias"]), rtol=1e-10, atol=1e-12)


# Grouped heads ------------------------------------------------------------------------------------


@each_form
@pytest.mark.parametrize(("H", "H_kv"), [(6, 3), (6, 1), (4, 4), (0, 2), (0, 0)])
def test_a_query_head_reads_its_group_s_head_and_its_gradients_add_up(form, H, H_kv):
    (dO, Q, K, V), options = heads(H, H_kv, batch=(2,))
    group = H // max(H_kv, 1)
    wide_K, wide_V = (X.repeat(group, 1) for X in (K, V))
    O, dQ, dK, dV = form(dO, Q, wide_K, wide_V, **options | {GQA: False})
    dK, dV = (X.reshape(2, H_kv, group, *X.shape[2:]).sum(2) for X in (dK, dV))
    assert_same(form(dO, Q, K, V, **options), (O, dQ, dK, dV))


@each_form
def test_grouped_heads_keep_the_rules_of_dtypes(form):
    (dO, Q, K, V), _ = heads(6, 2)
    half = [X.astype(np.float16) for X in (dO, Q, K, V)]
    got = form(*half, **{GQA: True})
    O, *_ = form(*(X.astype(np.float32) for X in half), **{GQA: True})
    assert all(X.dtype == np.float16 for X in got)
    np.testing.assert_array_equal(got[0], O.astype(np.float16))


def test_gradients_of_shared_heads_are_rounded_to_float16_after_they_are_added():
    (dO, Q, K, V), _ = heads(6, 1)
    dO, Q, K, V = (X.astype(np.float16) for X in (dO, Q, K, V))
    O, L = flash_attention(Q, K, V, enable_gqa=True)
    got = flash_attention_vjp(dO, Q, K, V, O, L, enable_gqa=True)
    wide = [X.astype(np.float32) for X in (dO, Q, K, V, O, L)]
    for a, b in zip(got, flash_attention_vjp(*wide, enable_gqa=True), strict=True):
        np.testing.assert_array_equal(a, b.astype(np.float16))
