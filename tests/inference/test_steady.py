"""What is shown of a sign does not flicker."""

from dataclasses import replace

from roadsigns.inference.prediction import Prediction
from roadsigns.inference.steady import STEADY_FRAMES, SteadyPrediction

STOP = Prediction(14, "stop", 0.9, (), "known")
YIELD = Prediction(13, "yield", 0.8, (), "known")
UNKNOWN = Prediction(14, "stop", 0.4, (), "unknown", unknown_kind="danger")


def shown(*predictions):
    """What is shown after each."""
    steady = SteadyPrediction()
    return [steady.show(prediction) for prediction in predictions]


def test_the_first_prediction_is_shown_at_once():
    assert shown(STOP) == [STOP]


def test_what_says_the_same_is_shown_with_its_new_probability():
    surer = replace(STOP, probability=0.99)

    assert shown(STOP, surer) == [STOP, surer]


def test_a_new_class_is_shown_once_it_has_lasted():
    assert shown(STOP, *[YIELD] * STEADY_FRAMES) == [STOP, *[STOP] * (STEADY_FRAMES - 1), YIELD]


def test_what_comes_and_goes_is_never_shown():
    """Two decisions that alternate are as good as the first."""
    assert set(shown(STOP, *[UNKNOWN, YIELD, STOP] * 5)) == {STOP}


def test_an_unknown_sign_that_resembles_other_classes_says_the_same():
    """Its class is not what is told."""
    other = replace(UNKNOWN, class_id=13, name="yield")

    assert shown(UNKNOWN, other) == [UNKNOWN, other]
