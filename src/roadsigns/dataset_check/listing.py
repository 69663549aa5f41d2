"""What lies in one folder: images, and what a person may take for images that are read and is not."""

import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from roadsigns.dataset_check.findings import Findings, counted
from roadsigns.image_files import natural_order
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES

__all__ = ["Listing", "list_folder", "report_unread"]

# What people keep pictures and annotations in.
SIMILAR_SUFFIXES = frozenset(
    {".avif", ".bmp", ".csv", ".gif", ".heic", ".jfif", ".jp2", ".pgm", ".tif", ".tiff", ".webp"}
)


class Listing(NamedTuple):
    """A folder's content without what is hidden.

    Attributes:
        images: Names of image files, in order.
        folders: Names of folders, in natural order.
        others: Other files that look as if they were meant, {suffix: number}.
    """

    images: list[str]
    folders: list[str]
    others: Counter[str]


def list_folder(data: Path, folder: str, findings: Findings) -> Listing:
    """List `folder` of `data`; one that cannot be listed is a finding and counts as empty."""
    listing = Listing([], [], Counter())
    try:
        with os.scandir(data / folder) as entries:
            for entry in entries:
                _sort_in(entry, listing)
    except OSError as error:
        findings.add("unreadable-folder", [folder], error.strerror or str(error))
    listing.images.sort()
    listing.folders.sort(key=natural_order)
    return listing


def _sort_in(entry: "os.DirEntry[str]", listing: Listing) -> None:
    if entry.name.startswith("."):
        return
    suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122 - as in gtsrb.py, for speed
    if suffix in IMAGE_SUFFIXES:
        listing.images.append(entry.name)
    elif entry.is_dir():
        listing.folders.append(entry.name)
    elif suffix in SIMILAR_SUFFIXES:
        listing.others[suffix] += 1


def report_unread(data: Path, folder: str, listing: Listing, findings: Findings, *, annotated: bool) -> None:
    """Report what a class folder holds and no training reads.

    Args:
        data: The data folder.
        folder: The class folder, relative to it.
        listing: What it holds.
        findings: Where to report.
        annotated: Whether its CSV file is read.
    """
    for suffix, count in sorted(listing.others.items()):
        unread = count - (annotated and suffix == ".csv")
        if unread:
            findings.add("ignored-files", [folder], counted(unread, f"{suffix} file"))
    for name in listing.folders:
        inside = f"{folder}/{name}"
        images = len(list_folder(data, inside, findings).images)
        if images:
            findings.add("nested-folder", [inside], counted(images, "image"))
