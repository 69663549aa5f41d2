"""What a data folder holds, faults included: the layouts that `roadsigns.datasets.reader` reads, for a check.

An image is a name and a row of a few arrays, not an object: some 130 bytes each.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from roadsigns.dataset_check.class_folder import UNKNOWN, Part, read_official_class, read_plain_class, read_test_images
from roadsigns.dataset_check.findings import Findings, counted
from roadsigns.dataset_check.listing import list_folder
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import MAX_CLASSES, TEST_FOLDER, TRACK_NAME, TRAINING_FOLDER
from roadsigns.errors import DataError
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES
from roadsigns.types import SignClass, TrackKey

__all__ = ["Inventory", "Layout", "take_inventory"]

Layout = Literal["official", "plain"]


@dataclass(frozen=True, slots=True, eq=False)
class Inventory:
    """The images of a data folder, in path order, the training ones first.

    Attributes:
        data: The data folder.
        layout: "official", or "plain" for one folder per class.
        classes: In label order.
        tracks: The known tracks of the training images.
        folders: Relative to the data folder.
        names: File names, one for each image.
        folder: Index into `folders`, int32, shape (images,).
        class_id: `UNKNOWN` where nothing names it, int32, shape (images,).
        track: Index into `tracks`, or `UNKNOWN`, int32, shape (images,).
        is_test: Shape (images,).
        size: (width, height) in pixels as annotated, int32, shape (images, 2).
        box: (x1, y1, x2, y2) in pixels as annotated, unchecked, x2 and y2 exclusive, int32, shape (images, 4).
        annotated: Whether size and box are known, shape (images,).
    """

    data: Path
    layout: Layout
    classes: tuple[SignClass, ...]
    tracks: tuple[TrackKey, ...]
    folders: tuple[str, ...]
    names: list[str]
    folder: npt.NDArray[np.int32]
    class_id: npt.NDArray[np.int32]
    track: npt.NDArray[np.int32]
    is_test: npt.NDArray[np.bool_]
    size: npt.NDArray[np.int32]
    box: npt.NDArray[np.int32]
    annotated: npt.NDArray[np.bool_]

    def path(self, index: int) -> str:
        """Return an image's path relative to the data folder."""
        return f"{self.folders[self.folder[index]]}/{self.names[index]}"


def take_inventory(data: Path, findings: Findings) -> Inventory:
    """List the images of a data folder with what its annotation files say of them; opens no image.

    Args:
        data: As for `roadsigns.datasets.reader.read_training` and `read_test`; what is there of both.
        findings: Where faults are reported.

    Raises:
        DataError: If the folder is missing, cannot be read, or holds neither an image nor a fault.
    """
    try:
        inventory = _take(data, findings)
    except OSError as error:
        raise DataError(f"The data folder {data} cannot be read: {error.strerror}. Check its permissions.") from error
    collected = findings.collected()
    if not inventory.names and all(finding.level == "warning" for finding in collected):
        nested = [finding.items[0].paths[0] for finding in collected if finding.kind == "nested-folder"]
        hint = f" There are some in {data / nested[0]}: give the folder above it." if nested else ""
        raise DataError(
            f"{data} holds no images in class folders. "
            f"Expected one folder per class with {', '.join(sorted(IMAGE_SUFFIXES))} files.{hint}"
        )
    return inventory


def _take(data: Path, findings: Findings) -> Inventory:
    if not data.is_dir():
        what = "is a file" if data.exists() else "does not exist"
        raise DataError(
            f"The data folder {data} {what}. Expected a folder with {TRAINING_FOLDER} or {TEST_FOLDER}, or with one "
            "folder per class."
        )
    has_training, has_test = (data / TRAINING_FOLDER).is_dir(), (data / TEST_FOLDER).is_dir()
    if not (has_training or has_test):
        classes, parts = _read_plain(data, findings)
        return _assemble(data, "plain", classes, parts, None)
    parts = _read_official(data, findings) if has_training else []
    return _assemble(data, "official", GTSRB_CLASSES, parts, read_test_images(data, findings) if has_test else None)


def _read_official(data: Path, findings: Findings) -> list[Part]:
    root = str(TRAINING_FOLDER)
    parts, found = [], dict[int, str]()
    for name in list_folder(data, root, findings).folders:
        folder = f"{root}/{name}"
        if not name.isdecimal() or int(name) >= len(GTSRB_CLASSES):
            findings.add("not-a-class", [folder], f"expected 00000 to {len(GTSRB_CLASSES) - 1:05d}")
            continue
        _claim(int(name), folder, found, findings)
        parts.append(read_official_class(data, folder, int(name), findings))
    return parts


def _read_plain(data: Path, findings: Findings) -> tuple[tuple[SignClass, ...], list[Part]]:
    listing = list_folder(data, ".", findings)
    if listing.images:
        findings.add(
            "ignored-files", listing.images[:1], f"{counted(len(listing.images), 'image')} beside the class folders"
        )
    numbered = bool(listing.folders) and all(name.isdecimal() for name in listing.folders)
    if numbered and int(listing.folders[-1]) >= MAX_CLASSES:
        findings.add("class-number", listing.folders[-1:], f"expected numbers below {MAX_CLASSES}")
        numbered = False
    parts, found = [], dict[int, str]()
    for index, name in enumerate(listing.folders):
        class_id = int(name) if numbered else index
        _claim(class_id, name, found, findings)
        parts.append(read_plain_class(data, name, class_id, findings))
    count = max(found, default=-1) + 1
    return tuple(SignClass(class_id, found.get(class_id, str(class_id))) for class_id in range(count)), parts


def _claim(class_id: int, folder: str, found: dict[int, str], findings: Findings) -> None:
    if class_id in found:
        findings.add("same-class", [found[class_id], folder], f"both are class {class_id}")
    found.setdefault(class_id, folder)


def _assemble(
    data: Path, layout: Layout, classes: tuple[SignClass, ...], training: Sequence[Part], test: Part | None
) -> Inventory:
    # An empty part where there is no test set: arrays cannot be joined out of none.
    tested = test or Part.of(str(TEST_FOLDER), [], UNKNOWN)
    parts = [*training, tested]
    tracks: dict[TrackKey, int] = {}
    track = [*(_tracks(part, tracks) for part in training), np.full(len(tested.names), UNKNOWN, np.int32)]
    counts = [len(part.names) for part in parts]
    return Inventory(
        data,
        layout,
        classes,
        tuple(tracks),
        tuple(part.folder for part in parts),
        [name for part in parts for name in part.names],
        np.repeat(np.arange(len(parts), dtype=np.int32), counts),
        np.concatenate([part.class_id for part in parts]),
        np.concatenate(track),
        np.arange(sum(counts)) >= sum(counts) - counts[-1],
        np.concatenate([part.size for part in parts]),
        np.concatenate([part.box for part in parts]),
        np.concatenate([part.annotated for part in parts]),
    )


def _tracks(part: Part, tracks: dict[TrackKey, int]) -> npt.NDArray[np.int32]:
    """Number the tracks of a class folder, the new ones after those already in `tracks`."""
    numbers = np.full(len(part.names), UNKNOWN, np.int32)
    for position, name in enumerate(part.names):
        match = TRACK_NAME.fullmatch(os.path.splitext(name)[0])  # noqa: PTH122 - as in gtsrb.py, for speed
        if match:
            key = TrackKey(int(part.class_id[position]), match["track"])
            numbers[position] = tracks.setdefault(key, len(tracks))
    return numbers
