"""Files: written so that a reader never sees half of one, and read only where they end."""

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from roadsigns.errors import OutputError

__all__ = [
    "check_output_file",
    "check_output_folder",
    "check_unused",
    "disk_has",
    "disk_has_file",
    "disk_has_folder",
    "made_folder",
    "output_errors",
    "real_path",
    "refuse_standard_output",
    "removed_if_empty",
    "replace_when_done",
    "require_file",
    "require_other_file",
    "require_outside",
    "require_outside_of_images",
]


STANDARD_OUTPUT = Path("-")
# Where the system keeps the files that a process has open.
OPEN_FILES = re.compile(r"/(dev|proc/\w+)/fd/")
# How much of a name a temporary one repeats: 4 bytes a character at most, of the 255 that file systems allow.
STEM = 32


@contextmanager
def replace_when_done(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, renamed to it if the block ends without an error.

    The temporary name keeps the suffix, since writers such as Keras choose the format by it. When the block raises,
    the temporary file is deleted and what stood at `path` before is untouched. A link stays, and what it leads to is
    replaced.
    """
    target = real_path(path)
    # A name may be as long as the file system allows, and this one must not be longer.
    temporary = target.parent / f".{path.stem[:STEM]}-{secrets.token_hex(4)}{path.suffix}"
    # With the permissions of an ordinary new file; the tempfile module would make it private.
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def output_errors(path: Path, hint: str) -> Iterator[None]:
    """Turn an OSError of the block, which writes `path`, into an OutputError with this hint."""
    try:
        yield
    except shutil.Error as error:
        # Of a tree: one entry for each file, each with the same reason.
        reason = error.args[0][0][-1] if isinstance(error.args[0], list) else error
        raise OutputError(f"Cannot be written: {reason}.", hint=hint, subject=str(path)) from error
    except OSError as error:
        raise OutputError(f"Cannot be written: {error.strerror or error}.", hint=hint, subject=str(path)) from error


@contextmanager
def made_folder(path: Path, *, exist_ok: bool = True) -> Iterator[None]:
    """Make a folder with its parents. If the block raises, those that were made and are empty are removed again.

    Raises:
        FileExistsError: If it exists, unless `exist_ok`, or it is a file.
        OSError: If it cannot be made.
    """
    with removed_if_empty(path):
        path.mkdir(parents=True, exist_ok=exist_ok)
        yield


@contextmanager
def removed_if_empty(path: Path) -> Iterator[None]:
    """Remove the folder and parents that the block makes, if it raises; what was there or is not empty stays."""
    missing = [one for one in (path, *path.parents) if not os.path.lexists(one)]
    try:
        yield
    except BaseException:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def require_outside(path: Path, data: Path, *, hint: str, kind: str = "data folder") -> None:
    """Refuse to write into a data folder, or a `kind` of folder that is only read, also by way of a link.

    Raises:
        OutputError: If `path` is the folder `data` or lies in it.
    """
    if real_path(path).is_relative_to(real_path(data)):
        raise OutputError(
            f"This lies in the {kind} {data}, where nothing is ever written.", hint=hint, subject=str(path)
        )


def require_outside_of_images(path: Path, images: Iterable[Path], *, hint: str) -> None:
    """Refuse to write among images that were named one by one, by a pattern or in a table.

    The folder that the user works in may hold images too, and everything else: it is no folder of images unless it is
    named as one.

    Raises:
        OutputError: If `path` is or lies in a folder of one of these images.
    """
    here = real_path(Path())
    for folder in sorted({image.parent for image in images}):
        if not here.is_relative_to(real_path(folder)):
            require_outside(path, folder, hint=hint, kind="folder of images")


def disk_has(path: Path) -> bool:
    """Whether a file or folder is there; False where that cannot be told: no permission, or too long a name."""
    return os.path.exists(path)  # noqa: PTH110 - pathlib raises an error there


def disk_has_file(path: Path) -> bool:
    """Whether a file is there. See `disk_has`."""
    return os.path.isfile(path)  # noqa: PTH113 - pathlib raises an error there


def disk_has_folder(path: Path) -> bool:
    """Whether a folder is there. See `disk_has`."""
    return os.path.isdir(path)  # noqa: PTH112 - pathlib raises an error there


def require_file(path: Path) -> None:
    """Refuse to read a named pipe, a device or a socket: it may never begin, or never end.

    Pipes that are open already are read: standard input, and a shell's `<(...)`, whose path is such as /dev/fd/63.

    Raises:
        OSError: If it is one, or there is nothing.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or OPEN_FILES.match(os.path.realpath(path))):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))


