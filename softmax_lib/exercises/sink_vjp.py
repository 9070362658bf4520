"""10: back through a softmax whose row had one score more, for a key without a value."""

import numpy as np

from softmax_lib import softmax_vjp
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.exercises.oracles import log_of, row_of_softmax
from softmax_lib.numerical import complex_step

exercise = Exercise("sink_vjp", "dS", "dsink")


@exercise.inputs
def inputs(draw):
    def with_sink(what, N_q, N_k, dtype=np.float64):
        """P without the sink's column: its rows add up to less than one."""
        P = draw.probabilities(N_q, N_k + 1, dtype=dtype)[:, :-1]
        return case(what, dP=draw.normal(N_q, N_k, dtype=dtype), P=P)

    yield with_sink("two queries, three keys", 2, 3)
    yield with_sink("one query, four keys", 1, 4)
    yield with_sink("three queries, five keys", 3, 5)
    yield with_sink("a square case, four of each", 4, 4)
    for dtype in NARROW:
        yield with_sink(dtype.__name__, 3, 4, dtype=dtype)


@exercise.oracle
def by_complex_step(dP, P):
    """One column more, whose dP is 0; the last derivative of each row is the sink's."""
    rows = []
    for g, p in zip(dP, P, strict=True):
        whole = np.append(p, 1 - p.sum())
        rows.append(complex_step(lambda s, g=g: g @ row_of_softmax(s)[:-1], log_of(whole)))
    rows = np.stack(rows)
    return rows[:, :-1], rows[:, -1]


@exercise.answer
def sink_vjp(dP, P):
    D = (P * dP).sum(axis=-1, keepdims=True)  # (N_q, 1): the sink adds nothing, its dP is 0
    dS = P * (dP - D)  # (N_q, N_k): the line of 05
    P_sink = 1 - P.sum(axis=-1)  # (N_q,): what the row lacks to one
    dsink = -P_sink * D[:, 0]  # (N_q,)
    return dS, dsink


@exercise.variant
def one_column_more(dP, P):
    P = np.column_stack([P, 1 - P.sum(1)])
    dS = softmax_vjp(np.column_stack([dP, np.zeros_like(dP[:, 0])]), P)
    return dS[:, :-1], dS[:, -1]


@exercise.variant
def what_the_row_lacks_to_zero(dP, P):
    dS = P * (dP - np.einsum("ij,ij->i", P, dP)[:, None])
    return dS, -dS.sum(1)


def parts(dP, P):
    """D, dS and the sink's share, all of them right."""
    D = (P * dP).sum(-1, keepdims=True)
    return D, P * (dP - D), 1 - P.sum(-1)


@exercise.mistake
def rows_made_to_add_up_to_one(dP, P):
    """P is divided by its row's sum first. Its rows do not add up to one: the rest is the sink's
    share, and the line holds as it stands."""
    _, _, P_sink = parts(dP, P)
    P = P / P.sum(-1, keepdims=True)
    D = (P * dP).sum(-1, keepdims=True)
    return P * (dP - D), -P_sink * D[:, 0]


@exercise.mistake
def mean_of_the_keys_alone(dP, P):
    """D is divided by the sum of the row. The sink takes part in the mean, with dP = 0: D is
    Σ_j P_ij dP_ij, not divided by anything."""
    D, _, P_sink = parts(dP, P)
    D = D / P.sum(-1, keepdims=True)
    return P * (dP - D), -P_sink * D[:, 0]


@exercise.mistake
def sink_has_no_gradient(dP, P):
    """the sink's gradient is 0. It has no value, but it takes its share from the others: the case
    j ≠ k of 03."""
    D, dS, _ = parts(dP, P)
    return dS, 0 * D[:, 0]


@exercise.mistake
def sign_of_the_sink_turned(dP, P):
    """the sign of dsink is turned. Its line is P_sink (0 - D): a sink that rises lowers all the
    others."""
    D, dS, P_sink = parts(dP, P)
    return dS, P_sink * D[:, 0]


@exercise.mistake
def D_without_the_share(dP, P):
    """dsink is -D: the sink's own share is missing. Each dS carries its probability in front."""
    D, dS, _ = parts(dP, P)
    return dS, -D[:, 0]


@exercise.mistake
def share_without_D(dP, P):
    """dsink is minus the sink's share, and D is missing. The share says how much the sink takes, D
    what that costs."""
    _, dS, P_sink = parts(dP, P)
    return dS, -P_sink


