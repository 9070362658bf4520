"""Hand-ins, as a class makes them: notebooks of a few cells, and archives of them."""

import json
import os
import stat
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from tools.grades.found import HandIn

IMPORTS = "import numpy as np\n\nfrom softmax_lib import checks, softmax"
SOFTMAX = """def my_softmax(S):
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)"""


def notebook(*sources):
    """Return the bytes of a notebook with these cells of code, after the usual imports."""
    cells = [{"cell_type": "code", "source": source} for source in (IMPORTS, *sources)]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}).encode()


def hand_in(*sources):
    return HandIn(("ada.ipynb",), notebook(*sources))


def body(*lines):
    """Return a softmax of these lines."""
    return "\n    ".join(["def my_softmax(S):", *lines])


def archive(files):
    """Return the bytes of an archive of {name: bytes}; a name that ends in @ is a link."""
    packed = BytesIO()
    with ZipFile(packed, "w") as opened:
        for name, data in files.items():
            member = ZipInfo(name.removesuffix("@"))
            if name.endswith("@"):
                member.external_attr = (stat.S_IFLNK | 0o777) << 16
            opened.writestr(member, data)
    return packed.getvalue()


def bytes_below(folder):
    """Return all that lies in a folder: each file with its bytes and the time of its change."""
    return {
        path: (path.read_bytes(), os.stat(path).st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
