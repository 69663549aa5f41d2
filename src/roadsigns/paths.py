"""Paths as callers give them."""

from pathlib import Path

from roadsigns.errors import RoadsignsError

__all__ = ["to_path"]


def to_path(name: str | Path, error: type[RoadsignsError], *, what: str) -> Path:
    """Return the path of a name, which must not be empty: `Path("")` would be the current folder.

    Args:
        name: Of a file or folder.
        error: What to raise.
        what: What it names, such as "data folder".

    Raises:
        RoadsignsError: If the name is empty.
    """
    if name == "":
        raise error(f"The name of the {what} is empty.", expected="a path", hint="For the current folder, give '.'.")
    return Path(name)
