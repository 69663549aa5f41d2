"""Shards by their addresses: which there are, and what their results are called."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from roadsigns.archives.formats import PARQUET_SUFFIX, is_tar
from roadsigns.errors import DataError
from roadsigns.image_files import natural_order
from roadsigns.shards.place import Place
from roadsigns.wording import reason

__all__ = ["MANIFEST", "Shard", "find_shards", "is_shard_name"]

EXPECTED = "shards: .parquet or .tar files (also .tar.gz and the like)"
HINT = "`roadsigns pack` makes shards of images."
# What `roadsigns pack` writes, and what jobs write beside their results.
MANIFEST = "manifest.json"
MAGIC = ("*", "?", "[")


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of many images.

    Attributes:
        address: Where it is.
        name: Its path from the folder that was given, by which its results are called.
        size: In bytes.
    """

    address: str
    name: str
    size: int

    @property
    def is_parquet(self) -> bool:
        """Whether it is a Parquet file; else it is a tar archive."""
        return self.name.lower().endswith(PARQUET_SUFFIX)

    @property
    def output(self) -> str:
        """What its results are called: the same in a Parquet file, and NAME.tar.parquet."""
        return self.name if self.name.endswith(PARQUET_SUFFIX) else f"{self.name}{PARQUET_SUFFIX}"


def find_shards(given: Sequence[str]) -> tuple[Shard, ...]:
    """Find the shards at addresses: files, folders with all below them, and patterns.

    Returns:
        In the given order, those of a folder in natural order. In folders, names that begin with a dot or an underscore
        are passed over, as other programs do.

    Raises:
        DataError: If an address holds none or cannot be read, or the results of two would be called the same.
        MissingExtraError: If something to read an address with is not installed.
    """
    found = [shard for address in given for shard in _at(address)]
    outputs: dict[str, Shard] = {}
    for shard in found:
        other = outputs.setdefault(shard.output, shard)
        if other is not shard:
            raise DataError(
                f"The results of {other.address} and of this shard would have the same name, {shard.output}.",
                hint="Name the folder above both, or give the two apart.",
                subject=shard.address,
            )
    return tuple(found)


def is_shard_name(name: str) -> bool:
    """Whether a file is taken for a shard: by its suffix, and nothing hidden."""
    hidden = any(part.startswith((".", "_")) for part in PurePosixPath(name).parts)
    return not hidden and (name.lower().endswith(PARQUET_SUFFIX) or is_tar(Path(name)))


def _at(address: str) -> list[Shard]:
    try:
        shards = list(_found(Place.of(address)))
    except FileNotFoundError as error:
        raise DataError("There is no such file or folder.", expected=EXPECTED, subject=address) from error
    except (OSError, ValueError) as error:
        raise DataError(
            f"The address cannot be read ({reason(error)}).",
            hint="Check it, and whether it may be read from here.",
            subject=address,
        ) from error
    if not shards:
        raise DataError("There are no shards here.", expected=EXPECTED, hint=HINT, subject=address)
    return shards


def _found(place: Place) -> Iterator[Shard]:
    if place.is_folder():
        sizes = place.files()
        if MANIFEST in sizes and _is_unfinished(place / MANIFEST):
            raise DataError(
                "`roadsigns pack` has not finished here.",
                hint="Wait for its end; if it ended early, remove the folder and pack again.",
                subject=place.address,
            )
        for name in _ordered(filter(is_shard_name, sizes)):
            yield Shard((place / name).address, name, sizes[name])
    elif any(sign in place.path for sign in MAGIC):
        from fsspec.utils import glob_translate

        folder = Place(place.filesystem, str(PurePosixPath(*_fixed_parts(place.path))))
        sizes = folder.files()
        if not sizes and not folder.is_folder():
            raise FileNotFoundError(folder.address)
        wanted = re.compile(glob_translate(place.path))
        for name in _ordered(filter(is_shard_name, sizes)):
            if wanted.match((folder / name).path):
                yield Shard((folder / name).address, name, sizes[name])
    else:
        size = place.size()
        name = PurePosixPath(place.path).name
        if is_shard_name(name):
            yield Shard(place.address, name, size)


def _is_unfinished(manifest: Place) -> bool:
    try:
        return json.loads(manifest.read()).get("complete") is False
    except (ValueError, AttributeError):
        # It is somebody else's.
        return False


def _fixed_parts(pattern: str) -> Iterator[str]:
    for part in PurePosixPath(pattern).parts:
        if any(sign in part for sign in MAGIC):
            return
        yield part


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=natural_order)
