"""A folder that a command fills with a file for each picture."""

from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path, PurePath

from roadsigns.bulk.entries import Entry
from roadsigns.errors import ImageError, OutputError
from roadsigns.files import check_output_folder, check_unused, require_outside
from roadsigns.preprocessing.decode import IMAGE_SUFFIXES, decode_image, read_image
from roadsigns.printable import printable
from roadsigns.types import UInt8Image

__all__ = ["check_new_folder", "free_place", "place_of", "read_entry"]


def check_new_folder(folder: Path, given: Sequence[str], *, option: str) -> None:
    """Refuse a folder for results that is called like an image, is not empty, cannot be made, or lies among pictures.

    Args:
        folder: It need not exist.
        given: The pictures on the command line.
        option: The option that names it.

    Raises:
        OutputError: If it must not or cannot be written.
    """
    if folder.suffix.lower() in IMAGE_SUFFIXES:
        # A folder called a.png surprises everybody.
        raise OutputError(
            "This is the name of an image. Nothing was written.",
            expected="the name of a folder, which gets a file for each image",
            hint=f"Name one: {option} {printable(str(folder.with_suffix('')))}.",
            subject=str(folder),
        )
    hint = f"Name another place with {option}."
    for one in filter(Path.is_dir, map(Path, given)):
        require_outside(folder, one, hint=hint, kind="folder of images")
    check_unused(folder, hint=f"Name another one with {option}, or remove what is in it.")
    check_output_folder(folder, option=option)


def place_of(entry: Entry) -> Path:
    """Return the path of a picture from the folder or archive that it came from; it leads nowhere else."""
    path = PurePath(entry.local or entry.name)
    parts = [part for part in path.parts if part not in {"..", path.anchor}]
    return Path(*parts) if parts else Path("picture")


def free_place(path: Path) -> Path:
    """Return the path, or street-2.png, street-3.png, ... where another picture of that name was written."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(one for one in chain([path], numbered) if not one.exists())


def read_entry(entry: Entry) -> UInt8Image:
    """Read the picture of an entry once more, without its box.

    Raises:
        ImageError: If it has gone meanwhile, or could not be read before.
    """
    if isinstance(entry.image, ImageError):
        raise entry.image
    return decode_image(entry.image) if isinstance(entry.image, bytes) else read_image(entry.image)
