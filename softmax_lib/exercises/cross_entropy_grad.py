"""05: the gradient of the cross-entropy of a batch, with respect to its scores."""

import numpy as np

from softmax_lib import cross_entropy_grad, loops, softmax
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.exercises.promises import EACH_ROW_IS_ZERO
from softmax_lib.numerical import complex_step

exercise = Exercise("cross_entropy_grad", "dS", promises=[EACH_ROW_IS_ZERO])


@exercise.inputs
def inputs(draw):
    yield case("two rows of three", S=draw.normal(2, 3), target=np.array([0, 2]))
    twice = np.array([1, 0, 1, 3])
    yield case("four rows, two with one target", S=draw.normal(4, 4), target=twice)
    for dtype in NARROW:
        S, target = draw.normal(3, 5, dtype=dtype), np.array([1, 4, 0])
        yield case(f"{dtype.__name__} scores", S=S, target=target)
    S = np.array([[800.0, -800.0, 0.0], [0.0, -800.0, 790.0]])
    yield case("scores of ±800", S=S, target=np.array([0, 1]), extreme=True)
    S = np.array([[0.0, 1.0, 0.5], [2000.0, 2001.0, 2000.5]])
    yield case("rows that are 2000 apart", S=S, target=np.array([0, 1]), extreme=True)


@exercise.oracle
def by_complex_step(S, target):
    return complex_step(lambda S: loops.cross_entropy(S, target), S)


exercise.answer(cross_entropy_grad)


@exercise.variant
def with_one_hot_rows(S, target):
    Y = np.eye(S.shape[-1], dtype=S.dtype)[target]
    return (softmax(S) - Y) / S.dtype.type(len(target))


@exercise.variant
def one_target_after_the_other(S, target):
    dS = softmax(S)
    for i, t in enumerate(target):
        dS[i, t] -= 1
    return dS / S.dtype.type(len(target))


def minus_targets(P, target, one=1):
    P[np.arange(len(target)), target] -= one
    return P


def at_probabilities(P, target):
    rows = np.arange(len(target))
    dP = np.zeros_like(P)
    dP[rows, target] = -1 / P[rows, target] / len(target)
    return dP


@exercise.mistake
def sign_turned(S, target):
    """the sign is turned. What you said, minus what was true. The target's entry is negative."""
    return -minus_targets(softmax(S), target) / len(target)


@exercise.mistake
def not_divided_by_number_of_rows(S, target):
    """not divided by the number of rows. The loss is a mean over the batch: so is its gradient."""
    return minus_targets(softmax(S), target)


@exercise.mistake
def divided_by_number_of_scores_in_row(S, target):
    """divided by the number of scores in a row. The mean is over the rows, B of them, not over
    the N scores of a row."""
    return minus_targets(softmax(S), target) / S.shape[-1]


@exercise.mistake
def divided_by_number_of_all_entries(S, target):
    """divided by the number of all entries. There are B losses to average, not B·N."""
    return minus_targets(softmax(S), target) / S.size


@exercise.mistake
def whole_columns(S, target):
    """P[:, target] takes whole columns. One entry in each row is meant: row 0 with target[0],
    row 1 with target[1]. P[np.arange(B), target] picks them."""
    P = softmax(S)
    P[:, target] -= 1
    return P / len(target)


@exercise.mistake
def probabilities_alone(S, target):
    """the probabilities alone. The gradient depends on the targets: subtract Y."""
    return softmax(S) / len(target)


@exercise.mistake
def through_softmax_twice(S, target):
    """through the softmax twice. P - Y is already the gradient of the scores: the softmax has
    been crossed."""
    P = softmax(S)
    dP = minus_targets(P.copy(), target)
    return P * (dP - (P * dP).sum(axis=-1, keepdims=True)) / len(target)


@exercise.mistake
def scores_changed_in_place(S, target):
    """the scores are changed in place. The caller's scores are overwritten. Make a new array
    for P."""
    S -= S.max(axis=-1, keepdims=True)
    return minus_targets(softmax(S), target) / len(target)


@exercise.mistake
def no_maximum_subtracted(S, target):
    """no maximum is subtracted. The softmax in it overflows. Shift each row by its maximum
    first."""
    E = np.exp(S)
    return minus_targets(E / E.sum(axis=-1, keepdims=True), target) / len(target)


@exercise.mistake
def gradient_at_the_probabilities(S, target):
    """the gradient at the probabilities, not at the scores. -1/P at the target is dP. It has
    still to cross the softmax."""
    return at_probabilities(softmax(S), target)


@exercise.mistake
def through_minus_1_over_P(S, target):
    """through -1/P. On paper the P cancels. In the computer it may be 0, and 0 times infinity
    is no number. Where does the short line of this lesson divide by P?"""
    P = softmax(S)
    dP = at_probabilities(P, target)
    return P * (dP - (P * dP).sum(axis=-1, keepdims=True))


@exercise.mistake
def through_minus_Y_over_P(S, target):
    """through -Y/P. On paper the P cancels. In the computer it may be 0, and 0 / 0 is no
    number, also in an entry that is no target. Where does the short line of this lesson divide
    by P?"""
    P = softmax(S)
    Y = np.eye(P.shape[-1], dtype=P.dtype)[target]
    dP = -Y / P / P.dtype.type(len(target))
    return P * (dP - (P * dP).sum(axis=-1, keepdims=True))


@exercise.mistake
def targets_counted_from_1(S, target):
    """the targets are counted from 1. A target of 0 is the first score, as everywhere in Python."""
    return minus_targets(softmax(S), target - 1) / len(target)


