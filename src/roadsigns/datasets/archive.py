"""Unpacking a zip archive from the internet without trusting it.

Everything that the archive says about itself is checked before the first byte is written, and what is written is
counted as well, since a header may lie.
"""

import errno
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from roadsigns.errors import DownloadError
from roadsigns.progress import progress

__all__ = ["extract", "room_for"]

# GTSRB's largest archive holds 39,253 files (39,209 images, 43 annotation files, one Readme).
MAX_MEMBERS = 100_000
# GTSRB's largest archive unpacks to less than half of this.
MAX_BYTES = 1_000_000_000
CHUNK_BYTES = 1 << 20

# The other methods of zipfile decompress without a bound on memory.
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# Bits of the "general purpose bit flag": encrypted, strongly encrypted, masked header (APPNOTE.TXT 6.3.10, 4.4.4).
ENCRYPTED = 0x0001 | 0x0040 | 0x2000
# What zipfile raises for bytes that are no zip archive or a broken one.
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, RuntimeError)
# Full disk, used-up quota, `ulimit -f`.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def extract(
    path: Path,
    destination: Path,
    *,
    keep: Sequence[str],
    strip: str = "GTSRB",
    max_members: int = MAX_MEMBERS,
    max_bytes: int = MAX_BYTES,
) -> None:
    """Unpack the expected members of a zip archive into a folder.

    One member that could do harm is enough to refuse the whole archive. A harmless member that is not expected is
    passed over. On an error the folder holds what was unpacked so far: let it be one that you delete then.

    Args:
        path: The archive.
        destination: An existing folder, best an empty one: no file is overwritten.
        keep: Patterns (fnmatch) of the expected names at the top, after `strip` is removed.
        strip: A folder at the top that is left out of the names.
        max_members: The most members accepted.
        max_bytes: The most unpacked bytes accepted.

    Raises:
        DownloadError: If the archive is damaged, not safe, too large, or the disk has no room for it.
        OSError: If a file cannot be written for another reason.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_size(path.name, members, max_members=max_members, max_bytes=max_bytes)
            _check_members(path.name, members, strip=strip)
            wanted = [member for member in members if _is_kept(_place(member.filename, strip), keep)]
            num_bytes = sum(member.file_size for member in wanted)
            with room_for(f"unpacking {path.name}", num_bytes, folder=destination):
                _write(archive, wanted, destination, strip=strip, max_bytes=max_bytes)
    except DAMAGE as error:
        raise DownloadError(
            f"{path.name} is not a zip archive, or it is a damaged one ({error}). Fetch it again; if that does not "
            "help, try another mirror with --base-url."
        ) from error


@contextmanager
def room_for(job: str, num_bytes: int, *, folder: Path) -> Iterator[None]:
    """Turn a full disk into a sentence that says how much is needed.

    Args:
        job: What is being written, such as "unpacking signs.zip".
        num_bytes: How much the job writes; 0 if unknown.
        folder: Where the job writes.

    Raises:
        DownloadError: If the disk is full, a quota is used up or a file grew beyond the allowed size.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        need = f"it takes {num_bytes / 1e6:,.1f} MB, and " if num_bytes else ""
        left = f"{shutil.disk_usage(folder).free / 1e6:,.1f} MB were left on the disk in the end"
        advice = "Make room (all of GTSRB takes about 1 GB while it is unpacked) or choose a folder on another disk"
        if error.errno == errno.EFBIG:
            advice = "The size of a file is limited here: raise the limit (ulimit -f), or choose another disk"
        raise DownloadError(f"No room for {job} ({error.strerror}): {need}{left}. {advice}.") from error


def _check_size(archive_name: str, members: list[zipfile.ZipInfo], *, max_members: int, max_bytes: int) -> None:
    if len(members) > max_members:
        raise DownloadError(
            f"{archive_name} holds {len(members):,} members, at most {max_members:,} were expected. Nothing was "
            "unpacked; this is not an archive of GTSRB."
        )
    num_bytes = sum(member.file_size for member in members)
    if num_bytes > max_bytes:
        raise DownloadError(
            f"{archive_name} would unpack to {num_bytes / 1e6:,.1f} MB, at most {max_bytes / 1e6:,.1f} MB were "
            "expected. Nothing was unpacked; this is not an archive of GTSRB."
        )


