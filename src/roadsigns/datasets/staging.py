"""The hidden folder in which a download grows until it is whole, and from which an interrupted one goes on.

It lies beside the destination, hence on the same disk, so that renaming is all that is left to do: `.GTSRB-download`
beside `GTSRB`. Only where that cannot be (the destination is a disk of its own, or the folder above it is not ours to
write) it lies inside, as `.roadsigns-download`.
"""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from roadsigns.errors import DownloadError

if sys.platform != "win32":
    import fcntl

__all__ = ["SCRATCH", "staging"]

# What lies under this name in the folder is half done and of no use to the next run.
SCRATCH = "unpacking"


@contextmanager
def staging(destination: Path) -> Iterator[Path]:
    """Yield the folder for what is on its way to a destination, locked against a second download.

    At the end it is deleted. On an error what came so far is kept for the next run, and the error tells where; if
    nothing came, all folders made on the way are removed.

    Args:
        destination: The data folder, which need not exist yet.

    Raises:
        DownloadError: If another download into the same destination is under way.
        OSError: If the folder cannot be made.
    """
    folder = _place(destination)
    made = [parent for parent in folder.parents if not parent.exists()]
    try:
        with _locked(folder):
            try:
                yield folder
            except BaseException as error:
                if num_bytes := _tidy(folder):
                    _tell_what_is_kept(folder, num_bytes, error)
                raise
            # The data are in their place; what may be left here harms nobody.
            shutil.rmtree(folder, ignore_errors=True)
    except BaseException:
        for parent in made:
            # Not empty: something is kept there, or somebody else has begun to use it.
            with suppress(OSError):
                parent.rmdir()
        raise


def _place(destination: Path) -> Path:
    path = destination.resolve()
    if path.is_dir():
        own_disk = path == path.parent or path.stat().st_dev != path.parent.stat().st_dev
        if own_disk or not os.access(path.parent, os.W_OK):
            return path / ".roadsigns-download"
    return path.with_name(f".{path.name}-download")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Make a folder and keep a second download out of it. The system drops the lock of a process that dies."""
    if sys.platform == "win32":
        # No lock on folders there: the checksum and the refusal to overwrite have to do.
        folder.mkdir(parents=True, exist_ok=True)
        yield
        return
    handle = _open_locked(folder)
    try:
        yield
    finally:
        os.close(handle)


def _open_locked(folder: Path) -> int:
    # Another download may come to its end, and remove the folder, between any two of these steps.
    for _ in range(100):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Never through a link, which somebody else may have laid in a folder for all, such as /tmp.
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except (FileNotFoundError, FileExistsError):
            if os.path.lexists(folder) and not folder.is_dir():
                raise
            continue
        locked = _lock(handle)
        if locked and _has_name(handle, folder):
            return handle
        os.close(handle)
        if not locked:
            break
    raise DownloadError(
        f"Another download to the same place is under way: it works in {folder}. Wait for its end, or choose another "
        "folder."
    )


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network file systems know no locks: going on without is better than not at all.
        return True
    return True


def _has_name(handle: int, folder: Path) -> bool:
    """Say whether an open folder is still the one of this name."""
    try:
        return os.path.samestat(os.fstat(handle), folder.stat())
    except FileNotFoundError:
        return False


def _tidy(folder: Path) -> int:
    """Remove what is of no use to the next run, the whole folder if need be. Returns how many bytes are left."""
    shutil.rmtree(folder / SCRATCH, ignore_errors=True)
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"]
    num_bytes = sum(path.stat().st_size for path in files)
    if not num_bytes:
        shutil.rmtree(folder, ignore_errors=True)
    return num_bytes


def _tell_what_is_kept(folder: Path, num_bytes: int, error: BaseException) -> None:
    sentence = (
        f"What came so far ({num_bytes / 1e6:,.1f} MB) is kept in {folder}: the same command goes on from there. "
        "Delete that folder if you give up."
    )
    if isinstance(error, DownloadError):
        raise DownloadError(f"{error} {sentence}") from error
    warnings.warn(sentence, stacklevel=2)
