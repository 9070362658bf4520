"""What becomes of a code cell's outputs in a page: pictures as files, panels, formulas."""

import ast
import base64
import hashlib
import inspect
import re
import struct

from site_cells import WIDGET, panel_of
from site_formulas import with_formulas
from site_panels import panel_html

from softmax_lib import panels

PICTURE = re.compile(
    r'<img alt="(?P<alt>[^"]*)" width="(?P<width>\d+)" src="data:image/png;base64,(?P<png>[^"]+)">'
)
BAR = re.compile(r"\s*0%\|")  # a progress bar as it began: in a notebook it moves


def for_page(cell, pictures):
    """Return a code cell with the outputs that its page shows.

    Parameters
    ----------
    cell : a notebook's code cell
    pictures : dict
        Filled with each picture's file: {name: bytes}.
    """
    name = panel_of(cell)
    panel = name and panel_html(name, **options(name, cell.source))
    outputs = [output for output in cell.outputs if not BAR.match(plain(output))]
    return type(cell)(cell, outputs=[shown(output, panel, pictures) for output in outputs])


def plain(output):
    return "".join(output.get("data", {}).get("text/plain", ""))


def shown(output, panel, pictures):
    """Return one output as its page shows it: in a widget's place its panel, or its text."""
    data = dict(output.get("data", {}))
    if data.pop(WIDGET, None) and panel:
        data = {"text/html": panel}
    elif html := data.get("text/html"):
        data["text/html"] = with_formulas(with_files("".join(html), pictures))
    return type(output)(output, data=data) if data else output


def options(name, source):
    """Return the arguments of a panel that its cell writes out, such as scores and labels.

    What has a name in the notebook is left out: pages run nothing.

    >>> options("softmax_panel", 'softmax_panel((2, 1), labels=("tea", "milk"))')
    {'scores': (2, 1), 'labels': ('tea', 'milk')}
    """
    call = ast.parse(source).body[-1].value
    names = inspect.signature(getattr(panels, name)).parameters
    given = dict(zip(names, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords}
    return {name: value for name, node in given.items() for value in literal(node)}


def literal(node):
    """Yield the value of an expression if it is written out."""
    try:
        yield ast.literal_eval(node)
    except ValueError:
        return


def with_files(html, pictures):
    """Move the bytes of images out of HTML, and say how much place each of them takes."""

    def put(found):
        png = base64.b64decode(found["png"])
        name = f"{hashlib.sha256(png).hexdigest()[:16]}.png"
        pictures[name] = png
        pixels_wide, pixels_high = struct.unpack(">II", png[16:24])
        width = int(found["width"])
        size = f'width="{width}" height="{round(width * pixels_high / pixels_wide)}"'
        return f'<img alt="{found["alt"]}" {size} src="../pictures/{name}">'

    return PICTURE.sub(put, html)
