"""How a gradient crosses a softmax: the mathematics of the course, in NumPy.

>>> from softmax_lib import softmax
>>> softmax([1.0, 2.0, 3.0]).round(2)
array([0.09, 0.24, 0.67])
"""

from softmax_lib.attention import attention, attention_vjp
from softmax_lib.flash import flash_attention, flash_attention_vjp
from softmax_lib.losses import cross_entropy, cross_entropy_grad
from softmax_lib.softmax import (
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
    softmax_vjp,
)

__all__ = [
    "attention",
    "attention_vjp",
    "cross_entropy",
    "cross_entropy_grad",
    "flash_attention",
    "flash_attention_vjp",
    "log_softmax",
    "logsumexp",
    "softmax",
    "softmax_jacobian",
    "softmax_jvp",
    "softmax_vjp",
]
