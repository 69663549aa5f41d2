"""The folder of a cross-validation.

    cross-validation.json   recipe, seed, folds and data; who goes on must bring the same
    fold-1.csv, ...         what was read in each finished fold; see `roadsigns.evaluation.predictions`
    fold-1-probabilities.npz, ...  the probabilities of all classes, which `roadsigns calibrate` wants and nothing else
    fold-1-hard.csv, ...    what the same model read in the same images under hard conditions, where that was asked for
    fold-1/, ...            the run folder of a fold that is being trained, or that was to be kept
    wrong-tracks.png        on command

It goes on, and gives its figures, from the JSON and CSV files alone.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from roadsigns.datasets.fingerprint import fingerprint
from roadsigns.datasets.folds import Fold, FoldUnit
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import TOP_K, Predictions, join_predictions, read_predictions
from roadsigns.files import replace_when_done
from roadsigns.types import DataSet, labelled_image
from roadsigns.version import __version__

__all__ = [
    "CrossRecord",
    "CrossValidation",
    "corrupted_file",
    "describe_cross_validation",
    "fold_file",
    "read_cross_validation",
    "read_record",
    "write_record",
]

RECORD = "cross-validation.json"


@dataclass(frozen=True, slots=True)
class CrossRecord:
    """What a cross-validation was begun with.

    Attributes:
        roadsigns: Version of the package.
        recipe_name: Its name.
        recipe: All of it, as TOML.
        seed: Decides folds and training.
        folds: How many.
        by: What no fold parts.
        source: Where the data come from, such as "GTSRB".
        data_sha256: Checksum of the data.
        classes: Names in label order.
        fold_images: How many images each fold judges, also those that do not decode.
        fold_sha256: Checksum of their names.
    """

    roadsigns: str
    recipe_name: str
    recipe: str
    seed: int
    folds: int
    by: FoldUnit
    source: str
    data_sha256: str
    classes: tuple[str, ...]
    fold_images: tuple[int, ...]
    fold_sha256: tuple[str, ...]

    @property
    def title(self) -> str:
        """What is measured."""
        unit = {"track": "by (class, track)", "group": "by groups of look-alike tracks"}[self.by]
        return f"{self.recipe_name} on {self.source}, {self.folds}-fold cross-validation {unit}, seed {self.seed}"


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """A cross-validation as far as it has come.

    Attributes:
        folder: Where it is.
        record: What it was begun with.
        parts: Predictions of the finished folds by their number, from 1.
        hard: Of those of them that were read under hard conditions too, these predictions; see
            `roadsigns.robustness.assignment`.
    """

    folder: Path
    record: CrossRecord
    parts: dict[int, Predictions]
    hard: dict[int, Predictions] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether every fold is there."""
        return len(self.parts) == self.record.folds

    @property
    def predictions(self) -> Predictions | None:
        """Those of all finished folds; None where there is none."""
        return join_predictions([self.parts[number] for number in sorted(self.parts)]) if self.parts else None

    @property
    def partial_label(self) -> str:
        """What must stand beside every figure while folds are missing; empty where none is."""
        if self.is_complete:
            return ""
        done = ", ".join(map(str, sorted(self.parts))) or "none"
        judged = sum(self.record.fold_images[number - 1] for number in self.parts)
        folds = f"fold{'s' if len(self.parts) != 1 else ''} {done} of {self.record.folds}"
        return f"PARTIAL: {folds}, {judged:,} of {sum(self.record.fold_images):,} images"

    @property
    def corrupted(self) -> "CrossValidation":
        """The same, with what was read under hard conditions as its predictions."""
        return CrossValidation(self.folder, self.record, self.hard)


def fold_file(folder: Path, number: int) -> Path:
    """Return where the predictions of a fold are."""
    return folder / f"fold-{number}.csv"


