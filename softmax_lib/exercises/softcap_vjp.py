"""10: back through a softmax and through the softcap before it."""

import numpy as np

from softmax_lib import softmax_vjp
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.exercises.oracles import row_of_softmax
from softmax_lib.numerical import complex_step

exercise = Exercise("softcap_vjp", "dR")


@exercise.inputs
def inputs(draw):
    def capped(what, N_q, N_k, softcap, hidden=(), dtype=np.float64, **kind):
        R = 2 * draw.normal(N_q, N_k)
        mask = np.ones((N_q, N_k), bool)
        for at in hidden:
            mask[at] = False
        S = np.where(mask, softcap * np.tanh(R / softcap), -np.inf)
        P = np.exp(S) / np.exp(S).sum(-1, keepdims=True)
        dP = draw.normal(N_q, N_k)
        letters = {"dP": dP, "P": P, "R": R}
        letters = {name: X.astype(dtype) for name, X in letters.items()}
        return case(what, **letters, softcap=softcap, **kind)

    yield capped("two queries, three keys", 2, 3, 1.5)
    yield capped("three queries, five keys, another cap", 3, 5, 3.0)
    yield capped("a square case, four of each", 4, 4, 0.5)
    for dtype in NARROW:
        yield capped(dtype.__name__, 3, 4, 2.0, dtype=dtype)
    hidden = [(0, 2), (1, 0), (2, 2)]
    yield capped("some keys are hidden", 3, 4, 2.0, hidden, extreme=True)


@exercise.oracle
def by_complex_step(dP, P, R, softcap):
    """Each row through the cap and the softmax of the keys that it sees."""
    dR = np.zeros_like(R)
    for g, p, r, out in zip(dP, P, R, dR, strict=True):
        seen = p > 0

        def phi(r, g=g[seen]):
            return g @ row_of_softmax(softcap * np.tanh(r / softcap))

        out[seen] = complex_step(phi, r[seen])
    return dR


@exercise.answer
def softcap_vjp(dP, P, R, *, softcap):
    dS = P * (dP - (P * dP).sum(axis=-1, keepdims=True))  # by the capped score
    slope = 1 - np.tanh(R / softcap) ** 2  # dS/dR, of the raw score
    return dS * slope


@exercise.variant
def from_the_capped_score(dP, P, R, *, softcap):
    S = softcap * np.tanh(R / softcap)
    return softmax_vjp(dP, P) * (1 - (S / softcap) ** 2)


@exercise.variant
def by_the_hyperbolic_cosine(dP, P, R, *, softcap):
    return softmax_vjp(dP, P) / np.cosh(R / softcap) ** 2


@exercise.mistake
def slope_forgotten(dP, P, R, *, softcap):
    """the derivative of the cap is forgotten. This is the gradient by the capped score: one factor
    more leads to the raw one."""
    return softmax_vjp(dP, P)


@exercise.mistake
def capped_twice(dP, P, R, *, softcap):
    """the derivative is taken at the capped score: tanh of a tanh. It belongs to the raw score R;
    or take S/softcap, which is the tanh already."""
    S = softcap * np.tanh(R / softcap)
    return softmax_vjp(dP, P) * (1 - np.tanh(S / softcap) ** 2)


@exercise.mistake
def not_divided_by_the_cap(dP, P, R, *, softcap):
    """R is not divided by the cap inside tanh. The derivative is 1 - tanh²(R/softcap)."""
    return softmax_vjp(dP, P) * (1 - np.tanh(R) ** 2)


@exercise.mistake
def capped_score_not_divided(dP, P, R, *, softcap):
    """1 - S² of the capped score: it is not divided by the cap. tanh is S/softcap."""
    return softmax_vjp(dP, P) * (1 - (softcap * np.tanh(R / softcap)) ** 2)


@exercise.mistake
def multiplied_by_the_cap(dP, P, R, *, softcap):
    """the derivative is multiplied by the cap. The cap in front and the 1/softcap inside cancel."""
    return softmax_vjp(dP, P) * (1 - np.tanh(R / softcap) ** 2) * softcap


@exercise.mistake
def divided_by_the_cap(dP, P, R, *, softcap):
    """the derivative is divided by the cap. The 1/softcap inside and the cap in front cancel."""
    return softmax_vjp(dP, P) * (1 - np.tanh(R / softcap) ** 2) / softcap


