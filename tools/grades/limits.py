"""What a hand-in may use. A system without such limits, as Windows, has the time of `run` alone."""

import contextlib
import math
import time

try:
    import resource
except ImportError:
    resource = None

MEGABYTE = 2**20


def limit(megabytes):
    """Limit this process for good: its memory, its files, and no other process or thread."""
    if resource:
        lower(resource.RLIMIT_AS, megabytes * MEGABYTE)
        lower(resource.RLIMIT_FSIZE, 32 * MEGABYTE)
        lower(resource.RLIMIT_NOFILE, 64)
        lower(resource.RLIMIT_CORE, 0)
        lower(resource.RLIMIT_NPROC, 0)


def limit_time(seconds):
    """Limit the seconds that this process may still compute; then the system ends it."""
    if resource:
        at = math.ceil(time.process_time() + seconds)
        lower(resource.RLIMIT_CPU, at, at + 1)  # told apart from other ends by its own signal


def lower(what, value, at_most=None):
    """Lower one limit. A system may not have it, or have a lower one already."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (value, value if at_most is None else at_most))
