"""Writing files so that a reader never sees half of one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roadsigns.errors import OutputError

__all__ = ["check_output_file", "output_errors", "replace_when_done", "require_outside"]


@contextmanager
def replace_when_done(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, renamed to it if the block ends without an error.

    The temporary name keeps the suffix, since writers such as Keras choose the format by it. When the block raises,
    the temporary file is deleted and what stood at `path` before is untouched.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes the file private; give it the permissions that an ordinary new file would have.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def output_errors(path: Path, hint: str) -> Iterator[None]:
    """Turn an OSError of the block, which writes `path`, into an OutputError with this hint."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"Cannot be written: {error.strerror or error}.", hint=hint, subject=str(path)) from error


def require_outside(path: Path, data: Path, *, hint: str) -> None:
    """Refuse to write into a data folder, also by way of a link.

    Raises:
        OutputError: If `path` is the folder `data` or lies in it.
    """
    if path.resolve().is_relative_to(data.resolve()):
        raise OutputError(
            f"This lies in the data folder {data}, where nothing is ever written.", hint=hint, subject=str(path)
        )


def check_output_file(path: Path, *, suffix: str, option: str = "--out", data: Path | None = None) -> None:
    """Refuse a file that cannot or must not be written, before the work instead of after it.

    Args:
        path: The file.
        suffix: What its name must end in, such as ".png".
        option: The option of the command line that names it.
        data: A data folder that it must not lie in.

    Raises:
        OutputError: If the suffix is another, the folder does not exist, or it is or lies in `data`.
    """
    if path.suffix.lower() != suffix:
        raise OutputError(
            f"This is not the name of a {suffix[1:].upper()} file.",
            expected=f"a name that ends in {suffix}",
            hint=f"Give one with {option}.",
            subject=str(path),
        )
    if not path.parent.is_dir():
        raise OutputError(f"There is no folder {path.parent}.", hint="Make it first.", subject=str(path))
    if data is not None:
        require_outside(path, data, hint=f"Name another place with {option}.")
