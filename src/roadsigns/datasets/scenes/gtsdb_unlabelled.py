"""The signs of GTSDB's training set that have no label: zebra crossings, parking, direction boards and others.

Only the 43 classes are labelled there. What else is a real sign is listed in `gtsdb_unlabelled.csv`, found with a
detector and judged by eye: to find it is no mistake, and to miss it is none either.
"""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from importlib import resources

from roadsigns.datasets.scenes.labels import Label
from roadsigns.datasets.scenes.scene import SceneSign
from roadsigns.types import Box

__all__ = ["unlabelled_signs"]

LIST = "gtsdb_unlabelled.csv"
# The backs of signs are listed too; they show nothing.
SIGN = "sign"
# Of GTSDB's own labels of the scenes in the list, so that no other data set with such names is taken for it.
CHECKSUM = "782f3b92cc7c1e663d8b88544035f06adecbabfecc6d878cc3ea5e4f007d63ba"
LISTED = range(600)


def unlabelled_signs(rows: Mapping[str, Sequence[Label]]) -> dict[str, list[SceneSign]]:
    """Return the unlabelled signs of GTSDB: {name of an image without its suffix: its signs}, all to be ignored.

    Args:
        rows: The labels of each image; where these are not GTSDB's, nothing is returned.
    """
    if checksum(rows) != CHECKSUM:
        return {}
    signs: dict[str, list[SceneSign]] = {}
    with (resources.files("roadsigns.datasets.scenes") / LIST).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["kind"] == SIGN:
                box = Box(*(int(row[corner]) for corner in ("x1", "y1", "x2", "y2")))
                signs.setdefault(row["file"], []).append(SceneSign(box, None, "", ignored=True))
    return signs


def checksum(rows: Mapping[str, Sequence[Label]]) -> str:
    """Return a SHA-256 of the labels of the scenes that the list is of, in any order."""
    listed = {f"{number:05d}" for number in LISTED}
    found = sorted(f"{stem} {label.box} {label.class_id}" for stem in listed & set(rows) for label in rows[stem])
    return hashlib.sha256("\n".join(found).encode()).hexdigest()
