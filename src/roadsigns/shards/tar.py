"""Tar archives of images, and WebDataset's: beside `a/17.jpg` there may be `a/17.cls`, `a/17.txt` and `a/17.json`."""

import json
import tarfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePosixPath
from typing import IO, NamedTuple

from roadsigns.archives.formats import plain_name, require_tar_end
from roadsigns.box_columns import find_box_columns
from roadsigns.bulk.entries import Entry
from roadsigns.errors import ImageError
from roadsigns.image_files import is_image_name
from roadsigns.preprocessing.decode import read_bytes
from roadsigns.types import Box

__all__ = ["TAR_COLUMNS", "TarItem", "read_tar"]

# The files beside an image that results carry along, as text.
TAR_COLUMNS = ("cls", "txt", "json")
BOXES = "json"
# Of such a file; more is no label.
MAX_TEXT = 1 << 20
# Of images of one key that are held until the last of their texts is known: frame.0001.jpg, frame.0002.jpg and so on
# are all of the key "frame".
HELD_BYTES = 16 << 20


class TarItem(NamedTuple):
    """An image of an archive.

    Attributes:
        entry: The image, with a box where the JSON beside it has one.
        texts: The files beside it, by `TAR_COLUMNS`; only those that are there.
    """

    entry: Entry
    texts: dict[str, str]


class _Member(NamedTuple):
    name: str
    content: bytes | ImageError


def read_tar(file: IO[bytes], name: str) -> Iterator[TarItem]:
    """Yield the images of an archive, from its start to its end, holding those of one key, or as many as fit.

    Args:
        file: Opened for reading; compressed or not.
        name: Of the archive, with which the names of its images begin.

    Raises:
        TarError, OSError and others of `DAMAGE`: If it is damaged or ends early.
    """
    with tarfile.open(fileobj=file, mode="r|*") as archive:
        for _, members in groupby(_members(archive, name), key=lambda member: _key(member.name)):
            yield from _items(members, name)
        require_tar_end(archive)


def _members(archive: tarfile.TarFile, archive_name: str) -> Iterator[_Member]:
    for member in archive:
        local = plain_name(member.name)
        hidden = any(part.startswith(".") for part in PurePosixPath(local).parts)
        wanted = is_image_name(PurePosixPath(local).name) or _extension(local) in TAR_COLUMNS
        if not local or hidden or not wanted or member.isdir():
            continue
        opened = archive.extractfile(member) if member.isreg() else None
        if opened is None:
            problem = "This is a link or a device, and these are not read from archives."
            yield _Member(local, ImageError(problem, hint="Pack the image itself.", subject=f"{archive_name}/{local}"))
            continue
        try:
            yield _Member(local, read_bytes(opened, name=f"{archive_name}/{local}"))
        except ImageError as error:
            yield _Member(local, error)


def _key(name: str) -> str:
    """Return what the files of one sample have in common: the path up to the first dot of the file's name."""
    folder, slash, base = name.rpartition("/")
    return f"{folder}{slash}{base.partition('.')[0]}"


def _extension(name: str) -> str:
    return PurePosixPath(name).name.partition(".")[2].lower()


def _items(members: Iterable[_Member], archive_name: str) -> Iterator[TarItem]:
    texts: dict[str, str] = {}
    images: list[_Member] = []
    size = 0
    for member in members:
        if is_image_name(PurePosixPath(member.name).name):
            images.append(member)
        if not isinstance(member.content, bytes):
            continue
        if _extension(member.name) in TAR_COLUMNS:
            texts[_extension(member.name)] = member.content[:MAX_TEXT].decode("utf-8", "replace")
        size += len(member.content)
        if size > HELD_BYTES:
            yield from _with_texts(images, dict(texts), archive_name)
            images, size = [], 0
    yield from _with_texts(images, texts, archive_name)


def _with_texts(images: Iterable[_Member], texts: dict[str, str], archive_name: str) -> Iterator[TarItem]:
    for name, content in images:
        entry = Entry(f"{archive_name}/{name}", content)
        if isinstance(content, bytes):
            entry = _boxed(entry, texts.get(BOXES))
        yield TarItem(entry, texts)


def _boxed(entry: Entry, text: str | None) -> Entry:
    """Give an image the box of its JSON, if that is an object with fields of a box."""
    try:
        fields = json.loads(text) if text else None
        return entry._replace(box=_box(fields)) if isinstance(fields, dict) else entry
    except ValueError as error:
        problem = f"The box in its JSON is not valid: {error}."
        return entry._replace(image=ImageError(problem, expected="four whole numbers", subject=entry.name))


def _box(fields: dict[str, object]) -> Box | None:
    columns = find_box_columns(list(fields))
    return columns.box(list(fields.values())) if columns else None
