"""What a test needs and a machine may not have."""

import os
import shutil

import pytest

from support.real_lab import ROOT


def needed(found, why):
    """Return what was found; without it skip the test, and in CI fail it, saying why."""
    if found:
        return found
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


def esbuild():
    """Return the bundler, as npm installed it."""
    path = shutil.which("esbuild", path=ROOT / "node_modules/.bin")
    return needed(path, "no esbuild found: run `npm ci`, to bundle the panels' scripts")