def _check_members(archive_name: str, members: Iterable[zipfile.ZipInfo], *, strip: str) -> None:
    files: set[str] = set()
    folders: set[str] = set()
    for member in members:
        # They differ after a zero byte, and where an extra field of the header holds a second name.
        problem = _name_problem(member.orig_filename) or _name_problem(member.filename) or _kind_problem(member)
        place = _same_place(_place(member.filename, strip))
        if not problem and place in files:
            problem = "its name is there twice"
        if problem:
            raise _unsafe(archive_name, member.orig_filename, problem)
        if not member.is_dir():
            files.add(place)
        folders.update(_parents(place))
    for name in sorted(files & folders):
        raise _unsafe(archive_name, name, "it is a file and a folder at once")


def _unsafe(archive_name: str, member_name: str, problem: str) -> DownloadError:
    return DownloadError(
        f"{archive_name} is not safe to unpack: member {member_name!r} is refused, because {problem}. Nothing of it "
        "was unpacked; do not use this archive, fetch it from the official address."
    )


def _name_problem(name: str) -> str:
    """Say why a name could lead out of the folder, on any operating system; empty if it could not."""
    if not name or any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        return "its name is empty or holds control characters"
    if "\\" in name or ":" in name:
        return "its name holds a backslash or a colon, which stand for folders and drives on Windows"
    if name.startswith("/"):
        return "its name is an absolute path"
    # One slash at the end marks a folder.
    if not {"", ".", ".."}.isdisjoint(name.removesuffix("/").split("/")):
        return "its name has a part that is empty, '.' or '..'"
    return ""


def _kind_problem(member: zipfile.ZipInfo) -> str:
    """Say why a member is no ordinary file or folder; empty if it is one."""
    # Unix keeps the mode in the upper half; archives from elsewhere have 0 there.
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFDIR if member.is_dir() else stat.S_IFREG}:
        return "it is a link or a special file"
    if member.flag_bits & ENCRYPTED:
        return "it is encrypted"
    if member.compress_type not in METHODS:
        return f"its compression method {member.compress_type} is not one of stored and deflated"
    return ""


def _place(name: str, strip: str) -> str:
    return name.removeprefix(f"{strip}/")


def _is_kept(place: str, keep: Sequence[str]) -> bool:
    return any(fnmatchcase(place.partition("/")[0], pattern) for pattern in keep)


def _same_place(name: str) -> str:
    """Spell a name so that names which some file system takes for one are equal."""
    return unicodedata.normalize("NFC", name).casefold()


def _parents(place: str) -> Iterator[str]:
    """Yield the folders above a place, itself included if its name ends with a slash."""
    while "/" in place:
        place = place.rpartition("/")[0]
        yield place


def _write(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], destination: Path, *, strip: str, max_bytes: int
) -> None:
    left = max_bytes
    with progress(f"Unpacking {Path(archive.filename or '').name}", total=len(members), unit="files") as advance:
        for member in members:
            target = destination / _place(member.filename, strip)
            if member.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("xb") as copy:
                    left -= _copy(source, copy, max_bytes=left)
            advance()


def _copy(source: IO[bytes], copy: IO[bytes], *, max_bytes: int) -> int:
    """Copy a stream and return the number of bytes. Refuses before it would write more than `max_bytes`."""
    num_bytes = 0
    while chunk := source.read(CHUNK_BYTES):
        num_bytes += len(chunk)
        if num_bytes > max_bytes:
            raise DownloadError(
                "The archive unpacks to more than it says and more than is accepted. It was made to do harm; do not "
                "use it, fetch it from the official address."
            )
        copy.write(chunk)
    return num_bytes
