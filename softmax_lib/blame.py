"""Which line of a learner's own code an error comes from."""

import traceback


def learners_line(error, *answers):
    """Point at the line of the learner's own functions in which the error arose.

    If they returned, and what they returned was at fault, point at where the first of them begins.
    """
    frames = traceback.extract_tb(error.__traceback__)
    codes = [answer.__code__ for answer in answers if hasattr(answer, "__code__")]
    own = [f for f in frames if f.filename in {code.co_filename for code in codes}]
    begins = [traceback.FrameSummary(c.co_filename, c.co_firstlineno, c.co_name) for c in codes[:1]]
    frame = (own or begins or frames)[-1]
    return f"in {frame.name}, line {frame.lineno}: {frame.line}"
