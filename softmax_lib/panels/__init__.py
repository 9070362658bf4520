"""Live panels: sliders around the library's functions. Python computes, the page only shows.

Every panel is a function that returns a `Panel`; `jacobian_panel?` says what it takes. In
most of them a function of your own can be watched in the place of the library's, with how far its
answer is from one that was reached another way.
"""

from softmax_lib.panels.attention import attention_panel
from softmax_lib.panels.attention_today import attention_today_panel
from softmax_lib.panels.jacobian import jacobian_panel
from softmax_lib.panels.quotient import quotient_panel
from softmax_lib.panels.softmax import softmax_panel
from softmax_lib.panels.tiles import tiles_panel
from softmax_lib.panels.two_cases import two_cases_panel
from softmax_lib.panels.vjp import vjp_panel

__all__ = [
    "attention_panel",
    "attention_today_panel",
    "jacobian_panel",
    "quotient_panel",
    "softmax_panel",
    "tiles_panel",
    "two_cases_panel",
    "vjp_panel",
]
