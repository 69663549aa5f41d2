"""GTSRB's 43 classes: complete, in order, named once, each in one subset, and mirrored only where that is a sign."""

import re

import pytest

from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES


def test_there_are_43_classes_in_label_order():
    """A class's place is its label."""
    assert [sign.class_id for sign in GTSRB_CLASSES] == list(range(43))
    assert GTSRB.classes == GTSRB_CLASSES


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
    """The six subsets of Stallkamp et al. divide the classes among them."""
    assert len(GTSRB.subsets) == 6
    assert sorted(class_id for subset in GTSRB.subsets for class_id in subset.class_ids) == list(range(43))


@pytest.mark.parametrize(
    ("class_id", "name"),
    [(0, "speed limits"), (6, "derestriction"), (11, "danger"), (14, "unique"), (40, "mandatory")],
)
def test_subset_of_a_class_is_the_papers(class_id, name):
    """Spot checks against table 3 of the paper."""
    assert [subset.name for subset in GTSRB.subsets if class_id in subset.class_ids] == [name]


def test_human_accuracy_is_known_for_every_subset():
    """The metrics of the paper, as fractions."""
    assert [subset.human_accuracy for subset in GTSRB.subsets] == [0.9763, 0.9993, 0.9889, 0.9972, 0.9867, 1.0]
    assert GTSRB.human_accuracy == 0.9884


def test_mirrored_signs_are_mirror_images_of_each_other():
    """Whatever a class becomes when it is mirrored becomes that class again."""
    assert len(GTSRB.flips) == 21
    for class_id, ways in GTSRB.flips.items():
        for way in ways:
            back = [one for one in GTSRB.flips[way.class_id] if one.class_id == class_id]
            assert any((one.left_right, one.top_bottom) == (way.left_right, way.top_bottom) for one in back)
