"""A checksum that tells one data set from another."""

from dataclasses import replace
from pathlib import Path

import pytest

from roadsigns.datasets.fingerprint import fingerprint
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.types import Box, DataSet, Sample

SAMPLE = Sample(Path("data/00001/00000_00000.ppm"), 1, Box(5, 5, 30, 30), "00000")


def fingerprint_of(*samples):
    return fingerprint(DataSet(samples, GTSRB_CLASSES, "GTSRB"))


def test_the_folder_makes_no_difference():
    """Groups that a later version adds make none either: the same files are the same data."""
    moved = replace(SAMPLE, path=Path("/elsewhere/00001/00000_00000.ppm"), group="00000")

    assert fingerprint_of(moved) == fingerprint_of(SAMPLE)


@pytest.mark.parametrize(
    "change", [{"class_id": 2}, {"path": Path("data/00001/00000_00001.ppm")}, {"box": Box(5, 5, 30, 31)}]
)
def test_class_name_and_box_do(change):
    assert fingerprint_of(replace(SAMPLE, **change)) != fingerprint_of(SAMPLE)
    assert fingerprint_of(SAMPLE, replace(SAMPLE, **change)) != fingerprint_of(SAMPLE)


def test_it_stays_what_it_was():
    """Folders of earlier versions hold it: another way to count would refuse them all."""
    assert fingerprint_of(SAMPLE)[:16] == "89c8868f02ff3e9e"
