"""Folders and annotation files to samples: the official GTSRB layout, and a plain folder per class.

Nothing here decodes an image or writes a file.
"""

import csv
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from roadsigns.datasets.groups import groups_of, with_groups
from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES
from roadsigns.errors import DataError
from roadsigns.image_files import natural_order
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES
from roadsigns.types import Box, DataSet, Sample, SignClass

__all__ = [
    "DRAWN_MARK",
    "OWN_SOURCE",
    "TEST_CSV",
    "TEST_FOLDER",
    "TRAINING_FOLDER",
    "read_test",
    "read_training",
]

TRAINING_FOLDER = Path("Final_Training", "Images")
TEST_FOLDER = Path("Final_Test", "Images")
TEST_CSV = "GT-final_test.csv"
# Its first line names the source of a folder of drawn signs, which are neither GTSRB's nor photographs.
DRAWN_MARK = "drawn-signs.txt"

GTSRB_SOURCE = "GTSRB"
OWN_SOURCE = "own"

BOX_COLUMNS = ("Width", "Height", "Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2")
# "00023_00007.ppm" is frame 7 of track 23.
TRACK_NAME = re.compile(r"(?P<track>\d+)_\d+")
# A folder named 20261122 is a date, not the 20-millionth class.
MAX_CLASSES = 10_000


class _Row(NamedTuple):
    box: Box
    class_id: int | None


def read_training(data: Path) -> DataSet:
    """Read the labelled images of a data folder.

    Args:
        data: A folder with `Final_Training/Images/000NN` (the official layout), or with one folder per class. Folder
            names that are all whole numbers are the labels themselves, so that a missing class shifts none; other names
            are numbered in their natural order ("sign 2" before "sign 10"). Hidden folders are passed over.

    Returns:
        Samples in path order. In the official layout they have boxes and tracks, those of GTSRB itself also groups of
        look-alike tracks; in a plain folder, a track where the file's name has the form TRACK_FRAME.

    Raises:
        DataError: If the folder is missing or holds no images, or an annotation file is wrong.
    """
    _require_folder(data)
    official = data / TRAINING_FOLDER
    if official.is_dir():
        return _read_official(official, source=_source(data, otherwise=GTSRB_SOURCE))
    if (data / TEST_FOLDER).is_dir():
        raise DataError(
            f"{data} holds only test images ({TEST_FOLDER}), and no {TRAINING_FOLDER}. "
            "Give the folder that has both, or evaluate with --split test."
        )
    return _read_plain(data)


def read_test(data: Path) -> DataSet:
    """Read the test images of a data folder in the official layout.

    Args:
        data: A folder with `Final_Test/Images`; its `GT-final_test.csv` stands beside `Final_Test`, inside it, or
            inside `Images`. The label-less `GT-final_test.test.csv` is ignored.

    Returns:
        Samples in the order of the CSV, with boxes, without tracks.

    Raises:
        DataError: If the images or the CSV are missing or wrong.
    """
    _require_folder(data)
    images = data / TEST_FOLDER
    if not images.is_dir():
        raise DataError(
            f"{data} holds no {TEST_FOLDER}. Fetch the test set with `roadsigns download`, "
            "or evaluate on held-out tracks with --split validation."
        )
    candidates = [folder / TEST_CSV for folder in (data, images.parent, images)]
    table = next((path for path in candidates if path.is_file()), None)
    if table is None:
        raise DataError(
            f"{data} has test images but no {TEST_CSV}. Expected it at one of: "
            f"{', '.join(str(path) for path in candidates)}. (GT-final_test.test.csv has no labels.)"
        )
    samples = []
    for name, row in _read_annotations(table).items():
        if row.class_id is None:
            raise DataError(f"{table} has no column ClassId. Fetch GTSRB_Final_Test_GT.zip, which holds the labels.")
        samples.append(Sample(images / name, row.class_id, row.box))
    _require_files(samples, table)
    if not samples:
        raise DataError(f"{table} lists no image. Fetch the test set again with `roadsigns download`.")
    return DataSet(tuple(samples), GTSRB_CLASSES, source=_source(data, otherwise=GTSRB_SOURCE))


