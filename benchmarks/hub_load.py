"""Let a class log in to a JupyterHub all at once and run a lesson, as docs/hub.md tells.

    python benchmarks/hub_load.py URL class.txt notebooks/03_two_cases.ipynb

class.txt has a name and a password in each line, as in anna:secret. Run it on the hub's machine, as
root, with the hub's own Python: it reads there how much memory each learner's processes take.
Each learner logs in, starts a server, loads JupyterLab's page with its scripts, starts a kernel,
and runs the lesson from top to bottom. Prints one line for each step.
"""

import asyncio
import json
import re
import sys
from pathlib import Path
from pwd import getpwnam
from statistics import median
from time import perf_counter
from uuid import uuid4

import httpx
import nbformat
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

PATIENCE = 600  # seconds, for each step
STEPS = "logged in", "server ready", "page loaded", "kernel answers", "lesson run"


class Learner:
    """One learner, and how many seconds after the bell each step was done."""

    def __init__(self, hub, name, password, cells):
        self.hub, self.name, self.password, self.cells = hub, name, password, cells
        self.done, self.errors = [], []

    async def attend(self):
        self.bell = perf_counter()
        async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=True) as self.web:
            try:
                for step in (self.log_in, self.start, self.load_page, self.open_kernel, self.run):
                    await step()
                    self.done.append(perf_counter() - self.bell)
            except Exception as error:  # whatever it is, it belongs into the table
                self.errors.append(f"{self.name}: {step.__name__}: {error!r}")

    async def log_in(self):
        form = f"{self.hub}/hub/login"
        await self.web.get(form)
        who = {"username": self.name, "password": self.password, "_xsrf": self.secret()}
        await self.web.post(form, data=who, follow_redirects=False)
        tokens = f"{self.hub}/hub/api/users/{self.name}/tokens"
        answer = await self.web.post(tokens, headers={"X-XSRFToken": self.secret()})
        self.web.headers["Authorization"] = f"token {answer.raise_for_status().json()['token']}"

    def secret(self):
        return self.web.cookies.get("_xsrf", path="/hub/")

    async def start(self):
        api = f"{self.hub}/hub/api/users/{self.name}"
        (await self.web.post(f"{api}/server")).raise_for_status()
        while not (await self.web.get(api)).json()["servers"].get("", {}).get("ready"):
            await asyncio.sleep(0.5)

    async def load_page(self):
        page = await self.web.get(f"{self.hub}/user/{self.name}/lab")
        page.raise_for_status()
        for script in re.findall(r'src="(/[^"]+\.js[^"]*)"', page.text):
            (await self.web.get(self.hub + script)).raise_for_status()

    async def open_kernel(self):
        here = f"{self.hub}/user/{self.name}/api/kernels"
        kernel = (await self.web.post(here)).raise_for_status().json()["id"]
        url = f"{here}/{kernel}/channels".replace("http", "ws", 1)
        request = HTTPRequest(url, headers=dict(self.web.headers), connect_timeout=PATIENCE)
        self.socket = await websocket_connect(request, max_message_size=10**8)
        await self.execute("1 + 1")

    async def run(self):
        for cell in self.cells:
            await self.execute(cell)

    async def execute(self, code):
        """Send one cell, and wait for the kernel's word that it is done."""
        sent = uuid4().hex
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        header = {
            "msg_id": sent,
            "msg_type": "execute_request",
            "session": "load",
            "version": "5.3",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        await self.socket.write_message(json.dumps({**message, "channel": "shell"}))
        while True:
            came = await asyncio.wait_for(self.socket.read_message(), PATIENCE)
            if came is None:
                raise ConnectionError("the kernel is gone")
            if isinstance(came, bytes):  # a panel's numbers
                continue
            came = json.loads(came)
            if came["msg_type"] == "execute_reply" and came["parent_header"]["msg_id"] == sent:
                break
        if came["content"]["status"] != "ok":
            self.errors.append(f"{self.name}: {came['content']['ename']} in: {code[:60]}")


def megabytes(name):
    """Return what a user's processes hold: memory that several share is divided among them."""
    uid, total = getpwnam(name).pw_uid, 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == uid:
                total += int(re.search(r"Pss:\s+(\d+)", (process / "smaps_rollup").read_text())[1])
        except (OSError, TypeError):  # it has just ended
            continue
    return total / 1000


def report(learners):
    """Print when each step was done: by half of the class, and by the last."""
    for n, step in enumerate(STEPS):
        times = [each.done[n] for each in learners if len(each.done) > n]
        if times:
            print(f"{step}: {len(times)} of {len(learners)}; ", end="")
            print(f"half after {median(times):.0f} s, the last after {max(times):.0f} s")
    memory = [megabytes(each.name) for each in learners]
    print(f"memory: {median(memory):.0f} MB a learner, {sum(memory) / 1000:.1f} GB in all")
    print(*[error for each in learners for error in each.errors], sep="\n")


async def main(hub, accounts, lesson):
    cells = [c.source for c in nbformat.read(lesson, 4).cells if c.cell_type == "code"]
    lines = Path(accounts).read_text("utf-8").split()
    learners = [Learner(hub.rstrip("/"), *line.split(":", 1), cells) for line in lines]
    await asyncio.gather(*[learner.attend() for learner in learners])
    report(learners)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
