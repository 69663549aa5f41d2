"""Classes that are left out: every class once, the others numbered anew with their own flips and drawings."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES
from roadsigns.datasets.left_out import (
    PARTITIONS,
    kept_classes,
    partition_of,
    spec_without,
    without_classes,
)
from roadsigns.datasets.registry import known_spec, spec_of
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.datasets.splits import split_samples
from roadsigns.errors import DataError
from roadsigns.synthesis.designs import designs_of
from roadsigns.types import SignClass

PARTS = PARTITIONS["GTSRB"].parts


def test_division_of_gtsrb_leaves_every_class_out_once():
    """Ten or eleven at a time."""
    assert sorted(class_id for part in PARTS for class_id in part) == list(range(43))
    assert [len(part) for part in PARTS] == [11, 11, 11, 10]


@pytest.mark.parametrize("subset", GTSRB.subsets, ids=lambda subset: subset.name)
def test_every_part_has_its_share_of_each_subset(subset):
    """So that no part leaves all speed limits out."""
    counts = [len(set(subset.class_ids) & set(part)) for part in PARTS]

    assert max(counts) - min(counts) <= 1


def test_mirror_image_of_a_sign_that_is_left_out_stays():
    """The hardest unknown sign is one whose mirror image is known."""
    for class_id, flips in GTSRB.flips.items():
        for flip in flips:
            if flip.class_id != class_id:
                assert not any({class_id, flip.class_id} <= set(part) for part in PARTS)


def test_remaining_classes_keep_their_order_and_names(drawn_data):
    """Label 0 to 31, and each sample is still of the sign that it shows."""
    split = split_samples(drawn_data.samples, by="track", validation_fraction=0.5, seed=0)
    data, remaining = without_classes(drawn_data, split, PARTS[0])

    names = [sign.name for sign in GTSRB_CLASSES if sign.class_id not in PARTS[0]]
    assert [sign.name for sign in data.classes] == names
    assert [sign.class_id for sign in data.classes] == list(range(32))
    for part, original in ((remaining.train, split.train), (remaining.validation, split.validation)):
        paths = [sample.path for sample in original if sample.class_id not in PARTS[0]]
        assert [sample.path for sample in part] == paths
        for sample in part:
            # The folder is called after the class of GTSRB.
            assert data.classes[sample.class_id].name == GTSRB_CLASSES[int(sample.path.parent.name)].name
    assert set(data.samples) == {*remaining.train, *remaining.validation}


def test_labels_lead_back_to_the_class_ids():
    """By their place."""
    kept = kept_classes(43, PARTS[3])

    assert len(kept) == 33
    assert not set(kept) & set(PARTS[3])
    assert [GTSRB_CLASSES[class_id].name for class_id in kept] == [
        sign.name for sign in spec_without(GTSRB, PARTS[3]).classes
    ]


@pytest.mark.parametrize("part", PARTS, ids=["part 1", "part 2", "part 3", "part 4"])
def test_remaining_classes_are_known_with_their_flips(part):
    """A flip is the same one under new labels; none shows a class that is left out."""
    kept = kept_classes(43, part)
    spec = known_spec([GTSRB_CLASSES[class_id].name for class_id in kept])

    for label, flips in spec.flips.items():
        expected = [flip for flip in GTSRB.flips[kept[label]] if flip.class_id not in part]
        assert [(flip.left_right, flip.top_bottom, kept[flip.class_id]) for flip in flips] == [
            (flip.left_right, flip.top_bottom, flip.class_id) for flip in expected
        ]
    assert {kept[label] for label in spec.flips} == set(GTSRB.flips) - set(part)
    assert spec_of(spec.classes) is spec


def test_remaining_classes_are_drawn_as_ever():
    """Each with its own designs and shares; those that are left out are not drawn."""
    designs, everything = designs_of(spec_without(GTSRB, PARTS[1])), designs_of(GTSRB)
    kept = kept_classes(43, PARTS[1])

    assert designs.files == tuple(everything.files[class_id] for class_id in kept)
    assert designs.shares == tuple(everything.shares[class_id] for class_id in kept)
    assert {kept[label]: share for label, share in designs.turned.items()} == everything.turned


def test_classes_of_ones_own_are_dealt_out_in_label_order():
    """From eight on; with fewer, too few would be left."""
    classes = tuple(SignClass(class_id, f"sign {class_id}") for class_id in range(10))
    partition = partition_of(DatasetSpec(name="own", classes=classes))

    assert partition.parts == ((0, 4, 8), (1, 5, 9), (2, 6), (3, 7))
    with raises(DataError, problem="There are 7 classes", hint="--unknown"):
        partition_of(DatasetSpec(name="own", classes=classes[:7]))


def test_data_of_which_nothing_is_left_are_refused(drawn_data):
    """Nothing could be learned."""
    split = split_samples(drawn_data.samples, by="track", validation_fraction=0.5, seed=0)

    with raises(DataError, problem="0 images are left to train on"):
        without_classes(drawn_data, split, np.arange(43).tolist())
