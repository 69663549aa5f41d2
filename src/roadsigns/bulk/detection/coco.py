"""Signs as labels in COCO's JSON: images, annotations and categories. `datasets/scenes/coco.py` reads it."""

import json
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from roadsigns.bulk.detection.label_classes import label_class_names, label_of
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import Result
from roadsigns.detection.detected import DetectedImage, DetectedSign
from roadsigns.errors import ImageError
from roadsigns.printable import as_text
from roadsigns.types import SignClass
from roadsigns.wording import are, counted

__all__ = ["CocoWriter"]


class CocoWriter:
    """One JSON object, written at the end. A picture that could not be read is not in it, one without signs is.

    The ids of categories are the class ids of the model, with one more for unknown signs. Beside COCO's own fields an
    annotation has `score`, `decision` and `probability`.
    """

    def __init__(self, file: IO[str], classes: Sequence[SignClass], *, folder: Path) -> None:
        """Begin a file.

        Args:
            file: Open for writing.
            classes: Of the model that names the signs.
            folder: Where the file will be; the names of images start from there.
        """
        self._file = file
        self._classes = classes
        self._folder = folder
        self._ids: dict[str, int] = {}
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []
        self._repeated = 0

    def write(self, result: Result[DetectedImage]) -> None:
        """Hold a picture and its signs; one that was there already is passed over."""
        if isinstance(result.outcome, ImageError):
            return
        name = self._file_name(result.entry)
        if name in self._ids:
            self._repeated += 1
            return
        number = self._ids.setdefault(name, len(self._ids) + 1)
        size = {"width": result.outcome.width, "height": result.outcome.height}
        self._images.append({"id": number, "file_name": name, **size})
        self._annotations += [
            {"id": len(self._annotations) + place, "image_id": number, **self._fields(sign)}
            for place, sign in enumerate(result.outcome.signs, 1)
        ]

    def close(self) -> None:
        """Write it all."""
        if self._repeated:
            came = f"{counted(self._repeated, 'picture')} came again and {are(self._repeated)} not in the file twice."
            warnings.warn(came, stacklevel=2)
        categories = [
            {"id": number, "name": name, "supercategory": "traffic sign"}
            for number, name in enumerate(label_class_names(self._classes))
        ]
        content = {"images": self._images, "annotations": self._annotations, "categories": categories}
        json.dump(content, self._file)
        self._file.write("\n")
        self._file.flush()

    def _file_name(self, entry: Entry) -> str:
        """Return the path from the file's folder, with slashes on every system."""
        path = Path(entry.name).absolute()
        try:
            relative = os.path.relpath(path, self._folder.absolute())
        except ValueError:
            # On another drive.
            return as_text(path.as_posix())
        return as_text(Path(relative).as_posix())

    def _fields(self, sign: DetectedSign) -> dict[str, Any]:
        x1, y1, x2, y2 = sign.as_dict()["box"]
        width, height = round(x2 - x1, 1), round(y2 - y1, 1)
        return {
            "category_id": label_of(sign.prediction, self._classes),
            "bbox": [x1, y1, width, height],
            "area": round(width * height, 2),
            "iscrowd": 0,
            "score": sign.score,
            "decision": sign.prediction.decision,
            "probability": sign.prediction.probability,
        }