@exercise.mistake
def sign_turned_and_not_divided(S, target):
    """two things: the sign is turned, and nothing is divided by the number of rows. What you
    said minus what was true, and a mean over the batch."""
    return -minus_targets(softmax(S), target)


@exercise.mistake
def sign_turned_and_divided_by_all(S, target):
    """two things: the sign is turned, and it is divided by all entries. What you said minus
    what was true, over B rows."""
    return -minus_targets(softmax(S), target) / S.size


@exercise.mistake
def minus_Y_over_P(S, target):
    """-Y/P is the gradient at the probabilities, and of a sum. It has still to cross the
    softmax, and a mean over the batch divides by B."""
    rows, P = np.arange(len(target)), softmax(S)
    dP = np.zeros_like(P)
    dP[rows, target] = -1 / P[rows, target]
    return dP


@exercise.mistake
def through_the_diagonal(S, target):
    """(P - Y) is multiplied by P(1 - P). P - Y is already the gradient of the scores: the
    softmax has been crossed."""
    P = softmax(S)
    return minus_targets(P.copy(), target) * P * (1 - P) / len(target)


@exercise.mistake
def through_the_diagonal_and_not_divided(S, target):
    """two things: P - Y has crossed the softmax already, so that P(1 - P) is too much, and the
    mean divides by B."""
    P = softmax(S)
    return minus_targets(P.copy(), target) * P * (1 - P)


@exercise.mistake
def target_s_entry_alone(S, target):
    """only the target's entry is not zero. The other scores stand in the denominator: each gets
    its P."""
    rows, P = np.arange(len(target)), softmax(S)
    dS = np.zeros_like(P)
    dS[rows, target] = (P[rows, target] - 1) / len(target)
    return dS


@exercise.mistake
def softmax_down_the_columns(S, target):
    """the softmax runs down the columns. Each row is an example, and its scores lie along the
    last axis."""
    return minus_targets(softmax(S, axis=0), target) / len(target)


@exercise.mistake
def averaged_over_rows(S, target):
    """averaged over the rows. The loss is one number, its gradient has an entry for each score:
    divide by B, and add nothing up."""
    return minus_targets(softmax(S), target).mean(0)


@exercise.mistake
def logarithms_for_probabilities(S, target):
    """log P - Y, where P - Y is needed. The logarithm is in the loss; its derivative holds P."""
    P = softmax(S)
    return minus_targets(np.log(P), target) / len(target)


@exercise.mistake
def scores_for_probabilities(S, target):
    """S - Y: the softmax is forgotten. What you said is P, not S."""
    return minus_targets(S.copy(), target) / len(target)


@exercise.mistake
def targets_alone(S, target):
    """only the targets. What you said, P, is missing: without it a right answer gets as large
    a gradient as a wrong one."""
    return minus_targets(np.zeros_like(S), target) / len(target)


@exercise.mistake
def target_subtracted(S, target):
    """the index itself is subtracted. Y is 1 at the target's place and 0 elsewhere; the target
    is where, not how much."""
    return (softmax(S) - target[:, None].astype(S.dtype)) / S.dtype.type(len(target))


@exercise.mistake
def divided_twice(S, target):
    """divided by the number of rows twice. Once is the mean."""
    return minus_targets(softmax(S), target) / len(target) ** 2


@exercise.mistake
def added_at_the_target(S, target):
    """one is added at the target. It is taken away: P - Y is negative there."""
    P = softmax(S)
    P[np.arange(len(target)), target] += 1
    return P / len(target)


@exercise.mistake
def only_Y_divided(S, target):
    """only the 1 is divided by the number of rows. The mean divides all of P - Y."""
    return minus_targets(softmax(S), target, 1 / S.dtype.type(len(target)))


@exercise.mistake
def only_P_divided(S, target):
    """only P is divided by the number of rows. The mean divides all of P - Y: put it into
    brackets."""
    return minus_targets(softmax(S) / S.dtype.type(len(target)), target)


@exercise.mistake
def one_maximum_for_all_rows(S, target):
    """one maximum for all rows. A row that lies 2000 below another one underflows to 0 / 0.
    Each row needs its own."""
    E = np.exp(S - S.max())
    return minus_targets(E / E.sum(-1, keepdims=True), target) / len(target)


@exercise.mistake
def loss_returned(S, target):
    """this is φ, and not its gradient. The gradient has an entry for each score."""
    return -np.log(softmax(S)[np.arange(len(target)), target]).mean()


@exercise.mistake
def target_s_entry_alone_not_divided(S, target):
    """two things: only the target's entry is not zero, and nothing is divided. The other scores
    stand in the denominator, and the mean divides by B."""
    rows, P = np.arange(len(target)), softmax(S)
    dS = np.zeros_like(P)
    dS[rows, target] = P[rows, target] - 1
    return dS


@exercise.mistake
def target_s_entry_turned(S, target):
    """only the target's entry is not zero, and its sign is turned. What you said minus
    what was true: P - Y, in every entry."""
    rows, P = np.arange(len(target)), softmax(S)
    dS = np.zeros_like(P)
    dS[rows, target] = 1 - P[rows, target]
    return dS


@exercise.mistake
def softmax_down_the_columns_not_divided(S, target):
    """two things: the softmax runs down the columns, and nothing is divided. Each row is an
    example; the mean divides by B."""
    return minus_targets(softmax(S, axis=0), target)


@exercise.mistake
def softmax_twice(S, target):
    """softmax is taken twice. Its output adds up to one already."""
    return minus_targets(softmax(softmax(S)), target) / len(target)
