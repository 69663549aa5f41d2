"""The layout of custom data sets: one folder per class.

DATA/stop/photo.jpg ...                          names are the classes
DATA/00014/00003_00027.ppm ... GT-00014.csv      numbers are the labels; annotations in GTSRB's format give boxes
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from roadsigns.archives.paths import is_file
from roadsigns.datasets import registry
from roadsigns.datasets.layouts.class_folder import annotation_file, read_class_folder
from roadsigns.datasets.layouts.labels import Labels, label_names
from roadsigns.datasets.layouts.layout import LayoutName, Row
from roadsigns.datasets.layouts.listing import Listing, list_folder
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.layouts.tables import TABLE_SUFFIXES
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.datasets.tracks import names_its_class
from roadsigns.wording import counted

__all__ = ["ClassFolders", "beside_classes", "numbers_of", "read_class_folders"]


@dataclass(frozen=True, slots=True, eq=False)
class ClassFolders:
    """A data folder with one folder per class. See `layout.Layout`.

    Attributes:
        data: The data folder.
        labels: The classes that the folders stand for.
        problems: What is wrong with the folders.
    """

    data: Path
    labels: Labels
    problems: tuple[Problem, ...]
    name: LayoutName = "plain"
    has_training: bool = True
    has_validation: bool = False
    has_test: bool = False

    @classmethod
    def recognise(cls, data: Path) -> "ClassFolders":
        """Return the layout of any data folder."""
        listing = list_folder(data, ".")
        problems = [*([listing.problem] if listing.problem else []), *beside_classes(".", listing)]
        labels = label_names(listing.folders, spec=numbers_of(data, ".", listing.folders))
        return cls(data, labels, (*problems, *labels.problems))

    @property
    def spec(self) -> DatasetSpec:
        """Its classes."""
        return self.labels.spec

    @property
    def source(self) -> str:
        """What the images are recorded under."""
        return self.labels.source

    @property
    def tracks_from_names(self) -> bool:
        """Whether the names may mean something else than tracks: those of a known data set do not."""
        return self.source == registry.OWN_SOURCE

    @property
    def title(self) -> str:
        """What it is called in sentences."""
        known = "" if self.tracks_from_names else f" of {self.source}"
        return f"one folder per class{known}"

    def training(self) -> Iterator[Row | Problem]:
        """Yield the images, class by class, with boxes where annotated, and tracks where the names have them."""
        yield from self.problems
        yield from read_class_folders(self.data, ((name, name) for name in self.labels.ids), self.labels)

    def validation(self) -> Iterator[Row | Problem]:
        """Yield nothing."""
        yield from ()

    def test(self) -> Iterator[Row | Problem]:
        """Yield nothing."""
        yield from ()


def beside_classes(folder: str, listing: Listing) -> list[Problem]:
    """Return what lies beside class folders and is not read.

    Args:
        folder: The folder of the class folders, relative to the data folder.
        listing: What it holds.
    """
    found = []
    if listing.images:
        first = listing.images[0] if folder == "." else f"{folder}/{listing.images[0]}"
        message = f"{counted(len(listing.images), 'image')} beside the class folders"
        found.append(Problem("ignored-files", first, message))
    for suffix, count in sorted(listing.others.items()):
        advice = " (if it is a table of images and classes, give the file itself)" if suffix in TABLE_SUFFIXES else ""
        found.append(Problem("ignored-files", folder, f"{counted(count, f'{suffix} file')}{advice}"))
    return found


def read_class_folders(data: Path, folders: Iterable[tuple[str, str]], labels: Labels) -> Iterator[Row | Problem]:
    """Yield the images of class folders.

    Args:
        data: The data folder.
        folders: Each folder relative to it, and the name in it that the labels know.
        labels: The classes that the names stand for.
    """
    boxed, unboxed = 0, []
    for folder, name in folders:
        rows = 0
        # Where the folders have names, the labels in annotations are numbers of another data set.
        for item in read_class_folder(data, folder, labels.ids[name], checks_class=labels.numbered):
            rows += isinstance(item, Row)
            yield item
        if annotation_file(data, folder):
            boxed += 1
        elif rows:
            unboxed.append(folder)
    if boxed:
        yield from (Problem("no-boxes", folder) for folder in unboxed)


def numbers_of(data: Path, root: str, names: Iterable[str]) -> DatasetSpec | None:
    """Return the known data set whose numbers class folders have, as the files in them tell; None if it is none.

    Its folders have `GT-00014.csv` in them, or files that repeat the class in their names, as Kaggle's do.

    Args:
        data: The data folder.
        root: The folder of the class folders, relative to it.
        names: Of the class folders.
    """
    names = list(names)
    if not names or not all(name.isdecimal() for name in names):
        return None
    fitting = (spec for spec in registry.DATASETS if spec.folders and max(map(int, names)) < len(spec.classes))
    return next((spec for spec in fitting if all(_is_published(data, f"{root}/{name}", name) for name in names)), None)


def _is_published(data: Path, folder: str, name: str) -> bool:
    if is_file(data / folder / f"GT-{int(name):05d}.csv"):
        return True
    images = list_folder(data, folder).images
    return bool(images) and all(names_its_class(image, name) for image in images)
