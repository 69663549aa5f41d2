"""The interface of a layout: it yields the rows of a data folder, one for each image, or problems.

To add a layout, write a file that recognises it and yields its rows, and name it in `recognise.LAYOUTS`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from roadsigns.datasets.layouts.annotations import Annotation
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.spec import DatasetSpec

__all__ = ["Layout", "LayoutName", "Row", "path_of"]

LayoutName = Literal["official", "kaggle", "torchvision", "splits", "plain", "table"]


class Row(NamedTuple):
    """One image of a data folder; its file is not opened.

    Attributes:
        folder: Relative to the layout's folder.
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


def path_of(row: Row) -> str:
    """Return an image's path relative to the layout's folder."""
    return f"{row.folder}/{row.name}" if row.folder else row.name


class Layout(Protocol):
    """Data of one layout. The rows of one folder come together, in the order of their names."""

    @property
    def name(self) -> LayoutName:
        """What it is called in results."""

    @property
    def title(self) -> str:
        """What it is called in sentences, such as "Kaggle's layout of GTSRB"."""

    @property
    def data(self) -> Path:
        """The folder or archive that the rows' folders are relative to."""

    @property
    def spec(self) -> DatasetSpec:
        """The data set that lies there; its classes are what the rows' labels index."""

    @property
    def source(self) -> str:
        """What the images are recorded under; see `DataSet.source`."""

    @property
    def tracks_from_names(self) -> bool:
        """Whether tracks are taken from file names that may mean something else, and so are to be doubted."""

    @property
    def has_training(self) -> bool:
        """Whether there are training images."""

    @property
    def has_validation(self) -> bool:
        """Whether there are validation images of the data's own."""

    @property
    def has_test(self) -> bool:
        """Whether there are test images."""

    def training(self) -> Iterator[Row | Problem]:
        """Yield the labelled images that neither validate nor test, and what is wrong with them."""

    def validation(self) -> Iterator[Row | Problem]:
        """Yield the data's own validation images, and what is wrong with them."""

    def test(self) -> Iterator[Row | Problem]:
        """Yield the test images, and what is wrong with them."""
