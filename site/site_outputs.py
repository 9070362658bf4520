"""What becomes of a code cell's outputs in a page: pictures as files, panels, formulas."""

import base64
import hashlib
import re
import struct

from site_cells import WIDGET, panel_of, text
from site_formulas import with_formulas

PICTURE = re.compile(
    r'<img alt="(?P<alt>[^"]*)" width="(?P<width>\d+)" src="data:image/png;base64,(?P<png>[^"]+)">'
)


def for_page(cell, pictures):
    """Return a code cell with the outputs that its page shows.

    Parameters
    ----------
    cell : a notebook's code cell
    pictures : dict
        Filled with each picture's file: {name: bytes}.
    """
    outputs = [shown(output, panel_of(cell), pictures) for output in cell.outputs]
    return type(cell)(cell, outputs=outputs)


def shown(output, panel, pictures):
    """Return one output as its page shows it."""
    data = dict(output.get("data", {}))
    if data.pop(WIDGET, None) and panel:
        data = {"text/html": panel_html(panel)}
    elif html := text(data.get("text/html", "")):
        data["text/html"] = with_formulas(picture_file(html, pictures))
    return type(output)(output, data=data) if "data" in output else output


def picture_file(html, pictures):
    """Move the bytes of an image out of the page, and say how much place it takes."""

    def put(found):
        png = base64.b64decode(found["png"])
        name = f"{hashlib.sha256(png).hexdigest()[:16]}.png"
        pictures[name] = png
        pixels_wide, pixels_high = struct.unpack(">II", png[16:24])
        width = int(found["width"])
        height = round(width * pixels_high / pixels_wide)
        size = f'width="{width}" height="{height}"'
        return f'<img alt="{found["alt"]}" {size} loading="lazy" src="../pictures/{name}">'

    return PICTURE.sub(put, html)


try:
    from site_panels import panel_html
except ImportError:

    def panel_html(name):
        return f'<p class="panel-still">A live panel, {name}: open the notebook to move it.</p>'
