"""From names to classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES
from roadsigns.datasets.layouts.labels import MAX_CLASSES, label_names
from roadsigns.datasets.registry import OWN_SOURCE

NAMES = [sign.name for sign in GTSRB_CLASSES]


def kinds(labels):
    return [(problem.kind, problem.file) for problem in labels.problems]


@given(ids=st.sets(st.integers(0, 200), min_size=1), width=st.integers(1, 5))
def test_whole_numbers_are_the_labels_themselves(ids, width):
    """A missing one shifts none."""
    labels = label_names(f"{number:0{width}d}" for number in ids)

    assert labels.numbered
    assert labels.ids == {f"{number:0{width}d}": number for number in sorted(ids)}
    assert [sign.class_id for sign in labels.spec.classes] == list(range(max(ids) + 1))
    assert not labels.problems


def test_other_names_are_numbered_in_natural_order():
    """One that is no number makes all of them names."""
    labels = label_names({"sign 10", "sign 2", "7"})

    assert (labels.numbered, labels.source) == (False, OWN_SOURCE)
    assert labels.ids == {"7": 0, "sign 2": 1, "sign 10": 2}


def test_numbers_of_a_known_data_set_have_its_classes():
    """A folder with three of them too."""
    labels = label_names(["00014", "3"], spec=GTSRB)

    assert (labels.source, labels.spec, labels.ids) == ("GTSRB", GTSRB, {"3": 3, "00014": 14})


def test_names_of_a_known_data_set_have_its_numbers():
    """In any order; the images are the person's own."""
    labels = label_names(reversed(NAMES))

    assert (labels.source, labels.spec) == (OWN_SOURCE, GTSRB)
    assert labels.ids == {name: number for number, name in enumerate(NAMES)}


def test_some_of_its_names_are_classes_of_their_own():
    """Nobody says that the others are missing."""
    assert label_names(NAMES[:5]).spec.name == OWN_SOURCE


def test_order_that_the_data_tell_stays():
    """With classes that have no image; numbers in it are names."""
    labels = label_names(["b", "1"], order=("b", "1", "a"))

    assert labels.ids == {"b": 0, "1": 1, "a": 2}
    assert not labels.numbered


def test_two_names_of_one_number_are_a_problem():
    labels = label_names(["7", "07", "8"])

    assert kinds(labels) == [("same-class", "7")]
    assert labels.problems[0].other == "07"


@pytest.mark.parametrize("name", [str(MAX_CLASSES), "20261122"])
def test_number_that_is_too_large_for_a_class_is_a_problem(name):
    """A date, probably."""
    assert kinds(label_names(["1", name])) == [("class-number", name)]
    assert not label_names(["1", str(MAX_CLASSES - 1)]).problems


def test_name_that_is_no_text_is_a_problem():
    """It would go into model files."""
    assert kinds(label_names(["a", "s\udcfcd"])) == [("class-name", "s\udcfcd")]


def test_no_names_are_no_classes():
    assert label_names([]).spec.classes == ()
