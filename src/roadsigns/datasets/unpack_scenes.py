"""Unpacking of an archive of street scenes in GTSDB's layout of which no checksum is known: its content is checked.

FullIJCNN2013/00000.ppm ... gt.txt     wanted: the folder of gt.txt, without the folders in it
FullIJCNN2013/00/00001.ppm ...         left in the archive: crops of the same boxes, one folder for each class
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from roadsigns.archives.formats import DAMAGE
from roadsigns.datasets.official_archives import SceneCounts
from roadsigns.datasets.scenes.gtsdb import TABLE, read_table
from roadsigns.errors import DataError, DownloadError
from roadsigns.image_files import is_image_name
from roadsigns.preprocessing.decode import MAX_BYTES, decode_image
from roadsigns.progress import progress
from roadsigns.wording import counted

__all__ = ["unpack_scenes"]

HINT = "Run the same command again, or name another mirror with --base-url."


def unpack_scenes(path: Path, folder: Path, counts: SceneCounts) -> None:
    """Unpack the images and `gt.txt` into a folder, which is made. Each image is decoded before it is written.

    Args:
        path: The zip archive.
        folder: Where the files are written, by their names alone.
        counts: What it must hold.

    Raises:
        DownloadError: If the archive is damaged, holds no `gt.txt` or other numbers of images or boxes than it must, an
            image does not decode, or one that `gt.txt` names is not there.
        OSError: If a file cannot be written.
    """
    folder.mkdir()
    with _damage_told(counts, path):
        archive = zipfile.ZipFile(path)
    with archive:
        members = _wanted(archive)
        images = sum(map(is_image_name, members))
        if TABLE not in members or images != counts.images:
            holds = f"{counted(images, 'street scene')} and {'a' if TABLE in members else 'no'} {TABLE}"
            raise _wrong(f"The archive holds {holds}.", counts, path)
        with progress(f"Unpacking {path.name}", total=len(members), unit="files") as advance:
            for name, member in members.items():
                (folder / name).write_bytes(_read(archive, member, counts, path))
                advance()
    _check_table(folder, counts, path)


@contextmanager
def _damage_told(counts: SceneCounts, path: Path) -> Iterator[None]:
    """Raise a DownloadError where the archive turns out to be damaged. No file is written in the meantime."""
    try:
        yield
    except DAMAGE as error:
        raise _wrong(f"The archive is damaged ({error}).", counts, path) from error


def _wanted(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return {name: member} of the files beside the topmost `gt.txt`; none where there is no such file."""
    files = {PurePosixPath(member.filename): member for member in archive.infolist() if not member.is_dir()}
    tables = [name for name in files if name.name == TABLE]
    if not tables:
        return {name.name: member for name, member in files.items() if is_image_name(name.name)}
    base = min(tables, key=lambda name: len(name.parts)).parent
    return {
        name.name: member
        for name, member in files.items()
        if name.parent == base and (name.name == TABLE or is_image_name(name.name))
    }


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, counts: SceneCounts, path: Path) -> bytes:
    if member.file_size > MAX_BYTES:
        raise _wrong(f"The archive's {member.filename} has {member.file_size} bytes.", counts, path)
    with _damage_told(counts, path):
        content = archive.read(member)
    if is_image_name(member.filename.rpartition("/")[2]):
        try:
            decode_image(content)
        except DataError as error:
            raise _wrong(f"The archive's {member.filename} is no image: {error.problem}", counts, path) from error
    return content


def _check_table(folder: Path, counts: SceneCounts, path: Path) -> None:
    try:
        table = read_table(folder / TABLE)
    except DataError as error:
        raise _wrong(f"The archive's {TABLE} cannot be used: {error.problem}", counts, path) from error
    boxes = sum(map(len, table.values()))
    names = {file.stem for file in folder.iterdir()}
    if boxes != counts.boxes or not names.issuperset(table):
        without = len(set(table) - names)
        more = f", and {counted(without, 'image')} that it names {'is' if without == 1 else 'are'} not there"
        raise _wrong(f"The archive's {TABLE} has {counted(boxes, 'line')}{more if without else ''}.", counts, path)


def _wrong(problem: str, counts: SceneCounts, path: Path) -> DownloadError:
    return DownloadError(
        problem,
        expected=f"{counted(counts.images, 'street scene')} with {counts.boxes:,} boxes in {TABLE}",
        hint=HINT,
        subject=path.name,
    )
