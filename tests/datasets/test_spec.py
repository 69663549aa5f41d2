"""The 43 classes: complete, in order, named once."""

import re

import pytest

from roadsigns.datasets.spec import GTSRB_CLASSES, SUBSETS, flips_of, subset_of


def test_there_are_43_classes_in_label_order():
    """A class's place is its label."""
    assert [sign.class_id for sign in GTSRB_CLASSES] == list(range(43))


@pytest.mark.parametrize("attribute", ["name", "name_de", "sign_number"])
def test_no_two_classes_share_a_name_or_number(attribute):
    """Every class has its own English name, German name and sign number, none of them empty."""
    values = [getattr(sign, attribute) for sign in GTSRB_CLASSES]

    assert all(values)
    assert len(set(values)) == 43


def test_sign_numbers_have_the_official_form():
    """Three digits, and where a sign has variants a dash and the variant."""
    assert all(re.fullmatch(r"\d{3}(-\d{2,3})?", sign.sign_number) for sign in GTSRB_CLASSES)


def test_every_class_belongs_to_exactly_one_subset():
    """The six subsets of Stallkamp et al. part the classes."""
    assert len(SUBSETS) == 6
    assert sorted(class_id for ids in SUBSETS.values() for class_id in ids) == list(range(43))


@pytest.mark.parametrize(
    ("class_id", "subset"),
    [(0, "speed limits"), (6, "derestriction"), (11, "danger"), (14, "unique"), (40, "mandatory")],
)
def test_subset_of_a_class_is_the_papers(class_id, subset):
    """Spot checks against table 3 of the paper."""
    assert subset_of(class_id) == subset


def test_flips_are_known_for_gtsrb_alone():
    """A person's own classes may mean anything mirrored."""
    assert len(flips_of(GTSRB_CLASSES)) == 21
    assert flips_of(GTSRB_CLASSES[:10]) == {}
    assert flips_of(list(GTSRB_CLASSES)) == flips_of(GTSRB_CLASSES)