def _require_folder(data: Path) -> None:
    if not data.is_dir():
        what = "is a file" if data.exists() else "does not exist"
        raise DataError(
            f"The data folder {data} {what}. Expected a folder with {TRAINING_FOLDER} or {TEST_FOLDER}, or with one "
            "folder per class. `roadsigns download` fetches GTSRB, `roadsigns draw` makes drawn signs."
        )


def _source(data: Path, *, otherwise: str) -> str:
    """Where a folder's images come from: equal track numbers are the same sign only within one source."""
    mark = data / DRAWN_MARK
    if not mark.is_file():
        return otherwise
    return mark.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip() or "drawn signs"


def _read_official(images: Path, *, source: str) -> DataSet:
    samples: list[Sample] = []
    found: set[int] = set()
    for folder in _class_folders(images):
        if not folder.name.isdecimal() or int(folder.name) >= len(GTSRB_CLASSES):
            raise DataError(
                f"{folder} is no class of GTSRB. Expected folders 00000 to {len(GTSRB_CLASSES) - 1:05d} in {images}. "
                "For your own classes, put their folders into a folder of their own, without Final_Training."
            )
        of_class = list(_read_official_class(folder, int(folder.name)))
        samples += of_class
        found.update({int(folder.name)} if of_class else ())
    _require_samples(samples, images)
    _warn_of_empty([sign.class_id for sign in GTSRB_CLASSES if sign.class_id not in found], images)
    # Drawn signs have the same track names, and are other signs.
    grouped = with_groups(samples, groups_of(GTSRB)) if source == GTSRB_SOURCE else tuple(samples)
    return DataSet(grouped, GTSRB_CLASSES, source=source)


def _read_official_class(folder: Path, class_id: int) -> Iterator[Sample]:
    table = folder / f"GT-{folder.name}.csv"
    if not table.is_file():
        if _image_files(folder):
            raise DataError(f"{folder} has images but no {table.name}. Unpack the official archive again.")
        return
    rows = _read_annotations(table)
    for path in _image_files(folder):
        row = rows.get(path.name)
        if row is None:
            raise DataError(f"{table} has no row for {path.name}. Unpack the archive again, or remove the image.")
        if row.class_id not in (class_id, None):
            raise DataError(f"{table} says class {row.class_id} for {path.name}, but the folder is class {class_id}.")
        yield Sample(path, class_id, row.box, _track(path))
    missing = rows.keys() - {path.name for path in _image_files(folder)}
    if missing:
        raise DataError(
            f"{table} lists {len(missing)} images that are not there, {min(missing)} first. "
            "Unpack the archive again, or remove their rows."
        )


def _read_plain(data: Path) -> DataSet:
    folders = _class_folders(data)
    numbered = bool(folders) and all(folder.name.isdecimal() for folder in folders)
    if numbered and int(folders[-1].name) >= MAX_CLASSES:
        raise DataError(
            f"{folders[-1]} would be class number {folders[-1].name}. Class folders that are all numbers are taken as "
            f"labels and must lie below {MAX_CLASSES}; give the folders names."
        )
    samples: list[Sample] = []
    names: dict[int, str] = {}
    for index, folder in enumerate(folders):
        class_id = int(folder.name) if numbered else index
        if class_id in names:
            raise DataError(f"The folders {names[class_id]} and {folder.name} in {data} are both class {class_id}.")
        names[class_id] = folder.name
        samples += [Sample(path, class_id, None, _track(path)) for path in _image_files(folder)]
    _require_samples(samples, data)
    count = max(names) + 1
    filled = {sample.class_id for sample in samples}
    _warn_of_empty([class_id for class_id in range(count) if class_id not in filled], data)
    classes = tuple(SignClass(class_id, names.get(class_id, str(class_id))) for class_id in range(count))
    return DataSet(tuple(samples), classes, source=_source(data, otherwise=OWN_SOURCE))


