"""JupyterHub 5.5 for one class on one Linux machine. docs/hub.md says how it is started.

Each learner is a user of that machine and of its group `class`, with a home of their own; whoever
is in the group `teachers` may see who is there, and end a server.
"""

import sys
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
GB = 10**9

c = get_config()  # noqa: F821 (JupyterHub gives it)

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"class"}
c.PAMAuthenticator.admin_groups = {"teachers"}

# Only this machine: the web server with the certificate stands before it.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# Limits hold for each process, the server's and each kernel's, and --nproc for all the processes
# and threads of a learner: an array that is too large, or a loop that forks, ends at its own desk.
LIMITS = ["prlimit", f"--data={1 * GB}", "--nproc=256"]
c.Spawner.cmd = [*LIMITS, str(PROGRAMS / "jupyterhub-singleuser")]
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}
c.Spawner.args = [
    # Sockets in the learner's home. With TCP two kernels may choose the same port, and one dies.
    "--KernelManager.transport=ipc",
    # A kernel whose lesson is closed ends after half an hour.
    "--MappingKernelManager.cull_idle_timeout=1800",
]
c.Spawner.default_url = "/lab/tree/softmax/00_start_here.ipynb"

# Thirty people press the button in the same minute: let them wait, and do not give up. (A smaller
# `concurrent_spawn_limit` than the class makes nobody wait: it turns the others away.)
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 300

# A server that nobody has touched for an hour is ended. Files stay.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
