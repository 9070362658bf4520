"""Which line, and which call in it, made the dtype that an answer should not have."""

import ast
import sys

import numpy as np

from softmax_lib import yours
from softmax_lib.exercises import source


def origin(function, call, dtype):
    """Run call() and say where in `function` a float of this dtype first appears, or None.

    The lines of the learner's own file are watched one by one; nothing else is.
    """
    code = yours.code_of(function)
    if code is None:
        return None
    watch = Watch(code.co_filename, np.dtype(dtype))
    before = sys.gettrace()
    sys.settrace(watch.enter)
    try:
        call()
    except Exception:
        return None
    finally:
        sys.settrace(before)
    return watch.said


class Watch:
    """Looks at the names of a learner's function after each of its lines."""

    def __init__(self, file, dtype):
        self.file, self.dtype, self.said, self.lines = file, dtype, None, {}

    def enter(self, frame, event, _):
        if frame.f_code.co_filename != self.file or frame.f_code.co_name == "<module>":
            return None
        if any(map(self.has_it, frame.f_locals.values())):  # it was made where this is called
            caller = frame.f_back
            if self.said is None and caller.f_code.co_filename == self.file:
                self.said = self.say(caller, caller.f_lineno)
            return None
        self.lines[frame] = None
        return self.step

    def step(self, frame, event, value):
        """Look at what the line that has just ended left behind: a name, or what is returned."""
        ended, self.lines[frame] = self.lines[frame], frame.f_lineno
        if self.said is None and ended is not None and event in ("line", "return"):
            returned = [value] if event == "return" else []
            if any(map(self.has_it, [*frame.f_locals.values(), *returned])):
                self.said = self.say(frame, ended)
            elif self.dtype == np.float64 and any(map(pythons_own, returned)):
                self.said = f"line {ended} returns Python's own numbers, and those are float64"
        return self.step

    def has_it(self, value):
        return isinstance(value, np.ndarray | np.floating) and value.dtype == self.dtype

    def say(self, frame, number):
        """Name the call that made it of other things; or else the line."""
        for node in statements(self.file, number):
            calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
            for part in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
                if self.makes_it(part, frame):
                    return f"`{source.text(part)}` in line {number} is {self.dtype}"
        (text,) = source.lines_of(self.file).splitlines()[number - 1 : number] or [""]
        return f"line {number} makes it" + (f": {text.strip()}" if text else "")

    def makes_it(self, part, frame):
        given = [*part.args, *(keyword.value for keyword in part.keywords)]
        if isinstance(part.func, ast.Attribute):
            given.append(part.func.value)
        return self.has_it(source.worth(part, frame)) and not any(
            self.has_it(source.worth(each, frame)) for each in given
        )


def pythons_own(value):
    """Decide whether a value is a number of Python's, or a list of such."""
    if isinstance(value, list):
        return any(map(pythons_own, value))
    return isinstance(value, float) and not isinstance(value, np.generic)


def statements(file, line):
    """Return the simple statements that a line belongs to."""
    return [
        node
        for node in source.nodes(file)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Expr)
        and node.lineno <= line <= node.end_lineno
    ]
