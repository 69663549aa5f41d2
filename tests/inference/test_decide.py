"""The decision: probabilities become predictions."""

import numpy as np
import pytest

from roadsigns.inference.decide import decide
from roadsigns.inference.prediction import ClassProbability
from roadsigns.types import SignClass

CLASSES = tuple(SignClass(number, name) for number, name in enumerate(("stop", "yield", "priority road")))


def decided(*rows, top_k=1):
    """The predictions of some rows of probabilities."""
    return decide(np.array(rows, np.float32), CLASSES, top_k=top_k)


def test_most_probable_class_is_the_prediction():
    """With its name and its probability, for each image in order."""
    first, second = decided([0.25, 0.5, 0.25], [0.75, 0.25, 0.0])

    assert (first.class_id, first.name, first.probability) == (1, "yield", 0.5)
    assert (second.class_id, second.name, second.probability) == (0, "stop", 0.75)


def test_top_classes_come_best_first_and_begin_with_the_prediction():
    (prediction,) = decided([0.25, 0.125, 0.625], top_k=2)

    assert prediction.top_k == (ClassProbability(2, "priority road", 0.625), ClassProbability(0, "stop", 0.25))
    assert prediction.name == "priority road"


def test_of_equally_probable_classes_the_lower_label_comes_first():
    (prediction,) = decided([0.25, 0.375, 0.375], top_k=3)

    assert [entry.class_id for entry in prediction.top_k] == [1, 2, 0]


@pytest.mark.parametrize("top_k", [3, 4, 100])
def test_more_classes_than_there_are_lists_all(top_k):
    """A model of three classes has no fourth."""
    assert len(decided([0.5, 0.25, 0.25], top_k=top_k)[0].top_k) == 3


def test_no_image_makes_no_prediction():
    """Shape (0, num_classes)."""
    assert decide(np.empty((0, 3), np.float32), CLASSES, top_k=1) == []
