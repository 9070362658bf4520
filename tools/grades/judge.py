"""Judge one exercise of one hand-in, in a process that is made for it alone and ends with it.

    python -m tools.grades.judge MEGABYTES SECONDS [TASK] < hand-in

It writes one line of JSON: without TASK what the hand-in is, with it how the exercise stands.
"""

import ast
import json
import linecache
import os
import re
import sys
import traceback

from tools.grades.limits import limit, limit_time
from tools.grades.needed import needed, plain, statements_of

WORDS = 1500  # of a message, at most
UNREADABLE = (SyntaxError, ValueError, ImportError, RecursionError, MemoryError)  # of a cell
KNOWN = "This is a known mistake: "


class Unreadable(ValueError):
    """The hand-in is no notebook and no list of exercises. The message says what is wrong."""


def main(megabytes, seconds, *task):
    limit(int(megabytes))
    data = sys.stdin.buffer.read()
    with alone() as answer:
        try:
            handed_in = parsed(data)
            said = judged(*task, handed_in, int(seconds)) if task else kind(handed_in)
        except Unreadable as error:
            said = {"refused": str(error)}
        answer.write(json.dumps(said) + "\n")
        answer.flush()
        os._exit(0)  # what a hand-in left for the end is not waited for


def alone():
    """Keep standard output for the answer; what a hand-in prints goes nowhere."""
    answer = os.fdopen(os.dup(1), "w", encoding="ascii")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return answer


def parsed(data):
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("it is no notebook: it holds no text") from None
    except ValueError as error:
        raise Unreadable(f"it is no notebook, or one cut short: {error}") from None
    except RecursionError:
        raise Unreadable("it is no notebook: it is nested without end") from None


def kind(handed_in):
    """Say what a hand-in is: a list of names, or a notebook with the exercises that it mentions."""
    if isinstance(handed_in, list):
        return {"listed": few(name for name in handed_in if isinstance(name, str))}
    return {"tasks": few(re.findall(r"\bmy_(\w+)", "\n".join(code_cells(handed_in))))}


def few(names):
    """Return each name once; of very many, or very long ones, none is an exercise."""
    return [name for name in dict.fromkeys(names) if len(name) < 40][:300]


def code_cells(notebook):
    """Return the source of each cell of code."""
    try:
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        return ["".join(cell["source"]) for cell in cells]
    except (KeyError, TypeError):
        raise Unreadable("it is JSON, but no notebook of today's format") from None


def judged(task, notebook, seconds):
    """Say how an exercise stands: state, words, and the hint of a known mistake.

    The state is "right", "library", "wrong", "untouched", "error" if the function cannot be made,
    or "absent".
    """
    from softmax_lib.exercises import load  # here, since to look at a file NumPy is not needed

    exercise = load(task)
    limit_time(seconds)
    names, complaints = run(f"my_{task}", code_cells(notebook))
    if f"my_{task}" not in names:
        return {
            "state": "error" if complaints else "absent",
            "words": "\n".join(complaints)[:WORDS],
        }
    return verdict(exercise, names[f"my_{task}"], names)


def run(name, cells):
    """Run what a name needs; return the names that came of it, and what went wrong."""
    statements, complaints = [], []
    for number, source in enumerate(cells, 1):
        file = f"<cell {number}>"
        try:
            source = plain(source)
            statements += statements_of(source, file)
        except UNREADABLE as error:
            if name in source:
                complaints.append(f"Cell {number} is no Python: {error}")
        linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    names = {"__name__": "__main__", "display": lambda *_, **__: None}
    for statement in needed(name, statements):
        try:
            code = compile(ast.Module([statement.node], []), statement.file, "exec")
            exec(code, names)
        except BaseException as error:  # exit() too: the next statement may be what is needed
            said = "".join(traceback.format_exception_only(error)).strip()
            complaints.append(f"In {statement.file}, line {statement.node.lineno}: {said}")
    return names, complaints


def verdict(exercise, answer, names):
    """Have an answer checked, and say what came of it."""
    from softmax_lib.exercises.exercise import Wrong, hint

    try:
        if not exercise.judge(answer):
            return {"state": "untouched"}
    except Wrong as wrong:
        words = str(wrong)
        mistake = words.rpartition(KNOWN)[2]
        known = mistake in map(hint, exercise.mistakes.values())
        return {"state": "wrong", "words": words[:WORDS], "mistake": mistake if known else ""}
    return {"state": "library" if borrowed(exercise, answer, names) else "right"}


def borrowed(exercise, answer, names):
    """Decide whether an answer is the library's, or does no more than call it."""
    from softmax_lib import yours

    code = yours.code_of(answer)
    called = [names.get(name) for name in code.co_names] if code else []
    return any(each is exercise.answer for each in (answer, *called))


if __name__ == "__main__":
    main(*sys.argv[1:])