@exercise.mistake
def sum_of_the_others_as_share(dP, P):
    """the keys' share stands before D: rowsum(P). The sink's share is the rest, 1 - rowsum(P)."""
    D, dS, _ = parts(dP, P)
    return dS, -P.sum(-1) * D[:, 0]


@exercise.mistake
def sink_against_itself(dP, P):
    """P_sink (1 - P_sink) D is the case j = k. But the sink's own probability has no dP: only the
    case j ≠ k is left."""
    D, dS, P_sink = parts(dP, P)
    return dS, -P_sink * (1 - P_sink) * D[:, 0]


@exercise.mistake
def rows_made_to_add_up_to_zero(dP, P):
    """dS is shifted until its rows add up to zero. With a sink they do not: what they lack is the
    sink's own gradient."""
    D, dS, P_sink = parts(dP, P)
    return dS - dS.mean(-1, keepdims=True), -P_sink * D[:, 0]


@exercise.mistake
def one_sum_over_all_rows(dP, P):
    """dsink is one number: it is added up over the queries. Here each query has a sink of its own;
    add up where one is shared."""
    D, dS, P_sink = parts(dP, P)
    return dS, (-P_sink * D[:, 0]).sum()


@exercise.mistake
def sink_with_a_value(dP, P):
    """the sink's dP is taken for 1. It has no value, so nothing in the output moves with its
    probability: its dP is 0."""
    P_sink = 1 - P.sum(-1, keepdims=True)
    D = (P * dP).sum(-1, keepdims=True) + P_sink
    return P * (dP - D), (P_sink * (1 - D))[:, 0]


@exercise.mistake
def D_alone(dP, P):
    """dsink is D. Two things are missing: the sink's share in front, and the sign of 0 - D."""
    D, dS, _ = parts(dP, P)
    return dS, D[:, 0]


@exercise.mistake
def the_share_itself(dP, P):
    """dsink is the sink's share. That is a probability; its gradient is minus the share times D."""
    _, dS, P_sink = parts(dP, P)
    return dS, P_sink


@exercise.mistake
def sign_and_share_of_the_keys(dP, P):
    """dsink is the keys' share times D. It is the sink's share, 1 - rowsum(P), with a minus."""
    D, dS, _ = parts(dP, P)
    return dS, P.sum(-1) * D[:, 0]


@exercise.mistake
def nothing_left_for_the_sink(dP, P):
    """P is divided by its row's sum, and then nothing is left for the sink. The rows are right as
    they come: what they lack to one is the sink's share."""
    P = P / P.sum(-1, keepdims=True)
    D, dS, _ = parts(dP, P)
    return dS, 0 * D[:, 0]


@exercise.mistake
def D_without_P(dP, P):
    """D is the plain sum of dP in dsink: the weights P are missing."""
    _, dS, P_sink = parts(dP, P)
    return dS, -P_sink * dP.sum(-1)


@exercise.mistake
def plain_mean_in_D(dP, P):
    """D is divided by the number of keys. The weights share out one whole, the sink's among them:
    D is the sum of P∘dP."""
    D, _, P_sink = parts(dP, P)
    D = D / P.shape[-1]
    return P * (dP - D), -P_sink * D[:, 0]


@exercise.mistake
def same_key_alone(dP, P):
    """only the case j = k is there, P(1 - P)∘dP. The other keys answer too: P∘(dP - D)."""
    D, _, P_sink = parts(dP, P)
    return P * (1 - P) * dP, -P_sink * D[:, 0]


@exercise.mistake
def case_of_the_sink_itself(dP, P):
    """P_sink (1 - P_sink) D is the case j = k, and without a minus. The sink's own probability has
    no dP: only the case j ≠ k is left, -P_sink D."""
    D, dS, P_sink = parts(dP, P)
    return dS, P_sink * (1 - P_sink) * D[:, 0]


@exercise.mistake
def D_forgotten(dP, P):
    """D is forgotten in dS. The line does not change: P∘(dP - D)."""
    D, _, P_sink = parts(dP, P)
    return P * dP, -P_sink * D[:, 0]


@exercise.mistake
def dsink_stands_in_a_column(dP, P):
    """dsink stands in a column, (N_q, 1). One number for each query was asked for, (N_q,)."""
    dS, dsink = sink_vjp(dP, P)
    return dS, dsink[:, None]
