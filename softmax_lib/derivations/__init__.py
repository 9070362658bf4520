"""The course's derivations: lines of algebra, each checked when it is shown.

>>> from softmax_lib import derived
>>> derived.both_cases.title
'Both cases at once'
"""

from difflib import get_close_matches
from importlib import import_module

from softmax_lib.derivations.derivation import COURSE, Derivation, DerivationError
from softmax_lib.derivations.printer import latex

LESSONS = (
    "quotient_rule",
    "softmax",
    "two_cases",
    "jacobian",
    "vector_jacobian_product",
    "attention_backward",
    "flash_attention",
    "train_by_hand",
    "mistakes_in_the_wild",
    "attention_today",
)
for lesson in LESSONS:  # in the order of the course: each enters its derivations in COURSE
    import_module(f"{__name__}.{lesson}")


class Derived:
    """Every derivation of the course by its name: derived.both_cases.show()."""

    def __getattr__(self, name):
        if name in COURSE:
            return COURSE[name]
        near = get_close_matches(name, COURSE, cutoff=0)
        raise AttributeError(f"no derivation is named {name}; the closest are {', '.join(near)}")

    def __dir__(self):
        return list(COURSE)


derived = Derived()

__all__ = ["COURSE", "Derivation", "DerivationError", "derived", "latex"]
