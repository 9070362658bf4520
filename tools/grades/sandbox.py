"""Where a hand-in runs: in bubblewrap, in a container, or, if a teacher asks for it, unprotected.

In the first two it has no network, sees no process, no home and no file of the teacher's but Python
and the course, writes to a small folder in memory that ends with it, and is a user of its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.notebooks import ROOT

COURSE = (ROOT / "softmax_lib", ROOT / "tools")
IMAGE = "softmax-grades"
NOBODY = "65534"
SPACE = 64 * 2**20  # bytes that a hand-in may write
SETTINGS = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
}
# Some processors need these for a right NumPy; Windows needs its own to start at all.
PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "SYSTEMROOT")

ADVICE = f"""Hand-ins are other people's code, and nothing is here to run them in safely: {{why}}.
 - On Linux, or in Windows's WSL: install bubblewrap 0.7 or later
   (on Debian and Ubuntu: apt install bubblewrap).
 - Anywhere with Docker or Podman, once, in the course's folder:
     docker build --tag {IMAGE} --file tools/grades/Containerfile .
 - Or take the risk, with hand-ins that you have read: add --without-sandbox (with make: RISK=1).
   Their code then runs as you, and can read, change and send whatever you can."""


class NoSandbox(RuntimeError):
    """There is nothing to run a hand-in in. The message says what to install."""


def settings():
    return SETTINGS | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def sandbox():
    """Return the start of a command that runs Python in the first sandbox that works here.

    Raises
    ------
    NoSandbox
        None does.
    """
    reasons = []
    for make in (bubblewrap, container):
        try:
            return tried(make())
        except NoSandbox as error:
            reasons.append(str(error))
    raise NoSandbox(ADVICE.format(why="; ".join(reasons)))


def tried(command):
    """Return a command if Python starts with it: what is installed may still be forbidden."""
    ended = subprocess.run([*command, "-c", "import tools.grades, numpy"], capture_output=True)
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().splitlines() or ["no word why"]
        why = said[-1] if said[0].startswith("Traceback") else said[0]
        raise NoSandbox(f"{Path(command[0]).name} does not work here ({why})")
    return command


def unprotected():
    """Return the command without a sandbox. `run` gives it its settings and a folder."""
    return [sys.executable]


def bubblewrap():
    """Return bubblewrap's command."""
    if not (program := shutil.which("bwrap")):
        raise NoSandbox("bubblewrap is not installed")
    system = [word for path in ("/bin", "/lib", "/lib64") for word in as_here(Path(path))]
    python = {Path(sys.prefix), Path(sys.base_prefix)} - {Path("/usr")}
    shown = [word for path in sorted({*python, *COURSE}) for word in read_only(path)]
    given = settings() | {"PYTHONPATH": str(ROOT)}
    return [
        *(program, "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try", "--clearenv"),
        *(word for name, value in given.items() for word in ("--setenv", name, value)),
        *("--ro-bind", "/usr", "/usr", *system),
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--dev", "/dev"),
        *("--perms", "1777", "--size", str(SPACE), "--tmpfs", "/tmp", "--chdir", "/tmp"),
        *shown,
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *nobody(),
        sys.executable,
    ]


def as_here(path):
    """Lay a folder of the system as it lies here: often it is a link into /usr."""
    if path.is_symlink():
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind-try", str(path), str(path)]


def read_only(path):
    """Show a folder, to be read alone. The folders above it are empty but for it."""
    above = [word for each in [*path.parents][-2::-1] for word in ("--dir", str(each))]
    return [*above, "--ro-bind", str(path), str(path)]


def nobody():
    """Become another user. Root's processes are never too many, in no namespace: it really changes.

    Anyone else does so in a user namespace of the sandbox's own, where the limits hold.
    """
    if os.geteuid():
        return ["--unshare-user", "--uid", NOBODY, "--gid", NOBODY]
    change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", *change]


def container():
    """Return the command of Docker or Podman; the image holds Python and NumPy."""
    if not (program := shutil.which("docker") or shutil.which("podman")):
        raise NoSandbox("neither Docker nor Podman is installed")
    there = [f"--volume={path}:/course/{path.name}:ro" for path in COURSE]
    given = settings() | {"PYTHONPATH": "/course", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return [
        *(program, "run", "--rm", "--interactive", "--pull=never", "--network=none"),
        *("--read-only", f"--tmpfs=/tmp:size={SPACE}", "--workdir=/tmp", f"--user={NOBODY}"),
        *("--cap-drop=ALL", "--security-opt=no-new-privileges", "--pids-limit=32"),
        *there,
        *(f"--env={name}={value}" for name, value in given.items()),
        *(IMAGE, "timeout", "--signal=KILL", "300", "python"),
    ]
