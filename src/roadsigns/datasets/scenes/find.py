"""Where in a folder labelled street scenes lie: a table of GTSDB's, JSON of COCO's, text files of YOLO's."""

import mmap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from roadsigns.datasets.layouts.split_folders import split_called
from roadsigns.datasets.scenes.coco import read_coco
from roadsigns.datasets.scenes.gtsdb import TABLE, read_gtsdb
from roadsigns.datasets.scenes.scene import SceneSet
from roadsigns.datasets.scenes.yolo import YoloFolders, read_yolo
from roadsigns.image_files import is_hidden, is_image_name, natural_order

__all__ = ["Candidate", "find_candidates", "inner_folder", "is_coco"]

# Bytes in which a whole JSON file ends: its brace, and blank lines.
TAIL = 64
IMAGES, LABELS, ANNOTATIONS = "images", "labels", "annotations"


class Candidate(NamedTuple):
    """One set of scenes that a folder may mean.

    Attributes:
        kind: What it is, for people.
        place: What to give in order to mean this one.
        read: Reads it.
    """

    kind: str
    place: Path
    read: Callable[[], SceneSet]


def find_candidates(folder: Path) -> list[Candidate]:
    """Return the sets that lie in a folder.

    Raises:
        OSError: If it cannot be listed.
    """
    found = []
    if (folder / TABLE).is_file():
        found.append(Candidate("a table of GTSDB's", folder / TABLE, partial(read_gtsdb, folder)))
    found += [Candidate("JSON of COCO's", file, partial(read_coco, file)) for file in _coco_files(folder)]
    found += [Candidate("text files of YOLO's", one.images, partial(read_yolo, one)) for one in _yolo_folders(folder)]
    return found


def _coco_files(folder: Path) -> Iterator[Path]:
    parts = [name for name in _folders(folder) if split_called(name) or name.lower() == ANNOTATIONS]
    for place in (folder, *(folder / name for name in parts)):
        yield from (place / name for name in _files(place) if name.lower().endswith(".json") and is_coco(place / name))


def is_coco(file: Path) -> bool:
    """Whether a JSON file may be COCO's: it names images and annotations. Large files are not parsed for that.

    Of a file that was cut off one of the two is enough: it may have lost the other, and reading it says so.
    """
    if not file.is_file():
        # A pipe may never begin.
        return False
    try:
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            named = [content.find(key) >= 0 for key in (b'"images"', b'"annotations"')]
            return all(named) or (any(named) and not content[-TAIL:].rstrip().endswith(b"}"))
    except (OSError, ValueError):
        # It is empty, or cannot be read.
        return False


def _yolo_folders(folder: Path) -> Iterator[YoloFolders]:
    if _is_flat(folder):
        yield YoloFolders(folder, folder, folder)
        return
    names = _folders(folder)
    if (labels := _labels_of(folder)) is not None:
        yield from _pairs(folder, labels, _base_of(folder))
    if {IMAGES, LABELS} <= set(names):
        yield from _pairs(folder / IMAGES, folder / LABELS, folder)
    for part in (folder / name for name in names if split_called(name)):
        if {IMAGES, LABELS} <= set(_folders(part)):
            yield from _pairs(part / IMAGES, part / LABELS, part)
        elif _is_flat(part):
            yield YoloFolders(part, part, part)


def _pairs(images: Path, labels: Path, base: Path) -> Iterator[YoloFolders]:
    """Yield the folders of each part, train, valid or test, or else the two folders themselves."""
    parts = [name for name in _folders(images) if split_called(name) and (labels / name).is_dir()]
    if parts:
        yield from (YoloFolders(images / name, labels / name, base) for name in parts)
    else:
        yield YoloFolders(images, labels, base)


def _labels_of(images: Path) -> Path | None:
    """Return the folder of labels for a folder `images`, or for one in it; None where there is none.

    As in Ultralytics's loader, the folder `images` of the path becomes `labels`.
    """
    whole = images.absolute()
    for above in (whole, whole.parent):
        if above.name == IMAGES:
            labels = above.with_name(LABELS) / whole.relative_to(above)
            return labels if labels.is_dir() else None
    return None


def _base_of(images: Path) -> Path:
    whole = images.absolute()
    return whole.parent if whole.name == IMAGES else whole.parent.parent


def _is_flat(folder: Path) -> bool:
    """Whether label files lie beside the images that they belong to."""
    names = _files(folder)
    texts = {Path(name).stem for name in names if name.lower().endswith(".txt")}
    return any(is_image_name(name) and Path(name).stem in texts for name in names)


def inner_folder(folder: Path) -> Path | None:
    """Return the only folder in a folder without images, as archives leave it; None where there is no such one."""
    names = _folders(folder)
    return folder / names[0] if len(names) == 1 and not any(map(is_image_name, _files(folder))) else None


def _folders(folder: Path) -> list[str]:
    return _names(folder, lambda entry: entry.is_dir())


def _files(folder: Path) -> list[str]:
    return _names(folder, lambda entry: not entry.is_dir())


def _names(folder: Path, wanted: Callable[[Path], bool]) -> list[str]:
    names = [entry.name for entry in folder.iterdir() if not is_hidden(entry.name) and wanted(entry)]
    return sorted(names, key=natural_order)
