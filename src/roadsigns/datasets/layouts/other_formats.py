"""Folders in the formats of detection, and images beside a table: they are refused, since they look like classes.

images/1.jpg labels/1.txt            YOLO, also with train/ and val/ above or below
JPEGImages/1.jpg Annotations/1.xml   Pascal VOC
train2017/1.jpg annotations/a.json   COCO
images/1.jpg labels.csv              a table
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from roadsigns.archives.paths import scan
from roadsigns.datasets.layouts.listing import Listing, list_folder
from roadsigns.datasets.layouts.split_folders import split_called
from roadsigns.datasets.layouts.tables import TABLE_SUFFIXES
from roadsigns.errors import DataError
from roadsigns.image_files import is_hidden
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES

__all__ = ["refuse_other_formats"]

# Where every folder has one of these names, they are no classes. Case makes no difference.
IMAGES = frozenset({"images", "image", "imgs", "img", "jpegimages", "photos", "pictures"})
ANNOTATIONS = frozenset({"labels", "label", "annotations", "annotation"})
# Pascal VOC's.
OTHERS = frozenset({"imagesets", "segmentationclass", "segmentationobject"})
# COCO's folders are called train2017 and so on.
YEAR = re.compile(r"\d+$")
FORMATS = {".txt": "YOLO", ".xml": "Pascal VOC", ".json": "COCO"}
# labels/train/1.txt is the deepest.
DEPTH = 2


def refuse_other_formats(data: Path) -> None:
    """Refuse a folder whose folders are no classes but images and their annotations.

    Raises:
        DataError: If it is one. It says what the folder looks like and what is read.
    """
    listing = list_folder(data, ".")
    if not listing.folders or not all(map(_is_part, listing.folders)):
        return
    found = next(_formats(data, listing), None)
    if found:
        folder, suffix = found
        raise DataError(
            f"This looks like data for detection in the format of {FORMATS[suffix]}, with annotations in "
            f"{folder / f'*{suffix}'}. That format is not read.",
            expected="one folder per class, or a table with a row for each sign, such as path,label,x1,y1,x2,y2",
            hint="Write a CSV table from the annotations and give that file.",
            subject=str(data),
        )
    tables = [str(data / name) for name in _names(data, TABLE_SUFFIXES)]
    tables += [str(data / name / table) for name in listing.folders for table in _names(data / name, TABLE_SUFFIXES)]
    if tables and all(_is_flat(list_folder(data, name)) for name in listing.folders):
        raise DataError(
            f"The folders {', '.join(listing.folders)} look like images that a table labels, not like classes.",
            expected="one folder per class, or the table itself",
            hint=f"Give the table: {tables[0]}" + (f", or one of {len(tables) - 1} others." if tables[1:] else ""),
            subject=str(data),
        )


def _is_part(name: str) -> bool:
    return name.lower() in IMAGES | ANNOTATIONS | OTHERS or bool(split_called(YEAR.sub("", name)))


def _is_flat(listing: Listing) -> bool:
    """Whether a folder holds no class folders."""
    return not listing.folders


def _formats(data: Path, listing: Listing) -> Iterator[tuple[Path, str]]:
    """Yield the folders of annotations, relative to the data folder, with the suffix of their files."""
    for name in listing.folders:
        inside = list_folder(data, name)
        if name.lower() in ANNOTATIONS:
            yield from _annotations(data, Path(name))
        elif split_called(name) and inside.folders and all(map(_is_part, inside.folders)):
            for folder in inside.folders:
                if folder.lower() in ANNOTATIONS:
                    yield from _annotations(data, Path(name, folder))
        elif _is_flat(inside) and inside.images:
            # As Roboflow writes them: the annotations beside their images.
            suffixes = _suffixes(data / name, 1)
            half = len(inside.images) / 2
            if suffixes[".txt"] >= half or suffixes[".xml"] >= half:
                yield Path(name), ".txt" if suffixes[".txt"] >= half else ".xml"
            elif any("annotations" in one.lower() for one in _names(data / name, (".json",))):
                yield Path(name), ".json"


def _annotations(data: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    suffixes = _suffixes(data / folder, DEPTH)
    if not any(suffixes[suffix] for suffix in IMAGE_SUFFIXES):
        yield from ((folder, suffix) for suffix in FORMATS if suffixes[suffix])


def _suffixes(folder: Path, depth: int) -> Counter[str]:
    """Count the files in a folder, and in its folders, by suffix."""
    found: Counter[str] = Counter()
    for entry in _scan(folder):
        if not entry[1]:
            found[Path(entry[0]).suffix.lower()] += 1
        elif depth > 1:
            found += _suffixes(folder / entry[0], depth - 1)
    return found


def _names(folder: Path, suffixes: Sequence[str]) -> list[str]:
    return sorted(name for name, is_folder in _scan(folder) if not is_folder and name.lower().endswith(tuple(suffixes)))


def _scan(folder: Path) -> list[tuple[str, bool]]:
    """List a folder: (name, whether it is a folder); empty where it cannot be read, which is told elsewhere."""
    try:
        return [(entry.name, entry.is_dir()) for entry in scan(folder) if not is_hidden(entry.name)]
    except OSError:
        return []
