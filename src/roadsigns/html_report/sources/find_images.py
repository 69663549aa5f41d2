"""The image files of predictions that are known by name: found in a data folder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from roadsigns.datasets.class_match import require_same_classes
from roadsigns.datasets.layouts.recognise import open_data
from roadsigns.datasets.reader import read_test, read_training
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.errors import DataError
from roadsigns.html_report.sign_images import SampleImages
from roadsigns.types import DataSet, LabelledImage, Sample, labelled_image
from roadsigns.wording import counted, some

__all__ = ["FoundImages", "ReadData", "find_images", "read_all", "samples_by_name"]

# All labelled images, and the files of the test images among them.
ReadData: TypeAlias = tuple[DataSet, frozenset[Path]]


@dataclass(frozen=True, slots=True)
class FoundImages:
    """The images of some predictions.

    Attributes:
        samples: One for each prediction; None where some are not there.
        images: Access to those that are there.
        source: Where the data come from, such as "GTSRB" or "drawn signs, seed 3".
        official_test: Whether they are the official test images of the data set that the classes are from, all of them.
        warnings: What is not there, for the page.
    """

    samples: tuple[Sample, ...] | None
    images: SampleImages
    source: str
    official_test: bool
    warnings: tuple[str, ...]


def find_images(
    rows: Sequence[LabelledImage], data: Path, spec: DatasetSpec, *, read: ReadData | None = None
) -> FoundImages:
    """Find the images of predictions, and check that the data say the same of them.

    Args:
        rows: The predicted images.
        data: The data folder.
        spec: The classes of the predictions.
        read: From `read_all`, where that was done already; None reads the data.

    Raises:
        DataError: If the classes are others, no image is there, or an image has another label.
    """
    images, test = read or read_all(data)
    require_same_classes(
        [sign.name for sign in spec.classes],
        [sign.name for sign in images.classes],
        us="the predictions",
        them=str(data),
        hint="Give the data folder that was predicted, or name the classes with --classes.",
    )
    by_name = samples_by_name(images.samples, data)
    samples = [by_name.get(row.image) for row in rows]
    here = [(row, sample) for row, sample in zip(rows, samples, strict=True) if sample is not None]
    if not here:
        raise DataError(
            f"None of the {counted(len(rows), 'predicted image')} is there, such as '{rows[0].image}'.",
            expected="the data folder that was predicted",
            hint="Name the images by their path in it, or by folder and file. Leave --data out for a report without "
            "pictures.",
            subject=str(data),
        )
    _require_labels(here, spec, data)
    missing = [row.image for row, sample in zip(rows, samples, strict=True) if sample is None]
    warning = f"{counted(len(missing), 'image')} of the predictions cannot be shown, since the data lack them: "
    return FoundImages(
        None if missing else tuple(sample for _, sample in here),
        SampleImages(samples),
        images.source,
        spec.is_official_test(images.source, len({sample.path for _, sample in here}) if not missing else 0)
        and all(sample.path in test for _, sample in here),
        (f"{warning}{some(missing, most=3)}.",) if missing else (),
    )


def read_all(data: Path) -> ReadData:
    """Read the labelled images of a data folder, and its test images where there are any.

    Returns:
        All of them, and the files of the test images.

    Raises:
        DataError: If there are neither, or something is wrong with them.
    """
    layout = open_data(data)
    parts = [read_training(data)] if layout.has_training or not layout.has_test else []
    test = read_test(data) if layout.has_test else None
    parts += [test] if test else []
    first = parts[0]
    same = [part for part in parts if part.classes == first.classes]
    return (
        DataSet(tuple(sample for part in same for sample in part.samples), first.classes, first.source),
        frozenset(sample.path for sample in test.samples) if test else frozenset(),
    )


def samples_by_name(samples: Iterable[Sample], data: Path) -> dict[str, Sample]:
    """Return samples by every name that means one of them: path, path in the data, folder and file, file."""
    found: dict[str, Sample] = {}
    doubtful: set[str] = set()
    for sample in samples:
        names = {str(sample.path), labelled_image(sample).image, sample.path.name}
        if sample.path.is_relative_to(data):
            names.add(sample.path.relative_to(data).as_posix())
        for name in names:
            if name in found:
                doubtful.add(name)
            found[name] = sample
    return {name: sample for name, sample in found.items() if name not in doubtful}


def _require_labels(here: Sequence[tuple[LabelledImage, Sample]], spec: DatasetSpec, data: Path) -> None:
    other = [(row, sample) for row, sample in here if row.class_id != sample.class_id]
    if other:
        row, sample = other[0]
        theirs, ours = (spec.classes[class_id].name for class_id in (sample.class_id, row.class_id))
        raise DataError(
            f"{counted(len(other), 'image')} has another class in the predictions than in the data, such as "
            f"'{row.image}': '{ours}' there, '{theirs}' here.",
            expected="predictions of these data",
            hint="Give the data folder that was predicted, or check the order of the classes.",
            subject=str(data),
        )
