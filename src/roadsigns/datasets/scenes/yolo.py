"""Street scenes with YOLO's text files: one file for each image, with a line for each box.

images/1.jpg       labels/1.txt         or both below train, valid or test, or the .txt files beside the images
                   class cx cy w h      the box's centre and size as fractions of the image

An image without a .txt file, or with an empty one, has no signs.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from roadsigns.datasets.layouts.split_folders import split_called
from roadsigns.datasets.scenes.class_names import NAME_FILES, read_class_names
from roadsigns.datasets.scenes.labels import Label, numbered_classes, signs_of, sizes_of, unlike_named
from roadsigns.datasets.scenes.scene import Scene, SceneProblem, SceneSet
from roadsigns.datasets.scenes.text import read_lines
from roadsigns.errors import DataError
from roadsigns.image_files import find_images, is_hidden
from roadsigns.preprocessing.decode import FORMATS
from roadsigns.types import Box
from roadsigns.wording import counted

__all__ = ["YoloFolders", "read_yolo"]

FIELDS = 5
EXPECTED = "class cx cy w h: a whole number from 0, and fractions of the image's width and height"
# Lists of images, and words about the data, beside or instead of labels.
NO_LABELS = frozenset({*NAME_FILES, "train.txt", "val.txt", "valid.txt", "test.txt"})
# Folders of images beside whose folder the names of classes lie: Darknet's and CVAT's.
INNER_FOLDERS = frozenset({"obj", "obj_train_data", "data"})


class YoloFolders(NamedTuple):
    """Where one set lies.

    Attributes:
        images: The folder of images.
        labels: The folder of label files, the same or one with the same folders in it.
        base: The folder that holds both.
    """

    images: Path
    labels: Path
    base: Path

    def name_folders(self) -> Iterator[Path]:
        """Yield the folders in which the names of classes may lie."""
        yield from (self.labels, self.labels.parent, self.images, self.base)
        if split_called(self.base.name) or self.base.name in INNER_FOLDERS:
            yield self.base.parent


def read_yolo(folders: YoloFolders) -> SceneSet:
    """Read scenes and their label files; of the images only the headers are read.

    The classes have the names of `data.yaml`, `classes.txt` or `obj.names`, or else their numbers as names.

    Raises:
        DataError: If there are no images, or no labels of any of them; a line is no box, or its class has no name; or
            two images differ in their suffix only.
    """
    images = _images_of(folders)
    names, names_file = read_class_names(folders.name_folders())
    problems: list[SceneProblem] = []
    files = {path: folders.labels / f"{stem}.txt" for stem, path in images.items()}
    files = {path: file for path, file in files.items() if file.is_file()}
    if not files:
        raise DataError(
            f"None of the {counted(len(images), 'image')} has a label file in {folders.labels}.",
            expected="a .txt file of the same name for each image with signs",
            subject=str(folders.images),
        )
    sizes = sizes_of(list(images.values()), problems)
    read = {path: _read_labels(files[path], size) if path in files else [] for path, size in sizes.items()}
    labels = [label for of_image in read.values() for label in of_image]
    if names_file is not None:
        _require_names(labels, names, names_file)
    classes = names or numbered_classes(labels)
    scenes = tuple(Scene(path, signs_of(read[path], size, classes, problems)) for path, size in sizes.items())
    problems += [SceneProblem("no-image", str(file)) for file in _without_image(folders, images)]
    return SceneSet(classes, scenes, "yolo", folders.images, tuple(problems))


def _images_of(folders: YoloFolders) -> dict[str, Path]:
    """Return {path in the folder without its suffix: image}."""
    # Label files beside images that lie in further folders would be those of another set.
    flat = folders.images == folders.labels
    paths = [path for path in find_images(folders.images) if not flat or path.parent == folders.images]
    if not paths:
        raise DataError("There are no images here.", expected=f"images ({FORMATS})", subject=str(folders.images))
    return {Path(stem).relative_to(folders.images).as_posix(): path for stem, path in unlike_named(paths).items()}


def _read_labels(file: Path, size: tuple[int, int]) -> list[Label]:
    labels = []
    for number, line in enumerate(read_lines(file), start=1):
        if line.strip():
            place = f"{file}, line {number}"
            class_id, box = _parse(line.split(), size, place)
            labels.append(Label(place, box, class_id))
    return labels


def _parse(fields: list[str], size: tuple[int, int], place: str) -> tuple[int, Box]:
    if len(fields) != FIELDS:
        hint = "Outlines and scores are not read: write boxes alone." if len(fields) > FIELDS else "Correct the line."
        raise _no_box(fields, place, hint)
    try:
        class_id, numbers = int(fields[0]), [float(field) for field in fields[1:]]
    except ValueError as error:
        raise _no_box(fields, place, "Correct the line.") from error
    x, y, w, h = numbers
    # A centre outside is no matter of rounding.
    if class_id < 0 or not all(map(math.isfinite, numbers)) or not (0 <= x <= 1 and 0 <= y <= 1) or w < 0 or h < 0:
        raise _no_box(fields, place, "Divide pixels by the width and height of the image." if max(x, y) > 1 else "")
    width, height = size
    edges = ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
    return class_id, Box(*map(round, edges))


def _no_box(fields: list[str], place: str, hint: str) -> DataError:
    return DataError(f"The line is '{' '.join(fields)[:80]}'.", expected=EXPECTED, hint=hint, subject=place)


def _require_names(labels: list[Label], names: tuple[str, ...], file: Path) -> None:
    for label in labels:
        if label.class_id is not None and label.class_id >= len(names):
            raise DataError(
                f"The class is {label.class_id}, and {file.name} names {counted(len(names), 'class')}.",
                expected=f"classes from 0 to {len(names) - 1}",
                hint=f"Correct the line, or {file}.",
                subject=label.place,
            )


def _without_image(folders: YoloFolders, images: dict[str, Path]) -> Iterator[Path]:
    """Yield the label files that belong to no image."""

    flat = folders.images == folders.labels
    for file in find_images(folders.labels, wanted=_is_label_file):
        stem = file.relative_to(folders.labels).with_suffix("").as_posix()
        if stem not in images and not (flat and "/" in stem):
            yield file


def _is_label_file(name: str) -> bool:
    lower = name.lower()
    return Path(lower).suffix == ".txt" and not (is_hidden(name) or lower in NO_LABELS or lower.startswith("readme"))
