"""Whose a hand-in is."""

import doctest

import pytest

from tools.grades import students as naming
from tools.grades import table
from tools.grades.students import students


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Änne Müller, M.A._12345_assignsubmission_file/05.ipynb", "Änne Müller, M.A."),
        ("Ada Lovelace_12345_assignsubmission_file_05.ipynb", "Ada Lovelace"),
        ("Ada Lovelace_12345_assignsubmission_file_/sub/05.ipynb", "Ada Lovelace"),
        ("lovelaceada_88_1234_05_vector_jacobian_product.ipynb", "lovelaceada"),
        ("lovelaceada_LATE_88_1234_05_vector_jacobian_product-1.ipynb", "lovelaceada"),
        ("ada_05_vector_jacobian_product (1).ipynb", "ada"),
        ("05_vector_jacobian_product_ada.ipynb", "ada"),
        ("ada progress.json", "ada"),
        ("ada/05_vector_jacobian_product.ipynb", "ada"),
        ("ada.zip/lessons/05_vector_jacobian_product.ipynb", "ada"),
        ("05_vector_jacobian_product.ipynb", "05_vector_jacobian_product"),
    ],
)
def test_a_student_is_named_by_the_folder_or_the_file(path, name):
    assert students([tuple(path.split("/")), ("other", "x.ipynb")])[0] == name


def test_the_folder_that_holds_all_is_no_student():
    paths = [("downloads", "class.zip", name, "05.ipynb") for name in ("ada", "bob")]
    assert students(paths) == ["ada", "bob"]


def test_in_an_archive_of_plain_files_each_is_a_student():
    assert students([("class.zip", "ada.ipynb"), ("class.zip", "bob.ipynb")]) == ["ada", "bob"]


def test_the_only_student_s_folder_is_kept():
    paths = [("ada", "05_vector_jacobian_product.ipynb"), ("ada", "progress.json")]
    assert students(paths) == ["ada", "ada"]


def test_two_students_of_one_name_are_told_apart():
    paths = [(f"Kim_{number}_assignsubmission_file", "05.ipynb") for number in (1, 2)]
    assert students(paths) == ["Kim (1)", "Kim (2)"]


@pytest.mark.parametrize("module", [naming, table])
def test_the_examples_in_the_docstrings_are_true(module):
    ran = doctest.testmod(module)
    assert ran.attempted
    assert not ran.failed
