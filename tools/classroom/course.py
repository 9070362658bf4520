"""A folder for nbgrader, in which each lesson is an assignment: `nbgrader generate_assignment`.

With its settings an answer's cell is, once the solution is taken out, the very stub of the lesson;
so what nbgrader releases is what `student.py` makes.
"""

CONFIG = '''\
"""nbgrader's settings for this course: run nbgrader in this folder."""

c = get_config()

c.CourseDirectory.course_id = "softmax"
c.ClearSolutions.code_stub = {
    "python": "raise NotImplementedError  # your code here, instead of this line"
}
c.ExecutePreprocessor.timeout = 300  # seconds for a cell: 08 trains a network
'''


def assignment(path):
    """Return where a lesson lies in nbgrader's folder.

    >>> from pathlib import Path
    >>> assignment(Path("notebooks/03_two_cases.ipynb"))
    'source/03_two_cases/03_two_cases.ipynb'
    """
    return f"source/{path.stem}/{path.name}"
