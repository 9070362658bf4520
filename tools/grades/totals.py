"""What a class can do: the best that each student handed in, and the usual mistakes."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from softmax_lib.exercises import TASKS
from tools.grades.run import STATES

SOLVED = {"right", "listed"}


@dataclass
class Student:
    """A student's best result in each exercise, their files, and what is to be said of these."""

    name: str
    results: dict = field(default_factory=dict)
    files: list = field(default_factory=list)
    remarks: list = field(default_factory=list)

    @property
    def solved(self):
        return sum(result.state in SOLVED for result in self.results.values())

    @property
    def asked(self):
        return len(self.results)

    def add(self, graded):
        """Add what was handed in. Of two versions of an exercise the better one counts."""
        self.files.append(str(graded.hand_in))
        if graded.refused:
            self.remarks.append(f"{graded.hand_in}: {graded.refused}")
        for task, result in graded.results.items():
            if task not in self.results or rank(result) < rank(self.results[task]):
                self.results[task] = result


def rank(result):
    return STATES.index(result.state)


@dataclass
class Class:
    """All students, in order of their names."""

    students: list

    @property
    def tasks(self):
        """The exercises that anyone handed in, in the order of the lessons."""
        handed_in = {task for student in self.students for task in student.results}
        return [task for task in TASKS if task in handed_in]

    def results(self, task):
        return [s.results[task] for s in self.students if task in s.results]

    def solved(self, task):
        return sum(result.state in SOLVED for result in self.results(task))

    def mistakes(self, task=None):
        """Count known mistakes, the most frequent first: ((task, mistake), how often)."""
        counted = Counter(
            (each, result.mistake)
            for each in ([task] if task else self.tasks)
            for result in self.results(each)
            if result.mistake
        )
        return counted.most_common()


def the_class(names, all_graded):
    """Gather what was handed in by student."""
    students = defaultdict(list)
    for name, graded in zip(names, all_graded, strict=True):
        students[name].append(graded)
    return Class([gathered(name, students[name]) for name in sorted(students, key=str.casefold)])


def gathered(name, all_graded):
    student = Student(name)
    for graded in all_graded:
        student.add(graded)
    return student
