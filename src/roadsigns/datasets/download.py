"""Download of official archives to a data folder: all requested archives, or none. GTSRB's:

    DEST/GT-final_test.csv
    DEST/Final_Test/Images/00000.ppm ...
    DEST/Final_Training/Images/00000/00000_00000.ppm ...

Archives are fetched, checked and unpacked in a hidden folder, and moved into place at the end. A run that was killed is
completed by the same command:

    .DEST-download/GTSRB_Final_Test_Images.zip           fetched and checked; not fetched again
    .DEST-download/unpacking/                            incomplete; started over
    .DEST-download/Final_Test+GT-final_test.csv/         all unpacked; only the move is left
"""

import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from roadsigns.datasets.fetch import fetch
from roadsigns.datasets.official_archives import OFFICIAL_ARCHIVES, OFFICIAL_BASE_URL, SETS, Archive
from roadsigns.errors import DownloadError, OutputError
from roadsigns.files import made_folder
from roadsigns.progress import progress

__all__ = ["download"]


def download(
    destination: Path,
    *,
    archives: Sequence[Archive] = OFFICIAL_ARCHIVES,
    base_urls: Sequence[str] = (OFFICIAL_BASE_URL,),
    room: str = SETS["gtsrb"].room,
) -> list[Path]:
    """Fetch archives and unpack them into a folder. What the folder holds already is never overwritten.

    Args:
        destination: The data folder, made if need be. Nothing appears in it before everything is unpacked.
        archives: What to fetch.
        base_urls: Folders with the same archives, tried in this order.
        room: The space that this needs, for an error.

    Returns:
        The files and folders that were brought, one for each archive.

    Raises:
        DownloadError: If an archive cannot be fetched, or holds something else than it should. Those that came are kept
            for the next call.
        OutputError: If the folder holds one of the targets already, is being filled by another download, or cannot be
            written.
    """
    place = destination.resolve()
    staging = _staging_folder(place)
    try:
        ready = staging / "+".join(archive.target for archive in archives)
        if not _is_ready(ready, place, archives):
            _refuse_taken(place, archives)
        with _locked(staging):
            if not _is_ready(ready, place, archives):
                _prepare(ready, archives, base_urls)
            _refuse_taken(place, [archive for archive in archives if (ready / archive.target).exists()])
            place.mkdir(exist_ok=True)
            for source in ready.iterdir():
                # A Readme of the archives may be there already.
                if not os.path.lexists(place / source.name):
                    source.rename(place / source.name)
            shutil.rmtree(staging, ignore_errors=True)
    except Timeout as error:
        raise OutputError(
            "Another download to the same folder is running.",
            hint="Wait until it has finished, or choose another folder.",
            subject=str(destination),
        ) from error
    except OSError as error:
        raise OutputError(
            f"The data set cannot be written ({error.strerror or error}).",
            expected=f"a folder that you may write to, on a disk with room for {room}",
            hint="Correct this and run the same command again, or choose another folder.",
            subject=str(destination),
        ) from error
    return [destination / archive.target for archive in archives]


def _staging_folder(place: Path) -> Path:
    """Return a folder on the same disk: beside the destination, or inside it where only that can be written."""
    inside = place.is_dir() and (place.is_mount() or not os.access(place.parent, os.W_OK))
    return place / ".roadsigns-download" if inside else place.with_name(f".{place.name}-download")


@contextmanager
def _locked(staging: Path) -> Iterator[None]:
    """Make the folder and keep a second download out of it. The system drops the lock of a process that dies."""
    lock = staging / ".lock"
    with made_folder(staging), FileLock(lock).acquire(blocking=False):
        try:
            yield
        finally:
            # If nothing came, nothing stays.
            with suppress(OSError):
                lock.unlink()
                staging.rmdir()


def _is_ready(ready: Path, place: Path, archives: Iterable[Archive]) -> bool:
    """Whether an earlier run has unpacked everything, and was killed before all of it was moved."""
    targets = [archive.target for archive in archives]
    return ready.is_dir() and all((ready / target).exists() or (place / target).exists() for target in targets)


def _refuse_taken(place: Path, archives: Iterable[Archive]) -> None:
    if place.exists() and not place.is_dir():
        raise OutputError(
            "This is a file.", expected="a folder, or a place where nothing exists yet", subject=str(place)
        )
    # lexists: a link to nowhere belongs to the user too.
    taken = [archive.target for archive in archives if os.path.lexists(place / archive.target)]
    if taken:
        raise OutputError(
            f"The folder already holds {' and '.join(taken)}, and nothing is overwritten.",
            hint="Move that away, or choose another folder."
            if taken == [archive.target for archive in archives]
            else "Move that away, choose another folder, or fetch only the missing part with --part.",
            subject=str(place),
        )


def _prepare(ready: Path, archives: Sequence[Archive], base_urls: Sequence[str]) -> None:
    """Fetch and unpack everything; the folder `ready` appears when that is done."""
    # Reading street scenes takes a while to import.
    from roadsigns.datasets.unpack_scenes import unpack_scenes

    staging = ready.parent
    paths = [fetch(archive.name, staging, md5=archive.md5, base_urls=base_urls) for archive in archives]
    unpacking = staging / "unpacking"
    for folder in (unpacking, ready):
        shutil.rmtree(folder, ignore_errors=True)
    unpacking.mkdir()
    for archive, path in zip(archives, paths, strict=True):
        if archive.scenes is None:
            _unpack(path, unpacking)
            continue
        try:
            unpack_scenes(path, unpacking / archive.target, archive.scenes)
        except DownloadError:
            # It would be taken for fetched by the next call.
            path.unlink()
            shutil.rmtree(unpacking)
            raise
    unpacking.rename(ready)
    for path in paths:
        path.unlink()


def _unpack(path: Path, folder: Path) -> None:
    # The checksum says that it is the publisher's archive, so its names and sizes are known to be good.
    with (
        zipfile.ZipFile(path) as archive,
        progress(f"Unpacking {path.name}", total=len(archive.infolist()), unit="files") as advance,
    ):
        for member in archive.infolist():
            member.filename = member.filename.removeprefix("GTSRB/")
            if member.filename:
                archive.extract(member, folder)
            advance()
