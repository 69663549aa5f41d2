"""A new folder of drawn data: it appears under its name when it is complete, and not at all when something fails."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roadsigns.datasets.reader import DRAWN_MARK
from roadsigns.errors import OutputError
from roadsigns.files import check_output_folder, check_unused, made_folder, real_path

__all__ = ["new_data_folder"]

OTHER_FOLDER = "Choose another: drawn signs must not mix with other data."


@contextmanager
def new_data_folder(destination: Path, *, mark: str, megabytes: int) -> Iterator[Path]:
    """Yield a folder to draw into, renamed to `destination` if the block ends without an error.

    Args:
        destination: A folder that does not exist or is empty.
        mark: Names the source, in a file that says that the data are drawn: track 3 of these is not track 3 of GTSRB.
        megabytes: About how much the block writes, for the message when it cannot.

    Raises:
        OutputError: If `destination` holds something, or cannot be written.
    """
    check_unused(destination, hint=OTHER_FOLDER)
    given, destination = destination, real_path(destination)
    check_output_folder(destination.parent, option="")
    try:
        with (
            made_folder(destination.parent),
            tempfile.TemporaryDirectory(dir=destination.parent, prefix=f".{destination.name}-") as temporary,
        ):
            # A folder inside: the temporary one is private, the data set has ordinary permissions.
            folder = Path(temporary) / "drawn"
            folder.mkdir()
            (folder / DRAWN_MARK).write_text(f"{mark}\n", encoding="utf-8", errors="backslashreplace")
            yield folder
            if destination.exists():
                # Fails if another process has put something there meanwhile.
                destination.rmdir()
            folder.rename(destination)
    except OSError as error:
        check_unused(given, hint=OTHER_FOLDER)
        raise OutputError(
            f"The folder cannot be written ({error.strerror or error}).",
            expected=f"a folder with about {megabytes} MB free",
            hint="Free some space, or choose another folder.",
            subject=str(given),
        ) from error
