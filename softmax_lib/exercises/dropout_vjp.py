"""10: back through an output whose probabilities were thinned by dropout."""

import numpy as np

from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.exercises.oracles import by_rows, log_of, row_of_softmax
from softmax_lib.exercises.promises import rows_add_up_to
from softmax_lib.numerical import complex_step

exercise = Exercise(
    "dropout_vjp", "dS", "dV", promises=[rows_add_up_to(0, "each row of dS adds up to zero")]
)


@exercise.inputs
def inputs(draw):
    def dropped(what, N_q, N_k, d_v, share=0.5, dtype=np.float64):
        """A mask that drops in every row, and not everywhere; what is kept is scaled up."""
        open_ = (np.add.outer(np.arange(N_q), 2 * np.arange(N_k)) % 3 > 0).astype(dtype)
        letters = {
            "dO": draw.normal(N_q, d_v, dtype=dtype),
            "P": draw.probabilities(N_q, N_k, dtype=dtype),
            "V": draw.normal(N_k, d_v, dtype=dtype),
        }
        return case(what, **letters, keep=open_ / dtype(1 - share))

    yield dropped("two queries, three keys", 2, 3, 1)
    yield dropped("one query, four keys", 1, 4, 2)
    yield dropped("three queries, five keys, a fifth is dropped", 3, 5, 4, share=0.2)
    yield dropped("a square case, four of each", 4, 4, 4)
    for dtype in NARROW:
        yield dropped(dtype.__name__, 3, 4, 2, dtype=dtype)


@exercise.oracle
def by_complex_step(dO, P, V, keep):
    """Σ dO ∘ (P∘keep) V, differentiated along the scores log P and along V."""

    @by_rows
    def dS(dP, P):
        rows = zip(dP, P, strict=True)
        return np.stack(
            [complex_step(lambda s, g=g: (g * row_of_softmax(s)).sum(), log_of(p)) for g, p in rows]
        )

    def phi(V):
        return np.einsum("ic,ij,ij,jc->", dO, P, keep, V)

    weights = complex_step(lambda P: np.einsum("ic,ij,ij,jc->", dO, P, keep, V), P)
    return dS(dP=weights, P=P), complex_step(phi, V)


@exercise.answer
def dropout_vjp(dO, P, V, *, keep):
    dV = (P * keep).T @ dO  # (N_k, d_v)
    dP = (dO @ V.T) * keep  # (N_q, N_k)
    dS = P * (dP - (P * dP).sum(axis=-1, keepdims=True))  # (N_q, N_k)
    return dS, dV


@exercise.variant
def D_from_the_output(dO, P, V, *, keep):
    O = (P * keep) @ V
    dS = P * (dO @ V.T * keep - (dO * O).sum(1)[:, None])
    return dS, (P * keep).T @ dO


@exercise.variant
def by_jacobians(dO, P, V, *, keep):
    dP = dO @ V.T * keep
    dS = np.stack([(np.diag(p) - np.outer(p, p)) @ g for p, g in zip(P, dP, strict=True)])
    return dS, np.einsum("ij,ij,ic->jc", P, keep, dO)


def back(P, dP):
    """The softmax's line."""
    return P * (dP - (P * dP).sum(-1, keepdims=True))


@exercise.mistake
def keep_forgotten_in_dP(dO, P, V, *, keep):
    """keep is forgotten in dP. A weight that was dropped does not move the output: its dP is 0."""
    return back(P, dO @ V.T), (P * keep).T @ dO


@exercise.mistake
def keep_forgotten_in_dV(dO, P, V, *, keep):
    """keep is forgotten in dV. O was made of P∘keep, so that is what weighs dO."""
    return back(P, dO @ V.T * keep), P.T @ dO


@exercise.mistake
def keep_forgotten(dO, P, V, *, keep):
    """keep is forgotten on the way back. It stands between P and O: a factor in dP, and in dV."""
    return back(P, dO @ V.T), P.T @ dO


@exercise.mistake
def dropped_P_in_the_softmax_line(dO, P, V, *, keep):
    """P∘keep stands in the softmax's line in place of P. The softmax made P, and keep came after
    it: its line takes P, and the dP that has met keep already."""
    return back(P * keep, dO @ V.T), (P * keep).T @ dO


