"""Whose a hand-in is: the name in a learning platform's path, or of the folder or the file."""

import re

from tools.notebooks import NOTEBOOKS

PLATFORMS = (
    re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+(_.*)?"),  # Moodle
    re.compile(r"(?P<name>[^_]+)(_LATE)?_(?P<id>\d+)_\d+_.+"),  # Canvas
)
LESSON = re.compile("|".join([*(path.stem for path in NOTEBOOKS), "progress"]))
COPY = re.compile(r"(-\d+|\s*\(\d+\))+$")  # a second version, as browsers and platforms name it


def students(paths):
    """Name the student of each hand-in.

    Parameters
    ----------
    paths : list of tuple of str
        The folders and archives that lead to each hand-in, and its own name.

    Returns
    -------
    list of str
        In the same order. Two students of one name are told apart by the platform's number.

    Examples
    --------
    >>> students([("Ada L_123_assignsubmission_file", "05.ipynb"), ("bobby_77_8_05.ipynb",)])
    ['Ada L', 'bobby']
    >>> students([("class.zip", "ada", "05.ipynb"), ("class.zip", "bob.ipynb")])
    ['ada', 'bob']
    """
    inner = without_wrapping(paths)
    owners = [owner(path) for path in inner]
    numbers = {}
    for name, number in owners:
        numbers.setdefault(name, set()).add(number)
    return [
        f"{name} ({number})" if number and len(numbers[name]) > 1 else name
        for name, number in owners
    ]


def without_wrapping(paths):
    """Leave out the folder or the archive that holds all hand-ins, and is no student's."""
    while len({path[0] for path in paths}) == 1 and all(map(tells_more, paths)):
        paths = [path[1:] for path in paths]
    return paths


def tells_more(path):
    """Decide whether a path still names a student when its first part is left out."""
    return len(path) > 2 or (len(path) == 2 and bool(own_name(path[1])))


def owner(path):
    """Return a student's name, and the platform's number for them or None."""
    for part in reversed(path):
        for pattern in PLATFORMS:
            if found := pattern.fullmatch(part):
                return found["name"].strip(), found["id"]
    if len(path) > 1:
        return path[0].removesuffix(".zip"), None
    return own_name(path[0]) or stem(path[0]), None


def own_name(file):
    """Return what a file's name says besides the lesson's: ada_05_vector_jacobian_product.ipynb."""
    rest = COPY.sub("", stem(file))
    rest = LESSON.sub("", rest).strip(" _-.")
    return "" if re.fullmatch(r"[\d_\W]*", rest) else rest


def stem(file):
    return re.sub(r"\.(ipynb|json|zip)$", "", file, flags=re.I)
