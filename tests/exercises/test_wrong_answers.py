"""Answers that are right on easy inputs and wrong elsewhere: each is refused."""

import numpy as np
import pytest

from softmax_lib import checks, softmax
from softmax_lib.exercises.exercise import Wrong


def quotient_with_a_positive_bottom(f, df, g, dg):
    return (df * np.abs(g) - dg * f) / g**2


def softmax_vjp_through_division(dP, P):
    return P * P * (dP / P - (dP * P).sum(-1, keepdims=True) / P)


def float32_for_float16(S):
    S = S.astype(np.result_type(S, np.float32))
    E = np.exp(S - S.max(-1, keepdims=True))
    return E / E.sum(-1, keepdims=True)


def back(dO, Q, K, V, P, D, scale):
    dS = P * (dO @ V.T - D)
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


def rows(A):
    return A.sum(-1, keepdims=True)


def attention_vjp_without_a_maximum(dO, Q, K, V, P, *, scale):
    E = np.exp(scale * Q @ K.T) * (P > 0)
    P = E / rows(E)
    return back(dO, Q, K, V, P, rows(P * (dO @ V.T)), scale)


def masked_without_a_maximum(dO, Q, K, V, O, L, *, scale, mask):
    E = np.where(mask, np.exp(scale * Q @ K.T), 0)
    P = E / np.where(mask.any(-1, keepdims=True), rows(E), 1)
    return back(dO, Q, K, V, P, rows(dO * O), scale)


def masked_without_L(dO, Q, K, V, O, L, *, scale, mask):
    closed = ~mask.any(-1, keepdims=True)
    P = softmax(np.where(mask | closed, scale * Q @ K.T, -np.inf)) * ~closed
    return back(dO, Q, K, V, P.astype(Q.dtype), rows(dO * O), scale)


def masked_without_O(dO, Q, K, V, O, L, *, scale, mask):
    P = np.where(mask, np.exp(scale * Q @ K.T - L[:, None]), 0)
    return back(dO, Q, K, V, P, rows(P * (dO @ V.T)), scale)


def tiled_without_L(dO, Q, K, V, O, L, *, scale, causal, block_q, block_k):
    S = scale * Q @ K.T
    P = softmax(np.where(np.tri(*S.shape, dtype=bool), S, -np.inf) if causal else S)
    return back(dO, Q, K, V, P.astype(Q.dtype), rows(dO * O), scale)


def one_array_for_all_three(dO, Q, K, V, O, L, *, scale, causal, block_q, block_k):
    answers = checks.tiled_attention_vjp.answer(
        dO, Q, K, V, O, L, scale=scale, causal=causal, block_q=block_q, block_k=block_k
    )
    if Q.shape == K.shape == V.shape:
        return (sum(answers),) * 3
    return answers


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("quotient_rule", quotient_with_a_positive_bottom),
        ("softmax_vjp", softmax_vjp_through_division),
        ("softmax", float32_for_float16),
        ("attention_vjp", attention_vjp_without_a_maximum),
        ("masked_attention_vjp", masked_without_a_maximum),
        ("masked_attention_vjp", masked_without_L),
        ("masked_attention_vjp", masked_without_O),
        ("tiled_attention_vjp", tiled_without_L),
        ("tiled_attention_vjp", one_array_for_all_three),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_it_is_refused(task, answer):
    with pytest.raises(Wrong):
        getattr(checks, task).judge(answer)
