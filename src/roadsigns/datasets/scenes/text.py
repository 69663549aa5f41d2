"""Text files of labels, read whole."""

from pathlib import Path

from roadsigns.errors import DataError
from roadsigns.files import require_file

__all__ = ["read_lines", "read_text"]


def read_text(path: Path) -> str:
    """Return a file's text; a byte order mark is left out.

    Raises:
        DataError: If it cannot be read, or is not in UTF-8.
    """
    try:
        require_file(path)
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(
            f"The file cannot be read: {error.strerror}.", hint="Check its permissions.", subject=str(path)
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            "The file is not text in UTF-8.", expected="text in UTF-8", hint="Save it again.", subject=str(path)
        ) from error


def read_lines(path: Path) -> list[str]:
    """Return a file's lines; see `read_text`."""
    return read_text(path).splitlines()
