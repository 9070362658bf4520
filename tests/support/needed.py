"""What a test needs and a machine may not have."""

import os

import pytest
import site_bundler


def needed(found, why):
    """Return what was found; without it skip the test, and in CI fail it, saying why."""
    if found:
        return found
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


def esbuild():
    """Return the bundler, as npm installed it."""
    try:
        return site_bundler.esbuild()
    except FileNotFoundError as error:
        return needed(None, str(error))