@exercise.mistake
def square_forgotten(dP, P, R, *, softcap):
    """the square is forgotten: the derivative is 1 - tanh², the same for R and -R."""
    return softmax_vjp(dP, P) * (1 - np.tanh(R / softcap))


@exercise.mistake
def slope_before_the_softmax(dP, P, R, *, softcap):
    """the derivative is put on dP. Forward the cap comes before the softmax, so on the way back it
    comes after: cross the softmax first."""
    return softmax_vjp(dP * (1 - np.tanh(R / softcap) ** 2), P)


@exercise.mistake
def tanh_for_its_slope(dP, P, R, *, softcap):
    """tanh itself is the factor. A chain rule multiplies by the derivative, 1 - tanh²."""
    return softmax_vjp(dP, P) * np.tanh(R / softcap)


@exercise.mistake
def slope_of_a_logistic_function(dP, P, R, *, softcap):
    """this is the derivative of the logistic function, t (1 - t). That of tanh is 1 - t²."""
    t = np.tanh(R / softcap)
    return softmax_vjp(dP, P) * t * (1 - t)


@exercise.mistake
def clipped(dP, P, R, *, softcap):
    """a derivative of 1 inside the cap and 0 outside is that of np.clip. tanh bends everywhere."""
    return softmax_vjp(dP, P) * (np.abs(R) < softcap)


@exercise.mistake
def raw_score_in_the_short_form(dP, P, R, *, softcap):
    """1 - (R/softcap)² is the short form with the raw score. It holds for the capped one,
    1 - (S/softcap)²: S/softcap is the tanh."""
    return softmax_vjp(dP, P) * (1 - (R / softcap) ** 2)


@exercise.mistake
def one_minus_forgotten(dP, P, R, *, softcap):
    """tanh² is the factor: the \"1 -\" is missing."""
    return softmax_vjp(dP, P) * np.tanh(R / softcap) ** 2


@exercise.mistake
def cap_divides_once(dP, P, R, *, softcap):
    """1 - S²/softcap: the cap is not squared. tanh is S/softcap, all of it squared."""
    return softmax_vjp(dP, P) * (1 - softcap * np.tanh(R / softcap) ** 2)


@exercise.mistake
def square_of_the_difference(dP, P, R, *, softcap):
    """(1 - tanh)² is squared too late. The derivative is 1 - tanh²."""
    return softmax_vjp(dP, P) * (1 - np.tanh(R / softcap)) ** 2


@exercise.mistake
def cosine_not_squared(dP, P, R, *, softcap):
    """1/cosh is the root of the derivative: 1/cosh² = 1 - tanh²."""
    return softmax_vjp(dP, P) / np.cosh(R / softcap)


@exercise.mistake
def slope_met_twice(dP, P, R, *, softcap):
    """the derivative is met twice. The score was bent once forward: one factor."""
    return softmax_vjp(dP, P) * (1 - np.tanh(R / softcap) ** 2) ** 2


@exercise.mistake
def slope_on_P(dP, P, R, *, softcap):
    """the derivative is put on P, inside the softmax's line. The line takes P as it is; its answer
    meets the derivative."""
    return softmax_vjp(dP, P * (1 - np.tanh(R / softcap) ** 2))


@exercise.mistake
def slope_in_the_bracket(dP, P, R, *, softcap):
    """the derivative stands inside the bracket, on dP alone. All of P∘(dP - D) is multiplied by
    it."""
    D = (P * dP).sum(-1, keepdims=True)
    return P * (dP * (1 - np.tanh(R / softcap) ** 2) - D)


@exercise.mistake
def divided_by_the_slope(dP, P, R, *, softcap):
    """dS is divided by the derivative. A chain rule multiplies, on the way back as well."""
    return softmax_vjp(dP, P) / (1 - np.tanh(R / softcap) ** 2)


@exercise.mistake
def rows_made_to_add_up_to_zero(dP, P, R, *, softcap):
    """dR is shifted until its rows add up to zero. Those of dS do; by the raw scores they need
    not."""
    dR = softmax_vjp(dP, P) * (1 - np.tanh(R / softcap) ** 2)
    return dR - dR.mean(-1, keepdims=True)


@exercise.mistake
def D_forgotten(dP, P, R, *, softcap):
    """D is forgotten in the softmax's line: P∘(dP - D), then the derivative."""
    return P * dP * (1 - np.tanh(R / softcap) ** 2)
