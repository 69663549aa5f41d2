"""Images in zip and tar archives, also in Parquet files there, read one by one.

Nothing is unpacked to disk, so no path is harmful.
"""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from roadsigns.archives.formats import (
    DAMAGE,
    PARQUET_SUFFIX,
    is_tar,
    plain_name,
    require_tar_end,
    zip_member_name,
)
from roadsigns.archives.paths import scan
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.inputs.parquet import images_in_parquet
from roadsigns.errors import ImageError
from roadsigns.files import disk_has, disk_has_file
from roadsigns.image_files import is_hidden, is_image_name, natural_order
from roadsigns.preprocessing.decode import read_bytes
from roadsigns.wording import counted

__all__ = ["count_images", "find_members", "on_disk", "read_archive"]

# The flag of an encrypted entry in a zip archive.
ENCRYPTED = 1


def count_images(path: Path) -> int | None:
    """Count the images in a zip archive; None for what would have to be read for that: a tar archive, Parquet files."""
    if is_tar(path):
        # In one whose last member is a zip archive, that one's table of contents would be found.
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = [zip_member_name(member) for member in archive.infolist()]
            return None if any(map(_is_parquet, names)) else sum(map(_is_image, names))
    except DAMAGE:
        return None


def find_members(folder: Path) -> Iterator[Path]:
    """Yield the images in a folder of an archive, such as signs.zip/stop, and below it, in natural order."""
    folders = []
    for entry in sorted(scan(folder), key=lambda entry: natural_order(entry.name)):
        if entry.is_dir():
            folders.append(folder / entry.name)
        elif is_image_name(entry.name):
            yield folder / entry.name
    for below in folders:
        if not is_hidden(below.name):
            yield from find_members(below)


def on_disk(path: Path) -> Path:
    """Return the archive that a path leads into, or the path where it leads into none."""
    return path if disk_has(path) else next(filter(disk_has_file, path.parents), path)


def read_archive(path: Path) -> Iterator[Entry]:
    """Yield the images in an archive, in its order, each read into memory.

    Image files are recognised as in folders: by suffix, nothing hidden. An entry that cannot be read is an entry with
    the reason, and so is the end of an archive that breaks off.
    """
    count = 0
    try:
        for entry in _read_tar(path) if is_tar(path) else _read_zip(path):
            yield entry
            count += 1
    except DAMAGE as error:
        yield Entry(str(path), _broken_archive(error, count, str(path)))


def _broken_archive(error: Exception, count: int, name: str) -> ImageError:
    """Say what is wrong with an archive whose first `count` images could be read."""
    if isinstance(error, OSError) and error.strerror:
        return ImageError(
            f"The archive cannot be read ({error.strerror}).", hint="Check the path and its permissions.", subject=name
        )
    if not count:
        return ImageError(
            "The file is damaged, or not an archive.",
            expected="a whole zip or tar archive",
            hint="Fetch it or pack it again.",
            subject=name,
        )
    return ImageError(
        f"The archive is damaged or ends early; {counted(count, 'image')} could be read.",
        expected="a whole zip or tar archive",
        hint="Fetch it or pack it again.",
        subject=name,
    )


def _read_zip(path: Path) -> Iterator[Entry]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            local = zip_member_name(member)
            if _is_image(local):
                name = f"{path}/{local}"
                yield Entry(name, _outside(name, local) or _unzip(archive, member, name), local=local)
            elif _is_parquet(local):
                yield from images_in_parquet(path / plain_name(local))[1]


def _unzip(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes | ImageError:
    try:
        with archive.open(member) as file:
            return read_bytes(file, name=name)
    except ImageError as error:
        return error
    except DAMAGE as error:
        if member.flag_bits & ENCRYPTED:
            return ImageError("The image is encrypted.", hint="Pack it again, without a password.", subject=name)
        if isinstance(error, NotImplementedError):
            return ImageError(
                "The image is compressed by a method that is not supported.",
                hint="Pack it again as an ordinary zip archive.",
                subject=name,
            )
        return ImageError("The image is damaged in the archive.", hint="Fetch or pack the archive again.", subject=name)


def _read_tar(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file, tarfile.open(fileobj=file) as archive:
        for member in archive:
            if _is_image(member.name) and not member.isdir():
                name = f"{path}/{member.name}"
                yield Entry(name, _outside(name, member.name) or _untar(archive, member, name), local=member.name)
            elif _is_parquet(member.name):
                yield from images_in_parquet(path / plain_name(member.name))[1]
        require_tar_end(archive)


def _untar(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> bytes | ImageError:
    file = archive.extractfile(member) if member.isreg() else None
    if file is None:
        return ImageError(
            "This is a link or a device, and these are not read from archives.",
            hint="Pack the image itself: tar has --dereference and --hard-dereference.",
            subject=name,
        )
    try:
        return read_bytes(file, name=name)
    except ImageError as error:
        return error


def _outside(name: str, local: str) -> ImageError | None:
    """Refuse a name that points out of the archive, as where archives are read for training."""
    if plain_name(local):
        return None
    return ImageError(
        "The name has .. in it, and such members are not read.",
        hint="Pack the archive again, from the folder above the images.",
        subject=name,
    )


def _is_image(name: str) -> bool:
    return not _is_hidden(name) and is_image_name(PurePosixPath(name).name)


def _is_parquet(name: str) -> bool:
    return not _is_hidden(name) and bool(plain_name(name)) and name.lower().endswith(PARQUET_SUFFIX)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not parts or name.endswith("/") or any(part.startswith(".") and part != ".." for part in parts)
