"""The error for data in which no image can be read."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from roadsigns.errors import DataError
from roadsigns.image_files import is_image_name
from roadsigns.preprocessing.decode import FORMATS

__all__ = ["NAMED_PLACES", "PassedOver", "no_images"]

NAMED_PLACES = 5


class PassedOver(NamedTuple):
    """What was passed over; see `Problem`."""

    kind: str
    file: str
    detail: str

    def __str__(self) -> str:
        return self.detail if self.file == "." else f"{self.file}: {self.detail}"


def no_images(data: Path, found: Iterable[PassedOver]) -> DataError:
    """Return the error, with advice from what was passed over."""
    found = list(found)
    nested = next((one.file for one in found if one.kind == "nested-folder"), "")
    if nested:
        hint = f"There are some in {data / nested}: give the folder above it."
    elif any(is_image_name(Path(one.file).name) for one in found):
        hint = (
            "Put the images of each class into a folder with its name. If this folder is a class, give the one above."
        )
    else:
        hint = f"Passed over: {'; '.join(map(str, found[:NAMED_PLACES]))}." if found else ""
    return DataError(
        "The data holds no images in class folders.",
        expected=f"one folder per class, with {FORMATS} files",
        hint=hint,
        subject=str(data),
    )
