"""The checks accept every right answer, and name every known wrong one."""

import numpy as np
import pytest

from softmax_lib import checks, flash_attention, flash_attention_vjp, mistakes, progress
from softmax_lib.answers import answer, solution
from softmax_lib.checks import Wrong

CHECKS = {name: getattr(checks, name) for name in checks.TASKS}
every = pytest.mark.parametrize("name", CHECKS)
IDS = [f"{mistake.task}: {mistake.name}" for mistake in mistakes.GALLERY]


def untouched(*_, **__):
    raise NotImplementedError


@every
def test_the_solution_passes(name):
    assert CHECKS[name].judge(answer(name)) is True


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("masked_attention_vjp", flash_attention_vjp),
        ("online_attention", flash_attention),
        ("tiled_attention_vjp", flash_attention_vjp),
    ],
)
def test_the_library_s_tiled_functions_pass_too(name, function):
    assert CHECKS[name].judge(function) is True


@every
def test_the_solution_is_shown_as_live_code_without_its_docstring(name):
    shown = solution(name).data
    assert f"def {name}(" in shown
    assert "return " in shown
    assert "&quot;&quot;&quot;" not in shown


@every
def test_the_check_bears_the_name_of_its_task(name):
    assert CHECKS[name].task == name


@every
def test_an_untouched_stub_is_not_attempted(name):
    assert CHECKS[name].judge(untouched) is False


@pytest.mark.parametrize("mistake", mistakes.GALLERY, ids=IDS)
def test_a_known_mistake_is_rejected_with_its_own_name_and_no_other_s(mistake):
    with pytest.raises(Wrong) as error:
        CHECKS[mistake.task].judge(mistake.answer)
    named = [other for other in mistakes.GALLERY if f"mistake: {other.name}. " in str(error.value)]
    assert [other.name for other in named if other.task == mistake.task] == [mistake.name]
    assert mistake.hint in str(error.value)


def test_there_are_at_least_sixty_mistakes_and_each_has_a_name_of_its_own():
    assert len(set(IDS)) == len(IDS) >= 60


@every
def test_a_check_says_the_same_each_time(name):
    def zero(*letters, **options):
        return np.zeros(3)

    first, second = (complaint(name, zero) for _ in range(2))
    assert first == second


def complaint(name, answer):
    with pytest.raises(Wrong) as error:
        CHECKS[name].judge(answer)
    return str(error.value)


# Right answers, written in another way ---------------------------------------------------------


def by_loops(S):
    P = np.empty(S.shape, np.result_type(S, np.float32) if S.dtype.kind == "f" else float)
    for at in np.ndindex(S.shape[:-1]):
        m = max(S[at])
        E = [np.exp(s - m) for s in S[at]]
        P[at] = [e / sum(E) for e in E]
    return P


def through_log_space(S):
    m = S.max(-1, keepdims=True)
    return np.exp(S - m - np.log(np.exp(S - m).sum(-1, keepdims=True)))


def jacobian_by_loops(P):
    N = len(P)
    J = np.zeros((N, N), P.dtype)
    for j in range(N):
        for k in range(N):
            J[j, k] = P[j] * ((j == k) - P[k])
    return J


def vjp_by_jacobian(dP, P):
    J = np.einsum("...j,jk->...jk", P, np.eye(P.shape[-1], dtype=P.dtype))
    J = J - P[..., :, None] * P[..., None, :]
    return np.einsum("...j,...jk->...k", dP, J)


def vjp_by_rows(dP, P):
    dS = np.empty_like(dP)
    for at in np.ndindex(P.shape[:-1]):
        dS[at] = (np.diag(P[at]) - np.outer(P[at], P[at])) @ dP[at]
    return dS


def cross_entropy_by_one_hot(S, target):
    Y = np.eye(S.shape[-1], dtype=S.dtype)[target]
    return (through_log_space(S) - Y) / S.dtype.type(len(target))


def cross_entropy_by_loops(S, target):
    dS = through_log_space(S)
    for i, t in enumerate(target):
        dS[i, t] -= 1
    return dS / S.dtype.type(len(target))


def attention_by_einsum(Q, K, V, *, scale):
    P = through_log_space(scale * np.einsum("ic,jc->ij", Q, K))
    return np.einsum("ij,jc->ic", P, V), P


