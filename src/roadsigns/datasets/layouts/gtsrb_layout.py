"""The layout of GTSRB's published archives, and of data sets that come in the same format.

    DATA/Final_Training/Images/00014/00003_00027.ppm ... GT-00014.csv
    DATA/Final_Test/Images/00000.ppm ...
    DATA/GT-final_test.csv

The names of the folders are those of the data set, `DatasetSpec.folders`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from roadsigns.archives.paths import is_file, is_folder
from roadsigns.datasets import registry
from roadsigns.datasets.layouts.annotations import read_annotations
from roadsigns.datasets.layouts.class_folder import annotation_file, in_folder, join_annotations, read_class_folder
from roadsigns.datasets.layouts.layout import LayoutName, Row
from roadsigns.datasets.layouts.listing import list_folder
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.spec import DatasetFolders, DatasetSpec
from roadsigns.wording import counted

__all__ = ["GtsrbLayout"]


@dataclass(frozen=True, slots=True, eq=False)
class GtsrbLayout:
    """A data folder as the published archives make it. See `layout.Layout`."""

    data: Path
    spec: DatasetSpec
    folders: DatasetFolders
    has_training: bool
    has_test: bool
    name: LayoutName = "official"
    title: str = ""
    # Its names are known to hold tracks.
    tracks_from_names: bool = False
    has_validation: bool = False

    @property
    def source(self) -> str:
        """What the images are recorded under."""
        return self.spec.name

    @classmethod
    def recognise(cls, data: Path) -> "GtsrbLayout | None":
        """Return the layout of a data folder that holds the training or test images of a data set; None otherwise."""
        for spec in registry.DATASETS:
            if spec.folders:
                title = f"the official layout of {spec.name}"
                found = cls.in_folders(data, spec, spec.folders, name="official", title=title)
                if found:
                    return found
        return None

    @classmethod
    def in_folders(
        cls, data: Path, spec: DatasetSpec, folders: DatasetFolders, *, name: LayoutName, title: str
    ) -> "GtsrbLayout | None":
        """Return the layout of a data folder that holds these folders; None if it holds neither."""
        has_training, has_test = is_folder(data / folders.training), is_folder(data / folders.test)
        if not has_training and not has_test:
            return None
        return cls(data, spec, folders, has_training, has_test, name, title)

    def training(self) -> Iterator[Row | Problem]:
        """Yield the training images, class by class, with boxes and tracks."""
        root = self.folders.training.as_posix()
        listing = list_folder(self.data, root)
        if listing.problem:
            yield listing.problem
        last = len(self.spec.classes) - 1
        found: dict[int, str] = {}
        for name in listing.folders:
            folder = f"{root}/{name}"
            if not name.isdecimal() or int(name) > last:
                yield Problem("not-a-class", folder, f"expected {0:05d} to {last:05d}")
                continue
            class_id = int(name)
            if class_id in found:
                yield Problem("same-class", folder, f"both are class {class_id}", other=found[class_id])
            found.setdefault(class_id, folder)
            yield from self._class(folder, class_id)

    def _class(self, folder: str, class_id: int) -> Iterator[Row | Problem]:
        if not annotation_file(self.data, folder):
            images = len(list_folder(self.data, folder).images)
            if images:
                yield Problem("no-annotations", folder, f"{counted(images, 'image')} and no GT-{Path(folder).name}.csv")
        yield from read_class_folder(self.data, folder, class_id, spec=self.spec)

    def validation(self) -> Iterator[Row | Problem]:
        """Yield nothing: the archives have no validation images."""
        yield from ()

    def test(self) -> Iterator[Row | Problem]:
        """Yield the test images, with boxes and without tracks. Their annotations stand at one of three places."""
        folder = self.folders.test.as_posix()
        listing = list_folder(self.data, folder)
        if listing.problem:
            yield listing.problem
        name = self.folders.test_table
        places = [(place / name).as_posix() for place in (Path(), self.folders.test.parent, self.folders.test)]
        table = next((place for place in places if is_file(self.data / place)), None)
        if not table:
            yield Problem(
                "no-annotations",
                folder,
                f"{counted(len(listing.images), 'image')} and no {name}",
                hint=f"Put {name}, the one with labels, at one of: {', '.join(places)}.",
            )
            yield from (Row(folder, image, None) for image in listing.images)
            return
        found = read_annotations(self.data, table, spec=self.spec, labelled=True)
        paths = [f"{folder}/{image}" for image in listing.images]
        annotations = yield from join_annotations(paths, in_folder(folder, found), table)
        for image, path in zip(listing.images, paths, strict=True):
            annotation = annotations.get(path)
            yield Row(folder, image, annotation and annotation.class_id, None, annotation)
