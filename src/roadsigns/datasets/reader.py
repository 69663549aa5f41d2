"""From a data folder to samples: the labelled images, or the test images, with classes, boxes and tracks.

Nothing here decodes an image or writes a file.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from roadsigns.datasets.groups import groups_of
from roadsigns.datasets.layouts.annotations import Annotation
from roadsigns.datasets.layouts.class_folders import ClassFolders
from roadsigns.datasets.layouts.gtsrb_layout import GtsrbLayout
from roadsigns.datasets.layouts.layout import Layout, Row
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.errors import DataError
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES
from roadsigns.types import DataSet, Sample, TrackKey

__all__ = ["DRAWN_MARK", "open_folder", "read_test", "read_training"]

# The first that recognises a folder reads it; the last recognises any.
LAYOUTS: tuple[Callable[[Path], Layout | None], ...] = (GtsrbLayout.recognise, ClassFolders.recognise)

# Its first line names the source of a folder of drawn signs.
DRAWN_MARK = "drawn-signs.txt"

MAX_NAMED_CLASSES = 10


def open_folder(data: Path) -> Layout:
    """Find out which layout a data folder has.

    Raises:
        DataError: If there is no such folder, or it cannot be read.
    """
    try:
        if data.is_dir():
            return next(layout for recognise in LAYOUTS if (layout := recognise(data)))
        what = "is a file" if data.exists() else "does not exist"
    except OSError as error:
        raise DataError(
            f"The data folder {data} cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error
    raise DataError(
        f"The data folder {data} {what}.",
        expected="a folder in GTSRB's layout, or with one folder per class",
        hint="`roadsigns download` fetches GTSRB, `roadsigns draw` makes drawn signs.",
    )


def read_training(data: Path) -> DataSet:
    """Read the labelled images of a data folder.

    Args:
        data: A folder with `Final_Training/Images/000NN` (the official layout), or with one folder per class. Folder
            names that are all whole numbers are the labels themselves, so that a missing class shifts none; other names
            are numbered in their natural order ("sign 2" before "sign 10"). Hidden folders are passed over.

    Returns:
        Samples in path order. In the official layout they have boxes and tracks, those of GTSRB itself also groups of
        look-alike tracks. In other class folders they have boxes where the folder has annotations in GTSRB's format
        (`GT-<folder>.csv`), and tracks where the file's name has the form TRACK_FRAME.

    Raises:
        DataError: If the folder is missing or holds no images, or for the first thing that is wrong with it.
    """
    layout = open_folder(data)
    if not layout.has_training:
        raise DataError(
            "There are only test images here.",
            expected="a folder that holds training images too",
            hint="Give such a folder, or evaluate with --split test.",
            subject=str(data),
        )
    source = _source(data) or layout.spec.name
    # Drawn signs have the same track names, and are other signs.
    groups = groups_of(layout.spec) if source == layout.spec.name else {}
    samples = tuple(_samples(data, _rows(data, layout.training()), groups))
    if not samples:
        raise DataError(
            "The folder holds no images in class folders.",
            expected=f"one folder per class, with files that end in {', '.join(sorted(IMAGE_SUFFIXES))}",
            subject=str(data),
        )
    classes = layout.spec.classes
    _warn_of_empty({sign.class_id for sign in classes} - {sample.class_id for sample in samples}, data)
    return DataSet(samples, classes, source)


def read_test(data: Path) -> DataSet:
    """Read the test images of a data folder in the official layout.

    Args:
        data: A folder with `Final_Test/Images`; its `GT-final_test.csv` stands beside `Final_Test`, inside it, or
            inside `Images`. The label-less `GT-final_test.test.csv` is ignored, and so are images without a label.

    Returns:
        Samples in the order of the CSV, with boxes, without tracks.

    Raises:
        DataError: If the images or the CSV are missing, or for the first thing that is wrong with them.
    """
    layout = open_folder(data)
    if not layout.has_test:
        raise DataError(
            "There are no test images here.",
            hint="Fetch those of GTSRB with `roadsigns download`, or evaluate on held-out tracks with "
            "--split validation.",
            subject=str(data),
        )
    items = (item for item in layout.test() if not isinstance(item, Problem) or item.kind != "no-row")
    samples = tuple(_samples(data, sorted(_rows(data, items), key=_line), {}))
    if not samples:
        raise DataError(
            "The test annotations list no images.",
            hint="Fetch the test set again with `roadsigns download`.",
            subject=str(data),
        )
    return DataSet(samples, layout.spec.classes, _source(data) or layout.spec.name)


def _rows(data: Path, items: Iterator[Row | Problem]) -> Iterator[Row]:
    """Yield the rows; raise the first problem that is an error."""
    for item in items:
        if isinstance(item, Row):
            if item.annotation and not item.annotation.fits:
                raise _box_outside(item, item.annotation).as_error(data)
            yield item
        elif item.level == "error":
            raise item.as_error(data)


def _samples(data: Path, rows: Iterable[Row], groups: Mapping[TrackKey, str]) -> Iterator[Sample]:
    """Yield a sample for each row whose class is known."""
    name, folder = "", data
    for row in rows:
        if row.folder != name:
            name, folder = row.folder, data / row.folder
        if row.class_id is not None:
            box = row.annotation.box if row.annotation else None
            group = groups.get(TrackKey(row.class_id, row.track)) if row.track else None
            yield Sample(folder / row.name, row.class_id, box, row.track, group)


def _line(row: Row) -> int:
    return row.annotation.line if row.annotation else 0


def _box_outside(row: Row, stated: Annotation) -> Problem:
    corners = f"{stated.x1},{stated.y1} to {stated.x2 - 1},{stated.y2 - 1}"
    message = f"{corners} in {stated.width}x{stated.height} pixels"
    return Problem("box-outside", f"{row.folder}/{row.name}", message, stated.table, stated.line)


def _source(data: Path) -> str:
    """Return what a folder of drawn signs is called, empty for any other: equal tracks are one sign in one source."""
    mark = data / DRAWN_MARK
    if not mark.is_file():
        return ""
    return mark.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip() or "drawn signs"


def _warn_of_empty(class_ids: set[int], data: Path) -> None:
    if class_ids:
        named = [str(class_id) for class_id in sorted(class_ids)[:MAX_NAMED_CLASSES]]
        more = ", ..." if len(class_ids) > MAX_NAMED_CLASSES else ""
        warnings.warn(
            f"No image of class {', '.join(named)}{more} in {data}. The labels of the others stay as they are.",
            stacklevel=3,
        )
