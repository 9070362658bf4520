"""Live panels: sliders around the library's functions. Python computes, the page only shows."""

from softmax_lib.panels.jacobian import jacobian_panel

__all__ = ["jacobian_panel"]
