"""The classes of a file of labels: the model's, and one for what it does not know."""

from dataclasses import replace

import pytest
from fixtures.stand_in_detector import detected_sign

from roadsigns.bulk.detection.label_classes import label_class_names, label_of
from roadsigns.datasets.gtsrb import GTSRB_CLASSES


def called(*names):
    """Classes of these names."""
    return [replace(GTSRB_CLASSES[0], class_id=number, name=name) for number, name in enumerate(names)]


def test_unknown_signs_have_the_last_class():
    """The others keep their numbers."""
    assert label_class_names(GTSRB_CLASSES) == [*(sign.name for sign in GTSRB_CLASSES), "unknown"]


def test_class_called_unknown_is_not_that_of_unknown_signs():
    """Two classes of one name could not be told apart."""
    assert label_class_names(called("stop", "unknown")) == ["stop", "unknown", "unknown sign"]


def test_name_with_a_line_break_stays_one_line():
    """The file has one name in each line."""
    assert all("\n" not in name for name in label_class_names(called("stop\nhere")))


@pytest.mark.parametrize(("decision", "expected"), [("known", 14), ("uncertain", 14), (None, 14), ("unknown", 43)])
def test_sign_has_its_class_unless_it_is_unknown(decision, expected):
    """An uncertain one has its most probable class."""
    prediction = replace(detected_sign(14).prediction, decision=decision)

    assert label_of(prediction, GTSRB_CLASSES) == expected
