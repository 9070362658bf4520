"""The files that lessons read: they come with the package, wherever it is."""

import numpy as np
import pytest

from softmax_lib import data


@pytest.mark.parametrize("name", ["digits", "real_attention", "training_curve"])
def test_a_file_comes_as_arrays_by_name_and_says_which_script_made_it(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arrays = data.load(name)
    assert all(isinstance(a, np.ndarray) for a in arrays.values())
    assert str(arrays["script"]) == f"assets/make_{name}.py"


def test_a_name_that_no_file_has_is_refused_with_those_that_there_are():
    words = "^name must be one of digits, real_attention, training_curve, not 'digit'$"
    with pytest.raises(ValueError, match=words):
        data.load("digit")
