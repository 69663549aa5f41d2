"""The outputs of a network: classes, provided that it is one, and kinds of unknown."""

import numpy as np
import pytest

from roadsigns.inference.outputs import separate


def test_a_network_without_kinds_of_unknown_keeps_its_outputs():
    joint = np.array([[0.25, 0.75]], np.float32)

    assert separate(joint, 2) is joint


def test_probabilities_of_classes_sum_to_one_and_kinds_stay():
    """Their proportions stay as they are."""
    separated = separate(np.array([[0.3, 0.1, 0.5, 0.1]], np.float32), 2)

    assert separated.dtype == np.float32
    assert separated[0] == pytest.approx([0.75, 0.25, 0.5, 0.1])


def test_classes_that_have_underflowed_are_equally_probable():
    """Rather than not a number."""
    assert separate(np.array([[0, 0, 1]], np.float32), 2)[0].tolist() == [0.5, 0.5, 1.0]
