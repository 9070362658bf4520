"""What a teacher hands out, made of the notebooks as they are: `make class`.

`student.py` makes the lessons without their solutions, `course.py` the same as assignments of
nbgrader, whose cells `graded.py` marks; `papers.py` and `pdf.py` make what goes on paper,
`files.py` writes; `__main__.py` begins.
"""
