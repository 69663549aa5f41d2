"""The most probable classes of images: which are kept, which are wrong, and how parts are joined."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from roadsigns.evaluation.predictions import join_predictions, keep_top
from roadsigns.types import LabelledImage, Sample


def samples(count, num_classes=3):
    return [
        Sample(Path(f"data/{index % num_classes}/7_{index}.png"), index % num_classes, track="7")
        for index in range(count)
    ]


def test_the_five_most_probable_classes_are_kept():
    """Best first; of equals the first class comes first, as with argmax."""
    row = np.array([[0.1, 0.3, 0.02, 0.3, 0.08, 0.15, 0.05]], np.float32)

    predictions = keep_top(samples(1), row)

    assert predictions.class_ids.tolist() == [[1, 3, 5, 0, 4]]
    assert predictions.probabilities.tolist() == [[0.3, 0.3, 0.15, 0.1, 0.08]]


def test_wrong_is_what_is_not_the_truth():
    """By the first of the kept classes."""
    rows = np.array([[0.6, 0.4, 0], [0.6, 0.4, 0]], np.float32)

    assert keep_top(samples(2), rows).wrong.tolist() == [False, True]


def test_parts_are_joined_in_order():
    one, two = np.array([[0.6, 0.4, 0]], np.float32), np.array([[0.1, 0.2, 0.7]], np.float32)
    first, second = samples(2)
    third = Sample(Path("data/2/8_0.png"), 2, track="8")

    joined = join_predictions([keep_top([first], one), keep_top([second], two, undecodable=[third])])

    assert joined.names == ["0/7_0.png", "1/7_1.png", "2/8_0.png"]
    assert joined.class_ids[:, 0].tolist() == [0, 2]
    assert joined.undecodable == (LabelledImage("2/8_0.png", 2, "8"),)


def test_corruptions_are_joined_where_every_part_knows_its_own():
    """One part that does not would make the others wrong."""
    rows = np.array([[0.6, 0.4, 0]], np.float32)
    first, second = (keep_top([sample], rows) for sample in samples(2))
    dark, blurred = replace(first, corruptions=("dark",)), replace(second, corruptions=("blurred",))

    assert join_predictions([dark, blurred]).corruptions == ("dark", "blurred")
    assert join_predictions([dark, second]).corruptions is None
