"""Fetching the official GTSRB archives: both parts come whole, or nothing changes.

    DEST/GT-final_test.csv
    DEST/Final_Test/Images/00000.ppm ...
    DEST/Final_Training/Images/00000/00000_00000.ppm ...

Each archive is fetched, compared with its checksum, unpacked and counted in a hidden folder (`staging.py`). A run that
was killed anywhere goes on from what it holds:

    GTSRB_Final_Test_Images.zip            what came of an archive
    unpacking/                             half done, thrown away
    Final_Test+GT-final_test.csv/          all that is asked for, as far as it is unpacked and counted
    Final_Test+GT-final_test.csv.moving    all of it is, and moving it into place has begun
"""

import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from roadsigns.datasets.archive import extract, room_for
from roadsigns.datasets.connection import Patience
from roadsigns.datasets.fetch import fetch
from roadsigns.datasets.staging import SCRATCH, staging
from roadsigns.errors import DownloadError

__all__ = ["OFFICIAL_ARCHIVES", "OFFICIAL_BASE_URL", "PARTS", "Archive", "download"]

# The archive that the benchmark's own page links to (https://benchmark.ini.rub.de/gtsrb_dataset.html).
OFFICIAL_BASE_URL = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"
READMES = "Readme*.txt"


@dataclass(frozen=True, slots=True)
class Archive:
    """One zip archive of the benchmark.

    Attributes:
        name: File name below the base address.
        md5: The publisher's checksum, 32 hexadecimal digits.
        target: The one file or folder that it brings, at the top of the destination.
        images: How many .ppm images it holds.
    """

    name: str
    md5: str
    target: str
    images: int


# The checksums of the test part are also those of torchvision.datasets.GTSRB, which takes another archive,
# GTSRB-Training_fixed.zip with fewer images, for training. Numbers of images: Stallkamp et al. 2012.
PARTS: dict[str, tuple[Archive, ...]] = {
    "training": (
        Archive("GTSRB_Final_Training_Images.zip", "f33fd80ac59bff73c82d25ab499e03a3", "Final_Training", 39_209),
    ),
    "test": (
        Archive("GTSRB_Final_Test_Images.zip", "c7e4e6327067d32654124b0fe9e82185", "Final_Test", 12_630),
        Archive("GTSRB_Final_Test_GT.zip", "fe31e9c9270bbcd7b84b7f21a9d9d9e5", "GT-final_test.csv", 0),
    ),
}
OFFICIAL_ARCHIVES: tuple[Archive, ...] = PARTS["training"] + PARTS["test"]


def download(
    destination: Path,
    *,
    archives: Sequence[Archive] = OFFICIAL_ARCHIVES,
    base_urls: Sequence[str] = (OFFICIAL_BASE_URL,),
    patience: Patience | None = None,
) -> list[Path]:
    """Fetch archives, check them and unpack them into a folder: all of them or none.

    What the folder holds already is never overwritten. Whatever goes wrong, Ctrl-C included, the folder is left as it
    was; what came so far is kept beside it, and the same call goes on from there, after a kill as well.

    Args:
        destination: The data folder, made if need be.
        archives: What to fetch.
        base_urls: Folders with the same archives, tried in this order, with or without a slash at the end.
        patience: How long to wait for a server, and how often to come back to it.

    Returns:
        The files and folders that were brought, one for each archive.

    Raises:
        DownloadError: If an archive cannot be fetched, is not the expected one or is not safe to unpack; if the folder
            has one of the targets already, is being filled by another download, cannot be written or is full.
    """
    try:
        with staging(destination) as folder, room_for("the download", 0, folder=folder):
            # Named by what is asked for: the same command finds it again, another one does not.
            ready = folder / "+".join(archive.target for archive in archives)
            if not _is_moving(archives, ready, destination):
                _refuse_unfit(destination, [archive.target for archive in archives])
                ready.mkdir(exist_ok=True)
                for archive in archives:
                    _bring(archive, ready, base_urls=base_urls, patience=patience)
            _move(ready, destination)
    except OSError as error:
        raise DownloadError(
            f"Cannot write the data set to {destination}: {error}. Choose a folder that you may write to, on a disk "
            "that works."
        ) from error
    return [destination / archive.target for archive in archives]


def _bring(archive: Archive, ready: Path, *, base_urls: Sequence[str], patience: Patience | None) -> None:
    """Put the target of an archive into a folder, unless a former run has done so."""
    if (ready / archive.target).exists():
        return
    path = ready.parent / archive.name
    urls = [f"{base_url.rstrip('/')}/{archive.name}" for base_url in base_urls]
    fetch(path, urls=urls, md5=archive.md5, patience=patience)
    tree = ready.parent / SCRATCH
    if tree.exists():
        shutil.rmtree(tree)
    tree.mkdir()
    try:
        extract(path, tree, keep=(archive.target, READMES))
        _check_content(archive, tree)
    except DownloadError as error:
        # A full disk is not the archive's fault.
        if not isinstance(error.__cause__, OSError):
            path.unlink()
        raise
    # The target comes last: it stands for all of the archive.
    for source in (*tree.glob(READMES), tree / archive.target):
        source.replace(ready / source.name)
    # Zip and pictures of one part at a time are enough to ask of a disk.
    path.unlink()


def _check_content(archive: Archive, tree: Path) -> None:
    target = tree / archive.target
    images = sum(1 for _ in target.rglob("*.ppm"))
    if not target.exists() or images != archive.images:
        raise DownloadError(
            f"{archive.name} brought {images:,} images in {archive.target}, expected {archive.images:,}. It is not the "
            "official archive: try another mirror with --base-url."
        )


def _moving(ready: Path) -> Path:
    return ready.with_name(f"{ready.name}.moving")


def _is_moving(archives: Iterable[Archive], ready: Path, destination: Path) -> bool:
    """Say whether a former run was killed while it moved everything into place: then that is all that is left to do."""
    names = [archive.target for archive in archives]
    if _moving(ready).exists() and all((ready / name).exists() or (destination / name).exists() for name in names):
        return True
    # Somebody has taken away what was moved.
    _moving(ready).unlink(missing_ok=True)
    return False


def _move(ready: Path, destination: Path) -> None:
    """Move everything into place. If one move fails, those before it are taken back."""
    names = sorted(path.name for path in ready.glob("*"))
    _refuse_unfit(destination, [name for name in names if not _is_readme(name)])
    moves = [(ready, destination.resolve())]
    if destination.exists():
        # A Readme is a courtesy: one that is there already stays.
        names = [name for name in names if not (_is_readme(name) and os.path.lexists(destination / name))]
        moves = [(ready / name, destination / name) for name in names]
    begun = not _moving(ready).exists()
    try:
        _moving(ready).touch()
        for source, target in moves:
            source.rename(target)
    except BaseException:
        for source, target in moves:
            if not source.exists():
                target.rename(source)
        if begun:
            _moving(ready).unlink(missing_ok=True)
        raise


def _is_readme(name: str) -> bool:
    return fnmatchcase(name, READMES)


def _refuse_unfit(destination: Path, names: Iterable[str]) -> None:
    if destination.exists() and not destination.is_dir():
        raise DownloadError(f"{destination} is a file, expected a folder or nothing. Choose another name.")
    if destination.exists() and not os.access(destination, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "Permission denied")
    # lexists: a link to nowhere is the user's too.
    taken = [name for name in names if os.path.lexists(destination / name)]
    if taken:
        raise DownloadError(
            f"{destination} already holds {' and '.join(taken)}, and nothing is overwritten. Move that away, choose "
            "another folder, or fetch only the missing part with --part."
        )
