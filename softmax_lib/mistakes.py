"""The wrong answers that people really give, each with its name and a hint.

A mistake is written as a learner would write it, and belongs to one exercise. The checks name it
when an answer does the same. A hint says where to look, not what to write.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """One wrong answer to one exercise."""

    task: str
    name: str
    hint: str
    answer: callable


GALLERY = []


def mistake(task, name, hint):
    """Add the function below to the gallery."""

    def add(answer):
        GALLERY.append(Mistake(task, name, hint, answer))
        return answer

    return add


# 01 quotient_rule -----------------------------------------------------------------------------


@mistake(
    "quotient_rule",
    "the slope of the top over the slope of the bottom",
    "Test it on x²/x: the ratio is x, and its slope is 1.",
)
def _(f, df, g, dg):
    return df / dg


@mistake(
    "quotient_rule",
    "a plus for the minus",
    "A growing bottom makes the ratio smaller. Which of the two terms speaks of the bottom?",
)
def _(f, df, g, dg):
    return (df * g + dg * f) / g**2


@mistake(
    "quotient_rule",
    "the two terms in the wrong order",
    "Let the bottom stand still, dg = 0. Which sign must the slope have when the top rises?",
)
def _(f, df, g, dg):
    return (dg * f - df * g) / g**2


@mistake(
    "quotient_rule",
    "brackets are missing",
    "Python divides before it subtracts: g² stands under both terms.",
)
def _(f, df, g, dg):
    return df * g - dg * f / g**2


@mistake(
    "quotient_rule",
    "the square is missing",
    "One g comes from the common denominator at the old place, one at the new place. Or, in the "
    "rectangle: what is left of the change must still be divided by g.",
)
def _(f, df, g, dg):
    return (df * g - dg * f) / g


@mistake(
    "quotient_rule",
    "the top is squared, not the bottom",
    "Which of the two do we divide by?",
)
def _(f, df, g, dg):
    return (df * g - dg * f) / f**2


@mistake(
    "quotient_rule",
    "only the top moves",
    "Right if the bottom stands still. What does the ratio lose when the bottom grows?",
)
def _(f, df, g, dg):
    return df / g


@mistake(
    "quotient_rule",
    "f and g are exchanged in the products",
    "The slope of the top is shared by the bottom: df stands with g, and dg with f.",
)
def _(f, df, g, dg):
    return (df * f - dg * g) / g**2


# 01 logistic_slope ----------------------------------------------------------------------------


@mistake(
    "logistic_slope",
    "the function itself, not its slope",
    "Far to the right σ is 1. How steep is it there? If you used the quotient rule: it squares.",
)
def _(x):
    return np.exp(x) / (np.exp(x) + 1)


@mistake(
    "logistic_slope",
    "the slope of e^x",
    "e^x is its own slope, and σ is a ratio of two functions that both hold it.",
)
def _(x):
    return np.exp(x)


@mistake(
    "logistic_slope",
    "the sign of the other fraction",
    "This is the slope of 1/(e^x + 1), where only the bottom moves. σ rises.",
)
def _(x):
    sigma = np.exp(x) / (np.exp(x) + 1)
    return -sigma * (1 - sigma)


@mistake(
    "logistic_slope",
    "the slope of tanh",
    "1 - t² belongs to the hyperbolic tangent. At x = 0 the slope of σ is a quarter.",
)
def _(x):
    sigma = np.exp(x) / (np.exp(x) + 1)
    return 1 - sigma**2


@mistake(
    "logistic_slope",
    "σ² instead of σ (1 - σ)",
    "Far to the right σ is 1, and hardly rises any more: which factor goes to zero there?",
)
def _(x):
    sigma = np.exp(x) / (np.exp(x) + 1)
    return sigma**2


# 02 softmax -----------------------------------------------------------------------------------


@mistake(
    "softmax",
    "no maximum is subtracted",
    "e^800 is infinite to a computer. Which shift costs nothing, by the theorem of this lesson?",
)
def _(S):
    E = np.exp(S)
    return E / E.sum(axis=-1, keepdims=True)


@mistake(
    "softmax",
    "one maximum for all rows",
    "A row that lies 2000 below another one underflows to zeros. Each row needs its own maximum.",
)
def _(S):
    E = np.exp(S - S.max())
    return E / E.sum(axis=-1, keepdims=True)


@mistake(
    "softmax",
    "one sum for the whole matrix",
    "Each row should add up to one, not the whole matrix. Along which axis do you sum?",
)
def _(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum()


@mistake(
    "softmax",
    "the first axis instead of the last",
    "Here the columns add up to one. Which axis of S holds the scores of one row?",
)
def _(S):
    E = np.exp(S - S.max(axis=0, keepdims=True))
    return E / E.sum(axis=0, keepdims=True)


@mistake(
    "softmax",
    "keepdims is missing",
    "The sums must stand in a column, so that each meets its own row: keepdims=True.",
)
def _(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1)


@mistake(
    "softmax",
    "the scores are changed in place",
    "`-=` and `out=` write into the caller's array. Make a new one: S = S - ...",
)
def _(S):
    S -= S.max(axis=-1, keepdims=True)
    np.exp(S, out=S)
    S /= S.sum(axis=-1, keepdims=True)
    return S


@mistake(
    "softmax",
    "a small number added to the sum",
    "Once the maximum is subtracted the sum is at least 1: there is nothing to protect, and the "
    "probabilities no longer add up to one.",
)
def _(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / (E.sum(axis=-1, keepdims=True) + 1e-6)


@mistake(
    "softmax",
    "the scores are clipped",
    "Clipping makes 800 and 799 one score, but the first is e times as likely. Shift instead.",
)
def _(S):
    E = np.exp(np.clip(S, -500, 500))
    return E / E.sum(axis=-1, keepdims=True)


@mistake(
    "softmax",
    "integers stay integers",
    "zeros_like(S) of an integer S can hold only integers: every probability is cut to 0 or 1.",
)
def _(S):
    P = np.zeros_like(S)
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    P[...] = E / E.sum(axis=-1, keepdims=True)
    return P


@mistake(
    "softmax",
    "float64 comes back whatever goes in",
    "float32 in should be float32 out: don't convert, or convert back.",
)
def _(S):
    S = np.asarray(S, dtype=np.float64)
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


@mistake(
    "softmax",
    "powers of 2 instead of e",
    "With one score more by 1 the ratio should be e, and here it is 2.",
)
def _(S):
    E = np.exp2(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


@mistake(
    "softmax",
    "NaN is hidden",
    "A row that holds NaN has no probabilities. Zeros in its place look like an answer.",
)
def _(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return np.nan_to_num(E / E.sum(axis=-1, keepdims=True))


@mistake(
    "softmax",
    "keepdims is missing in the maximum",
    "The maxima must stand in a column, so that each meets its own row: keepdims=True.",
)
def _(S):
    E = np.exp(S - S.max(axis=-1))
    return E / E.sum(axis=-1, keepdims=True)


# 02 log_softmax -------------------------------------------------------------------------------


@mistake(
    "log_softmax",
    "the logarithm of a softmax",
    "Where P underflows to 0 its logarithm is -∞. Never form P: S_ij - L_i needs no P.",
)
def _(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return np.log(E / E.sum(axis=-1, keepdims=True))


@mistake(
    "log_softmax",
    "no maximum is subtracted",
    "The sum inside L overflows to ∞, or vanishes. Pull the maximum out of the logarithm.",
)
def _(S):
    return S - np.log(np.exp(S).sum(axis=-1, keepdims=True))


@mistake(
    "log_softmax",
    "the maximum is not put back",
    "L = max + log Σ e^(S - max). Shift S and L alike, or neither.",
)
def _(S):
    m = S.max(axis=-1, keepdims=True)
    return S - np.log(np.exp(S - m).sum(axis=-1, keepdims=True))


@mistake(
    "log_softmax",
    "the maximum instead of the log-sum-exp",
    "The maximum is near L, and a little too small: what about the other scores?",
)
def _(S):
    return S - S.max(axis=-1, keepdims=True)


@mistake(
    "log_softmax",
    "the sign is turned",
    "A logarithm of a probability is never above zero.",
)
def _(S):
    S = S - S.max(axis=-1, keepdims=True)
    return np.log(np.exp(S).sum(axis=-1, keepdims=True)) - S


@mistake(
    "log_softmax",
    "logarithms to base 10",
    "log is the natural logarithm here, the one that undoes e^x.",
)
def _(S):
    S = S - S.max(axis=-1, keepdims=True)
    return (S - np.log(np.exp(S).sum(axis=-1, keepdims=True))) / np.log(10.0).astype(S.dtype)


@mistake(
    "log_softmax",
    "keepdims is missing",
    "The L of each row must stand in a column: keepdims=True.",
)
def _(S):
    S = S - S.max(axis=-1, keepdims=True)
    return S - np.log(np.exp(S).sum(axis=-1))


@mistake(
    "log_softmax",
    "keepdims is missing in L",
    "The L of each row must stand in a column, before it is taken from the scores.",
)
def _(S):
    m = S.max(axis=-1, keepdims=True)
    L = m[..., 0] + np.log(np.exp(S - m).sum(axis=-1))
    return S - L


@mistake(
    "log_softmax",
    "the logarithm of an unstable softmax",
    "Two things at once: e^800 overflows, and P should not be formed at all. S_ij - L_i.",
)
def _(S):
    E = np.exp(S)
    return np.log(E / E.sum(axis=-1, keepdims=True))


# 03 two_cases ---------------------------------------------------------------------------------


@mistake(
    "two_cases",
    "the first case everywhere",
    "If j ≠ k the numerator stands still. What is f' then?",
)
def _(P, j, k):
    return P[j] * (1 - P[k])


@mistake(
    "two_cases",
    "the second case everywhere",
    "If j = k the numerator moves as well. What is f' then?",
)
def _(P, j, k):
    return -P[j] * P[k]


@mistake(
    "two_cases",
    "a plus for j ≠ k",
    "Raise another's score: does your probability rise or fall?",
)
def _(P, j, k):
    return P[j] * (1 - P[k]) if j == k else P[j] * P[k]


@mistake(
    "two_cases",
    "the cases are exchanged",
    "Read the condition once more: which case is j = k?",
)
def _(P, j, k):
    return P[j] * (1 - P[k]) if j != k else -P[j] * P[k]


@mistake(
    "two_cases",
    "P_j where P_k should stand",
    "P_j (δ_jk - P_j): how does the answer know which score was pushed?",
)
def _(P, j, k):
    return P[j] * ((j == k) - P[j])


@mistake(
    "two_cases",
    "zero for j ≠ k",
    "The other score is in the denominator too. That is the sum with the index j used twice.",
)
def _(P, j, k):
    return P[j] * (1 - P[j]) if j == k else P[j] * 0


@mistake(
    "two_cases",
    "the slope of the logarithm",
    "δ_jk - P_k is the slope of log P_j. Multiply by P_j to come back to P_j itself.",
)
def _(P, j, k):
    return (j == k) - P[k]


# 03 push --------------------------------------------------------------------------------------


@mistake(
    "push",
    "only the pushed score's own probability moves",
    "The others pay for it: the changes must add up to zero.",
)
def _(P, k):
    slopes = np.zeros_like(P)
    slopes[k] = P[k] * (1 - P[k])
    return slopes


@mistake(
    "push",
    "the own probability falls like the others",
    "At j = k there is one term more, from the numerator.",
)
def _(P, k):
    return -P[k] * P


@mistake(
    "push",
    "a plus for the others",
    "If one rises and the others rise too, probability is made out of nothing.",
)
def _(P, k):
    slopes = P[k] * P
    slopes[k] = P[k] * (1 - P[k])
    return slopes


@mistake(
    "push",
    "P_j (1 - P_j) for every j",
    "That is what each probability does when its own score is pushed. Only one score is.",
)
def _(P, k):
    return P * (1 - P)


@mistake(
    "push",
    "P_j (δ_jk - P_j)",
    "The score that is pushed is k: which probability stands in the bracket?",
)
def _(P, k):
    return P * ((np.arange(len(P)) == k) - P)


# 04 softmax_jacobian --------------------------------------------------------------------------


@mistake(
    "softmax_jacobian",
    "only the diagonal",
    "P(1 - P) is what each probability does for its own score. What do the others do?",
)
def _(P):
    return np.diag(P * (1 - P))


@mistake(
    "softmax_jacobian",
    "a plus for the minus",
    "Off the diagonal the slopes are negative: one's gain is the other's loss.",
)
def _(P):
    return np.diag(P) + np.outer(P, P)


@mistake(
    "softmax_jacobian",
    "the diagonal matrix is missing",
    "Every entry takes P_j P_k away. Only the diagonal has something to take it away from.",
)
def _(P):
    return -np.outer(P, P)


@mistake(
    "softmax_jacobian",
    "P_j (δ_jk - P_j)",
    "Column k should hold P_k in the bracket: P[None, :], not P[:, None].",
)
def _(P):
    return P[:, None] * (np.eye(len(P), dtype=P.dtype) - P[:, None])


@mistake(
    "softmax_jacobian",
    "the Jacobian of the logarithm",
    "δ_jk - P_k is the slope of log P_j. Multiply row j by P_j.",
)
def _(P):
    return np.eye(len(P), dtype=P.dtype) - P[None, :]


@mistake(
    "softmax_jacobian",
    "a row times a column: one number",
    "P @ P is a single number. The outer product has every pair: a column times a row.",
)
def _(P):
    return np.diag(P) - P @ P


@mistake(
    "softmax_jacobian",
    "the sign is turned",
    "A score that rises lifts its own probability: the diagonal is positive.",
)
def _(P):
    return np.outer(P, P) - np.diag(P)


@mistake(
    "softmax_jacobian",
    "softmax is taken of P once more",
    "The function is given P, not S: these numbers add up to one already.",
)
def _(P):
    P = _probabilities(P)
    return np.diag(P) - np.outer(P, P)


# 04 spread ------------------------------------------------------------------------------------


@mistake(
    "spread",
    "the mean of the squares",
    "A constant v has no spread. Take the mean of v into account.",
)
def _(v, P):
    return (P * v**2).sum()


@mistake(
    "spread",
    "the plain mean of v",
    "A likely outcome counts more: the mean is Σ P_j v_j.",
)
def _(v, P):
    return (P * (v - v.mean()) ** 2).sum()


@mistake(
    "spread",
    "every outcome counts alike",
    "This is the variance of v without the probabilities.",
)
def _(v, P):
    return np.var(v)


@mistake(
    "spread",
    "the square root",
    "That is the standard deviation. ⟨v, J v⟩ is its square.",
)
def _(v, P):
    return np.sqrt((P * v**2).sum() - (P * v).sum() ** 2)


@mistake(
    "spread",
    "the mean is not squared",
    "Mean of the squares, minus the square of the mean.",
)
def _(v, P):
    return (P * v**2).sum() - (P * v).sum()


@mistake(
    "spread",
    "the weights are squared too",
    "What does the square belong to: to the distance, or to all of the term?",
)
def _(v, P):
    return ((P * (v - (P * v).sum())) ** 2).sum()


# 05 softmax_vjp -------------------------------------------------------------------------------


@mistake(
    "softmax_vjp",
    "the plain sum of dP, not weighted by P",
    "⟨P, dP⟩ is Σ_j P_j dP_j: a likely outcome has more say.",
)
def _(dP, P):
    return P * (dP - dP.sum(axis=-1, keepdims=True))


@mistake(
    "softmax_vjp",
    "the plain mean of dP",
    "The mean is taken with the weights P: Σ_j P_j dP_j.",
)
def _(dP, P):
    return P * (dP - dP.mean(axis=-1, keepdims=True))


@mistake(
    "softmax_vjp",
    "the sign is turned",
    "dP minus the mean, not the mean minus dP.",
)
def _(dP, P):
    return P * ((P * dP).sum(axis=-1, keepdims=True) - dP)


@mistake(
    "softmax_vjp",
    "a plus for the minus",
    "Compare each message with the mean: subtract it.",
)
def _(dP, P):
    return P * (dP + (P * dP).sum(axis=-1, keepdims=True))


@mistake(
    "softmax_vjp",
    "one mean for the whole matrix",
    "Each row has a mean of its own: along which axis do you sum?",
)
def _(dP, P):
    return P * (dP - (P * dP).sum())


@mistake(
    "softmax_vjp",
    "keepdims is missing",
    "In a square matrix the means of the rows are taken from the columns, without an error. "
    "keepdims=True lets them stand in a column.",
)
def _(dP, P):
    return P * (dP - (P * dP).sum(axis=-1))


@mistake(
    "softmax_vjp",
    "the means of the columns",
    "The probabilities add up to one along the last axis: sum along that one.",
)
def _(dP, P):
    return P * (dP - (P * dP).sum(axis=0, keepdims=True))


@mistake(
    "softmax_vjp",
    "no P in front",
    "After comparing with the mean, weigh with the probability.",
)
def _(dP, P):
    return dP - (P * dP).sum(axis=-1, keepdims=True)


@mistake(
    "softmax_vjp",
    "p(1 - p) dP: the off-diagonal terms are missing",
    "Each score moves every probability. The diagonal of J alone is not J.",
)
def _(dP, P):
    return P * (1 - P) * dP


@mistake(
    "softmax_vjp",
    "the upstream gradient is forgotten in the first term",
    "Both terms of the bracket speak of dP.",
)
def _(dP, P):
    return P * (1 - (P * dP).sum(axis=-1, keepdims=True))


@mistake(
    "softmax_vjp",
    "dP is changed in place",
    "`-=` writes into the caller's array, who may need it again.",
)
def _(dP, P):
    dP -= (P * dP).sum(axis=-1, keepdims=True)
    return P * dP


@mistake(
    "softmax_vjp",
    "dP and P stand in each other's place",
    "Which of the two is compared with the mean, and which does the weighing? A score with no "
    "probability gets no gradient.",
)
def _(dP, P):
    return dP * (P - (P * dP).sum(axis=-1, keepdims=True))


# 05 cross_entropy_grad ------------------------------------------------------------------------


def _probabilities(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


def _minus_targets(P, target, one=1):
    P[np.arange(len(target)), target] -= one
    return P


def _at_probabilities(P, target):
    rows = np.arange(len(target))
    dP = np.zeros_like(P)
    dP[rows, target] = -1 / P[rows, target] / len(target)
    return dP


@mistake(
    "cross_entropy_grad",
    "the sign is turned",
    "What you said, minus what was true. The target's entry is negative.",
)
def _(S, target):
    return -_minus_targets(_probabilities(S), target) / len(target)


@mistake(
    "cross_entropy_grad",
    "not divided by the number of rows",
    "The loss is a mean over the batch: so is its gradient.",
)
def _(S, target):
    return _minus_targets(_probabilities(S), target)


@mistake(
    "cross_entropy_grad",
    "divided by the number of scores in a row",
    "The mean is over the rows, B of them, not over the N scores of a row.",
)
def _(S, target):
    return _minus_targets(_probabilities(S), target) / S.shape[-1]


@mistake(
    "cross_entropy_grad",
    "divided by the number of all entries",
    "There are B losses to average, not B·N.",
)
def _(S, target):
    return _minus_targets(_probabilities(S), target) / S.size


@mistake(
    "cross_entropy_grad",
    "P[:, target] takes whole columns",
    "One entry in each row is meant: row 0 with target[0], row 1 with target[1]. "
    "P[np.arange(B), target] picks them.",
)
def _(S, target):
    P = _probabilities(S)
    P[:, target] -= 1
    return P / len(target)


@mistake(
    "cross_entropy_grad",
    "the probabilities alone",
    "Without the targets nobody is right or wrong: subtract Y.",
)
def _(S, target):
    return _probabilities(S) / len(target)


@mistake(
    "cross_entropy_grad",
    "through the softmax twice",
    "P - Y is already the gradient of the scores: the softmax has been crossed.",
)
def _(S, target):
    P = _probabilities(S)
    dP = _minus_targets(P.copy(), target)
    return P * (dP - (P * dP).sum(axis=-1, keepdims=True)) / len(target)


@mistake(
    "cross_entropy_grad",
    "the scores are changed in place",
    "The caller's scores are overwritten. Make a new array for P.",
)
def _(S, target):
    S -= S.max(axis=-1, keepdims=True)
    return _minus_targets(_probabilities(S), target) / len(target)


@mistake(
    "cross_entropy_grad",
    "no maximum is subtracted",
    "The softmax in it overflows. Shift each row by its maximum first.",
)
def _(S, target):
    E = np.exp(S)
    return _minus_targets(E / E.sum(axis=-1, keepdims=True), target) / len(target)


@mistake(
    "cross_entropy_grad",
    "the message at the probabilities, not at the scores",
    "-1/P at the target is dP. It has still to cross the softmax.",
)
def _(S, target):
    return _at_probabilities(_probabilities(S), target)


@mistake(
    "cross_entropy_grad",
    "through -1/P",
    "On paper the P cancels. In the computer it may be 0, and 0 times infinity is no number. Where "
    "does the short line of this lesson divide by P?",
)
def _(S, target):
    P = _probabilities(S)
    dP = _at_probabilities(P, target)
    return P * (dP - (P * dP).sum(axis=-1, keepdims=True))


@mistake(
    "cross_entropy_grad",
    "through -Y/P",
    "On paper the P cancels. In the computer it may be 0, and 0 / 0 is no number, not even where "
    "nobody looks. Where does the short line of this lesson divide by P?",
)
def _(S, target):
    P = _probabilities(S)
    Y = np.eye(P.shape[-1], dtype=P.dtype)[target]
    dP = -Y / P / P.dtype.type(len(target))
    return P * (dP - (P * dP).sum(axis=-1, keepdims=True))


@mistake(
    "cross_entropy_grad",
    "the targets are counted from 1",
    "A target of 0 is the first score, as everywhere in Python.",
)
def _(S, target):
    return _minus_targets(_probabilities(S), target - 1) / len(target)


# 05 log_softmax_vjp ---------------------------------------------------------------------------


@mistake(
    "log_softmax_vjp",
    "softmax's own vjp",
    "That line belongs to P. The Jacobian of log P is δ_jk - P_k: there is no P_j in front.",
)
def _(dlogP, P):
    return P * (dlogP - (P * dlogP).sum(axis=-1, keepdims=True))


@mistake(
    "log_softmax_vjp",
    "the sum is weighted by P",
    "L hears every message alike: Σ_j dlogP_j. The P stands outside the sum.",
)
def _(dlogP, P):
    return dlogP - P * (P * dlogP).sum(axis=-1, keepdims=True)


@mistake(
    "log_softmax_vjp",
    "no P before the sum",
    "Each score moves L by its own probability.",
)
def _(dlogP, P):
    return dlogP - dlogP.sum(axis=-1, keepdims=True)


@mistake(
    "log_softmax_vjp",
    "a plus for the minus",
    "log P = S - L: the L is taken away.",
)
def _(dlogP, P):
    return dlogP + P * dlogP.sum(axis=-1, keepdims=True)


@mistake(
    "log_softmax_vjp",
    "the mean instead of the sum",
    "The messages of a row are added up, not averaged.",
)
def _(dlogP, P):
    return dlogP - P * dlogP.mean(axis=-1, keepdims=True)


@mistake(
    "log_softmax_vjp",
    "one sum for the whole matrix",
    "Each row has a log-sum-exp of its own: along which axis do you sum?",
)
def _(dlogP, P):
    return dlogP - P * dlogP.sum()


@mistake(
    "log_softmax_vjp",
    "keepdims is missing",
    "The sums must stand in a column: keepdims=True.",
)
def _(dlogP, P):
    return dlogP - P * dlogP.sum(axis=-1)


@mistake(
    "log_softmax_vjp",
    "the bracket of softmax's vjp",
    "Softmax compares with a mean that P weighs. What does L hear of the messages, and how much "
    "does each score move L?",
)
def _(dlogP, P):
    return dlogP - (P * dlogP).sum(axis=-1, keepdims=True)


@mistake(
    "log_softmax_vjp",
    "the message at the probabilities, not at the scores",
    "dlogP / P is dP. It has still to cross the softmax.",
)
def _(dlogP, P):
    return dlogP / P


# 06 attention ---------------------------------------------------------------------------------


@mistake("attention", "the scale is missing", "S = scale · Q Kᵀ: multiply before the softmax.")
def _(Q, K, V, *, scale):
    P = _probabilities(Q @ K.T)
    return P @ V, P


@mistake(
    "attention",
    "the scale is hard-coded",
    "1/√d is the usual scale, but the caller passes one: use it.",
)
def _(Q, K, V, *, scale):
    P = _probabilities(Q @ K.T * Q.shape[-1] ** -0.5)
    return P @ V, P


@mistake(
    "attention",
    "the scale is applied twice",
    "Multiply Q or the product with it, not both.",
)
def _(Q, K, V, *, scale):
    P = _probabilities(scale * (scale * Q) @ K.T)
    return P @ V, P


@mistake(
    "attention",
    "the probabilities are scaled, not the scores",
    "The scale belongs inside the softmax; outside, the rows no longer add up to one.",
)
def _(Q, K, V, *, scale):
    P = scale * _probabilities(Q @ K.T)
    return P @ V, P


@mistake(
    "attention",
    "the softmax runs over the queries",
    "Each query divides itself among the keys: the rows of P add up to one.",
)
def _(Q, K, V, *, scale):
    P = _probabilities((scale * Q @ K.T).T).T
    return P @ V, P


@mistake("attention", "the softmax is forgotten", "S V is a sum with scores for weights.")
def _(Q, K, V, *, scale):
    S = scale * Q @ K.T
    return S @ V, S


@mistake(
    "attention",
    "no maximum is subtracted",
    "Scores of 800 overflow. Use the stable softmax of lesson 02.",
)
def _(Q, K, V, *, scale):
    E = np.exp(scale * Q @ K.T)
    P = E / E.sum(-1, keepdims=True)
    return P @ V, P


@mistake(
    "attention",
    "one maximum for the whole matrix",
    "A row that lies thousands below another one underflows to zeros. Each row needs its own "
    "maximum.",
)
def _(Q, K, V, *, scale):
    S = scale * Q @ K.T
    E = np.exp(S - S.max())
    P = E / E.sum(-1, keepdims=True)
    return P @ V, P


# 06 attention_vjp -----------------------------------------------------------------------------


def _backward(dO, Q, K, V, P, dS, scale):
    """The five lines, with whatever dS a mistake makes of P and dP."""
    dS = dS(P, dO @ V.mT)
    return scale * dS @ K, scale * dS.mT @ Q, P.mT @ dO


def _D(P, dP):
    return (P * dP).sum(-1, keepdims=True)


def _true_dS(P, dP):
    return P * (dP - _D(P, dP))


@mistake(
    "attention_vjp",
    "dP is taken for dS",
    "The gradient has not crossed the softmax yet.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, lambda P, dP: dP, scale)


@mistake(
    "attention_vjp",
    "D without keepdims",
    "The D of each row must stand in a column. If N_q = N_k, nothing else tells you.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, lambda P, dP: P * (dP - (P * dP).sum(-1)), scale)


@mistake(
    "attention_vjp",
    "D over the columns",
    "The rows of P add up to one, so the mean is taken over a row: the last axis.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, lambda P, dP: P * (dP - (P * dP).sum(0, keepdims=True)), scale)


@mistake(
    "attention_vjp",
    "D is the plain sum of dP",
    "D_i = Σ_j P_ij dP_ij: weighted with the probabilities.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, lambda P, dP: P * (dP - dP.sum(-1, keepdims=True)), scale)


@mistake(
    "attention_vjp",
    "D is the plain mean of dP",
    "D_i = Σ_j P_ij dP_ij: a mean, but weighted with the probabilities.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, lambda P, dP: P * (dP - dP.mean(-1, keepdims=True)), scale)


@mistake("attention_vjp", "D is added", "Compare dP with its mean: subtract D.")
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, lambda P, dP: P * (dP + _D(P, dP)), scale)


@mistake(
    "attention_vjp",
    "D is forgotten",
    "P∘dP is only the diagonal's share, and not even all of that. The others pay D.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, lambda P, dP: P * dP, scale)


@mistake(
    "attention_vjp",
    "p(1 - p) dP: the off-diagonal terms are missing",
    "Each score moves every probability of its row, not only its own.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, lambda P, dP: P * (1 - P) * dP, scale)


@mistake(
    "attention_vjp",
    "the scale is missing",
    "S = scale · Q Kᵀ: whoever goes back through it meets the scale again, in dQ and in dK.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, _true_dS, 1)


@mistake(
    "attention_vjp",
    "the scale is applied twice",
    "Once for each product: in dS or in dQ and dK, not in both.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, _true_dS, scale**2)


@mistake(
    "attention_vjp",
    "the scale is hard-coded",
    "1/√d is the usual scale, but the caller passes the one that was used: use it.",
)
def _(dO, Q, K, V, P, *, scale):
    return _backward(dO, Q, K, V, P, _true_dS, Q.shape[-1] ** -0.5)


@mistake(
    "attention_vjp",
    "the scale is in dQ alone",
    "Q and K stand in S in the same way: both gradients carry the scale.",
)
def _(dO, Q, K, V, P, *, scale):
    dQ, dK, dV = _backward(dO, Q, K, V, P, _true_dS, scale)
    return dQ, dK / scale, dV


@mistake(
    "attention_vjp",
    "dV without the transpose",
    "Key j collects from all queries: dV = Pᵀ dO. A square P hides it.",
)
def _(dO, Q, K, V, P, *, scale):
    dQ, dK, _ = _backward(dO, Q, K, V, P, _true_dS, scale)
    return dQ, dK, P @ dO


@mistake(
    "attention_vjp",
    "dK without the transpose",
    "Key k collects from all queries: dK = scale · dSᵀ Q. A square dS hides it.",
)
def _(dO, Q, K, V, P, *, scale):
    dQ, _, dV = _backward(dO, Q, K, V, P, _true_dS, scale)
    return dQ, scale * _true_dS(P, dO @ V.mT) @ Q, dV


@mistake(
    "attention_vjp",
    "dQ and dK are exchanged",
    "dQ has the shape of Q and is made with K; dK the other way round.",
)
def _(dO, Q, K, V, P, *, scale):
    dQ, dK, dV = _backward(dO, Q, K, V, P, _true_dS, scale)
    return dK, dQ, dV


@mistake(
    "attention_vjp",
    "dV comes first",
    "It is found first, but not asked for first: in which order are the three returned?",
)
def _(dO, Q, K, V, P, *, scale):
    dQ, dK, dV = _backward(dO, Q, K, V, P, _true_dS, scale)
    return dV, dQ, dK


# 06 masked_attention_vjp ----------------------------------------------------------------------


def _from_L(dO, Q, K, V, O, P, scale):
    """The five lines once P is there, with D from O."""
    dS = P * (dO @ V.T - (dO * O).sum(-1, keepdims=True))
    return scale * dS @ K, scale * dS.T @ Q, P.T @ dO


@mistake(
    "masked_attention_vjp",
    "the mask is forgotten in the backward pass",
    "S is computed again here, and knows nothing of the mask. Where it is False, P is 0.",
)
def _(dO, Q, K, V, O, L, *, scale, mask):
    return _from_L(dO, Q, K, V, O, np.exp(scale * Q @ K.T - L[:, None]), scale)


@mistake(
    "masked_attention_vjp",
    "the mask is the wrong way round",
    "True means: may attend.",
)
def _(dO, Q, K, V, O, L, *, scale, mask):
    P = np.where(mask, 0, np.exp(scale * Q @ K.T - L[:, None]))
    return _from_L(dO, Q, K, V, O, P, scale)


@mistake(
    "masked_attention_vjp",
    "a query without a key becomes NaN",
    "Its L is -∞, so S - L is infinite or not a number, and no product with 0 repairs that. Its "
    "gradients are exactly 0: choose with np.where, after the exponential.",
)
def _(dO, Q, K, V, O, L, *, scale, mask):
    S = np.where(mask, scale * Q @ K.T, -np.inf)
    return _from_L(dO, Q, K, V, O, np.exp(S - L[:, None]), scale)


@mistake(
    "masked_attention_vjp",
    "L does not stand in a column",
    "Each query has an L of its own: L[:, None]. In a square case nothing else tells you.",
)
def _(dO, Q, K, V, O, L, *, scale, mask):
    P = np.where(mask, np.exp(scale * Q @ K.T - L), 0)
    return _from_L(dO, Q, K, V, O, P, scale)


@mistake(
    "masked_attention_vjp",
    "softmax once more, without the mask",
    "Without the mask the sum of the row is another one. L knows the right one.",
)
def _(dO, Q, K, V, O, L, *, scale, mask):
    return _from_L(dO, Q, K, V, O, np.where(mask, _probabilities(scale * Q @ K.T), 0), scale)


@mistake(
    "masked_attention_vjp",
    "the mask is put on dS alone",
    "dV needs P as well, and a masked key must get nothing: mask P.",
)
def _(dO, Q, K, V, O, L, *, scale, mask):
    P = np.exp(scale * Q @ K.T - L[:, None])
    dQ, dK, _ = _from_L(dO, Q, K, V, O, np.where(mask, P, 0), scale)
    return dQ, dK, P.T @ dO


@mistake(
    "masked_attention_vjp",
    "the scale is missing in S",
    "L was made of scaled scores. Are yours, computed again, the same ones?",
)
def _(dO, Q, K, V, O, L, *, scale, mask):
    P = np.where(mask, np.exp(Q @ K.T - L[:, None]), 0)
    return _from_L(dO, Q, K, V, O, P, scale)


# 07 online_logsumexp --------------------------------------------------------------------------


def _online(S, block, shrink, m=-np.inf, stop=None, L=lambda m, Z: m + np.log(Z)):
    """The loop over tiles, with one of its parts exchanged."""
    Z = 0.0
    for start in range(0, len(S) if stop is None else stop, block):
        tile = S[start : start + block]
        m_old, m = m, max(m, tile.max())
        Z = Z * shrink(m_old, m) + np.exp(tile - m).sum()
    return np.asarray(L(m, Z)).astype(S.dtype)


def _true_shrink(m_old, m):
    return np.exp(m_old - m)


@mistake(
    "online_logsumexp",
    "the old sum is not rescaled",
    "When the maximum grows, the old terms were measured against the old one: multiply by "
    "e^(m_old - m).",
)
def _(S, *, block):
    return _online(S, block, lambda m_old, m: 1.0)


@mistake(
    "online_logsumexp",
    "the rescaling is upside down",
    "The maximum grows, so the old sum must shrink: e to a negative number.",
)
def _(S, *, block):
    return _online(S, block, lambda m_old, m: np.exp(m - m_old) if m_old > -np.inf else 0.0)


@mistake(
    "online_logsumexp",
    "the last tile is dropped",
    "If the block does not divide N, a shorter tile is left at the end.",
)
def _(S, *, block):
    return _online(S, block, _true_shrink, stop=len(S) // block * block)


@mistake(
    "online_logsumexp",
    "the maximum starts at 0",
    "If all scores lie far below 0, nothing is left of their exponentials. Start at -∞.",
)
def _(S, *, block):
    return _online(S, block, _true_shrink, m=0.0)


@mistake(
    "online_logsumexp",
    "the maximum is not put back",
    "Z was measured against m: L = m + log Z.",
)
def _(S, *, block):
    return _online(S, block, _true_shrink, L=lambda m, Z: np.log(Z))


@mistake(
    "online_logsumexp",
    "the maximum instead of the log-sum-exp",
    "m is near L, and a little too small: where is the sum?",
)
def _(S, *, block):
    return _online(S, block, _true_shrink, L=lambda m, Z: m)


@mistake(
    "online_logsumexp",
    "the sums of the tiles are added as they are",
    "Each tile was measured against its own maximum. Bring them to a common one first.",
)
def _(S, *, block):
    tiles = [S[start : start + block] for start in range(0, len(S), block)]
    Z = sum(np.exp(tile - tile.max()).sum() for tile in tiles)
    return (S.max() + np.log(Z)).astype(S.dtype)


@mistake(
    "online_logsumexp",
    "the rescaling is upside down from the first tile on",
    "The usual reason why all is NaN: before the first tile Z is 0 and the factor infinite. The "
    "maximum only grows, so which way must the old sum go?",
)
def _(S, *, block):
    return _online(S, block, lambda m_old, m: np.exp(m - m_old))


@mistake(
    "online_logsumexp",
    "Z is returned, not L",
    "Z is measured against m, and has had no logarithm.",
)
def _(S, *, block):
    return _online(S, block, _true_shrink, L=lambda m, Z: Z)


# 07 online_attention --------------------------------------------------------------------------


def _online_attention(
    Q, K, V, scale, block_k, *, shrink_Z=True, shrink_A=True, divide=False, m=None, stop=None
):
    """The loop over tiles of keys, with one of its parts exchanged; returns m, Z, A."""
    lowest = np.finfo(Q.dtype).min if m is None else m
    m, Z = np.full((len(Q), 1), lowest, Q.dtype), np.zeros((len(Q), 1), Q.dtype)
    A = np.zeros((len(Q), V.shape[1]), Q.dtype)
    for start in range(0, len(K) if stop is None else stop, block_k):
        S = scale * Q @ K[start : start + block_k].T
        m_old, m = m, np.maximum(m, S.max(-1, keepdims=True))
        E, shrink = np.exp(S - m), np.exp(m_old - m)
        Z = Z * (shrink if shrink_Z else 1) + E.sum(-1, keepdims=True)
        A = A * (shrink if shrink_A else 1) + E @ V[start : start + block_k]
        A = A / Z if divide else A
    return m, Z, A


def _finish(m, Z, A):
    return A / Z, (m + np.log(Z))[:, 0]


@mistake(
    "online_attention",
    "the accumulator is not rescaled",
    "A was measured against the old maximum, as Z was: multiply it by e^(m_old - m) too.",
)
def _(Q, K, V, *, scale, block_k):
    return _finish(*_online_attention(Q, K, V, scale, block_k, shrink_A=False))


@mistake(
    "online_attention",
    "the running sum is not rescaled",
    "Z was measured against the old maximum, as A was: multiply it by e^(m_old - m) too.",
)
def _(Q, K, V, *, scale, block_k):
    return _finish(*_online_attention(Q, K, V, scale, block_k, shrink_Z=False))


@mistake(
    "online_attention",
    "neither the sum nor the accumulator is rescaled",
    "When the maximum grows, both are too large by e^(m - m_old).",
)
def _(Q, K, V, *, scale, block_k):
    return _finish(*_online_attention(Q, K, V, scale, block_k, shrink_Z=False, shrink_A=False))


@mistake(
    "online_attention",
    "not divided by the sum at the end",
    "A is a sum with weights e^(S - m). To make them probabilities, divide by Z.",
)
def _(Q, K, V, *, scale, block_k):
    m, Z, A = _online_attention(Q, K, V, scale, block_k)
    return A, (m + np.log(Z))[:, 0]


@mistake(
    "online_attention",
    "the last tile is dropped",
    "If block_k does not divide N_k, a shorter tile is left at the end.",
)
def _(Q, K, V, *, scale, block_k):
    stop = len(K) // block_k * block_k
    return _finish(*_online_attention(Q, K, V, scale, block_k, stop=stop))


@mistake(
    "online_attention",
    "the maximum starts at 0",
    "If all scores of a row lie far below 0, nothing is left of them. Start at -∞, or at the "
    "lowest number there is.",
)
def _(Q, K, V, *, scale, block_k):
    return _finish(*_online_attention(Q, K, V, scale, block_k, m=0))


@mistake(
    "online_attention",
    "L is the maximum alone",
    "L = m + log Z: the backward pass needs the whole log-sum-exp.",
)
def _(Q, K, V, *, scale, block_k):
    m, Z, A = _online_attention(Q, K, V, scale, block_k)
    return A / Z, m[:, 0]


@mistake(
    "online_attention",
    "each tile is normalised by itself",
    "A mean of the tiles' outputs gives every tile the same say. Divide once, at the end.",
)
def _(Q, K, V, *, scale, block_k):
    tiles = [slice(start, start + block_k) for start in range(0, len(K), block_k)]
    O = sum(_probabilities(scale * Q @ K[j].T) @ V[j] for j in tiles) / Q.dtype.type(len(tiles))
    m, Z, _ = _online_attention(Q, K, V, scale, block_k)
    return O, (m + np.log(Z))[:, 0]


@mistake(
    "online_attention",
    "divided by the sum in every tile",
    "What the first tile has divided, the second divides again. How many divisions did the "
    "derivation end with?",
)
def _(Q, K, V, *, scale, block_k):
    m, Z, O = _online_attention(Q, K, V, scale, block_k, divide=True)
    return O, (m + np.log(Z))[:, 0]


# 07 tiled_attention_vjp -----------------------------------------------------------------------


def _tiled(
    dO,
    Q,
    K,
    V,
    O,
    L,
    *,
    scale,
    causal,
    block_q,
    block_k,
    local=False,
    compare=np.less_equal,
    D_of_tile=False,
    P_of_tile=False,
    assign_dQ=False,
    assign_dK=False,
    whole_tiles=False,
    scaled=True,
):
    """The two loops, with one of their parts exchanged."""
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    D = (dO * O).sum(-1, keepdims=True)
    N_q = len(Q) // block_q * block_q if whole_tiles else len(Q)
    N_k = len(K) // block_k * block_k if whole_tiles else len(K)
    for b in range(0, N_k, block_k):
        for a in range(0, N_q, block_q):
            i, j = slice(a, min(a + block_q, N_q)), slice(b, min(b + block_k, N_k))
            S = scale * Q[i] @ K[j].T
            query, key = np.arange(i.start, i.stop)[:, None], np.arange(j.start, j.stop)
            seen = compare(key - local * b, query - local * a)
            P = _probabilities(S) if P_of_tile else np.exp(S - L[i, None])
            P = np.where(seen, P, 0) if causal else P
            dP = dO[i] @ V[j].T
            dS = P * (dP - ((P * dP).sum(-1, keepdims=True) if D_of_tile else D[i]))
            dQ[i] = (0 if assign_dQ else dQ[i]) + (scale if scaled else 1) * dS @ K[j]
            dK[j] = (0 if assign_dK else dK[j]) + (scale if scaled else 1) * dS.T @ Q[i]
            dV[j] += P.T @ dO[i]
    return dQ, dK, dV


@mistake(
    "tiled_attention_vjp",
    "the causal mask counts from the corner of the tile",
    "Query and key are compared by their places in the whole sentence: add where the tile begins.",
)
def _(*letters, **options):
    return _tiled(*letters, **options, local=True)


@mistake(
    "tiled_attention_vjp",
    "the causal mask is forgotten",
    "S is computed again in each tile, and knows nothing of causality.",
)
def _(*letters, causal, **options):
    return _tiled(*letters, **options, causal=False)


@mistake(
    "tiled_attention_vjp",
    "D from one tile",
    "D is a mean over the complete row. rowsum(dO∘O) has it before the first tile is opened.",
)
def _(*letters, **options):
    return _tiled(*letters, **options, D_of_tile=True)


@mistake(
    "tiled_attention_vjp",
    "a softmax in each tile",
    "A tile does not know the sum of its row. L does: P = e^(S - L).",
)
def _(*letters, **options):
    return _tiled(*letters, **options, P_of_tile=True)


@mistake(
    "tiled_attention_vjp",
    "= for += in dQ",
    "A query hears from every tile of keys: add up.",
)
def _(*letters, **options):
    return _tiled(*letters, **options, assign_dQ=True)


@mistake(
    "tiled_attention_vjp",
    "= for += in dK",
    "A key hears from every tile of queries: add up.",
)
def _(*letters, **options):
    return _tiled(*letters, **options, assign_dK=True)


@mistake(
    "tiled_attention_vjp",
    "the last tiles are dropped",
    "If a block does not divide N, a shorter tile is left at the end.",
)
def _(*letters, **options):
    return _tiled(*letters, **options, whole_tiles=True)


@mistake(
    "tiled_attention_vjp",
    "the scale is missing in dQ and dK",
    "S = scale · Q Kᵀ: whoever goes back through it meets the scale again.",
)
def _(*letters, **options):
    return _tiled(*letters, **options, scaled=False)


@mistake(
    "tiled_attention_vjp",
    "a query may not attend to itself",
    "Causal means: no later key. Is a query's own key later?",
)
def _(*letters, **options):
    return _tiled(*letters, **options, compare=np.less)


@mistake(
    "tiled_attention_vjp",
    "the comparison of the causal mask is turned round",
    "A query attends to itself and to what came before. Which of the two places is the larger?",
)
def _(*letters, **options):
    return _tiled(*letters, **options, compare=np.greater_equal)


@mistake(
    "tiled_attention_vjp",
    "the causal mask keeps what comes later",
    "Causal means: no later key. In which part of a tile of P do you put the zeros?",
)
def _(*letters, **options):
    return _tiled(*letters, **options, compare=np.greater)


# 08 linear_vjp --------------------------------------------------------------------------------


def _rows(X):
    return X.reshape(-1, X.shape[-1])


@mistake(
    "linear_vjp",
    "dW is kept apart for each example",
    "W is one matrix, used by all. A nudge of it is felt in every example: add up what each says.",
)
def _(dY, X, W):
    return dY @ W.T, X.mT @ dY


@mistake(
    "linear_vjp",
    "dW is the mean over the examples",
    "The loss hears of W through every example, and roads are added up. Whether the loss itself "
    "is a mean is settled in dY.",
)
def _(dY, X, W):
    return dY @ W.T, (_rows(X).T @ _rows(dY)) / (X.size // np.prod(X.shape[-2:]))


@mistake(
    "linear_vjp",
    "dW is the mean over the rows",
    "The loss hears of W through every row, and roads are added up.",
)
def _(dY, X, W):
    return dY @ W.T, _rows(X).T @ _rows(dY) / len(_rows(X))


@mistake(
    "linear_vjp",
    "dW lies on its side",
    "dW has the shape of W, (m, n).",
)
def _(dY, X, W):
    return dY @ W.T, _rows(dY).T @ _rows(X)


@mistake(
    "linear_vjp",
    "W is not transposed in dX",
    "dY has n columns and dX has m. Where both are equal, nothing else tells you.",
)
def _(dY, X, W):
    return dY @ W, _rows(X).T @ _rows(dY)


@mistake(
    "linear_vjp",
    "dX and dW are exchanged",
    "First what flows on to the layer before, then what the weights get.",
)
def _(dY, X, W):
    return _rows(X).T @ _rows(dY), dY @ W.T


@mistake(
    "linear_vjp",
    "the last example alone",
    "Is dW overwritten in a loop? It has to be added to.",
)
def _(dY, X, W):
    X_last, dY_last = (A.reshape(-1, *A.shape[-2:])[-1] for A in (X, dY))
    return dY @ W.T, X_last.T @ dY_last


@mistake(
    "linear_vjp",
    "X is not transposed in dW",
    "Column of X with column of dY: the rows are what is summed over. Square matrices hide it.",
)
def _(dY, X, W):
    return dY @ W.T, _rows(X) @ _rows(dY)


@mistake(
    "linear_vjp",
    "right for one example, not for a batch",
    "`.T` turns all axes round, the examples as well. Lay all rows under one another first.",
)
def _(dY, X, W):
    return dY @ W.T, X.T @ dY


# 08 split_heads -------------------------------------------------------------------------------


@mistake(
    "split_heads",
    "reshaped, and not turned",
    "reshape never moves a number past another: it cuts a row of X off for a head, and not "
    "columns. Cut the last axis in two, then move the head to the front.",
)
def _(X, *, heads):
    return X.reshape(*X.shape[:-2], heads, X.shape[-2], -1)


@mistake(
    "split_heads",
    "the head stays behind the row",
    "Cut, and not moved: attention takes the last two axes for rows and columns.",
)
def _(X, *, heads):
    return X.reshape(*X.shape[:-1], heads, -1)


@mistake(
    "split_heads",
    "every so many columns instead of neighbours",
    "The first head has the first d columns. Which of the two new axes has to come first?",
)
def _(X, *, heads):
    return np.moveaxis(X.reshape(*X.shape[:-1], -1, heads), -1, -3)


@mistake(
    "split_heads",
    "rows and columns of a head are exchanged",
    "One axis moves, and the other two keep their order: (heads, N, d).",
)
def _(X, *, heads):
    return np.moveaxis(X.reshape(*X.shape[:-1], heads, -1), -3, -1)


@mistake(
    "split_heads",
    "the first two axes change places",
    "Only the head moves. In a batch the examples have to stay in front.",
)
def _(X, *, heads):
    return X.reshape(*X.shape[:-1], heads, -1).swapaxes(0, 1)


@mistake(
    "split_heads",
    "heads and d are exchanged",
    "`heads` says how many, and what is left for each is d.",
)
def _(X, *, heads):
    return np.moveaxis(X.reshape(*X.shape[:-1], -1, X.shape[-1] // heads), -1, -3)


@mistake(
    "split_heads",
    "one head is all",
    "Each head has columns of its own: together they are X.",
)
def _(X, *, heads):
    return np.stack([X] * heads, -3)


# 08 rms_norm_vjp ------------------------------------------------------------------------------


@mistake(
    "rms_norm_vjp",
    "r is taken for a constant",
    "A nudge of H moves r as well: which term of the quotient rule speaks of the bottom?",
)
def _(dU, U, r):
    return dU / r


@mistake(
    "rms_norm_vjp",
    "the division by r is missing",
    "U is H over r, so every slope is one over r, too.",
)
def _(dU, U, r):
    return dU - U * (U * dU).mean(-1, keepdims=True)


@mistake(
    "rms_norm_vjp",
    "the sum is not divided by n",
    "The slope of r is H / (n r): a mean is taken under the root.",
)
def _(dU, U, r):
    return (dU - U * (U * dU).sum(-1, keepdims=True)) / r


@mistake(
    "rms_norm_vjp",
    "keepdims is missing",
    "Each row has a mean of its own, which must stand in a column.",
)
def _(dU, U, r):
    return (dU - U * (U * dU).mean(-1)) / r


@mistake(
    "rms_norm_vjp",
    "one mean for all rows",
    "Each row has a size of its own, and a mean of its own.",
)
def _(dU, U, r):
    return (dU - U * (U * dU).mean()) / r


@mistake(
    "rms_norm_vjp",
    "the mean is taken over the rows",
    "The norm works along a row, the last axis.",
)
def _(dU, U, r):
    return (dU - U * (U * dU).mean(-2 if U.ndim > 1 else -1, keepdims=True)) / r


@mistake(
    "rms_norm_vjp",
    "a plus for the minus",
    "The larger a row grows, the more it is divided by. Which sign has the bottom's term?",
)
def _(dU, U, r):
    return (dU + U * (U * dU).mean(-1, keepdims=True)) / r


@mistake(
    "rms_norm_vjp",
    "U is missing in front of the mean",
    "This is right for subtracting a mean. Here δ_jk - U_j U_k / n has U twice.",
)
def _(dU, U, r):
    return (dU - (U * dU).mean(-1, keepdims=True)) / r


@mistake(
    "rms_norm_vjp",
    "the mean of dU, not of U ∘ dU",
    "This is layer norm's other term. What is taken away is the part of dU along U.",
)
def _(dU, U, r):
    return (dU - U * dU.mean(-1, keepdims=True)) / r


@mistake(
    "rms_norm_vjp",
    "H for U",
    "With H = r U the second term needs two more divisions by r.",
)
def _(dU, U, r):
    return (dU - r * U * (r * U * dU).mean(-1, keepdims=True)) / r


@mistake(
    "rms_norm_vjp",
    "softmax's rule: U ∘ (dU - mean)",
    "The two are alike and not the same: here the diagonal is 1, there it was P.",
)
def _(dU, U, r):
    return U * (dU - (U * dU).mean(-1, keepdims=True)) / r


@mistake(
    "rms_norm_vjp",
    "divided by r twice",
    "Once is enough: the second r of r² went into U.",
)
def _(dU, U, r):
    return (dU - U * (U * dU).mean(-1, keepdims=True)) / r**2


# 09 keys_gradient -----------------------------------------------------------------------------


@mistake(
    "keys_gradient",
    "Q dSᵀ, as it was printed",
    "Write the shapes under the letters: does the product have that of K? Where all lengths are "
    "equal it fits, and is wrong.",
)
def _(dS, Q, *, scale):
    return scale * Q @ dS.mT


@mistake(
    "keys_gradient",
    "dS is not transposed",
    "dS has a row for each query. K has a row for each key.",
)
def _(dS, Q, *, scale):
    return scale * dS @ Q


@mistake(
    "keys_gradient",
    "dK lies on its side",
    "This is Qᵀ dS, the gradient of Kᵀ. K itself has a row for each key.",
)
def _(dS, Q, *, scale):
    return scale * Q.mT @ dS


@mistake(
    "keys_gradient",
    "the scale is forgotten",
    "S = scale · Q Kᵀ: a nudge of K reaches S multiplied by the scale.",
)
def _(dS, Q, *, scale):
    return dS.mT @ Q


@mistake(
    "keys_gradient",
    "the scale is taken twice",
    "The scale stands in S once. How often does a nudge of K meet it?",
)
def _(dS, Q, *, scale):
    return scale * dS.mT @ (scale * Q)


@mistake(
    "keys_gradient",
    "divided by the scale",
    "S grows with the scale, so its slope does too.",
)
def _(dS, Q, *, scale):
    return dS.mT @ Q / scale


@mistake(
    "keys_gradient",
    "the scale is hard-coded",
    "1/√d is the usual scale, but the caller passes the one that was used: use it.",
)
def _(dS, Q, *, scale):
    return Q.shape[-1] ** -0.5 * dS.mT @ Q


@mistake(
    "keys_gradient",
    "right for one matrix, not for a batch",
    "Texts and heads may stand in front. `.T` turns them round too, `.mT` turns the last two axes.",
)
def _(dS, Q, *, scale):
    return scale * dS.T @ Q


# 09 tile_of_dS --------------------------------------------------------------------------------


def _tile(dO, P, V, D):
    return P * (dO @ V.T - D)


@mistake(
    "tile_of_dS",
    "D over the keys of the tile alone",
    "rowsum(P ∘ dP) is D only if the row is complete. Which of your letters knows about all keys?",
)
def _(dO, O, P, V):
    return _tile(dO, P, V, (P * (dO @ V.T)).sum(-1, keepdims=True))


@mistake(
    "tile_of_dS",
    "D from the tile's own output",
    "P V of the tile is a part of O, and what it gives is a part of D.",
)
def _(dO, O, P, V):
    return _tile(dO, P, V, (dO * (P / P.sum(-1, keepdims=True) @ V)).sum(-1, keepdims=True))


@mistake(
    "tile_of_dS",
    "no D",
    "The other scores of the row share the same sum: compare dP with the row's mean.",
)
def _(dO, O, P, V):
    return _tile(dO, P, V, 0)


@mistake(
    "tile_of_dS",
    "D is added",
    "How much better than the row's mean is this key? Compare the two: subtract D.",
)
def _(dO, O, P, V):
    return _tile(dO, P, V, -(dO * O).sum(-1, keepdims=True))


@mistake(
    "tile_of_dS",
    "no P in front",
    "A key that nobody looks at gets no gradient: dP - D is weighed by P.",
)
def _(dO, O, P, V):
    return dO @ V.T - (dO * O).sum(-1, keepdims=True)


@mistake(
    "tile_of_dS",
    "P is divided again",
    "Your columns of P are a part of a row, and need not add up to one. Take them as they are.",
)
def _(dO, O, P, V):
    return _tile(dO, P / P.sum(-1, keepdims=True), V, (dO * O).sum(-1, keepdims=True))


@mistake(
    "tile_of_dS",
    "D is summed down the columns",
    "D has one number for each query: the sum runs along a row of dO ∘ O.",
)
def _(dO, O, P, V):
    return _tile(dO, P, V, (dO * O).sum(0))


@mistake(
    "tile_of_dS",
    "keepdims is missing",
    "Each query has a D of its own, so they must stand in a column. Where the tile is square "
    "nothing else tells you.",
)
def _(dO, O, P, V):
    return _tile(dO, P, V, (dO * O).sum(-1))


@mistake(
    "tile_of_dS",
    "one D for all queries",
    "The sum runs along a row of dO ∘ O, and each query has its own.",
)
def _(dO, O, P, V):
    return _tile(dO, P, V, (dO * O).sum())


@mistake(
    "tile_of_dS",
    "the mean over the columns of O instead of the sum",
    "⟨dO_i, O_i⟩ is a sum of products. Nothing is divided by d_v.",
)
def _(dO, O, P, V):
    return _tile(dO, P, V, (dO * O).mean(-1, keepdims=True))


@mistake(
    "tile_of_dS",
    "P(1 - P) ∘ dP",
    "The diagonal of the Jacobian alone: what do the other keys of the row do?",
)
def _(dO, O, P, V):
    return P * (1 - P) * (dO @ V.T)


# 09 masked_softmax ----------------------------------------------------------------------------


def _stable(S, m=None):
    with np.errstate(all="ignore"):
        E = np.exp(S - (S.max(-1, keepdims=True) if m is None else m))
        return E / E.sum(-1, keepdims=True)


def _zero_if_closed(P, mask):
    return np.where(mask.any(-1, keepdims=True), P, P.dtype.type(0))


@mistake(
    "masked_softmax",
    "-1e9 for -∞",
    "A row without a key becomes an average over keys that nobody may see; and a score may lie "
    "below -1e9.",
)
def _(S, *, mask):
    return _stable(np.where(mask, S, -1e9))


@mistake(
    "masked_softmax",
    "-1e9 is added where nobody may look",
    "In a row without a key it is added everywhere, and a shift changes nothing.",
)
def _(S, *, mask):
    return _stable(S + np.where(mask, S.dtype.type(0), -1e9))


@mistake(
    "masked_softmax",
    "a row without a key becomes NaN",
    "All its scores are -∞, and -∞ - (-∞) is no number. What is an average of nothing here?",
)
def _(S, *, mask):
    return _stable(np.where(mask, S, -np.inf))


@mistake(
    "masked_softmax",
    "masked after the softmax",
    "The share of a masked key must go to the others: take it out of the sum as well.",
)
def _(S, *, mask):
    return _stable(1.0 * S) * mask


@mistake(
    "masked_softmax",
    "masked after the softmax, then divided again",
    "Right on paper. But if a masked score towers above the others, nothing is left to divide.",
)
def _(S, *, mask):
    P = _stable(1.0 * S) * mask
    with np.errstate(all="ignore"):
        return P / P.sum(-1, keepdims=True)


@mistake(
    "masked_softmax",
    "the mask is the wrong way round",
    "True means: may attend.",
)
def _(S, *, mask):
    return _zero_if_closed(_stable(np.where(mask, -np.inf, S)), ~mask)


@mistake(
    "masked_softmax",
    "the maximum is taken over masked scores too",
    "If the largest score is a masked one, the others underflow to zero: mask first.",
)
def _(S, *, mask):
    m = 1.0 * S.max(-1, keepdims=True)
    return np.nan_to_num(_stable(np.where(mask, S, -np.inf), m))


@mistake(
    "masked_softmax",
    "the sums run down the columns",
    "Each row is a softmax of its own: the maximum and the sum are taken along the last axis.",
)
def _(S, *, mask):
    S = np.where(mask, S, -np.inf)
    E = np.exp(S - np.maximum(S.max(-2, keepdims=True), np.finfo(S.dtype).min))
    return E / np.maximum(E.sum(-2, keepdims=True), 1)


@mistake(
    "masked_softmax",
    "0 for -∞",
    "e^0 is 1, so a score of 0 takes its share like any other.",
)
def _(S, *, mask):
    return _zero_if_closed(_stable(np.where(mask, 1.0 * S, S.dtype.type(0))), mask)


@mistake(
    "masked_softmax",
    "the difference is taken in integers",
    "An int8 ends at -128 and begins again at 127; a uint8 knows nothing below 0. Make floats of "
    "them before you subtract.",
)
def _(S, *, mask):
    m = np.where(mask, S, S.min()).max(-1, keepdims=True)
    E = np.where(mask, np.exp(1.0 * (S - m)), 0)
    return E / np.maximum(E.sum(-1, keepdims=True), 1)


# 09 vjp_test ----------------------------------------------------------------------------------


def _agree(vjp, dP, P, rtol=1e-6):
    """Hold a vjp against the right one, for these dP and P."""
    right = P * (dP - (P * dP).sum(-1, keepdims=True))
    return bool(np.allclose(vjp(dP, P), right, rtol=rtol, atol=1e-9))


def _dP_and_P(*shape):
    rng = np.random.default_rng(0)
    return rng.normal(size=shape), _probabilities(rng.normal(size=shape))


@mistake(
    "vjp_test",
    "an upstream gradient of ones",
    "J times a row of ones is 0, so half of the wrong formulas pass. Draw dP at random.",
)
def _(vjp):
    _, P = _dP_and_P(3, 4)
    return _agree(vjp, np.ones(P.shape), P)


@mistake(
    "vjp_test",
    "an upstream gradient of ones, in a batch",
    "J times a row of ones is 0, so half of the wrong formulas pass. Draw dP at random.",
)
def _(vjp):
    _, P = _dP_and_P(2, 3, 4)
    return _agree(vjp, np.ones(P.shape), P)


@mistake(
    "vjp_test",
    "only the row sums are looked at",
    "Right answers sum to zero, and so do some wrong ones. Compare every entry.",
)
def _(vjp):
    return bool(np.allclose(vjp(*_dP_and_P(2, 3, 4)).sum(-1), 0, atol=1e-9))


@mistake(
    "vjp_test",
    "one row is not enough",
    "In a single row the wrong axis is the right one. Try a matrix, and a batch of them.",
)
def _(vjp):
    return _agree(vjp, *_dP_and_P(4))


@mistake(
    "vjp_test",
    "one matrix is not enough",
    "In a matrix the second axis is the last. vjp promises (…, N): try a batch.",
)
def _(vjp):
    return _agree(vjp, *_dP_and_P(3, 4))


@mistake(
    "vjp_test",
    "all probabilities are equal",
    "Where P is even, the plain mean is the weighted one. Make P uneven.",
)
def _(vjp):
    dP, _ = _dP_and_P(2, 3, 4)
    return _agree(vjp, dP, np.full(dP.shape, 0.25))


@mistake(
    "vjp_test",
    "a tolerance that forgives too much",
    "A formula that is a thousandth off passes. In float64, with a fair nudge, you can ask for "
    "six digits.",
)
def _(vjp):
    return _agree(vjp, *_dP_and_P(2, 3, 4), rtol=1e-2)


@mistake(
    "vjp_test",
    "every last digit must agree",
    "Two right formulas round differently. Allow for rounding: np.allclose, not ==.",
)
def _(vjp):
    dP, P = _dP_and_P(2, 3, 4)
    return bool((vjp(dP, P) == P * dP - P * np.einsum("...j,...j->...", P, dP)[..., None]).all())


@mistake(
    "vjp_test",
    "a test that nothing can pass",
    "It refuses what is right as well. By a nudge in float64 you can ask for six digits or so, "
    "and not for twelve.",
)
def _(vjp):
    return False


@mistake(
    "vjp_test",
    "a test that nothing can fail",
    "It says True whatever it is given. Compare the values with a slope that knows no formula.",
)
def _(vjp):
    dP, P = _dP_and_P(2, 3, 4)
    return vjp(dP, P).shape == P.shape


@mistake(
    "vjp_test",
    "the verdict is turned round",
    "True means: this vjp is right.",
)
def _(vjp):
    return not _agree(vjp, *_dP_and_P(2, 3, 4))
