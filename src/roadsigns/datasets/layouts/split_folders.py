"""The layout of split data sets: folders of class folders, as ultralytics, Keras and torchvision's ImageFolder have it.

DATA/train/stop/1.jpg ...
DATA/val/stop/2.jpg ...       or valid, validation, dev; the person's own validation images
DATA/test/stop/3.jpg ...
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from roadsigns.datasets import registry
from roadsigns.datasets.layouts.class_folders import beside_classes, numbers_of, read_class_folders
from roadsigns.datasets.layouts.labels import Labels, label_names
from roadsigns.datasets.layouts.layout import LayoutName, Row
from roadsigns.datasets.layouts.listing import list_folder
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.wording import counted

__all__ = ["SPLIT_NAMES", "SplitFolders", "split_called"]

SPLIT_NAMES = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}


def split_called(name: str) -> str:
    """Return which split a folder or a value stands for: "train", "validation" or "test"; empty for another."""
    return next((split for split, names in SPLIT_NAMES.items() if name.strip().lower() in names), "")


@dataclass(frozen=True, slots=True, eq=False)
class SplitFolders:
    """A data folder with a folder for each split, each with one folder per class. See `layout.Layout`.

    Attributes:
        data: The data folder.
        folders: {split: [(class folder relative to the data folder, its name)]}.
        labels: The classes that the class folders of all splits stand for.
        problems: What is wrong with the folders.
    """

    data: Path
    folders: dict[str, list[tuple[str, str]]]
    labels: Labels
    problems: tuple[Problem, ...]
    name: LayoutName = "splits"

    @classmethod
    def recognise(cls, data: Path) -> "SplitFolders | None":
        """Return the layout of a data folder with at least two splits of class folders; None for any other."""
        listing = list_folder(data, ".")
        splits = {name: split for name in listing.folders if (split := split_called(name))}
        if len(set(splits.values())) < 2:  # noqa: PLR2004 - a class may be called "test"
            return None
        folders: dict[str, list[tuple[str, str]]] = {}
        problems = beside_classes(".", listing)
        published = []
        for name, split in splits.items():
            inside = list_folder(data, name)
            if not inside.folders:
                if split == "train":
                    return None
                images = counted(len(inside.images), "image") if inside.images else "no images"
                message = f"{images} and no class folders"
                problems.append(Problem("ignored-files", name, message))
                continue
            published.append(numbers_of(data, name, inside.folders))
            folders.setdefault(split, []).extend((f"{name}/{label}", label) for label in inside.folders)
            problems += beside_classes(name, inside)
        problems += [
            Problem("ignored-files", name, "neither train, val nor test")
            for name in listing.folders
            if name not in splits
        ]
        if "train" not in folders and len(folders) < 2:  # noqa: PLR2004 - the others are flat, so these are classes
            return None
        spec = published[0] if all(one is published[0] for one in published) else None
        labels = label_names({label for split in folders.values() for _, label in split}, spec=spec)
        return cls(data, folders, labels, (*problems, *labels.problems))

    @property
    def title(self) -> str:
        """What it is called in sentences."""
        return f"folders {', '.join(sorted(self.folders, key=list(SPLIT_NAMES).index))} of class folders"

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
        """Whether the names may mean something else than tracks."""
        return self.source == registry.OWN_SOURCE

    @property
    def has_training(self) -> bool:
        """Whether there is a folder of training images."""
        return "train" in self.folders

    @property
    def has_validation(self) -> bool:
        """Whether there is a folder of validation images."""
        return "validation" in self.folders

    @property
    def has_test(self) -> bool:
        """Whether there is a folder of test images."""
        return "test" in self.folders

    def training(self) -> Iterator[Row | Problem]:
        """Yield the training images, class by class."""
        yield from self.problems
        yield from self._read("train")

    def validation(self) -> Iterator[Row | Problem]:
        """Yield the validation images, class by class."""
        yield from self._read("validation")

    def test(self) -> Iterator[Row | Problem]:
        """Yield the test images, class by class."""
        yield from self._read("test")

    def _read(self, split: str) -> Iterator[Row | Problem]:
        yield from read_class_folders(self.data, self.folders.get(split, []), self.labels)
