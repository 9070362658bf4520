"""Spoil the mathematics and what judges, in one place at a time, and see whether a test notices.

TESTS names the files: the mathematics but for its loops, and what judges answers and derivations.

`make mutations`, or `make mutations FILES=softmax_lib/losses.py` for some of the files, prints what
survived, as a diff for each. Cosmic Ray makes the changes, in a copy of the last commit, so nothing
here is touched. First each file's tests must pass without a change: a harness in which everything
fails would find every mistake.
"""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from os import environ
from pathlib import Path

# Each file, the tests that are about it, which come first, and the room that ought to notice.
TESTS = {
    "softmax_lib/calculus.py": "tests/mathematics/test_calculus.py tests/mathematics",
    "softmax_lib/_softmax.py": "tests/mathematics/test_softmax.py tests/mathematics",
    "softmax_lib/losses.py": "tests/mathematics/test_losses.py tests/mathematics",
    "softmax_lib/_attention.py": "tests/mathematics/test_attention.py tests/mathematics",
    "softmax_lib/flash.py": "tests/mathematics/test_flash.py tests/mathematics",
    "softmax_lib/_tiles.py": "tests/mathematics/test_flash.py tests/mathematics",
    "softmax_lib/layers.py": "tests/mathematics/test_layers.py tests/mathematics",
    "softmax_lib/numerical.py": "tests/mathematics/test_numerical.py tests/mathematics",
    "softmax_lib/_inputs.py": "tests/mathematics/test_softmax_inputs.py tests/mathematics",
    "softmax_lib/_refuse.py": "tests/mathematics/test_attention_inputs.py tests/mathematics",
    "softmax_lib/exercises/exercise.py": "tests/exercises/test_words.py tests/exercises",
    "softmax_lib/exercises/attempt.py": "tests/exercises/test_returned.py tests/exercises",
    "softmax_lib/exercises/complaints.py": "tests/exercises/test_words.py tests/exercises",
    "softmax_lib/exercises/relations.py": "tests/exercises/test_relations.py tests/exercises",
    "softmax_lib/derivations/derivation.py": "tests/derivations/test_checker.py tests/derivations",
    "softmax_lib/derivations/meaning.py": "tests/derivations/test_checker.py tests/derivations",
}

# Operators that NumPy's numbers do not have, `is` for `==`, and a | of two types.
UNLIKELY = [
    "core/ReplaceBinaryOperator_.*_(FloorDiv|Mod|RShift|LShift|BitOr|BitAnd|BitXor)$",
    "core/ReplaceBinaryOperator_(BitOr|BitAnd|Mod)_.*",
    "core/ReplaceComparisonOperator_.*_(Is|IsNot)$",
    "core/ReplaceUnaryOperator_.*_(Invert|Not)$",
]

OPTIONS = "-p no:nbval -p no:cacheprovider -o addopts=--import-mode=importlib"
CONFIG = """
[cosmic-ray]
module-path = "{path}"
timeout = 120.0
excluded-modules = []
test-command = "{python} -m pytest -x -q {options} {tests}"
[cosmic-ray.distributor]
name = "local"
[cosmic-ray.filters.operators-filter]
exclude-operators = {unlikely}
"""


def survivors(path):
    """Return what Cosmic Ray reports of one file: a line for each change, a diff for a survivor."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        subprocess.run(["git", "clone", "--quiet", ".", copy], check=True)

        def run(*command):
            python_path = {"PYTHONPATH": f"{copy}:{copy / 'tests'}"}
            command = [str(Path(sys.executable).parent / command[0]), *command[1:]]
            done = subprocess.run(
                command, cwd=copy, env=environ | python_path, capture_output=True, text=True
            )
            if done.returncode:
                raise RuntimeError(f"{path}: {' '.join(command)}\n{done.stdout}{done.stderr}")
            return done.stdout

        config = CONFIG.format(
            path=path,
            python=sys.executable,
            options=OPTIONS,
            tests=TESTS[path],
            unlikely=UNLIKELY,
        )
        (copy / "config.toml").write_text(config)
        run("cosmic-ray", "baseline", "config.toml")
        run("cosmic-ray", "init", "config.toml", "session.sqlite")
        run("cr-filter-operators", "session.sqlite", "config.toml")
        run("cosmic-ray", "exec", "config.toml", "session.sqlite")
        return run("cr-report", "session.sqlite", "--surviving-only", "--show-diff")


def main(paths):
    """Print the survivors of each file, two files at a time."""
    unknown = [path for path in paths if path not in TESTS]
    if unknown:
        raise SystemExit(f"no tests are named for {unknown[0]}: take one of {', '.join(TESTS)}")
    with ThreadPoolExecutor(2) as pool:
        for path, report in zip(paths, pool.map(survivors, paths), strict=True):
            print(f"## {path}\n\n{report}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or list(TESTS))