def _class_folders(parent: Path) -> list[Path]:
    """Folders in natural order: numbers inside names count as numbers."""
    folders = [Path(entry.path) for entry in os.scandir(parent) if entry.is_dir() and not entry.name.startswith(".")]
    return sorted(folders, key=lambda folder: natural_order(folder.name))


def _image_files(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if not entry.name.startswith(".") and os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122 - pathlib costs half a second over 39,209 files
        ]
    return [folder / name for name in sorted(names)]


def _track(path: Path) -> str | None:
    match = TRACK_NAME.fullmatch(path.stem)
    return match["track"] if match else None


def _require_samples(samples: list[Sample], folder: Path) -> None:
    if not samples:
        raise DataError(
            f"{folder} holds no images in class folders. Expected files that end in "
            f"{', '.join(sorted(IMAGE_SUFFIXES))} in one folder per class."
        )


def _require_files(samples: list[Sample], table: Path) -> None:
    present: set[str] = set()
    for folder in {sample.path.parent for sample in samples}:
        present.update(str(path) for path in _image_files(folder))
    missing = [sample.path for sample in samples if str(sample.path) not in present]
    if missing:
        raise DataError(
            f"{table} lists {len(missing)} images that are not there, {missing[0]} first. Unpack them again."
        )


def _warn_of_empty(class_ids: list[int], folder: Path) -> None:
    if class_ids:
        shown = ", ".join(str(class_id) for class_id in class_ids[:10]) + (", ..." if len(class_ids) > 10 else "")  # noqa: PLR2004
        warnings.warn(
            f"No image of class {shown} in {folder}. The labels of the others stay as they are.", stacklevel=4
        )


def _read_annotations(table: Path) -> dict[str, _Row]:
    """Read a GTSRB annotation file: {file name: box and class}."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, delimiter=";")
            _require_columns(reader.fieldnames or [], table)
            return {row["Filename"]: _parse_row(row, table, reader.line_num) for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{table} cannot be read: {error}. Unpack the official archive again.") from error


def _require_columns(columns: Sequence[str], table: Path) -> None:
    missing = [name for name in ("Filename", *BOX_COLUMNS) if name not in columns]
    if not missing:
        return
    if len(columns) == 1 and any(separator in columns[0] for separator in ",\t"):
        raise DataError(f"{table} is not separated by semicolons: its first line is '{columns[0]}'. Save it with ';'.")
    raise DataError(
        f"{table} lacks the columns {', '.join(missing)}. Expected Filename;{';'.join(BOX_COLUMNS)};ClassId, "
        f"found {';'.join(columns) or 'an empty file'}."
    )


def _parse_row(row: dict[str, str], table: Path, line: int) -> _Row:
    try:
        width, height, x1, y1, x2, y2 = (int(row[name]) for name in BOX_COLUMNS)
        class_id = int(row["ClassId"]) if row.get("ClassId") not in (None, "") else None
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{table}, line {line}: expected whole numbers, got {';'.join(map(str, row.values()))}."
        ) from error
    # The annotation counts the last row and column in.
    box = Box(x1, y1, x2 + 1, y2 + 1)
    if not (0 <= box.x1 < box.x2 <= width and 0 <= box.y1 < box.y2 <= height):
        raise DataError(
            f"{table}, line {line}: the box {x1},{y1} to {x2},{y2} does not lie inside {row['Filename']} "
            f"of {width}x{height} pixels. Corners are inclusive, origin top left."
        )
    if class_id is not None and not 0 <= class_id < len(GTSRB_CLASSES):
        raise DataError(f"{table}, line {line}: class {class_id} is none of GTSRB's 0 to {len(GTSRB_CLASSES) - 1}.")
    if Path(row["Filename"]).name != row["Filename"]:
        raise DataError(f"{table}, line {line}: '{row['Filename']}' is a path. Expected a plain file name.")
    return _Row(box, class_id)
