"""The two sides of a comparison: reads cross-validations or CSV files, and checks that they can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from roadsigns.cross_validation.record import CrossRecord, read_record
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.datasets.class_match import require_same_classes
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.predictions_csv import read_predictions

__all__ = ["Side", "class_names", "match_images", "read_sides"]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a comparison.

    Attributes:
        path: As it was given.
        predictions: Its predictions.
        record: What the cross-validation was begun with; None for a single file.
        classes: Names in label order, as recorded for the predictions; None where nothing records them.
        partial_label: Says which folds are missing; empty where none is.
    """

    path: Path
    predictions: Predictions
    record: CrossRecord | None
    classes: tuple[str, ...] | None
    partial_label: str

    @property
    def errors(self) -> int:
        """Number of misread images."""
        return int(self.predictions.wrong.sum())


def read_sides(a: Path, b: Path, *, corruptions: bool) -> tuple[Side, Side]:
    """Read both sides.

    Args:
        a: The folder of a cross-validation, or a CSV file of predictions.
        b: The same.
        corruptions: Take the predictions for images with corruptions, from two folders.

    Raises:
        RunError: If one of them cannot be read, or the images have not the same corruptions.
    """
    side_a, side_b = (_read_corrupted(path) if corruptions else _read(path) for path in (a, b))
    if corruptions:
        _require_same_corruptions(side_a, side_b)
    return side_a, side_b


def _read(path: Path) -> Side:
    if path.is_file():
        # The file of a fold lies beside the record of its classes.
        record = read_record(path.parent)
        return Side(path, read_predictions(path), None, record.classes if record else None, "")
    cross = read_cross_validation(path)
    if cross.predictions is None:
        raise RunError("No fold is finished yet.", hint="Run the command that started it again.", subject=str(path))
    return Side(path, cross.predictions, cross.record, cross.record.classes, cross.partial_label)


def _read_corrupted(path: Path) -> Side:
    if path.is_file():
        raise RunError(
            "This is a single file.",
            expected="the folder of a cross-validation with --corruptions",
            hint="Leave --corruptions out to compare two files such as fold-1-hard.csv.",
            subject=str(path),
        )
    cross = read_cross_validation(path).corrupted
    if cross.predictions is None:
        raise RunError(
            "It has no predictions for images with corruptions.",
            hint="Make them with `roadsigns cross-validate --corruptions`.",
            subject=str(path),
        )
    return Side(path, cross.predictions, cross.record, cross.record.classes, cross.partial_label)


def _require_same_corruptions(a: Side, b: Side) -> None:
    """Refuse folders in which an image has two corruptions, by seed or by list."""
    if not a.record or not b.record:
        return
    if a.record.seed != b.record.seed:
        problem = f"The seed of {a.path} is {a.record.seed} and that of {b.path} is {b.record.seed}."
    elif a.record.corruptions != b.record.corruptions:
        ours, theirs = (
            ", ".join(f"{name} {version}" for name, version in side.record.corruptions)
            for side in (a, b)
            if side.record
        )
        problem = f"The corruptions of {a.path} are {ours}, and those of {b.path} are {theirs}."
    else:
        return
    raise RunError(
        problem,
        expected="the same corruption for each image on both sides",
        hint="Compare cross-validations of the same seed and list of corruptions.",
    )


def match_images(a: Side, b: Side) -> list[int]:
    """Return the position in B of each image of A.

    Raises:
        RunError: If the images, their labels or their corruptions differ.
    """
    place = {row: index for index, row in enumerate(b.predictions.rows)}
    ours, theirs = set(a.predictions.rows), set(place)
    images_a, images_b = ({row.image for row in rows} for rows in (ours, theirs))
    only_a, only_b = len(images_a - images_b), len(images_b - images_a)
    hint = "Compare predictions for the same data."
    if only_a or only_b:
        parts = "".join(f" {side.path} is {side.partial_label}." for side in (a, b) if side.partial_label)
        raise RunError(
            f"{a.path} and {b.path} do not hold the same images: {only_a:,} only in the first, {only_b:,} only in the "
            f"second, {len(images_a & images_b):,} in both.{parts}",
            hint=hint,
        )
    if ours != theirs:
        raise RunError(
            f"{a.path} and {b.path} hold the same images, but {len(ours - theirs):,} of them with another class or "
            "track.",
            hint=hint,
        )
    order = [place[row] for row in a.predictions.rows]
    _require_same_corruption_columns(a, b, order)
    return order


def _require_same_corruption_columns(a: Side, b: Side, order: Sequence[int]) -> None:
    first, second = a.predictions.corruptions, b.predictions.corruptions
    if first and second and (different := sum(first[index] != second[place] for index, place in enumerate(order))):
        raise RunError(
            f"{a.path} and {b.path} hold the same images, but {different:,} of them with another corruption.",
            hint="Compare predictions of the same seed and list of corruptions.",
        )


def class_names(a: Side, b: Side, given: Sequence[str] | None) -> Sequence[str]:
    """Return the names of the classes, in label order: as recorded, else as given, else their numbers.

    Args:
        a: One side.
        b: The other.
        given: Names for files that record none; None where there are none.

    Raises:
        RunError: If the sides have other classes, or there are fewer names than classes.
    """
    if a.classes and b.classes:
        require_same_classes(
            a.classes,
            b.classes,
            us=str(a.path),
            them=str(b.path),
            hint="Compare predictions for the same data.",
            error=RunError,
        )
    count = 1 + max(int(side.predictions.labels.max(initial=0)) for side in (a, b))
    names = a.classes or b.classes or given
    if names is None:
        return [f"class {class_id}" for class_id in range(count)]
    if len(names) < count:
        raise RunError(
            f"There are names for {len(names)} classes, and an image of class {count - 1}.",
            expected="a name for each class, from class 0",
            hint="Give the names of these classes with --classes.",
        )
    return names
