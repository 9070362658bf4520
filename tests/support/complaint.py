"""What a check says of a wrong answer."""

import pytest

from softmax_lib import checks
from softmax_lib.exercises.exercise import Wrong


def complaint(task, answer):
    with pytest.raises(Wrong) as error:
        getattr(checks, task).judge(answer)
    return str(error.value)
