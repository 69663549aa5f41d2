"""The inventory of a data folder: all images with their annotations, faulty ones included.

An image is a name and a row of a few arrays, not an object: some 130 bytes each.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.dataset_check.findings import Findings
from roadsigns.datasets.layouts.layout import Layout, LayoutName, Row, path_of
from roadsigns.datasets.layouts.no_images import PassedOver, no_images
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.layouts.recognise import open_data
from roadsigns.datasets.reader import may_mislead
from roadsigns.datasets.tracks import doubt_tracks
from roadsigns.types import SignClass, TrackKey

__all__ = ["UNKNOWN", "Inventory", "take_inventory", "tracks_across_splits"]

# An unknown class, or a track that the file's name does not contain.
UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Inventory:
    """The images of a data folder, in path order, the training ones first.

    Attributes:
        data: The folder or archive that paths are relative to.
        layout: Its layout; see `roadsigns.datasets.layouts.layout`.
        title: What the layout is called in sentences.
        source: What the images are recorded under; see `DataSet.source`.
        classes: In label order.
        tracks: The known tracks of the training images.
        folders: Relative to the data folder.
        names: File names, one for each image.
        folder: Index into `folders`, int32, shape (images,).
        class_id: `UNKNOWN` where nothing names it, int32, shape (images,).
        track: Index into `tracks`, or `UNKNOWN`, int32, shape (images,).
        is_validation: Whether the data's own validation folder holds it, shape (images,).
        is_test: Shape (images,).
        size: (width, height) in pixels as annotated, 0 where that is not, int32, shape (images, 2).
        box: (x1, y1, x2, y2) in pixels as annotated, unchecked, x2 and y2 exclusive, int32, shape (images, 4).
        annotated: Whether size and box are known, shape (images,).
    """

    data: Path
    layout: LayoutName
    title: str
    source: str
    classes: tuple[SignClass, ...]
    tracks: tuple[TrackKey, ...]
    folders: tuple[str, ...]
    names: list[str]
    folder: npt.NDArray[np.int32]
    class_id: npt.NDArray[np.int32]
    track: npt.NDArray[np.int32]
    is_validation: npt.NDArray[np.bool_]
    is_test: npt.NDArray[np.bool_]
    size: npt.NDArray[np.int32]
    box: npt.NDArray[np.int32]
    annotated: npt.NDArray[np.bool_]

    @property
    def is_training(self) -> npt.NDArray[np.bool_]:
        """Whether an image trains, or is one that a split holds out, shape (images,)."""
        return ~self.is_validation & ~self.is_test

    def path(self, index: int) -> str:
        """Return an image's path relative to the data folder."""
        return path_of(Row(self.folders[self.folder[index]], self.names[index], None))


class _Columns:
    """The columns of an inventory, which grow row by row."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.folders: list[str] = []
        self.tracks: dict[TrackKey, int] = {}
        self.folder, self.class_id, self.track, self.size, self.box = (array("i") for _ in range(5))
        self.annotated = bytearray()

    def add(self, row: Row) -> None:
        if not self.folders or self.folders[-1] != row.folder:
            self.folders.append(row.folder)
        class_id, stated = row.class_id, row.annotation
        key = TrackKey(class_id, row.track) if class_id is not None and row.track is not None else None
        self.names.append(row.name)
        self.folder.append(len(self.folders) - 1)
        self.class_id.append(UNKNOWN if class_id is None else class_id)
        self.track.append(UNKNOWN if key is None else self.tracks.setdefault(key, len(self.tracks)))
        self.size.extend((stated.width, stated.height) if stated else (0, 0))
        self.box.extend(stated.box if stated else (0, 0, 0, 0))
        self.annotated.append(stated is not None)


def take_inventory(data: Path, findings: Findings) -> Inventory:
    """List the images of a data folder with what its annotation files say of them; opens no image.

    Args:
        data: Data in any layout of `roadsigns.datasets.layouts`; whatever is there of training, validation and test.
        findings: Where problems are reported.

    Raises:
        DataError: If the folder is missing, cannot be read, or holds neither an image nor a fault.
    """
    inventory = _take(open_data(data), findings)
    collected = findings.collected()
    if not inventory.names and all(finding.level == "warning" for finding in collected):
        passed_over = [(finding.kind, item) for finding in collected for item in finding.items if item.paths]
        raise no_images(data, (PassedOver(kind, item.paths[0], item.detail) for kind, item in passed_over))
    return inventory


def tracks_across_splits(inventory: Inventory) -> Iterator[tuple[TrackKey, dict[str, int]]]:
    """Yield the tracks that stand in several splits, in the order of `tracks`, with the first image in each split."""
    splits = {"training": inventory.is_training, "validation": inventory.is_validation, "test": inventory.is_test}
    first: dict[int, dict[str, int]] = {}
    for name, chosen in splits.items():
        place = np.flatnonzero(chosen & (inventory.track != UNKNOWN))
        tracks, start = np.unique(inventory.track[place], return_index=True)
        for track, index in zip(tracks.tolist(), place[start].tolist(), strict=True):
            first.setdefault(track, {})[name] = index
    for track, images in sorted(first.items()):
        if len(images) > 1:
            yield inventory.tracks[track], images


def _take(layout: Layout, findings: Findings) -> Inventory:
    columns = _Columns()
    _collect(layout.training() if layout.has_training else (), columns, findings)
    training = len(columns.names)
    _collect(layout.validation() if layout.has_validation else (), columns, findings)
    validation = len(columns.names)
    _collect(layout.test() if layout.has_test else (), columns, findings)
    if may_mislead(layout):
        _doubt_tracks(columns, findings, judged=validation or len(columns.names))
    place = np.arange(len(columns.names))
    return Inventory(
        layout.data,
        layout.name,
        layout.title,
        layout.source,
        layout.spec.classes,
        tuple(columns.tracks),
        tuple(columns.folders),
        columns.names,
        np.array(columns.folder, np.int32),
        np.array(columns.class_id, np.int32),
        np.array(columns.track, np.int32),
        (training <= place) & (place < validation),
        place >= validation,
        np.array(columns.size, np.int32).reshape(-1, 2),
        np.array(columns.box, np.int32).reshape(-1, 4),
        np.array(columns.annotated, np.bool_),
    )


def _doubt_tracks(columns: _Columns, findings: Findings, *, judged: int) -> None:
    """Take all tracks away if those of the first images cannot be tracks: as the reader judges them."""
    keys = list(columns.tracks)
    reason = doubt_tracks(keys[track] for track in columns.track[:judged] if track != UNKNOWN)
    if reason:
        first = next(index for index, track in enumerate(columns.track) if track != UNKNOWN)
        name = path_of(Row(columns.folders[columns.folder[first]], columns.names[first], None))
        findings.add("doubtful-tracks", [name], reason)
        columns.tracks = {}
        columns.track = array("i", [UNKNOWN]) * len(columns.track)


def _collect(items: Iterable[Row | Problem], columns: _Columns, findings: Findings) -> None:
    for item in items:
        if isinstance(item, Row):
            columns.add(item)
        else:
            findings.add(item.kind, item.paths, item.detail)
