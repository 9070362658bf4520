"""How much memory a call needs."""

import tracemalloc


def peak(f):
    """Return what f returns, and the most bytes held during it beyond those held before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        answer = f()
        return answer, tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
