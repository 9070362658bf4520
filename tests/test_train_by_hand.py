"""Lesson 08: its data, and its network against the same one under PyTorch's autograd."""

from importlib import util
from pathlib import Path

import numpy as np
import pytest

ASSETS = Path(__file__).parents[1] / "assets"


def stored(name):
    return np.load(ASSETS / name, allow_pickle=False)


def test_the_digits_are_whole_and_carry_their_source_and_licence():
    file = stored("digits.npz")
    assert file["images"].shape == (1797, 8, 8)
    assert file["images"].max() == 16
    assert np.bincount(file["labels"]).tolist() == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]
    assert "UCI Machine Learning Repository" in str(file["source"])
    assert str(file["licence"]) == "CC BY 4.0"


def test_autograd_from_the_same_start_draws_the_curve_that_the_lesson_shows():
    pytest.importorskip("torch", reason="no PyTorch: pip install torch==2.13.0")
    spec = util.spec_from_file_location("curve", ASSETS / "make_training_curve.py")
    script = util.module_from_spec(spec)
    spec.loader.exec_module(script)
    losses, kept = script.curve(script.lesson()), stored("training_curve.npz")["losses"]
    assert len(losses) == len(kept) == 600
    np.testing.assert_allclose(losses, kept, rtol=0, atol=1e-6)
