"""The layout of custom data sets: one folder per class.

DATA/stop/photo.jpg ...                          names are the classes
DATA/00014/00003_00027.ppm ... GT-00014.csv      numbers are the labels; annotations in GTSRB's format give boxes
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from roadsigns.datasets.layouts.class_folder import annotation_file, read_class_folder
from roadsigns.datasets.layouts.layout import LayoutName, Row
from roadsigns.datasets.layouts.listing import list_folder
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.printable import as_text, is_text
from roadsigns.types import SignClass
from roadsigns.wording import counted

__all__ = ["MAX_CLASSES", "ClassFolders"]

# A folder named 20261122 is a date, not the 20-millionth class.
MAX_CLASSES = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class ClassFolders:
    """A data folder with one folder per class. See `layout.Layout`.

    Attributes:
        data: The data folder.
        spec: Its classes, named as the folders.
        labels: (folder, class id), in natural order. Names that are all whole numbers are the labels themselves, so
            that a missing class shifts none; other names are numbered in their order.
        numbered: Whether they are.
        problems: What is wrong with the folders.
    """

    data: Path
    spec: DatasetSpec
    labels: tuple[tuple[str, int], ...]
    numbered: bool
    problems: tuple[Problem, ...]

    @classmethod
    def recognise(cls, data: Path) -> "ClassFolders":
        """Return the layout of any data folder."""
        listing = list_folder(data, ".")
        problems = [listing.problem] if listing.problem else []
        if listing.images:
            message = f"{counted(len(listing.images), 'image')} beside the class folders"
            problems.append(Problem("ignored-files", listing.images[0], message))
        names = listing.folders
        # The name would go into the model file, its exports and every table.
        problems += [Problem("class-name", name, as_text(name)) for name in names if not is_text(name)]
        numbered = bool(names) and all(name.isdecimal() for name in names)
        if numbered and int(names[-1]) >= MAX_CLASSES:
            problems.append(Problem("class-number", names[-1], f"expected numbers below {MAX_CLASSES}"))
            numbered = False
        labels = tuple((name, int(name) if numbered else index) for index, name in enumerate(names))
        found: dict[int, str] = {}
        for name, class_id in labels:
            if class_id in found:
                problems.append(Problem("same-class", name, f"both are class {class_id}", other=found[class_id]))
            found.setdefault(class_id, name)
        count = max(found, default=-1) + 1
        classes = tuple(SignClass(class_id, found.get(class_id, str(class_id))) for class_id in range(count))
        return cls(data, DatasetSpec(name=OWN_SOURCE, classes=classes), labels, numbered, tuple(problems))

    @property
    def name(self) -> LayoutName:
        """What it is called."""
        return "plain"

    @property
    def has_training(self) -> bool:
        """Whether there are training images: these folders hold nothing else."""
        return True

    @property
    def has_test(self) -> bool:
        """Whether there are test images: these folders hold none."""
        return False

    def training(self) -> Iterator[Row | Problem]:
        """Yield the images, class by class, with boxes where annotated, and tracks where the names have them."""
        yield from self.problems
        boxed, unboxed = 0, []
        for folder, class_id in self.labels:
            rows = 0
            # Where the folders have names, the labels in annotations are numbers of another data set.
            for item in read_class_folder(self.data, folder, class_id, checks_class=self.numbered):
                rows += isinstance(item, Row)
                yield item
            if annotation_file(self.data, folder):
                boxed += 1
            elif rows:
                unboxed.append(folder)
        if boxed:
            yield from (Problem("no-boxes", folder) for folder in unboxed)

    def test(self) -> Iterator[Row | Problem]:
        """Yield nothing."""
        yield from ()
