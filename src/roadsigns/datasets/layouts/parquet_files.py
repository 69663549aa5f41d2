"""The Parquet files of a folder as Hugging Face publishes them: data/train-00000-of-00002.parquet."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from roadsigns.archives.formats import PARQUET_SUFFIX
from roadsigns.archives.paths import scan
from roadsigns.datasets.layouts.listing import list_folder
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.layouts.split_folders import split_called
from roadsigns.errors import DataError
from roadsigns.image_files import is_hidden, natural_order

__all__ = ["missing_parts", "parquet_files", "require_one_configuration", "split_of_file"]

WORD = re.compile(r"[a-z]+")
PART = re.compile(r"(.*)-(\d{1,6})-of-(\d{1,6})(\D.*)?")


def parquet_files(data: Path) -> list[Path]:
    """Return the Parquet files in a folder or in its folders; none where it is no folder or has class folders."""
    found: list[Path] = []
    try:
        entries = list(scan(data))
    except OSError:
        return []
    folders = [data, *(data / entry.name for entry in entries if entry.is_dir() and not is_hidden(entry.name))]
    for folder in folders:
        listing = list_folder(folder, ".")
        if listing.images:
            return []
        if listing.others[PARQUET_SUFFIX]:
            found += [folder / entry.name for entry in scan(folder) if entry.name.lower().endswith(PARQUET_SUFFIX)]
    return sorted(found, key=lambda path: natural_order(str(path)))


def split_of_file(path: Path, data: Path) -> str:
    """Return the split that a file's name or its folder's speaks of; "train" where neither does."""
    # The file's own name first: "test signs/train-00000-of-00001.parquet" is for training.
    parts = reversed(path.relative_to(data).parts)
    words = (word for part in parts for word in WORD.findall(part.lower()))
    return next((split for word in words if (split := split_called(word))), "train")


def require_one_configuration(files: Iterable[Path], data: Path) -> None:
    """Refuse files of several configurations, each of which Hugging Face keeps in a folder of its own.

    Raises:
        DataError: If several folders hold files of one split.
    """
    folders: dict[str, dict[Path, None]] = defaultdict(dict)
    for path in files:
        folders[split_of_file(path, data)][path.parent] = None
    several = next((list(found) for found in folders.values() if len(found) > 1), None)
    if several:
        one = next(folder for folder in several if folder != data)
        names = ", ".join(folder.relative_to(data).as_posix() for folder in several)
        raise DataError(
            f"Several folders hold Parquet files of the same split: {names}. They look like configurations of one data "
            "set, which may hold the same images twice.",
            expected="the files of one configuration",
            hint=f"Give one of the folders, such as {one}; or move the files into one folder.",
            subject=str(data),
        )


def missing_parts(files: Iterable[Path], data: Path) -> dict[Path, Problem]:
    """Return the first part of each table of which parts are missing, and the problem that says which.

    Args:
        files: Parquet files.
        data: The folder that problems name files from.
    """
    groups: dict[tuple[Path, str, int], dict[int, Path]] = defaultdict(dict)
    for path in files:
        part = PART.fullmatch(path.stem)
        if part:
            groups[path.parent, part[1], int(part[3])][int(part[2])] = path
    found = {}
    for (_, _, total), parts in groups.items():
        count = total - len(parts)
        if count > 0:
            missing = next(number for number in range(total) if number not in parts)
            message = f"without part {missing + 1}{f' and {count - 1} more' if count > 1 else ''} of {total}"
            first = parts[min(parts)]
            found[first] = Problem("missing-parts", first.relative_to(data).as_posix(), message)
    return found
