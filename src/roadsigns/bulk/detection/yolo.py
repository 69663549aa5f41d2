"""Signs as labels in YOLO's text files: one for each picture. `datasets/scenes/yolo.py` reads them."""

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from roadsigns.bulk.detection.label_classes import label_class_names, label_of
from roadsigns.bulk.new_folder import place_of
from roadsigns.bulk.output import Tally, write_results
from roadsigns.bulk.stream import Result
from roadsigns.detection.detected import DetectedImage, DetectedSign
from roadsigns.errors import ImageError
from roadsigns.files import output_errors, replace_when_done
from roadsigns.types import SignClass
from roadsigns.wording import counted

__all__ = ["YoloLabels", "YoloWriter", "write_yolo"]

CLASSES = "classes.txt"


class YoloLabels(NamedTuple):
    """What a folder of labels holds.

    Attributes:
        images: How many pictures have a file.
        signs: How many signs are in these files.
        problems: Why some pictures have none though they could be read.
    """

    images: int
    signs: int
    problems: list[ImageError]


def write_yolo(results: Iterable[Result[DetectedImage]], folder: Path, classes: Sequence[SignClass]) -> YoloLabels:
    """Write a folder of labels; on Ctrl-C what was written stays.

    Args:
        results: Any number.
        folder: New or empty.
        classes: Of the model that names the signs.

    Raises:
        OutputError: If the folder cannot be written.
    """
    tally, writer = Tally(), YoloWriter(folder, classes)
    try:
        write_results(results, writer, tally)
    except KeyboardInterrupt:
        warnings.warn(f"The labels so far (of {counted(tally.count, 'picture')}) are in {folder}.", stacklevel=2)
        raise
    return YoloLabels(writer.images, writer.signs, writer.problems)


class YoloWriter:
    """A folder of text files with a line for each sign, and `classes.txt`. A picture without signs has an empty file.

    Attributes:
        images: How many pictures have a file.
        signs: How many signs are in these files.
        problems: Pictures whose file would be that of another one.
    """

    def __init__(self, folder: Path, classes: Sequence[SignClass]) -> None:
        """Make the folder.

        Raises:
            OutputError: If it cannot be written.
        """
        self.images = self.signs = 0
        self.problems: list[ImageError] = []
        self._folder = folder
        self._classes = classes
        # What was written, and for which picture.
        self._written: dict[Path, str] = {folder / CLASSES: "the names of the classes"}
        self._write(folder / CLASSES, label_class_names(classes))

    def write(self, result: Result[DetectedImage]) -> None:
        """Write the file of a picture.

        Raises:
            OutputError: If that fails.
        """
        if isinstance(result.outcome, ImageError):
            return
        path = self._folder / place_of(result.entry).with_suffix(".txt")
        other = self._written.get(path)
        if other == result.name:
            return
        if other is not None:
            self.problems.append(_taken(path, result.name, other))
            return
        self._written[path] = result.name
        width, height = result.outcome.width, result.outcome.height
        self._write(path, [self._line(sign, width, height) for sign in result.outcome.signs])
        self.images += 1
        self.signs += len(result.outcome.signs)

    def close(self) -> None:
        """Do nothing: all files are whole."""

    def _line(self, sign: DetectedSign, width: int, height: int) -> str:
        x1, y1, x2, y2 = sign.box
        centre = (x1 + x2) / 2 / width, (y1 + y2) / 2 / height
        numbers = (*centre, (x2 - x1) / width, (y2 - y1) / height)
        return " ".join([str(label_of(sign.prediction, self._classes)), *(f"{number:.6f}" for number in numbers)])

    def _write(self, path: Path, lines: Sequence[str]) -> None:
        with output_errors(path, "Free some space, or name another place with --out."):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replace_when_done(path) as temporary:
                temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _taken(path: Path, name: str, other: str) -> ImageError:
    return ImageError(
        f"Its labels would be in {path}, which was written for {other}.",
        hint="Give the two apart, into two folders, or rename one.",
        subject=name,
    )
