"""What the benchmarks share: timing side by side, and what they were timed on.

A script finds this module because it lies beside it: python benchmarks/bench_attention.py.
"""

import os
import platform
import re
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import numpy as np


def interleaved(functions, rounds):
    """Return the median seconds of each named function: in every round each runs once, in turn."""
    return {name: median(times) for name, times in in_rounds(functions, rounds).items()}


def in_rounds(functions, rounds, pause=0.0):
    """Return the seconds of each named function, one for each round: in a round each runs once.

    In a pause, in seconds, the threads of the function before stop waiting for more work.
    """
    seconds = {name: [] for name in functions}
    for f in functions.values():
        f()  # the first call pays for what is made once
    for _ in range(rounds):
        for name, f in functions.items():
            sleep(pause)
            start = perf_counter()
            f()
            seconds[name].append(perf_counter() - start)
    return seconds


def ratio(seconds, one, other):
    """Return how long one takes compared with the other: the median of the rounds' ratios."""
    return median(a / b for a, b in zip(seconds[one], seconds[other], strict=True))


def exponent(N, y):
    """Fit y ∝ N^a and return a: the slope of log y over log N."""
    return np.polyfit(np.log(N), np.log(y), 1)[0]


def machine():
    """Describe the processor and the versions that a figure depends on."""
    processor = platform.processor() or platform.machine()
    with suppress(OSError, TypeError):  # not Linux, or a processor without a name
        processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]
    versions = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    try:
        import torch

        versions.append(f"PyTorch {torch.__version__}")
    except ImportError:
        pass
    simd = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    return f"{processor}, {os.cpu_count()} cores, {simd[-1]}; {', '.join(versions)}"
