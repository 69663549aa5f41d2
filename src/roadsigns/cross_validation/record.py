"""The record of a cross-validation, cross-validation.json: recipe, seed, folds, data and corruptions."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from roadsigns.datasets.fingerprint import fingerprint
from roadsigns.datasets.folds import Fold, FoldUnit
from roadsigns.datasets.left_out import ClassPartition
from roadsigns.errors import RunError
from roadsigns.files import replace_when_done
from roadsigns.robustness.assignment import CorruptionAssignment
from roadsigns.robustness.corruptions import UNRECORDED_CORRUPTIONS, CorruptionId, current_corruptions
from roadsigns.types import DataSet, labelled_image
from roadsigns.version import __version__
from roadsigns.wording import reason

__all__ = ["RECORD", "CrossRecord", "checksum_of_names", "describe_cross_validation", "read_record", "write_record"]

RECORD = "cross-validation.json"


@dataclass(frozen=True, slots=True)
class CrossRecord:
    """What a cross-validation was begun with.

    Attributes:
        roadsigns: Version of the package.
        recipe_name: Name of the recipe.
        recipe: All of it, as TOML.
        seed: Random seed of folds, training and corruptions.
        folds: Number of folds.
        by: What stays together in one fold.
        source: Where the data come from, such as "GTSRB".
        data_sha256: Checksum of the data.
        classes: Names in label order.
        fold_images: Number of images in each fold, with those that do not decode.
        fold_sha256: Checksum of their names.
        corruptions: From which an image's corruption is chosen, in order; a folder from before version 0.2.0 records
            none, and means `UNRECORDED_CORRUPTIONS`.
        partition: Name of the division of the classes by which each fold leaves some out; empty, and not in the file,
            where none is left out.
        left_out: The class ids that each fold leaves out; not in the file where none is.
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
    corruptions: tuple[CorruptionId, ...] = UNRECORDED_CORRUPTIONS
    partition: str = ""
    left_out: tuple[tuple[int, ...], ...] = ()

    @property
    def title(self) -> str:
        """Recipe, data, folds and seed, for people."""
        if self.left_out:
            return (
                f"{self.recipe_name} on {self.source}, classes left out in {self.folds} parts ({self.partition}), "
                f"judged on held-out groups of look-alike tracks, seed {self.seed}"
            )
        unit = {"track": "by (class, track)", "group": "by groups of look-alike tracks"}[self.by]
        return f"{self.recipe_name} on {self.source}, {self.folds}-fold cross-validation {unit}, seed {self.seed}"

    @property
    def epoch_chosen_on_these_images(self) -> bool:
        """Whether the epoch that was kept was chosen on the images that are predicted, which flatters the metrics."""
        training = tomllib.loads(self.recipe).get("training", {})
        return bool(training.get("keep", "best") == "best")

    @property
    def assignment(self) -> CorruptionAssignment:
        """Which corruption each image gets."""
        return CorruptionAssignment(self.corruptions, self.seed)


def describe_cross_validation(
    data: DataSet,
    folds: Iterable[Fold],
    *,
    recipe_name: str,
    recipe: str,
    seed: int,
    partition: ClassPartition | None = None,
) -> CrossRecord:
    """Describe a new cross-validation; `recipe` is TOML, and `partition` says which classes are left out, if any."""
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
        fold_sha256=tuple(map(checksum_of_names, names)),
        corruptions=current_corruptions(),
        partition=partition.name if partition else "",
        left_out=partition.parts if partition else (),
    )


def checksum_of_names(names: Iterable[str]) -> str:
    """Return the SHA-256 of the names of images, in any order."""
    return hashlib.sha256("\n".join(sorted(names)).encode(errors="surrogateescape")).hexdigest()


def write_record(record: CrossRecord, folder: Path) -> None:
    """Write cross-validation.json.

    Raises:
        OSError: If it cannot be written.
    """
    values = asdict(record) | {"corruptions": [one._asdict() for one in record.corruptions]}
    if not record.left_out:
        # Earlier versions read folders without them.
        del values["partition"], values["left_out"]
    with replace_when_done(folder / RECORD) as temporary:
        # ASCII, which also holds names of files and folders that are not valid text.
        temporary.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def read_record(folder: Path) -> CrossRecord | None:
    """Read cross-validation.json; None where there is none.

    Raises:
        RunError: If it cannot be read.
    """
    path = folder / RECORD
    if not path.is_file():
        return None
    try:
        return _parse_record(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise RunError(
            f"The record cannot be read: {reason(error)}.",
            hint="Start again in another --out folder.",
            subject=str(path),
        ) from error


def _parse_record(values: dict[str, Any]) -> CrossRecord:
    changed: dict[str, Any] = {name: tuple(values[name]) for name in ("classes", "fold_images", "fold_sha256")}
    if "corruptions" in values:
        changed["corruptions"] = tuple(
            CorruptionId(str(one["name"]), int(one["version"])) for one in values["corruptions"]
        )
    changed["left_out"] = tuple(tuple(map(int, part)) for part in values.get("left_out", ()))
    record = CrossRecord(**{**values, **changed})
    _require_types(record)
    if not len(record.fold_images) == len(record.fold_sha256) == record.folds:
        raise ValueError(f"it does not describe {record.folds} folds")
    if record.left_out and len(record.left_out) != record.folds:
        raise ValueError(f"it does not say which classes each of {record.folds} folds leaves out")
    if not record.corruptions:
        raise ValueError("it names no corruption")
    return record


def _require_types(record: CrossRecord) -> None:
    """Refuse values of other types, and a recipe that is no TOML, before anything is computed from them."""
    texts = ("roadsigns", "recipe_name", "recipe", "by", "source", "data_sha256", "partition")
    numbers = ("seed", "folds")
    wrong = [name for name in texts if not isinstance(getattr(record, name), str)]
    wrong += [name for name in numbers if not isinstance(getattr(record, name), int)]
    lists: dict[str, type] = {"classes": str, "fold_images": int, "fold_sha256": str}
    wrong += [name for name, kind in lists.items() if not all(isinstance(one, kind) for one in getattr(record, name))]
    if wrong:
        raise ValueError(f"'{wrong[0]}' is of the wrong type")
    if record.by not in get_args(FoldUnit):
        raise ValueError(f"'by' is '{record.by}'")
    tomllib.loads(record.recipe)