def corrupted_file(folder: Path, number: int) -> Path:
    """Return where the predictions of a fold under hard conditions are."""
    return folder / f"fold-{number}-hard.csv"


def describe_cross_validation(
    data: DataSet, folds: Iterable[Fold], *, recipe_name: str, recipe: str, seed: int
) -> CrossRecord:
    """Describe a cross-validation that begins; `recipe` is TOML."""
    folds = list(folds)
    names = [[labelled_image(sample).image for sample in fold.split.validation] for fold in folds]
    return CrossRecord(
        roadsigns=__version__,
        recipe_name=recipe_name,
        recipe=recipe,
        seed=seed,
        folds=len(folds),
        by=folds[0].by,
        source=data.source,
        data_sha256=fingerprint(data),
        classes=tuple(sign.name for sign in data.classes),
        fold_images=tuple(map(len, names)),
        fold_sha256=tuple(map(_checksum, names)),
    )


def _checksum(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(names)).encode(errors="surrogateescape")).hexdigest()


def write_record(record: CrossRecord, folder: Path) -> None:
    """Write cross-validation.json."""
    with replace_when_done(folder / RECORD) as temporary:
        # ASCII: a class is named after its folder, whose name may be no text.
        temporary.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")


def read_record(folder: Path) -> CrossRecord | None:
    """Read cross-validation.json back; None where there is none.

    Raises:
        RunError: If it cannot be read.
    """
    path = folder / RECORD
    if not path.is_file():
        return None
    try:
        return _parse_record(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(f"{path} cannot be read: {error}. Begin anew in another folder.") from error


def _parse_record(values: dict[str, Any]) -> CrossRecord:
    lists = {name: tuple(values[name]) for name in ("classes", "fold_images", "fold_sha256")}
    record = CrossRecord(**{**values, **lists})
    if not len(record.fold_images) == len(record.fold_sha256) == record.folds:
        raise ValueError(f"it does not describe {record.folds} folds")
    return record


def read_cross_validation(folder: Path) -> CrossValidation:
    """Read a folder.

    Raises:
        RunError: If it is no folder of a cross-validation, or a file in it is broken or of other images.
    """
    record = read_record(folder)
    if record is None:
        what = f"it holds no {RECORD}" if folder.is_dir() else "it is no folder"
        raise RunError(
            f"{folder} is no cross-validation: {what}. Make one with `roadsigns cross-validate --out {folder}`."
        )
    parts = _read_parts(folder, record, range(1, record.folds + 1), fold_file)
    # Without its fold's file, one is left over from a model that was not done with the fold.
    return CrossValidation(folder, record, parts, _read_parts(folder, record, parts, corrupted_file))


def _read_parts(
    folder: Path, record: CrossRecord, numbers: Iterable[int], file_of: Callable[[Path, int], Path]
) -> dict[int, Predictions]:
    files = {number: file_of(folder, number) for number in numbers}
    return {number: _read_fold(path, record, number) for number, path in files.items() if path.is_file()}


def _read_fold(path: Path, record: CrossRecord, number: int) -> Predictions:
    predictions = read_predictions(path)
    names, expected = predictions.names, record.fold_images[number - 1]
    labels = [row.class_id for row in predictions.rows] + predictions.class_ids.ravel().tolist()
    if len(names) != expected:
        problem = f"it holds {len(names)} of {expected} images"
    elif _checksum(names) != record.fold_sha256[number - 1]:
        problem = "it holds images of other folds or data"
    elif max(labels, default=0) >= len(record.classes):
        problem = f"it holds class {max(labels)}, and there are {len(record.classes)} from 0"
    elif predictions.class_ids.shape[1] != min(TOP_K, len(record.classes)):
        problem = f"it holds {predictions.class_ids.shape[1]} classes for each image"
    else:
        return predictions
    raise RunError(
        f"{path} is not what fold {number} should read: {problem}. Delete it, and `roadsigns cross-validate` makes "
        "that fold again."
    )
