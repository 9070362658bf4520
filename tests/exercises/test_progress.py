"""A call of a check prints one line, draws where a picture says more, and remembers."""

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from softmax_lib import answers, checks, progress
from softmax_lib.exercises.exercise import Wrong


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def stub(*_, **__):
    raise NotImplementedError


def test_calling_a_check_prints_one_line_and_remembers_what_was_solved(capsys):
    assert checks.push(stub) is None
    assert capsys.readouterr().out == "push: not attempted yet.\n"
    assert checks.push(answers.push) is None
    assert capsys.readouterr().out.startswith("✓ push is right on 5 inputs: shapes, dtypes, ")
    assert progress.solved() == ["push"]


@pytest.mark.parametrize("spoilt", ["", "{", '{"push": 1}', "[1, 2]"])
def test_a_spoilt_record_is_forgotten_and_begun_anew(tmp_path, spoilt):
    (tmp_path / progress.FILE).write_text(spoilt)
    assert progress.solved() == []
    progress.record("push")
    assert progress.solved() == ["push"]


def test_progress_is_shown_one_exercise_in_a_line(capsys):
    progress.record("push")
    progress.show("two_cases", "push")
    assert capsys.readouterr().out == "· two_cases\n✓ push\n"


def test_outside_a_notebook_a_wrong_matrix_is_told_and_not_drawn():
    with pytest.raises(Wrong):
        checks.softmax_jacobian(lambda P: np.diag(P * (1 - P)))


@pytest.mark.slow
def test_in_a_notebook_the_words_come_first_and_then_the_picture():
    cells = [
        "import numpy as np\nfrom softmax_lib import checks",
        "checks.softmax_jacobian(lambda P: np.diag(P * (1 - P)))",
        "1 + 1",
    ]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    words, picture = notebook.cells[1].outputs
    assert words.output_type == "error"
    assert 'alt="Three heatmaps' in picture.data["text/html"]
    assert [output.output_type for output in notebook.cells[2].outputs] == ["execute_result"]


def test_code_below_the_raise_is_told_that_it_never_runs(capsys):
    def below(P, k):
        raise NotImplementedError
        return P

    checks.push(below)
    assert capsys.readouterr().out == (
        "push: not attempted yet. "
        "Delete `raise NotImplementedError`: what stands below it never runs.\n"
    )


def test_after_a_syntax_error_the_function_from_before_is_not_judged(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    check = "from softmax_lib import checks; checks.push(my_push)"
    shell.run_cell("def my_push(P, k):\n    return P", store_history=True)
    shell.run_cell("def my_push(P, k):\n    return (P", store_history=True)
    error = shell.run_cell(check, store_history=True).error_in_exec
    assert "your newest my_push has a syntax error and did not run" in str(error)
    error = shell.run_cell(
        check, store_history=True
    ).error_in_exec  # asked again: then it is judged
    assert "push is not right yet" in str(error)
