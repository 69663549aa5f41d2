"""Boxes in which networks see no sign."""

from pathlib import Path

import numpy as np
import pytest

from roadsigns.audit.box_evidence import NOT_JUDGED, suspect_boxes
from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.audit.labels import Judged
from roadsigns.audit.twins import Thumbnails
from roadsigns.types import Box, Sample, SignClass

BOX = Box(2, 3, 20, 21)


def judged_of(unknown, box=BOX):
    count = len(unknown) if unknown is not None else 3
    samples = tuple(Sample(Path(f"{index}.png"), 0, box=box, track="7") for index in range(count))
    evidence = Evidence(samples, np.ones((count, 1), np.float32), unknown, "made up")
    paths = [sample.path.name for sample in samples]
    thumbnails = Thumbnails(np.zeros((count, 144), np.uint8))
    return Judged(evidence, (SignClass(0, "stop"),), paths, np.full(count, 30), thumbnails)


def test_boxes_without_a_sign_are_named_the_worst_first():
    """Where "no sign" has a quarter of the probability. Another unknown sign is a sign."""
    unknown = np.array([[0, 0, 0, 0, 0.6], [0, 0, 0, 0, 0.2], [0, 0, 0.9, 0, 0], [0, 0, 0, 0, 0.9]], np.float32)

    found, note = suspect_boxes(judged_of(unknown))

    assert note == ""
    assert [(one.paths, one.rule, one.box, one.track) for one in found] == [
        (("3.png",), "RS204", (2, 3, 20, 21), "7"),
        (("0.png",), "RS204", (2, 3, 20, 21), "7"),
    ]
    assert found[0].reason.startswith("What is in the box is taken for no sign with 90.00 %.")


def test_whole_images_are_named_where_there_is_no_box():
    """The sign was to fill the image."""
    found, _ = suspect_boxes(judged_of(np.array([[0, 0, 0, 0, 0.6]], np.float32), box=None))

    assert found[0].reason.startswith("The image is taken for no sign")
    assert found[0].box is None


@pytest.mark.parametrize("unknown", [None, np.zeros((3, 2), np.float32)])
def test_networks_without_that_output_judge_no_box(unknown):
    """It is said."""
    assert suspect_boxes(judged_of(unknown)) == ([], NOT_JUDGED)
