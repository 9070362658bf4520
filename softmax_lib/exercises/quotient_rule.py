"""01: the derivative of a ratio, from the derivatives of its top and its bottom."""

import numpy as np

from softmax_lib import quotient_rule
from softmax_lib.exercises.attempt import case
from softmax_lib.exercises.exercise import Exercise
from softmax_lib.exercises.inputs import NARROW
from softmax_lib.numerical import complex_step

exercise = Exercise("quotient_rule", "derivative")


@exercise.inputs
def inputs(draw):
    f, df, g, dg = np.float64([3.0, 1.75, 4.0, 1.0])
    yield case("the bag of flour", f=f, df=df, g=g, dg=dg)
    f, df, g, dg = draw.normal(4, 5)
    yield case("five ratios", f=f, df=df, g=1.5 + np.abs(g), dg=dg)
    f, df, g, dg = draw.normal(4, 3)
    yield case("bottoms below zero", f=f, df=df, g=-1.5 - np.abs(g), dg=dg)
    for dtype in NARROW:
        f, df, g, dg = draw.normal(4, 3, dtype=dtype)
        g = dtype(1.5) + np.abs(g)
        yield case(f"{dtype.__name__} numbers", f=f, df=df, g=g, dg=dg)
    falling = {"g": 2 + np.arange(3.0), "dg": -np.ones(3)}
    yield case("a falling bottom", f=np.ones(3), df=np.zeros(3), **falling)


@exercise.oracle
def by_complex_step(f, df, g, dg):
    return complex_step(lambda t: (f + t * df) / (g + t * dg), 0.0)


exercise.answer(quotient_rule)


@exercise.variant
def two_ratios(f, df, g, dg):
    return df / g - f / g * dg / g


@exercise.variant
def solved_for_the_slope(f, df, g, dg):
    return (df - f / g * dg) / g


@exercise.mistake
def slope_over_slope(f, df, g, dg):
    """the derivative of the top over the derivative of the bottom. Test it on x²/x: the ratio is x,
    and its derivative is 1."""
    return df / dg


@exercise.mistake
def plus_for_minus(f, df, g, dg):
    """a plus for the minus. A growing bottom makes the ratio smaller. Which of the two terms
    speaks of the bottom?"""
    return (df * g + dg * f) / g**2


@exercise.mistake
def terms_in_the_wrong_order(f, df, g, dg):
    """the two terms in the wrong order. Let the bottom stand still, dg = 0. Which sign must the
    derivative have when the top rises?"""
    return (dg * f - df * g) / g**2


@exercise.mistake
def brackets_missing(f, df, g, dg):
    """brackets are missing. Python divides before it subtracts: g² stands under both terms."""
    return df * g - dg * f / g**2


@exercise.mistake
def square_missing(f, df, g, dg):
    """the square is missing. One g comes from the common denominator at the old place, one at
    the new place. Or, in the rectangle: what is left of the change must still be divided by g."""
    return (df * g - dg * f) / g


@exercise.mistake
def top_squared(f, df, g, dg):
    """the top is squared, not the bottom. Which of the two do we divide by?"""
    return (df * g - dg * f) / f**2


@exercise.mistake
def only_top_moves(f, df, g, dg):
    """only the top moves. Right if the bottom stands still. What does the ratio lose when the
    bottom grows?"""
    return df / g


@exercise.mistake
def f_and_g_exchanged(f, df, g, dg):
    """f and g are exchanged in the products. The derivative of the top is shared by the bottom: df
    stands with g, and dg with f."""
    return (df * f - dg * g) / g**2


@exercise.mistake
def product_rule(f, df, g, dg):
    """this is the product rule, the derivative of f·g. A ratio loses when its bottom grows, and all
    is divided by g²."""
    return df * g + dg * f


@exercise.mistake
def not_divided(f, df, g, dg):
    """the division by g² is missing. The top of the rule is here, and what it stands on is not."""
    return df * g - dg * f


@exercise.mistake
def bracket_around_the_difference_missing(f, df, g, dg):
    """a bracket is missing: f' - q g' is divided by g as a whole. Python divides q g' alone,
    and leaves f' as it is."""
    return df - f / g * dg / g


@exercise.mistake
def f_for_q(f, df, g, dg):
    """f stands where q should. In f' = q' g + q g' the ratio q = f/g is what meets g'."""
    return (df - f * dg) / g


@exercise.mistake
def second_term_not_divided(f, df, g, dg):
    """only the first term is divided. Both terms of f'g - g'f stand over g²."""
    return df / g - f * dg


@exercise.mistake
def one_over_the_slope(f, df, g, dg):
    """each part is differentiated alone, and the two are put together. The derivative of 1/g is
    -g'/g², not 1/g'."""
    return df / g + f / dg


@exercise.mistake
def a_difference_quotient(f, df, g, dg):
    """this is how far the ratio moves in a whole step of 1, not how fast it moves here. The
    rule needs no step at all."""
    return (f + df) / (g + dg) - f / g


@exercise.mistake
def fourth_power(f, df, g, dg):
    """the square is taken twice. g² is what the top stands on, once."""
    return (df * g - dg * f) / g**4


@exercise.mistake
def f_and_slopes_mixed(f, df, g, dg):
    """f meets g, and the derivatives meet each other. In each product of f'g - g'f one is a
    derivative and the other is not."""
    return (df * dg - f * g) / g**2


@exercise.mistake
def slope_and_product_added(f, df, g, dg):
    """two rules are mixed: the top's derivative over g, and the bottom's times f. In f'g - g'f both
    products stand over g²."""
    return df / g + dg * f


@exercise.mistake
def upside_down(f, df, g, dg):
    """top and bottom are exchanged: this is the derivative of g/f."""
    return (dg * f - g * df) / f**2


@exercise.mistake
def slope_of_the_logarithm(f, df, g, dg):
    """this is the derivative of log q, f'/f - g'/g. Multiply by q = f/g to come back to q
    itself."""
    return df / f - dg / g


@exercise.mistake
def g_doubled(f, df, g, dg):
    """g is doubled, and should be squared: `*` is a product, `**` a power."""
    return (df * g - dg * f) / (g * 2)


@exercise.mistake
def letters_exchanged(f, df, g, dg):
    """f' and g are exchanged. The letters come in the order f, f', g, g', as in the stub."""
    return (g * df - dg * f) / df**2
