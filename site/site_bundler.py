"""The bundler of scripts, esbuild, where npm has put it."""

import shutil

from tools.notebooks import ROOT


def esbuild():
    """Return the path of the bundler.

    Raises
    ------
    FileNotFoundError
        If it is not there: the message says what installs it.
    """
    path = shutil.which("esbuild", path=ROOT / "node_modules/.bin")
    if path is None:
        raise FileNotFoundError("esbuild is missing: run `npm ci --ignore-scripts`")
    return path
