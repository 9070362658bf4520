"""Twins run in Node, all in one process: a line of JSON in, a line of JSON out."""

import json
import shutil
import subprocess
from contextlib import contextmanager
from functools import partial

from support.needed import esbuild, needed

ENTRY = """
import { createInterface } from "node:readline";
import * as numbers from "./shared/numbers.js";

let twin;
const answers = {
  start: ([name, data]) => {
    twin = new twins[name](data);
    return {};
  },
  touch: (changed) => twin.touch(changed),
  write: ([how, ...number]) => numbers[how](...number),
};
for await (const line of createInterface({ input: process.stdin })) {
  const [what, given] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answers[what](given))}\\n`);
}
"""


@contextmanager
def running(names, folder):
    """Bundle the twins of these panels and run them; yield what asks them.

    ask("start", [name, described]) makes a twin, ask("touch", {key: value}) moves it and returns
    all that is different then, ask("write", ["toFixed", x, decimals]) writes a number.
    """
    from site_panels import run_esbuild, twin_of

    node = needed(shutil.which("node"), "node is missing: the panels' twins are not compared")
    esbuild()
    imports = [f'import {name} from "./{twin_of(name).name}";' for name in names]
    script = folder / "twins.mjs"
    table = f"const twins = {{ {', '.join(names)} }};"
    run_esbuild("\n".join([*imports, table, ENTRY]), f"--outfile={script}", "--platform=node")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([node, script], text=True, encoding="utf-8", **pipes) as process:
        yield partial(ask, process)
        process.stdin.close()


def ask(process, what, given):
    process.stdin.write(json.dumps([what, given], allow_nan=False) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())
