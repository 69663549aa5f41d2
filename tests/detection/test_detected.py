"""What was found, in print."""

import pytest

from roadsigns.detection.detected import DetectedSign, FloatBox
from roadsigns.inference.prediction import ClassProbability, Prediction

BOX = FloatBox(866.2583618164062, 431.04, 880.0, 445.9)


@pytest.fixture
def unknown_sign():
    top = (ClassProbability(39, "keep left", 0.57),)
    return DetectedSign(BOX, 0.9, Prediction(39, "keep left", 0.57, top, "unknown", 0.01, "other sign"))


def test_a_box_is_printed_in_whole_pixels():
    assert str(BOX) == f"{BOX}" == "866,431,880,446"


def test_a_sign_has_the_decision_beside_the_name(unknown_sign):
    """So that nobody takes the most similar sign for what is there."""
    assert (unknown_sign.decision, unknown_sign.name) == ("unknown", "keep left")