def require_other_file(path: Path, *read: Path, hint: str) -> None:
    """Refuse to replace a file that is read, also by way of a link.

    Raises:
        OutputError: If `path` is one of the files `read`.
    """
    if not path.exists():
        return
    for one in read:
        # What is not there cannot be replaced.
        with contextlib.suppress(OSError, ValueError):
            same = path.samefile(one)
            if same:
                raise OutputError("This file is read, and would be replaced.", hint=hint, subject=str(path))


def refuse_standard_output(path: Path, *, kind: str, hint: str) -> None:
    """Refuse the name "-", by which people mean standard output; a file called so would surprise them.

    Args:
        path: What was named.
        kind: What is written there, such as "a file".
        hint: What to do instead.

    Raises:
        OutputError: If it is that name.
    """
    if path == STANDARD_OUTPUT:
        raise OutputError(f"This name means standard output, and {kind} is written.", hint=hint, subject=str(path))


def check_output_file(path: Path, *, suffix: str = "", option: str = "--out", data: Path | None = None) -> None:
    """Refuse a file that cannot or must not be written, before the work instead of after it.

    Args:
        path: The file.
        suffix: What its name must end in, such as ".png"; empty for any name.
        option: The option of the command line that names it.
        data: A data folder that it must not lie in.

    Raises:
        OutputError: If the name is "-", the suffix is another, the file is or lies in `data`, something else stands at
            its place, or its folder does not exist or cannot be written.
    """
    hint = f"Name another place with {option}."
    refuse_standard_output(path, kind="a file", hint=hint)
    if suffix and path.suffix.lower() != suffix:
        raise OutputError(
            f"This is not the name of a {suffix[1:].upper()} file.",
            expected=f"a name that ends in {suffix}",
            hint=f"Give one with {option}.",
            subject=str(path),
        )
    if data is not None:
        require_outside(path, data, hint=hint)
    if path.is_dir():
        raise OutputError("This is a folder.", expected="the name of a file", hint=hint, subject=str(path))
    if path.exists() and not path.is_file():
        raise OutputError("This is not a file that could be replaced.", hint=hint, subject=str(path))
    folder = real_path(path).parent
    nearest = next((one for one in (folder, *folder.parents) if os.path.lexists(one)), folder)
    if not nearest.is_dir():
        raise OutputError(f"{nearest} is not a folder.", hint=hint, subject=str(path))
    if not folder.is_dir():
        raise OutputError(
            f"There is no folder {folder if path.is_symlink() else path.parent}.",
            hint=f"Make it first, or name another place with {option}.",
            subject=str(path),
        )
    _require_writable(folder, path, hint)


def check_output_folder(path: Path, *, option: str = "--out", data: Path | None = None) -> None:
    """Refuse a folder in which nothing can or must be written, before the work instead of after it.

    Args:
        path: The folder. Neither it nor its parents need exist.
        option: The option of the command line that names it; empty for none.
        data: A data folder that it must not lie in.

    Raises:
        OutputError: If its name is "-", it is or lies in `data`, it or one of its parents is a file, or it cannot be
            made or written.
    """
    hint = f"Name another place with {option}." if option else "Name another place."
    refuse_standard_output(path, kind="a folder", hint=hint)
    if data is not None:
        require_outside(path, data, hint=hint)
    nearest = next((one for one in (path, *path.parents) if os.path.lexists(one)), path)
    if not nearest.is_dir():
        raise OutputError(
            "This is not a folder." if nearest == path else f"{nearest} is not a folder.", hint=hint, subject=str(path)
        )
    _require_writable(nearest, path, hint)


def check_unused(path: Path, *, hint: str) -> None:
    """Refuse a place for a new folder that is taken.

    Raises:
        OutputError: If a file is there, or a folder that is not empty.
    """
    if not os.path.lexists(path):
        return
    if not path.is_dir():
        problem = "This is a link that leads nowhere." if path.is_symlink() else "This is a file, not a folder."
    elif any(path.iterdir()):
        problem = "This folder is not empty."
    else:
        return
    raise OutputError(
        f"{problem} Nothing was written.", expected="a new or an empty folder", hint=hint, subject=str(path)
    )


def _require_writable(folder: Path, path: Path, hint: str) -> None:
    """Try it: permission bits say little of a disk that is read-only, or for root."""
    with output_errors(path, hint), tempfile.TemporaryFile(dir=folder):
        pass


def real_path(path: Path) -> Path:
    """Return the absolute path without links. `Path.resolve` raises an error where links lead in a circle."""
    return Path(os.path.realpath(path))
