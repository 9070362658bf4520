"""Runs nbgrader's commands, for a test: nbgrader's own Python runs this file, and not the tests'.

To start nbgrader takes many seconds, so one process runs a list of commands from standard input:
[[folder, command, *words], …], with a command's name in nbgrader.apps.
"""

import json
import os
import sys


def run(folder, command, *words):
    from nbgrader import apps

    os.chdir(folder)
    app = getattr(apps, command).instance()
    app.initialize(list(words))
    app.start()
    app.clear_instance()


if __name__ == "__main__":
    for command in json.load(sys.stdin):
        run(*command)