def attention_vjp_by_einsum(dO, Q, K, V, P, *, scale):
    dP = np.einsum("ic,jc->ij", dO, V)
    dS = P * dP - P * np.einsum("ij,ij->i", P, dP)[:, None]
    dQ, dK = np.einsum("ij,jc->ic", dS, K), np.einsum("ij,ic->jc", dS, Q)
    return scale * dQ, scale * dK, np.einsum("ij,ic->jc", P, dO)


def attention_vjp_by_jacobians(dO, Q, K, V, P, *, scale):
    dP = dO @ V.T
    dS = np.stack([(np.diag(p) - np.outer(p, p)) @ g for p, g in zip(P, dP, strict=True)])
    return (scale * dS) @ K, (scale * dS).T @ Q, P.T @ dO


def attention_vjp_with_D_from_O(dO, Q, K, V, P, *, scale):
    dS = P * (dO @ V.T - (dO * (P @ V)).sum(1)[:, None])
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


def masked_by_minus_infinity(dO, Q, K, V, O, L, *, scale, mask):
    S = np.where(mask, scale * Q @ K.T, -np.inf)
    P = np.exp(S - np.where(np.isinf(L), 0, L)[:, None])
    return attention_vjp_with_D_from_O(dO, Q, K, V, P, scale=scale)


def online_by_logaddexp(S, *, block):
    L = -np.inf
    for start in range(0, len(S), block):
        tile = S[start : start + block]
        L = np.logaddexp(L, tile.max() + np.log(np.exp(tile - tile.max()).sum()))
    return S.dtype.type(L)


def online_by_weighted_outputs(Q, K, V, *, scale, block_k):
    O, L = np.zeros((len(Q), V.shape[1]), Q.dtype), np.full(len(Q), -np.inf, Q.dtype)
    for b in range(0, len(K), block_k):
        S = scale * Q @ K[b : b + block_k].T
        P = through_log_space(S)
        L_tile = S.max(1) + np.log(np.exp(S - S.max(1, keepdims=True)).sum(1))
        L_old, L = L, np.logaddexp(L, L_tile)
        O = np.exp(L_old - L)[:, None] * O + np.exp(L_tile - L)[:, None] * (P @ V[b : b + block_k])
    return O, L


def queries_first(dO, Q, K, V, O, L, *, scale, causal, block_q, block_k):
    dQ, dK, dV = map(np.zeros_like, (Q, K, V))
    for a in range(0, len(Q), block_q):
        i = slice(a, a + block_q)
        for b in range(0, len(K), block_k):
            j = slice(b, b + block_k)
            P = np.exp(scale * Q[i] @ K[j].T - L[i, None])
            if causal:
                P = np.tril(P, a - b)
            dS = P * (dO[i] @ V[j].T - (dO[i] * O[i]).sum(1, keepdims=True))
            dQ[i] += scale * dS @ K[j]
            dK[j] += scale * dS.T @ Q[i]
            dV[j] += P.T @ dO[i]
    return dQ, dK, dV


def one_example_after_the_other(dY, X, W):
    dX, dW = np.empty_like(X), np.zeros_like(W)
    for at in np.ndindex(X.shape[:-1]):
        dX[at] = W @ dY[at]
        dW += np.outer(X[at], dY[at])
    return dX, dW


def row_by_row_where_allowed(S, *, mask):
    P = np.zeros(S.shape, np.result_type(S, np.float32) if S.dtype.kind == "f" else float)
    for at in np.ndindex(S.shape[:-1]):
        if mask[at].any():
            P[at][mask[at]] = through_log_space(S[at][mask[at]].astype(P.dtype))
    return P


def minus_infinity_then_nan_to_num(S, *, mask):
    P = through_log_space(np.where(mask, S, -np.inf))
    return np.where(mask.any(-1, keepdims=True), P, P.dtype.type(0))


def held_against_the_jacobian(vjp):
    rng = np.random.default_rng(5)
    P = through_log_space(rng.normal(size=(3, 2, 5)))
    dP = rng.normal(size=P.shape)
    return np.abs(vjp(dP, P) - vjp_by_jacobian(dP, P)).max() < 1e-9


def held_against_nudges_in_every_shape(vjp):
    rng = np.random.default_rng(6)
    for shape in [(4,), (3, 5), (2, 3, 4)]:
        S, dP = rng.normal(size=(2, *shape))
        nudge = 1e-6 * rng.normal(size=shape)
        moved = (dP * (through_log_space(S + nudge) - through_log_space(S - nudge))).sum() / 2
        foretold = (nudge * vjp(dP, through_log_space(S))).sum()
        if abs(moved - foretold) > 1e-6 * abs(nudge * dP).sum():
            return False
    return True


