"""Which image files a folder holds."""

import os
import re
from pathlib import Path

from roadsigns.images.decode import IMAGE_SUFFIXES

__all__ = ["find_images", "natural_order"]


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Sort key in which numbers inside names count as numbers: "sign 2" comes before "sign 10"."""
    parts = re.split(r"(\d+)", name)
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part]


def find_images(folder: Path) -> list[Path]:
    """Return the image files in a folder and below it, in natural order, each folder's own files first.

    Files are told by their suffix, in any case. Hidden files and folders are passed over, and links to folders are not
    followed: they may lead in a circle.
    """
    images = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=natural_order)
        shown = (name for name in names if not name.startswith("."))
        chosen = (name for name in shown if Path(name).suffix.lower() in IMAGE_SUFFIXES)
        images += [Path(parent, name) for name in sorted(chosen, key=natural_order)]
    return images
