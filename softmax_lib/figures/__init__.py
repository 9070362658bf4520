"""Arrays in, a Matplotlib Figure out; and one colour for each letter.

Matplotlib is loaded for a picture, not for the colours of formulas.
"""

from importlib import import_module

from softmax_lib.figures.colours import COLOURS, DIVERGING, cell_colours, latex

__all__ = [
    "COLOURS",
    "DIVERGING",
    "attention_map",
    "bars",
    "cell_colours",
    "forbidden",
    "frame",
    "heatmaps",
    "latex",
    "picture",
]


def __getattr__(name):
    if name in __all__:
        file = "diagrams" if name == "attention_map" else "stills"
        return getattr(import_module(f"{__name__}.{file}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