VARIANTS = [
    ("quotient_rule", lambda f, df, g, dg: df / g - f / g * dg / g),
    ("quotient_rule", lambda f, df, g, dg: (df - f / g * dg) / g),
    ("logistic_slope", lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    ("logistic_slope", lambda x: 1 / (np.exp(x) + 2 + np.exp(-x))),
    ("softmax", by_loops),
    ("softmax", through_log_space),
    ("softmax", lambda S: 1 / np.exp(S[..., None, :] - S[..., :, None]).sum(-1)),
    (
        "log_softmax",
        lambda S: (
            (S - S.max(-1, keepdims=True)) - np.log(1 / through_log_space(S).max(-1, keepdims=True))
        ),
    ),
    ("two_cases", lambda P, j, k: P[j] * ((j == k) - P[k])),
    ("two_cases", lambda P, j, k: (np.diag(P) - np.outer(P, P))[j, k]),
    ("push", lambda P, k: (np.diag(P) - np.outer(P, P))[k]),
    ("push", lambda P, k: [P[k] * (1 - P[k]) if j == k else -P[j] * P[k] for j in range(len(P))]),
    ("softmax_jacobian", jacobian_by_loops),
    ("softmax_jacobian", lambda P: np.diag(P) - np.outer(P, P)),
    ("softmax_jacobian", lambda P: np.diag(P) - P[:, None] @ P[None, :]),
    ("spread", lambda v, P: (P * v**2).sum() - (P * v).sum() ** 2),
    ("spread", lambda v, P: v @ (np.diag(P) - np.outer(P, P)) @ v),
    ("softmax_vjp", vjp_by_jacobian),
    ("softmax_vjp", vjp_by_rows),
    ("softmax_vjp", lambda dP, P: P * dP - P * np.einsum("...j,...j->...", P, dP)[..., None]),
    ("cross_entropy_grad", cross_entropy_by_one_hot),
    ("cross_entropy_grad", cross_entropy_by_loops),
    ("log_softmax_vjp", lambda dlogP, P: dlogP - np.einsum("ij,ik->ij", P, dlogP)),
    ("log_softmax_vjp", lambda dlogP, P: dlogP - P * (dlogP @ np.ones_like(P.T[:, :1]))),
    ("attention", attention_by_einsum),
    ("attention_vjp", attention_vjp_by_einsum),
    ("attention_vjp", attention_vjp_by_jacobians),
    ("attention_vjp", attention_vjp_with_D_from_O),
    ("masked_attention_vjp", masked_by_minus_infinity),
    ("online_logsumexp", online_by_logaddexp),
    ("online_attention", online_by_weighted_outputs),
    ("tiled_attention_vjp", queries_first),
    ("linear_vjp", one_example_after_the_other),
    (
        "linear_vjp",
        lambda dY, X, W: (
            np.einsum("...j,kj->...k", dY, W),
            np.tensordot(X, dY, axes=(range(X.ndim - 1),) * 2),
        ),
    ),
    ("split_heads", lambda X, heads: np.stack(np.split(X, heads, axis=-1), axis=-3)),
    (
        "split_heads",
        lambda X, heads: X.reshape(*X.shape[:-1], heads, -1).swapaxes(-2, -3),
    ),
    (
        "rms_norm_vjp",
        lambda dU, U, r: dU / r - U * ((U * dU).sum(-1, keepdims=True) / U.shape[-1]) / r,
    ),
    (
        "rms_norm_vjp",
        lambda dU, U, r: np.einsum(
            "...j,...jk->...k",
            dU,
            (np.eye(U.shape[-1], dtype=U.dtype) - U[..., None] * U[..., None, :] / U.shape[-1])
            / r[..., None],
        ),
    ),
    ("keys_gradient", lambda dS, Q, scale: np.einsum("...ik,...ic->...kc", scale * dS, Q)),
    (
        "keys_gradient",
        lambda dS, Q, scale: np.swapaxes(np.swapaxes(Q, -1, -2) @ dS, -1, -2) * scale,
    ),
    ("tile_of_dS", lambda dO, O, P, V: P * np.einsum("ic,ijc->ij", dO, V[None] - O[:, None])),
    ("tile_of_dS", lambda dO, O, P, V: P * (dO @ V.T) - P * np.diag(dO @ O.T)[:, None]),
    ("masked_softmax", row_by_row_where_allowed),
    ("masked_softmax", minus_infinity_then_nan_to_num),
    ("vjp_test", held_against_the_jacobian),
    ("vjp_test", held_against_nudges_in_every_shape),
]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_a_right_answer_that_is_written_in_another_way_passes(name, variant):
    assert CHECKS[name].judge(variant) is True


def test_there_are_at_least_twenty_variants():
    assert len(VARIANTS) >= 20


# What a learner reads --------------------------------------------------------------------------


def no_keepdims(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1)


def test_an_error_is_told_with_the_learner_s_own_line():
    message = complaint("softmax", no_keepdims)
    assert "ValueError: operands could not be broadcast" in message
    assert "in no_keepdims, line" in message
    assert "return E / E.sum(axis=-1)" in message


def test_an_answer_that_renames_a_keyword_is_told_to_keep_the_stub_s_names():
    message = complaint("online_logsumexp", lambda S, *, size: online_by_logaddexp(S, block=size))
    assert "unexpected keyword argument 'block' (keep the names of the stub)\nin " in message


def test_a_forgotten_return_is_named():
    assert "it returned nothing" in complaint("softmax", lambda S: None)


def test_the_number_of_results_is_checked():
    assert "it should return dQ, dK, dV" in complaint("attention_vjp", lambda *a, **o: a[0])


def test_something_that_is_no_array_of_numbers_is_refused():
    assert "an array of numbers" in complaint("softmax", lambda S: "P")


def test_shape_comes_before_dtype_and_values():
    message = complaint("softmax", lambda S: np.zeros(7, np.float16))
    assert "P should have the shape (3,), and has (7,)" in message


def test_dtype_comes_before_values():
    message = complaint("softmax", lambda S: np.zeros(S.shape, np.float16))
    assert "P should be float64, and is float16" in message


def test_a_property_comes_before_values():
    assert "each row adds up to one" in complaint("softmax", lambda S: 1.0 * S)


def test_a_value_is_told_with_its_index_and_both_numbers():
    message = complaint("softmax_jacobian", lambda P: 2 * (np.diag(P) - np.outer(P, P)))
    assert "J[2, 2] should be 0.222695, and is 0.445391" in message


def test_a_test_that_a_learner_writes_is_told_which_function_it_misjudged():
    assert (
        "a wrong vjp (the plain sum of dP, not weighted by P): verdict should be False, and is True"
        in complaint("vjp_test", lambda vjp: True)
    )
    assert (
        "a right vjp (the Jacobian, index by index): verdict should be True, and is False"
        in complaint("vjp_test", lambda vjp: False)
    )
    assert "verdict should be bool, and is float64" in complaint("vjp_test", lambda vjp: 1.0)


def test_an_answer_that_changes_its_input_is_told_so():
    def in_place(S):
        S -= 1
        return S

    assert "it changes an array that it was given" in complaint("softmax", in_place)


def test_an_interrupt_goes_through():
    def endless(S):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CHECKS["softmax"].judge(endless)


def test_calling_a_check_prints_one_line_and_remembers_what_was_solved(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert CHECKS["push"](untouched) is False
    assert capsys.readouterr().out == "push: not attempted yet.\n"
    assert CHECKS["push"](answer("push")) is True
    assert capsys.readouterr().out.startswith("✓ push is right on 3 inputs: shapes, dtypes, ")
    assert progress.solved() == ["push"]


@pytest.mark.parametrize("spoilt", ["", "{", '{"push": 1}', "[1, 2]"])
def test_a_spoilt_record_is_forgotten_and_begun_anew(tmp_path, monkeypatch, spoilt):
    monkeypatch.chdir(tmp_path)
    (tmp_path / progress.FILE).write_text(spoilt)
    assert progress.solved() == []
    progress.record("push")
    assert progress.solved() == ["push"]


def test_progress_is_shown_one_exercise_in_a_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    progress.record("push")
    progress.show("two_cases", "push")
    assert capsys.readouterr().out == "· two_cases\n✓ push\n"


def test_a_wrong_matrix_is_drawn_beside_the_right_one(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    with pytest.raises(Wrong):
        CHECKS["softmax_jacobian"](lambda P: np.diag(P * (1 - P)))
    assert 'alt="Three heatmaps' in shown[0].data


def test_a_notebook_shows_the_message_and_none_of_our_lines():
    with pytest.raises(Wrong) as error:
        CHECKS["softmax"].judge(no_keepdims)
    shown = error.value._render_traceback_()
    assert " ".join(shown).split() == str(error.value).split()
    assert max(map(len, shown)) <= 88
