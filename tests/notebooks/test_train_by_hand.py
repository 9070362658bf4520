"""Lesson 08: its data, and its network against the same one under PyTorch's autograd."""

import numpy as np
import pytest
from support import stored

from softmax_lib import data


def test_the_digits_are_whole_and_carry_their_source_and_licence():
    file = data.load("digits")
    assert file["images"].shape == (1797, 8, 8)
    assert file["images"].max() == 16
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(file["labels"]).tolist() == counts
    assert "UCI Machine Learning Repository" in str(file["source"])
    assert str(file["licence"]) == "CC BY 4.0"


def test_autograd_from_the_same_start_draws_the_lesson_s_curve_and_the_one_that_is_stored():
    pytest.importorskip("torch", reason="no PyTorch: pip install torch==2.13.0")
    script = stored.script("make_training_curve.py")
    lesson = script.lesson()
    losses, kept = script.curve(lesson), data.load("training_curve")["losses"]
    by_hand, _ = lesson.train(lesson.batches)
    assert len(losses) == 600
    np.testing.assert_allclose(losses, kept, rtol=0, atol=1e-6)
    np.testing.assert_allclose(losses, by_hand, rtol=0, atol=1e-5)
