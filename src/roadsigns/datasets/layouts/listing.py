"""The listing of one folder: images, subfolders, and files that look like data but are not read."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from roadsigns.datasets.layouts.problem import Problem
from roadsigns.image_files import natural_order
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES
from roadsigns.wording import counted

__all__ = ["Listing", "is_file", "list_folder", "unread_files"]

# What people keep pictures and annotations in.
SIMILAR_SUFFIXES = frozenset(
    {".avif", ".bmp", ".csv", ".gif", ".heic", ".jfif", ".jp2", ".pgm", ".tif", ".tiff", ".webp"}
)


class Listing(NamedTuple):
    """A folder's content without what is hidden.

    Attributes:
        images: Names of image files, in order.
        folders: Names of folders, in natural order.
        others: Other files that look like data, {suffix: number}.
        problem: Why the folder could not be listed; None where it could. It then counts as empty.
    """

    images: list[str]
    folders: list[str]
    others: Counter[str]
    problem: Problem | None = None


def list_folder(data: Path, folder: str) -> Listing:
    """List `folder` of the data folder `data`."""
    images: list[str] = []
    folders: list[str] = []
    others: Counter[str] = Counter()
    try:
        with os.scandir(data / folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith("."):
                    continue
                suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - pathlib costs half a second over 39,209 files
                if suffix in IMAGE_SUFFIXES:
                    images.append(name)
                elif entry.is_dir():
                    folders.append(name)
                elif suffix in SIMILAR_SUFFIXES:
                    others[suffix] += 1
    except OSError as error:
        return Listing([], [], Counter(), Problem("unreadable-folder", folder, error.strerror or str(error)))
    return Listing(sorted(images), sorted(folders, key=natural_order), others)


def unread_files(data: Path, folder: str, listing: Listing, *, annotated: bool) -> Iterator[Problem]:
    """Yield a problem for each kind of content of a class folder that is not read.

    Args:
        data: The data folder.
        folder: The class folder, relative to it.
        listing: What it holds.
        annotated: Whether one CSV file in it is read.
    """
    for suffix, count in sorted(listing.others.items()):
        unread = count - (annotated and suffix == ".csv")
        if unread:
            yield Problem("ignored-files", folder, counted(unread, f"{suffix} file"))
    for name in listing.folders:
        nested = list_folder(data, f"{folder}/{name}")
        if nested.problem:
            yield nested.problem
        if nested.images:
            yield Problem("nested-folder", f"{folder}/{name}", counted(len(nested.images), "image"))


def is_file(data: Path, path: str) -> bool:
    """Whether a file is there. In a folder that may not be read there is none, which listing it reports."""
    return os.path.isfile(data / path)  # noqa: PTH113 - pathlib raises an error there
