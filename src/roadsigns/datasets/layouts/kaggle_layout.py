"""The layout of GTSRB on Kaggle ("GTSRB - German Traffic Sign Recognition Benchmark", meowmeowmeowmeowmeow).

DATA/Train/14/00014_00003_00027.png ...    CLASS_TRACK_FRAME
DATA/Test/00000.png ...
DATA/Train.csv, Test.csv                   boxes and classes, with paths below DATA
DATA/Meta, Meta.csv                        pictures of the classes; passed over
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from roadsigns.archives.paths import open_text, scan
from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.annotations import Annotation, read_annotations
from roadsigns.datasets.layouts.class_folder import join_annotations
from roadsigns.datasets.layouts.class_folders import numbers_of
from roadsigns.datasets.layouts.layout import LayoutName, Row
from roadsigns.datasets.layouts.listing import list_folder, unread_files
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.datasets.tracks import track_of
from roadsigns.wording import counted

__all__ = ["KaggleLayout"]

# Folders of pictures of the classes, which are known.
META = "meta"
# Class folders, and one below them.
DEPTH = 2
# Other people's tables beside a folder lack them.
COLUMNS = ("ClassId", "Path", "Roi.X1")

Found = Iterable[tuple[str, Annotation | Problem]]


@dataclass(frozen=True, slots=True, eq=False)
class KaggleLayout:
    """A data folder as Kaggle's archive makes it. See `layout.Layout`.

    Attributes:
        data: The data folder.
        train: Name of the folder of training images; empty where there is none.
        held_out: Name of the folder of test images; empty where there is none.
        unread: Name of a folder of test images without their table, which cannot be read.
    """

    data: Path
    train: str
    held_out: str
    unread: str = ""
    name: LayoutName = "kaggle"
    title: str = "Kaggle's layout of GTSRB"
    spec: DatasetSpec = GTSRB
    tracks_from_names: bool = False
    has_validation: bool = False

    @classmethod
    def recognise(cls, data: Path) -> "KaggleLayout | None":
        """Return the layout of Kaggle's folder; None for any other."""
        # Windows and some tools change the case.
        # Kaggle's archive holds the folders twice, as Train and as train; the table names the first.
        names = {name.lower(): name for name in reversed(list_folder(data, ".").folders)}
        train, test = names.get("train", ""), names.get("test", "")
        if test and list_folder(data, test).folders:
            # Class folders: split by somebody else.
            return None
        if train and not _is_train(data, train):
            return None
        unread = ""
        if test and not (_table_of(data, test) and list_folder(data, test).images):
            unread, test = test, ""
        return cls(data, train, test, unread) if train or test else None

    @property
    def source(self) -> str:
        """What the images are recorded under."""
        return self.spec.name

    @property
    def has_training(self) -> bool:
        """Whether there are training images."""
        return bool(self.train)

    @property
    def has_test(self) -> bool:
        """Whether there are test images."""
        return bool(self.held_out)

    def training(self) -> Iterator[Row | Problem]:
        """Yield the training images, class by class, with boxes where `Train.csv` is there, and tracks."""
        listing = list_folder(self.data, self.train)
        if listing.problem:
            yield listing.problem
        yield from self._beside()
        unread = len(list_folder(self.data, self.unread).images) if self.unread else 0
        if unread:
            yield Problem("ignored-files", self.unread, f"{counted(unread, 'image')} without {self.unread}.csv")
        images: dict[str, list[str]] = {}
        for name in listing.folders:
            folder = f"{self.train}/{name}"
            if not name.isdecimal() or int(name) >= len(self.spec.classes):
                yield Problem("not-a-class", folder, f"expected 0 to {len(self.spec.classes) - 1}")
                continue
            inside = list_folder(self.data, folder)
            yield from unread_files(self.data, folder, inside, annotated=False)
            if inside.problem:
                yield inside.problem
            images[name] = inside.images
        paths = [f"{self.train}/{name}/{image}" for name, names in images.items() for image in names]
        annotations = yield from self._join(paths, self.train)
        for name, names in images.items():
            for image in names:
                folder = f"{self.train}/{name}"
                stated = annotations.get(f"{folder}/{image}")
                if stated and stated.class_id != int(name):
                    yield Problem("wrong-class", f"{folder}/{image}", f"annotated as class {stated.class_id}")
                yield Row(folder, image, int(name), track_of(image, name), stated)

    def validation(self) -> Iterator[Row | Problem]:
        """Yield nothing: there are no validation images."""
        yield from ()

    def test(self) -> Iterator[Row | Problem]:
        """Yield the test images, with boxes and without tracks."""
        listing = list_folder(self.data, self.held_out)
        if listing.problem:
            yield listing.problem
        if not self.train:
            yield from self._beside()
        paths = [f"{self.held_out}/{image}" for image in listing.images]
        annotations = yield from self._join(paths, self.held_out)
        for image, path in zip(listing.images, paths, strict=True):
            stated = annotations.get(path)
            yield Row(self.held_out, image, stated and stated.class_id, None, stated)

    def _beside(self) -> Iterator[Problem]:
        """Yield the folders with images that are not read."""
        read = {name.lower(): name for name in (self.train, self.held_out, self.unread) if name}
        for name in list_folder(self.data, ".").folders:
            if name in read.values() or name.lower() == META:
                continue
            images = set(_images_below(self.data, name))
            # The copy of Kaggle's archive in lower case says nothing new.
            if images and not (name.lower() in read and images <= set(_images_below(self.data, read[name.lower()]))):
                yield Problem("ignored-files", name, f"{counted(len(images), 'image')} beside Kaggle's folders")

    def _join(self, paths: list[str], folder: str) -> Generator[Problem, None, dict[str, Annotation]]:
        """Read the table of a folder, `Train.csv` or `Test.csv`; returns {path: annotation}."""
        table = _table_of(self.data, folder)
        if not table:
            yield Problem("no-table", folder, f"{counted(len(paths), 'image')} and no {folder}.csv")
            return {}
        found = read_annotations(self.data, table, spec=self.spec, labelled=True)
        return (yield from join_annotations(paths, _as_there(found, paths), table))


def _images_below(data: Path, folder: str) -> Iterator[str]:
    """Yield the images in a folder and in its folders, relative to it."""
    folders = [""]
    for _ in range(DEPTH + 1):
        listings = [(below, list_folder(data, f"{folder}/{below}")) for below in folders]
        yield from (f"{below}{image}" for below, listing in listings for image in listing.images)
        folders = [f"{below}{name}/" for below, listing in listings for name in listing.folders]


def _is_train(data: Path, train: str) -> bool:
    folders = list_folder(data, train).folders
    numbered = bool(folders) and all(name.isdecimal() for name in folders)
    return numbered and bool(_table_of(data, train) or numbers_of(data, train, folders))


def _table_of(data: Path, folder: str) -> str:
    """Return the name of a folder's table; empty where there is none in Kaggle's format."""
    wanted = f"{folder}.csv".lower()
    for entry in scan(data):
        if entry.name.lower() == wanted:
            try:
                with open_text(data / entry.name) as file:
                    header = file.readline()
            except (OSError, UnicodeDecodeError):
                continue
            if all(column in header for column in COLUMNS):
                return entry.name
    return ""


def _as_there(found: Found, paths: list[str]) -> Found:
    """Spell the table's paths as the files are spelled, whose case some tools change."""
    there = {path.lower(): path for path in paths}
    return ((there.get(path.lower(), path), item) for path, item in found)
