"""The check of a data folder before training: statistics, errors and warnings.

    inventory (folders and CSV) -> image statistics (every image once) -> duplicates, rules -> Check

Opens files for reading only. Memory: 40 MB and 1.4 kB for each image.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from roadsigns.dataset_check.class_stats import ClassStats, TrackStats, class_stats, track_stats
from roadsigns.dataset_check.duplicates import find_duplicates, find_near_duplicates
from roadsigns.dataset_check.findings import Finding, Findings
from roadsigns.dataset_check.image_stats import ImageStats, compute_image_stats
from roadsigns.dataset_check.inventory import UNKNOWN, Inventory, take_inventory, tracks_across_splits
from roadsigns.dataset_check.near_duplicates import MIN_CONTRAST, contrast_of
from roadsigns.wording import counted

__all__ = ["Check", "check_folder"]

# GTSRB's own classes differ 10.7-fold (2,250 images to 210), and its small ones are learned well.
MAX_IMBALANCE = 20
# In pixels: Stallkamp et al. 2012 give 15x15 as GTSRB's smallest; in the training set it is 16.
MIN_SIGN_SIDE = 15


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """The result of a check.

    Attributes:
        data: As it was given.
        inventory: The images and their annotations.
        image_stats: Statistics of every image, in the inventory's order.
        training: Statistics of each class; empty where there are only images to validate or test.
        validation: Statistics of each class; empty where the data hold out no images of their own.
        test: Statistics of each class; empty where there is no test set.
        tracks: Statistics of each known track.
        findings: Errors and warnings in the order of `roadsigns.dataset_check.findings.KINDS`.
    """

    data: Path
    inventory: Inventory
    image_stats: ImageStats
    training: tuple[ClassStats, ...]
    validation: tuple[ClassStats, ...]
    test: tuple[ClassStats, ...]
    tracks: tuple[TrackStats, ...]
    findings: tuple[Finding, ...]

    @property
    def splits(self) -> dict[str, tuple[ClassStats, ...]]:
        """Statistics of the classes in each split that there is, by its name; at least one."""
        splits = {"training": self.training, "validation": self.validation, "test": self.test}
        return {name: classes for name, classes in splits.items() if classes}

    @property
    def errors(self) -> int:
        """How many cases are errors."""
        return sum(finding.count for finding in self.findings if finding.level == "error")

    @property
    def warnings(self) -> int:
        """How many cases are warnings."""
        return sum(finding.count for finding in self.findings if finding.level == "warning")

    def as_dict(self) -> dict[str, object]:
        """Return everything as plain values that JSON can hold; None where there is nothing.

        Paths begin with the data folder as it was given, or with the folder of a table. Bytes in them that are not
        UTF-8 become lone surrogates, as everywhere in Python (`os.fsdecode`).
        """
        inventory = self.inventory
        return {
            "data": str(self.data),
            "layout": inventory.layout,
            "images": len(inventory.names),
            "training_images": int(inventory.is_training.sum()),
            "validation_images": int(inventory.is_validation.sum()),
            "test_images": int(inventory.is_test.sum()),
            "undecodable": int((~self.image_stats.decoded).sum()),
            "errors": self.errors,
            "warnings": self.warnings,
            "findings": [finding.as_dict(inventory.data) for finding in self.findings],
            "classes": [stats.as_dict() for stats in self.training],
            "validation_classes": [stats.as_dict() for stats in self.validation],
            "test_classes": [stats.as_dict() for stats in self.test],
            "tracks": [asdict(stats) for stats in self.tracks],
        }


def check_folder(data: Path) -> Check:
    """Check a data folder: the training images, and the test images where there are some.

    Args:
        data: Data in any layout of `roadsigns.datasets.layouts`. Nothing in it is changed.

    Returns:
        All that was found. Whatever is wrong with the data is a finding, not an exception.

    Raises:
        DataError: If there is nothing to check: no such folder, or no images in class folders.
    """
    findings = Findings()
    inventory = take_inventory(data, findings)
    stats = compute_image_stats(inventory, findings)
    _check_sizes(inventory, stats, findings)
    _check_boxes(inventory, stats, findings)
    _check_signs(inventory, stats, findings)
    for (class_id, track), images in tracks_across_splits(inventory):
        paths = [inventory.path(index) for index in images.values()]
        findings.add("track-across-splits", paths, f"class {class_id}, track {track}, in {' and '.join(images)}")
    among = find_duplicates(inventory, stats, findings)
    find_near_duplicates(inventory, stats, among, findings)
    # An empty folder is one of training images.
    is_training = inventory.is_training
    training, validation, test = (
        class_stats(inventory, stats, chosen) if chosen.any() or (chosen is is_training and not len(chosen)) else ()
        for chosen in (is_training, inventory.is_validation, inventory.is_test)
    )
    tracks = track_stats(inventory, stats)
    _check_classes(training, test, findings)
    if training:
        _check_balance(training, findings)
        _check_tracks(inventory, training, tracks, findings)
    return Check(data, inventory, stats, training, validation, test, tracks, findings.collected())


def _check_sizes(inventory: Inventory, stats: ImageStats, findings: Findings) -> None:
    differ = (inventory.size != stats.size).any(axis=1) & inventory.size.all(axis=1) & stats.decoded
    for index in np.flatnonzero(differ).tolist():
        (width, height), (stated_width, stated_height) = stats.size[index], inventory.size[index]
        findings.add(
            "wrong-size", [inventory.path(index)], f"{width}x{height} pixels, annotated {stated_width}x{stated_height}"
        )


def _check_boxes(inventory: Inventory, stats: ImageStats, findings: Findings) -> None:
    x1, y1, x2, y2 = inventory.box.T
    outside = np.zeros(len(inventory.names), np.bool_)
    # The reader believes the annotated size, the file knows the real one.
    stated = np.where(inventory.size > 0, inventory.size, np.iinfo(np.int32).max)
    for width, height in (stated.T, np.where(stats.decoded, stats.size.T, stated.T)):
        outside |= ~((x1 >= 0) & (x1 < x2) & (x2 <= width) & (y1 >= 0) & (y1 < y2) & (y2 <= height))
    for index in np.flatnonzero(outside & inventory.annotated).tolist():
        left, top, right, bottom = inventory.box[index].tolist()
        width, height = (stats if stats.decoded[index] else inventory).size[index].tolist()
        findings.add(
            "box-outside",
            [inventory.path(index)],
            f"{left},{top} to {right - 1},{bottom - 1} in {width}x{height} pixels",
        )


def _check_signs(inventory: Inventory, stats: ImageStats, findings: Findings) -> None:
    """Find images that are tiny or of nearly one grey level."""
    boxes = inventory.box[:, 2:] - inventory.box[:, :2]
    side = np.where(inventory.annotated[:, None], np.minimum(boxes, stats.size), stats.size).min(axis=1)
    for index in np.flatnonzero(stats.decoded & (side < MIN_SIGN_SIDE)).tolist():
        findings.add("tiny", [inventory.path(index)], f"{side[index]} pixels")
    contrast = contrast_of(stats.thumbnail)
    for index in np.flatnonzero(stats.decoded & (contrast < MIN_CONTRAST)).tolist():
        findings.add("blank", [inventory.path(index)], f"grey level {stats.brightness[index]:.0f}")


def _check_classes(training: tuple[ClassStats, ...], test: tuple[ClassStats, ...], findings: Findings) -> None:
    untrained = {one.class_id for one in training if not one.images}
    for kind, classes in (
        ("empty-class", [one for one in training if not one.images]),
        # A class without any image is named once.
        ("class-without-test-images", [one for one in test if not one.images and one.class_id not in untrained]),
    ):
        for one in classes:
            findings.add(kind, detail=f"class {one.class_id}, {one.name}", class_id=one.class_id)


def _check_balance(training: tuple[ClassStats, ...], findings: Findings) -> None:
    filled = sorted((one for one in training if one.images), key=lambda one: one.images)
    if len(filled) == 1:
        only = filled[0]
        findings.add("one-class", detail=f"class {only.class_id}, {only.name}", class_id=only.class_id)
    elif filled and filled[-1].images > MAX_IMBALANCE * filled[0].images:
        small, large = filled[0], filled[-1]
        findings.add(
            "imbalance",
            detail=f"class {small.class_id}, {small.name}, has {counted(small.images, 'image')}; "
            f"class {large.class_id}, {large.name}, has {large.images:,}",
        )


def _check_tracks(
    inventory: Inventory, training: tuple[ClassStats, ...], tracks: tuple[TrackStats, ...], findings: Findings
) -> None:
    unknown = np.flatnonzero((inventory.track == UNKNOWN) & ~inventory.is_test)
    untracked = inventory.class_id[(inventory.track == UNKNOWN) & inventory.is_training]
    # Names without a track are normal, unless other names have one, or all should.
    if inventory.layout == "official" or inventory.tracks:
        for index in unknown.tolist():
            findings.add("no-track", [inventory.path(index)])
    alone = Counter(untracked.tolist())
    for one in training:
        if one.tracks + alone[one.class_id] == 1:
            findings.add("one-track-class", detail=f"class {one.class_id}, {one.name}", class_id=one.class_id)
    if any(track.frames > 1 for track in tracks):
        for track in tracks:
            if track.frames == 1:
                findings.add("one-frame-track", detail=f"class {track.class_id}, track {track.track}")
