"""Entries: the images to predict, each with a name, wherever they come from."""

from pathlib import Path
from typing import NamedTuple

from roadsigns.errors import ImageError
from roadsigns.types import Box

__all__ = ["Entry"]


class Entry(NamedTuple):
    """One image, or one sign in it.

    Attributes:
        name: What the output calls it.
        image: The file, its bytes, or why there are none.
        box: Where the sign is; None for the whole image.
        local: Its name within its folder or archive, by which a table of boxes may know it.
    """

    name: str
    image: Path | bytes | ImageError
    box: Box | None = None
    local: str = ""
