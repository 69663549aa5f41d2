"""The interface of a layout: it yields the rows of a data folder, one for each image, or problems.

To add a layout, write a file that recognises it and yields its rows, and name it in `reader.LAYOUTS`.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, Protocol

from roadsigns.datasets.layouts.annotations import Annotation
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.spec import DatasetSpec

__all__ = ["Layout", "LayoutName", "Row", "track_of"]

LayoutName = Literal["official", "plain"]

# "00023_00007.ppm" is frame 7 of track 23.
TRACK_NAME = re.compile(r"(\d+)_\d+\.[^.]+")


class Row(NamedTuple):
    """One image of a data folder; its file is not opened.

    Attributes:
        folder: Relative to the data folder.
        name: File name.
        class_id: None where nothing names it.
        track: None where it is unknown.
        annotation: None where there is none.
    """

    folder: str
    name: str
    class_id: int | None
    track: str | None = None
    annotation: Annotation | None = None


class Layout(Protocol):
    """A data folder of one layout. The rows of one folder come together, in the order of their names."""

    @property
    def name(self) -> LayoutName:
        """What it is called."""

    @property
    def spec(self) -> DatasetSpec:
        """The data set that lies there; its classes are what the rows' labels index."""

    @property
    def has_training(self) -> bool:
        """Whether there is a folder of training images."""

    @property
    def has_test(self) -> bool:
        """Whether there is a folder of test images."""

    def training(self) -> Iterator[Row | Problem]:
        """Yield the labelled images that are not test images, and what is wrong with them."""

    def test(self) -> Iterator[Row | Problem]:
        """Yield the test images, and what is wrong with them."""


def track_of(name: str) -> str | None:
    """Return the track in an image's file name, such as "00023"; None where there is none."""
    match = TRACK_NAME.fullmatch(name)
    return match[1] if match else None
