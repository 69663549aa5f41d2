"""The listing of one folder: images, subfolders, and files that look like data but are not read."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from roadsigns.archives.paths import scan
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.image_files import is_hidden, natural_order
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES
from roadsigns.wording import counted

__all__ = ["Listing", "list_folder", "unread_files"]

# What people keep images and annotations in.
SIMILAR_SUFFIXES = frozenset(
    {
        ".7z",
        ".csv",
        ".dng",
        ".heic",
        ".heif",
        ".jp2",
        ".json",
        ".jxl",
        ".npy",
        ".npz",
        ".p",
        ".parquet",
        ".pickle",
        ".pkl",
        ".rar",
        ".svg",
        ".tar",
        ".tgz",
        ".zip",
    }
)


class Listing(NamedTuple):
    """A folder's content without what is hidden or the system's own.

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
        for entry in scan(data / folder):
            name = entry.name
            if is_hidden(name):
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
