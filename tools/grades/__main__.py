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
    parser.add_argument("--seconds", type=positive, default=5, help="an exercise may compute (5)")
    parser.add_argument("--megabytes", type=positive, default=2000, help="it may hold (2000)")
    parser.add_argument("--without-sandbox", action="store_true", help="run hand-ins as you")
    asked = parser.parse_args()
    if asked.out.resolve().is_relative_to(asked.source.resolve()):
        parser.error(f"--out must lie outside of FROM, where nothing is written: {asked.out}")
    return asked


def positive(text):
    if (number := int(text)) < 1:
        raise ValueError
    return number


def main():
    asked = arguments()
    sys.stdout.reconfigure(errors="replace")  # a terminal may lack a letter of a name
    try:
        hand_ins = list(found(asked.source))
        if not hand_ins:
            raise FileNotFoundError(f"nothing is handed in here: {asked.source}")
        command = unprotected() if asked.without_sandbox else sandbox()
        limits = Limits(asked.seconds, asked.megabytes, 2 * asked.seconds + 20)
        names = students([each.path for each in hand_ins])
        write(asked.out, the_class(names, all_graded(hand_ins, command, limits)))
    except (OSError, NoSandbox) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Ended before all were graded: nothing was written.")


def all_graded(hand_ins, command, limits):
    """Grade several at a time, and say how far it is."""
    done = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for each in pool.map(lambda hand_in: graded(hand_in, command, limits), hand_ins):
                done.append(each)
                print(f"{len(done)} of {len(hand_ins)}: {printable(each)}", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    return done


def write(folder, whole):
    folder.mkdir(parents=True, exist_ok=True)
    table.write(folder / "grades.csv", whole)
    page.write(folder / "index.html", whole)
    print(f"{len(whole.students)} students: {folder / 'index.html'}, and grades.csv beside it.")


def printable(graded):
    """Name a hand-in and what came of it, in letters that no terminal obeys."""
    states = [result.state for result in graded.results.values()]
    said = f"{graded.hand_in}: {graded.refused or ', '.join(states)}"
    return "".join(letter if letter.isprintable() else "?" for letter in said)


if __name__ == "__main__":
    main()
