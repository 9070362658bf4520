"""Grade a class: python -m tools.grades FROM. What comes out is in build/grades/."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.grades import page, table
from tools.grades.found import found
from tools.grades.run import Limits, graded
from tools.grades.sandbox import NoSandbox, sandbox, unprotected
from tools.grades.students import students
from tools.grades.totals import the_class
from tools.notebooks import ROOT

OUT = ROOT / "build/grades"


def arguments():
    parser = argparse.ArgumentParser(prog="python -m tools.grades", description=__doc__)
    parser.add_argument(
        "source",
        metavar="FROM",
        type=Path,
        help="a folder or a zip archive of notebooks or progress.json, as a platform delivers them",
    )
    parser.add_argument("--out", type=Path, default=OUT, help="where the results go")
    parser.add_argument("--seconds", type=int, default=5, help="that an exercise may compute (5)")
    parser.add_argument("--megabytes", type=int, default=2000, help="that it may hold (2000)")
    parser.add_argument(
        "--without-sandbox", action="store_true", help="run the code of hand-ins as you"
    )
    return parser.parse_args()


def main():
    asked = arguments()
    try:
        hand_ins = list(found(asked.source))
        command = unprotected() if asked.without_sandbox else sandbox()
    except (OSError, NoSandbox) as error:
        sys.exit(str(error))
    if not hand_ins:
        sys.exit(f"nothing is handed in here: {asked.source}")
    limits = Limits(asked.seconds, asked.megabytes, 2 * asked.seconds + 20)
    whole = the_class(
        students([each.path for each in hand_ins]), all_graded(hand_ins, command, limits)
    )
    asked.out.mkdir(parents=True, exist_ok=True)
    table.write(asked.out / "grades.csv", whole)
    page.write(asked.out / "index.html", whole)
    print(f"{len(whole.students)} students: {asked.out / 'index.html'} and grades.csv beside it.")


def all_graded(hand_ins, command, limits):
    """Grade several at a time, and say how far it is."""
    done = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for each in pool.map(lambda hand_in: graded(hand_in, command, limits), hand_ins):
            done.append(each)
            print(f"{len(done)} of {len(hand_ins)}: {printable(each)}", flush=True)
    return done


def printable(graded):
    """Name a hand-in and what came of it, in letters that any terminal shows and none obeys."""
    states = [result.state for result in graded.results.values()]
    said = graded.refused or ", ".join(states)
    return f"{graded.hand_in}: {said}".encode("ascii", "backslashreplace").decode()


if __name__ == "__main__":
    main()
