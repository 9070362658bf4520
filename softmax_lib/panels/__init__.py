"""Live panels: sliders around the library's functions. Python computes, the page only shows.

Every panel returns a `Panel`: as the last expression of a cell it is shown, and its `data()`
describes the same as plain dicts, without Jupyter. An argument that does not fit raises a
ValueError that names it.

A function of your own can be watched in the place of the library's. It is called with copies. What
it raises is shown below the panel, with your own line, and goes away when it raises no more; so is
how far its answer is from one that was reached another way. If it fails at the very start, the
error is raised in your cell.
"""

from softmax_lib.panels.attention import attention_panel
from softmax_lib.panels.jacobian import jacobian_panel
from softmax_lib.panels.quotient import quotient_panel
from softmax_lib.panels.softmax import softmax_panel
from softmax_lib.panels.tiles import tiles_panel
from softmax_lib.panels.two_cases import two_cases_panel
from softmax_lib.panels.vjp import vjp_panel

__all__ = [
    "attention_panel",
    "jacobian_panel",
    "quotient_panel",
    "softmax_panel",
    "tiles_panel",
    "two_cases_panel",
    "vjp_panel",
]
