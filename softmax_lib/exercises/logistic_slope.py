"""01: the derivative of the logistic function, by one's own quotient rule."""

import numpy as np

from softmax_lib import logistic_slope as library
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.exercises.oracles import slope_of
from softmax_lib.exercises.promises import entries

# It does not say where σ is steepest, nor how steep: the lesson asks that later.
RISES = entries(
    "the curve rises everywhere, gently", lambda slope, off: abs(slope - 0.125) <= 0.125 + off
)

STEPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)

exercise = Exercise("logistic_slope", "derivative", promises=[RISES])


@exercise.inputs
def inputs(draw):
    yield case("x = 0", x=np.float64(0))
    yield case("x = 1.5", x=np.float64(1.5))
    yield case("seven places", x=np.linspace(-6, 6, 7))
    for dtype in NARROW:
        yield case(f"{dtype.__name__} places", x=draw.normal(4, dtype=dtype))


@exercise.oracle
def by_complex_step(x):
    return slope_of(lambda x: np.exp(x) / (np.exp(x) + 1), x)


@exercise.answer
def logistic_slope(x):
    # The library writes σ as 1 / (1 + e^-x): the same, and no e^x to overflow.
    sigma = np.exp(x) / (np.exp(x) + 1)
    return sigma * (1 - sigma)


exercise.variant(library)


@exercise.variant
def from_the_other_side(x):
    return np.exp(-x) / (1 + np.exp(-x)) ** 2


@exercise.variant
def one_over_three_terms(x):
    return 1 / (np.exp(x) + 2 + np.exp(-x))


@exercise.mistake
def function_itself(x):
    """the function itself, not its derivative. Far to the right σ is 1. How steep is it there? If
    you used the quotient rule: it squares."""
    return np.exp(x) / (np.exp(x) + 1)


@exercise.mistake
def slope_of_the_exponential(x):
    """the derivative of e^x. e^x is its own derivative, and σ is a ratio of two functions that both
    hold it."""
    return np.exp(x)


@exercise.mistake
def sign_of_other_fraction(x):
    """the sign of the other fraction. This is the derivative of 1/(e^x + 1), where only the bottom
    moves. σ rises."""
    sigma = np.exp(x) / (np.exp(x) + 1)
    return -sigma * (1 - sigma)


@exercise.mistake
def slope_of_tanh(x):
    """the derivative of tanh. 1 - t² belongs to the hyperbolic tangent. At x = 0 the derivative of
    σ is a quarter."""
    sigma = np.exp(x) / (np.exp(x) + 1)
    return 1 - sigma**2


@exercise.mistake
def sigma_squared(x):
    """σ² instead of σ (1 - σ). Far to the right σ is 1, and hardly rises any more: which factor
    goes to zero there?"""
    sigma = np.exp(x) / (np.exp(x) + 1)
    return sigma**2


@exercise.mistake
def x_for_sigma(x):
    """x stands where σ(x) should. Of the derivative's two factors, σ and 1 - σ, each is a
    probability."""
    return x * (1 - x)


@exercise.mistake
def sigma_of_sigma(x):
    """σ is taken twice. The bracket holds 1 - σ(x), and no other function goes around it."""
    sigma = 1 / (1 + np.exp(-x))
    return sigma * (1 - 1 / (1 + np.exp(-sigma)))


@exercise.mistake
def sigma_nested(x):
    """σ is nested. The derivative is σ(x) times (1 - σ(x)): a product, not a function of a
    function."""
    sigma = 1 / (1 + np.exp(-x))
    return 1 / (1 + np.exp(-(sigma * (1 - sigma))))


@exercise.mistake
def sigma_of_one_minus(x):
    """the 1 is inside. It is 1 - σ(x), not σ(1 - x)."""
    return 1 / (1 + np.exp(-x)) / (1 + np.exp(x - 1))


@exercise.mistake
def sigma_of_the_rest(x):
    """σ is around the bracket. It is σ(x) times (1 - σ(x)), not σ of what is left."""
    sigma = 1 / (1 + np.exp(-x))
    return 1 / (1 + np.exp(sigma - 1))


@exercise.mistake
def the_1_has_a_slope(x):
    """this is 0 everywhere: the 1 in the bottom is kept in its derivative, where g' is e^x alone;
    or a bracket is missing in σ (1 - σ)."""
    E = np.exp(x)
    return (E * (E + 1) - (E + 1) * E) / (E + 1) ** 2


@exercise.mistake
def slope_over_slope(x):
    """the derivative of the top over the derivative of the bottom: that is 1 everywhere. A ratio
    needs the whole quotient rule."""
    return np.exp(x) / np.exp(x)


@exercise.mistake
def plus_for_minus(x):
    """a plus for the minus. σ is nearly 1 far to the right, and there it hardly rises."""
    sigma = 1 / (1 + np.exp(-x))
    return sigma * (1 + sigma)


@exercise.mistake
def top_missing(x):
    """e^x is missing above the bar. After the two products cancel, f'g - g'f leaves one e^x."""
    return 1 / (np.exp(x) + 1) ** 2


@exercise.mistake
def terms_over_their_own_g(x):
    """the square is missing: both terms stand over g², and here over g."""
    E = np.exp(x)
    return E / (E + 1) - E * E / (E + 1)


@exercise.mistake
def power_rule(x):
    """the power rule is for x^n. In e^x the exponent moves, and e^x is its own derivative."""
    E, slope = np.exp(x), x * np.exp(x - 1)
    return (slope * (E + 1) - slope * E) / (E + 1) ** 2


@exercise.mistake
def slope_of_the_hyperbolic_tangent(x):
    """this is tanh's derivative, 1 - tanh². At x = 0 the derivative of σ is a quarter."""
    return 1 - np.tanh(x) ** 2


@exercise.mistake
def sigma_of_sigma_crossed(x):
    """σ is taken twice. σ(1 - σ) is made of σ(x), and no other function goes around it."""
    twice = 1 / (1 + np.exp(-1 / (1 + np.exp(-x))))
    return twice * (1 - twice)


@exercise.mistake
def product_rule(x):
    """this is the product rule. σ is a ratio: the bottom's term is taken away, and all stands
    over g²."""
    E = np.exp(x)
    return E * (E + 1) + E * E


def sigma(x):
    return 1 / (1 + np.exp(-x))


@exercise.family(h=STEPS)
def difference_in_front(x, h):
    """this is a difference quotient: right to some digits, and to no more. The rule gives the
    derivative itself, without a step."""
    return (sigma(x + h) - sigma(x)) / h


@exercise.family(h=STEPS)
def difference_to_both_sides(x, h):
    """a difference quotient, to both sides. It is good in float64 and fails in float32: the rule
    needs no step."""
    return (sigma(x + h) - sigma(x - h)) / (2 * h)
