"""Have a hand-in judged: a process for each exercise, ended when its time is over."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Timer

from softmax_lib.exercises import TASKS, load
from softmax_lib.exercises.exercise import hint
from tools.grades.found import HandIn
from tools.grades.sandbox import settings, unprotected
from tools.notebooks import ROOT

SAID = 20_000  # bytes of an answer, at most
# The best one first: of two versions it counts. What was tried counts for more than a mere list.
STATES = ("right", "library", "wrong", "error", "endless", "broke", "listed", "untouched", "absent")
OUT_OF_TIME = {128 + 24, -24}  # SIGXCPU, as a sandbox reports it and as Python does


@dataclass(frozen=True)
class Limits:
    """How long an exercise may compute, how much it may hold, and how long all is waited for."""

    seconds: int = 5
    megabytes: int = 2000
    patience: int = 30  # seconds: a computer that is busy keeps an exercise waiting


@dataclass(frozen=True)
class Result:
    """How an exercise stands: one of STATES, the hint of a known mistake, the check's words."""

    state: str
    mistake: str = ""
    words: str = ""


@dataclass
class Graded:
    """A hand-in and the result of each exercise that it mentions, or why there is none."""

    hand_in: HandIn
    results: dict = field(default_factory=dict)
    refused: str = ""


def graded(hand_in, command, limits):
    """Have all exercises of a hand-in judged.

    Parameters
    ----------
    hand_in : HandIn
    command : list of str
        What starts Python, as `sandbox` returns it.
    limits : Limits

    Returns
    -------
    Graded
    """
    if hand_in.refused:
        return Graded(hand_in, refused=hand_in.refused)
    said, how = asked(command, hand_in.data, limits)
    if said is None:
        return Graded(hand_in, refused=f"it cannot be looked at: its reading {how}")
    if "refused" in said:
        return Graded(hand_in, refused=str(said["refused"])[:300])
    if "listed" in said:
        results = {task: Result("listed") for task in TASKS if task in said["listed"]}
        return Graded(hand_in, results)
    tasks = [task for task in TASKS if task in said["tasks"]]
    if not tasks:
        return Graded(hand_in, refused="it is a notebook without an exercise of the course")
    return Graded(hand_in, {task: result(command, hand_in.data, limits, task) for task in tasks})


def result(command, data, limits, task):
    """Have one exercise judged."""
    said, how = asked(command, data, limits, task)
    if said is None:
        return Result("endless" if how == "does not end" else "broke", words=f"It {how}.")
    if said.get("state") not in STATES:
        return Result("broke", words="It gave no answer that can be read.")
    known = map(hint, load(task).mistakes.values())
    mistake = said["mistake"] if said.get("mistake") in known else ""
    return Result(said["state"], mistake, str(said.get("words", "")))


def asked(command, data, limits, *task):
    """Run the judge; return what it said and how it ended. It said None if it did not get there."""
    judge = ["-m", "tools.grades.judge", str(limits.megabytes), str(limits.seconds), *task]
    began = time.monotonic()
    with started(command, judge, data) as process:
        timer = Timer(limits.patience, end, [process])
        timer.start()
        said = process.stdout.read(SAID)
        late = time.monotonic() - began >= limits.patience
        timer.cancel()
        code = ended(process)
    try:
        said = json.loads(said)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        return said, ""
    if late or code in OUT_OF_TIME:
        return None, "does not end"
    return None, f"ended its process before it was judged (with {code})"


@contextlib.contextmanager
def started(command, arguments, data):
    """Start a process that reads the data; without a sandbox it has a folder that ends with it."""
    own = {}
    with contextlib.ExitStack() as stack:
        if command == unprotected():
            folder = stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
            own = {"cwd": folder, "env": unprotected_settings(folder)}
        handed_in = stack.enter_context(TemporaryFile())
        handed_in.write(data)
        handed_in.seek(0)
        yield stack.enter_context(
            subprocess.Popen(
                [*command, *arguments],
                stdin=handed_in,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=sys.platform != "win32",
                **own,
            )
        )


def unprotected_settings(folder):
    """Return the environment without a sandbox, where Python must find what it finds here."""
    return settings() | {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": folder}


def ended(process):
    """Return how a process ended that has said all, or end it."""
    try:
        return process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        end(process)
        return process.wait()


def end(process):
    """End a process, and where the system can, all that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
