"""What nbgrader needs to know of an exercise's two cells: the answer, and the test of it.

A test gives its points only for an answer that is right. The lesson's own check says of a stub
that it was not attempted, and raises nothing; so the test asserts it, in lines that nbgrader
hides from the students and puts back before it grades.
"""

import ast
from textwrap import indent

from softmax_lib import answers

POINTS = 2  # for an answer that its check calls right


def answer_cell(cell, task, solved):
    """Return the cell of a stub; with the solution in it, between nbgrader's marks, if asked."""
    cell.metadata |= {"nbgrader": marks(task, solution=True, locked=False), "deletable": False}
    if solved:
        cell.source = with_solution(cell.source, answers.solution(task).source)
    return cell


def check_cell(cell, task, solved):
    """Return the cell of a check; with the test that gives the points, if asked."""
    mine = marks(f"{task}-check", grade=True, points=POINTS)
    cell.metadata |= {"nbgrader": mine, "deletable": False, "editable": False}
    if solved:
        cell.source += (
            "\n### BEGIN HIDDEN TESTS\n"
            f'assert checks.{task}.judge(my_{task}), "not attempted yet"\n'
            "### END HIDDEN TESTS"
        )
    return cell


def marks(grade_id, *, grade=False, solution=False, locked=True, **points):
    """Return a cell's metadata for nbgrader, in the third version of its schema."""
    return {
        "cell_type": "code",
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    } | points


def with_solution(stub, solution):
    """Return a stub that calls the solution, which stands in it, in the place of its last line.

    >>> stub = 'def my_twice(x):\\n    raise NotImplementedError'
    >>> print(with_solution(stub, "def twice(x):\\n    return 2 * x"))
    def my_twice(x):
        ### BEGIN SOLUTION
        def twice(x):
            return 2 * x
    <BLANKLINE>
        return twice(x)
        ### END SOLUTION
    """
    (function,) = ast.parse(stub).body
    head = "\n".join(stub.splitlines()[: function.body[-1].lineno - 1])
    call = f"return {function.name.removeprefix('my_')}({arguments(function.args)})"
    body = f"### BEGIN SOLUTION\n{solution}\n\n{call}\n### END SOLUTION"
    return f"{head}\n{indent(body, '    ')}"


def arguments(parameters):
    """Write a call's arguments as a function's parameters ask for them."""
    plain = [each.arg for each in parameters.args]
    named = [f"{each.arg}={each.arg}" for each in parameters.kwonlyargs]
    return ", ".join([*plain, *named])
