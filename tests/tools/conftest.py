"""What the tests of the tools share: a place in which hand-ins run."""

import os
import sys

import pytest

from tools.grades.sandbox import NoSandbox, sandbox


@pytest.fixture(scope="session")
def command():
    """Return what starts Python in a sandbox.

    Without one skip the test; but fail it where CI runs as root on Linux, and has installed one.
    """
    try:
        return sandbox()
    except NoSandbox as error:
        ours = os.environ.get("CI") == "true" and sys.platform == "linux" and not os.geteuid()
        (pytest.fail if ours else pytest.skip)(str(error).partition("\n")[0])
