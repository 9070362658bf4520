"""A hand-in that does harm costs itself alone: in the sandbox, and within its limits."""

import json
import os
import socket
import subprocess

import pytest
from support.hand_ins import SOFTMAX, body, bytes_below, hand_in

from tools.grades.found import HandIn
from tools.grades.run import Limits, Result, graded
from tools.notebooks import ROOT

SHORT = Limits(seconds=1, megabytes=1000, patience=60)
STUB = body("raise NotImplementedError")
RIGHT = SOFTMAX.partition("\n")[2].strip()  # a softmax's own lines


def judged(command, *lines, cells=()):
    """Return what comes of a softmax that begins with these lines and goes on rightly."""
    return graded(hand_in(*cells, body(*lines, RIGHT)), command, SHORT).results["softmax"]


def test_a_right_answer_is_right_in_the_sandbox_as_well(command):
    assert judged(command, "import math") == Result("right")


def test_a_loop_is_ended(command):
    assert judged(command, "while True: pass").state == "endless"


def test_what_only_waits_is_ended(command):
    sleeper = hand_in(body("import time", "time.sleep(10**6)"))
    result = graded(sleeper, command, Limits(patience=6)).results["softmax"]
    assert result == Result("endless", words="It does not end.")


def test_a_loop_in_a_cell_that_is_needed_is_ended(command):
    cells = ["while True: a = 1"]
    assert judged(command, "b = a", cells=cells).state == "endless"


def test_a_process_that_ends_itself_is_told_apart(command):
    said = judged(command, "import os", "os._exit(0)")
    assert (said.state, said.words) == (
        "broke",
        "It ended its process before it was judged (with 0).",
    )


def test_a_flood_of_output_is_dropped(command):
    lines = ["for _ in range(10**4): print('x' * 10**4)"]
    assert judged(command, *lines).state in ("right", "endless")


def test_a_flood_in_place_of_the_answer_is_cut(command):
    lines = ["import os", "for n in range(3, 20):", "    try:", "        while True:"]
    lines += ["            os.write(n, b'x' * 10**5)", "    except OSError: pass"]
    assert judged(command, *lines).state == "broke"


@pytest.mark.parametrize("lied", ["[" * 10**4, '{"state": "perfect"}', '{"state": []}', "[1]"])
def test_an_answer_that_a_hand_in_makes_up_must_be_one_of_ours(command, lied):
    lines = ["import os", "for n in range(3, 20):", "    try:"]
    lines += [f"        os.write(n, {lied.encode()!r})", "    except OSError: pass", "os._exit(0)"]
    assert judged(command, *lines).state == "broke"


def test_memory_is_refused(command):
    assert "MemoryError" in judged(command, "np.ones(10**10)").words


def test_a_disk_is_not_filled(command):
    lines = ["for n in range(1000):", "    with open(f'/tmp/{n}', 'wb') as file:"]
    lines += ["        file.write(bytes(10**7))"]
    assert "No space left" in judged(command, *lines).words


def test_no_process_and_no_thread_is_started(command):
    for line in ("os.fork()", "subprocess.run(['true'])", "threading.Thread(target=print).start()"):
        said = judged(command, "import os, subprocess, threading", line)
        assert "unavailable" in said.words or "can't start new thread" in said.words, line


def test_a_file_of_the_teacher_s_is_not_deleted(command, tmp_path):
    (tmp_path / "canary").write_text("alive")
    before = bytes_below(tmp_path)
    line = f"import shutil; shutil.rmtree({str(tmp_path)!r}, ignore_errors=True)"
    assert judged(command, line) == Result("right")
    assert bytes_below(tmp_path) == before


def test_a_hand_in_that_changes_the_judge_changes_no_other(command):
    lines = ["import softmax_lib.exercises.exercise as judge", "judge.Exercise.judge = print"]
    judged(command, *lines)
    assert graded(hand_in(STUB), command, SHORT).results["softmax"] == Result("untouched")


def test_a_reading_that_takes_too_much_memory_costs_itself_alone(command):
    huge = HandIn(("ada.ipynb",), b"[" + b"[]," * 6 * 10**6 + b"[]]")
    assert graded(huge, command, Limits(megabytes=300)).refused


# What is seen from inside ---------------------------------------------------------------------

PROBE = """
import json, os, socket
from pathlib import Path

def tried(act):
    try:
        return repr(act())
    except BaseException as error:
        return type(error).__name__

def reach():
    with socket.create_connection(("127.0.0.1", {port}), timeout=2):
        return "reached"

print(json.dumps({{
    "uid": os.getuid(),
    "files": [str(p) for p in map(Path, {paths}) if tried(p.read_bytes).startswith("b")],
    "written": [p for p in {folders} if tried(lambda: Path(p, "x").write_text("x")) == "1"],
    "network": tried(reach),
    "interfaces": [name for _, name in socket.if_nameindex()],
    "teacher": tried(lambda: os.kill({pid}, 0)),
    "environment": sorted(os.environ),
    "root": tried(lambda: os.setuid(0)),
}}))
"""


@pytest.fixture
def seen(command, tmp_path, monkeypatch):
    """Return what a process in the sandbox sees of this one."""
    monkeypatch.setenv("SECRET_OF_THE_TEACHER", "42")
    (secret := tmp_path / "secret").write_text("42")
    with socket.create_server(("127.0.0.1", 0)) as server:
        paths = [str(secret), "/etc/passwd", "/etc/shadow", str(ROOT / "README.md")]
        folders = ["/", "/usr", "/dev", "/dev/shm", "/etc", str(ROOT), str(ROOT / "softmax_lib")]
        port = server.getsockname()[1]
        probe = PROBE.format(port=port, paths=paths, folders=folders, pid=os.getpid())
        ran = subprocess.run([*command, "-c", probe], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def test_from_inside_nothing_of_the_teacher_s_is_seen(seen):
    assert seen["files"] == []
    assert seen["written"] == []
    assert "SECRET_OF_THE_TEACHER" not in seen["environment"]
    assert seen["teacher"] == "ProcessLookupError"
    assert seen["uid"] != 0
    assert seen["root"] == "PermissionError"


def test_from_inside_there_is_no_network(seen):
    assert seen["network"] in ("ConnectionRefusedError", "OSError")
    assert seen["interfaces"] == ["lo"]
