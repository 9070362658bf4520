"""How a gradient crosses a softmax: the mathematics of the course, in NumPy.

This is the one door: everything public of the mathematics is imported from here, whichever file it
stands in, as in `from softmax_lib import softmax, softmax_jacobian`. No function hides a module of
its name. `softmax_lib.loops` has many of these names a second time, as slow loops to be read aloud.

>>> from softmax_lib import softmax
>>> softmax([1.0, 2.0, 3.0]).round(2)
array([0.09, 0.24, 0.67])
"""

from importlib import import_module

from softmax_lib._attention import attention, attention_vjp
from softmax_lib._softmax import (
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
    softmax_vjp,
    two_cases,
)
from softmax_lib._tiles import absorb, grow, tile_vjp
from softmax_lib.calculus import logistic, logistic_slope, quotient_rule
from softmax_lib.flash import flash_attention, flash_attention_vjp, merge
from softmax_lib.layers import (
    linear,
    linear_vjp,
    merge_heads,
    rms_norm,
    rms_norm_vjp,
    split_heads,
)
from softmax_lib.losses import cross_entropy, cross_entropy_grad
from softmax_lib.numerical import central_difference, complex_step, gradcheck

__all__ = [
    "absorb",
    "attention",
    "attention_vjp",
    "central_difference",
    "complex_step",
    "cross_entropy",
    "cross_entropy_grad",
    "flash_attention",
    "flash_attention_vjp",
    "gradcheck",
    "grow",
    "linear",
    "linear_vjp",
    "log_softmax",
    "logistic",
    "logistic_slope",
    "logsumexp",
    "merge",
    "merge_heads",
    "quotient_rule",
    "rms_norm",
    "rms_norm_vjp",
    "softmax",
    "softmax_jacobian",
    "softmax_jvp",
    "softmax_vjp",
    "split_heads",
    "tile_vjp",
    "two_cases",
]


LATER = {
    "answers": "exercises",
    "checks": "exercises",
    "progress": "exercises",
    "derived": "derivations",
}


def __getattr__(name):
    """Fetch what needs more than the mathematics, once it is asked for."""
    if name in LATER:
        return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
