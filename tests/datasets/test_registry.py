"""A data set is found by its classes, and custom classes are a data set of their own."""

import pytest

from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES
from roadsigns.datasets.registry import OWN_SOURCE, known_spec, spec_of, spec_with
from roadsigns.types import SignClass


def test_data_set_is_found_by_its_classes():
    """By their names, in label order, in whatever sequence they come."""
    assert spec_of(GTSRB_CLASSES) is spec_of(list(GTSRB_CLASSES)) is GTSRB
    assert known_spec([sign.name for sign in GTSRB_CLASSES]) is GTSRB


@pytest.mark.parametrize("classes", [(), GTSRB_CLASSES[:10], GTSRB_CLASSES[::-1], (SignClass(0, "tram"),)])
def test_other_classes_are_a_data_set_of_which_nothing_is_known(classes):
    """No subsets, flips, drawings or groups: a mirrored custom sign may mean anything."""
    spec = spec_of(classes)

    assert known_spec([sign.name for sign in classes]) is None
    assert (spec.name, spec.classes) == (OWN_SOURCE, classes)
    assert not any((spec.subsets, spec.flips, spec.drawings, spec.folders, spec.groups, spec.human_accuracy))


def test_class_is_found_with_all_of_its_names():
    """A custom class called "stop" is not GTSRB's, which has a German name and a number."""
    assert spec_with(GTSRB_CLASSES[14]) is GTSRB
    assert spec_with(SignClass(14, "stop")) is None