@exercise.mistake
def keep_met_twice(dO, P, V, *, keep):
    """keep is met twice: in dP, and in the P of the softmax's line. It was met once forward."""
    return back(P * keep, dO @ V.T * keep), (P * keep).T @ dO


@exercise.mistake
def keep_put_on_dS(dO, P, V, *, keep):
    """keep is put on dS, after the softmax's line. Forward it came after the softmax, so on the
    way back it comes before: dP first, then the line."""
    return back(P, dO @ V.T) * keep, (P * keep).T @ dO


@exercise.mistake
def keep_outside_the_mean(dO, P, V, *, keep):
    """the mean is taken without keep. D is the mean of the same dP that is compared with it."""
    dP = dO @ V.T
    return P * (dP * keep - (P * dP).sum(-1, keepdims=True)), (P * keep).T @ dO


@exercise.mistake
def dropped_weights_in_the_mean(dO, P, V, *, keep):
    """keep is met twice in D: in dP, and in the weights. D_i = Σ_j P_ij dP_ij, and keep is in that
    dP; or take D from the output, rowsum(dO∘O)."""
    dP = dO @ V.T * keep
    return P * (dP - (P * keep * dP).sum(-1, keepdims=True)), (P * keep).T @ dO


@exercise.mistake
def zeros_and_ones(dO, P, V, *, keep):
    """keep is taken for zeros and ones. What is kept was scaled up forward, by 1/(1 - p): the same
    factor comes back."""
    M = (keep > 0).astype(P.dtype)
    return back(P, dO @ V.T * M), (P * M).T @ dO


@exercise.mistake
def made_to_add_up_to_one(dO, P, V, *, keep):
    """P∘keep is made to add up to one again. Dropout does not do that: its rows add up to one only
    in the mean over many masks."""
    kept = P * keep
    return back(P, dO @ V.T * keep), (kept / kept.sum(-1, keepdims=True)).T @ dO


@exercise.mistake
def divided_by_keep(dO, P, V, *, keep):
    """dP is divided by keep. A factor forward is the same factor on the way back."""
    M = np.where(keep > 0, 1 / np.where(keep > 0, keep, 1), 0)
    return back(P, dO @ V.T * M), (P * keep).T @ dO


@exercise.mistake
def keep_put_on_dS_too(dO, P, V, *, keep):
    """keep is met twice: in dP, and once more on dS. A score whose weight was dropped still stands
    in its row's denominator: its dS is not 0."""
    return back(P, dO @ V.T * keep) * keep, (P * keep).T @ dO


@exercise.mistake
def dropped_scores_get_nothing(dO, P, V, *, keep):
    """dS is set to 0 where a weight was dropped. Its dP is 0; its score still stands in the
    denominator of its row."""
    return np.where(keep > 0, back(P, dO @ V.T * keep), 0), (P * keep).T @ dO


@exercise.mistake
def hidden_before_the_softmax(dO, P, V, *, keep):
    """what was dropped is treated as a mask would, and the rest shared out anew. Dropout comes
    after the softmax: P stays as the softmax made it."""
    W = np.where(keep > 0, P, 0)
    W = W / W.sum(-1, keepdims=True)
    return back(W, dO @ V.T), W.T @ dO


@exercise.mistake
def dP_returned(dO, P, V, *, keep):
    """this is dP, not dS: the softmax is still to be crossed, P∘(dP - D)."""
    return dO @ V.T * keep, (P * keep).T @ dO


@exercise.mistake
def plain_mean_in_D(dO, P, V, *, keep):
    """D is divided by the number of keys. The weights P add up to one already: D is the sum of
    P∘dP."""
    dP = dO @ V.T * keep
    return P * (dP - (P * dP).mean(-1, keepdims=True)), (P * keep).T @ dO


@exercise.mistake
def D_over_the_queries(dO, P, V, *, keep):
    """D is added up down the columns. Each query has a D of its own: the sum runs along its row."""
    dP = dO @ V.T * keep
    return P * (dP - (P * dP).sum(0, keepdims=True)), (P * keep).T @ dO


@exercise.mistake
def D_forgotten(dO, P, V, *, keep):
    """D is forgotten: P∘dP alone. Compare dP with its mean over the row."""
    return P * (dO @ V.T * keep), (P * keep).T @ dO
