"""What other commands measure and a report shows: unknown signs and hard conditions, live or from their JSON files.

`roadsigns evaluate --unknown DIR` writes `figures.json` with the key "unknown", `roadsigns evaluate --corruptions` one
with the key "kinds"; both hold the checksum of the model's weights.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadsigns.errors import DataError
from roadsigns.wording import reason

__all__ = ["HardCondition", "HardConditions", "MeasuredFile", "UnknownKind", "UnknownSigns", "read_measured"]

FILE = "figures.json"


def _number(values: Mapping[str, Any], name: str) -> float:
    """Return a finite number, or raise KeyError or ValueError."""
    value = values[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"'{name}' is {str(value)[:40]}, not a finite number")
    return float(value)


def _count(values: Mapping[str, Any], name: str) -> int:
    """Return a whole number of at least 0, or raise KeyError or ValueError."""
    value = _number(values, name)
    if value < 0 or not value.is_integer():
        raise ValueError(f"'{name}' is {value}, not a number of images")
    return int(value)


@dataclass(frozen=True, slots=True)
class UnknownKind:
    """One kind of unknown sign.

    Attributes:
        kind: Its name.
        images: Number of images.
        accepted: The share that passes as known, a fraction.
    """

    kind: str
    images: int
    accepted: float


@dataclass(frozen=True, slots=True)
class UnknownSigns:
    """How well a score tells unknown signs from known ones.

    Attributes:
        source: "unknown" or "background".
        folder: Where the unknown images come from.
        score: Name of the score.
        known_images: Number of known images.
        unknown_images: Number of unknown images.
        keep: The share of known images that is kept.
        auroc: The probability that a known image scores higher than an unknown one.
        fpr95: The share of unknown images that passes where 95 % of the known ones are kept.
        accepted: The share of unknown images that passes where `keep` of the known ones are kept.
        kinds: Each kind, the one that passes most first.
        known_names: Kinds, or images, that are named after classes of the model, and may be no unknown signs.
    """

    source: str
    folder: str
    score: str
    known_images: int
    unknown_images: int
    keep: float
    auroc: float
    fpr95: float
    accepted: float
    kinds: tuple[UnknownKind, ...]
    known_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, judgement: Mapping[str, Any]) -> "tuple[UnknownSigns, ...]":
        """Return one for each score of what `Judgement.as_dict` returns.

        Raises:
            KeyError, TypeError, ValueError: If a value is missing or of another type.
        """
        return tuple(
            cls(
                str(judgement["source"]),
                str(judgement["folder"]),
                str(score["score"]),
                _count(score, "known_images"),
                _count(score, "unknown_images"),
                keep=_number(score, "keep"),
                auroc=_number(score, "auroc"),
                fpr95=_number(score, "fpr95"),
                accepted=_number(score, "accepted"),
                kinds=tuple(
                    UnknownKind(str(kind["kind"]), _count(kind, "images"), _number(kind, "accepted"))
                    for kind in score["kinds"]
                ),
                known_names=tuple(map(str, judgement.get("known_names", ()))),
            )
            for score in judgement["scores"]
        )


@dataclass(frozen=True, slots=True)
class HardCondition:
    """How images are read under one kind of corruption.

    Attributes:
        kind: Its name.
        accuracy: Over all severities, a fraction.
        severities: At each, from the weakest; empty where the strength was drawn at random.
    """

    kind: str
    accuracy: float
    severities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HardConditions:
    """How images are read under corruptions.

    Attributes:
        images: Number of images, each read under every kind, or under one drawn for it.
        clean: Accuracy on the same images as they are, a fraction.
        accuracy: Mean over the kinds.
        mce: Mean corruption error relative to the baseline; None without one.
        baseline: Name of the baseline; None without one.
        kinds: Each kind, the hardest first.
    """

    images: int
    clean: float
    accuracy: float
    mce: float | None
    baseline: str | None
    kinds: tuple[HardCondition, ...]

    @classmethod
    def of(cls, figures: Mapping[str, Any]) -> "HardConditions":
        """Return those of what `CorruptionEvaluation.as_dict` returns.

        Raises:
            KeyError, TypeError, ValueError: If a value is missing or of another type.
        """
        kinds = (
            HardCondition(
                str(one["kind"]),
                _number(one, "accuracy"),
                tuple(_number(cell, "accuracy") for cell in one["severities"]),
            )
            for one in figures["kinds"]
        )
        return cls(
            _count(figures, "images"),
            _number(figures["uncorrupted"], "accuracy"),
            _number(figures, "accuracy"),
            None if figures["mce"] is None else _number(figures, "mce"),
            None if figures["baseline"] is None else str(figures["baseline"]),
            tuple(sorted(kinds, key=lambda kind: kind.accuracy)),
        )


@dataclass(frozen=True, slots=True)
class MeasuredFile:
    """What one JSON file of `roadsigns evaluate` holds.

    Attributes:
        path: The file.
        weights_sha256: Checksum of the weights of the model that was measured.
        split: On which images of the data.
        data: The data folder of the known images; empty where the file does not say it.
        unknown_signs: Empty where it holds none.
        hard: None where it holds none.
    """

    path: Path
    weights_sha256: str
    split: str
    data: str
    unknown_signs: tuple[UnknownSigns, ...]
    hard: HardConditions | None

    def is_of(self, data: Path, split: str) -> bool:
        """Whether the known images are those of a split of this data folder."""
        return self.split == split and Path(self.data).resolve() == data.resolve()

    @property
    def measured_on(self) -> str:
        """The known images in words."""
        return f"split {self.split}{f' of {self.data}' if self.data else ''}"


def read_measured(path: Path) -> MeasuredFile:
    """Read the figures of an earlier evaluation.

    Args:
        path: A JSON file that `roadsigns evaluate` wrote or printed, or the folder with its `figures.json`.

    Raises:
        DataError: If it cannot be read, or is something else.
    """
    file = path / FILE if path.is_dir() else path
    try:
        figures = json.loads(file.read_text(encoding="utf-8"))
        return MeasuredFile(
            file,
            str(figures["weights_sha256"]),
            str(figures["split"]),
            str(figures.get("data", "")),
            tuple(one for judgement in figures.get("unknown", ()) for one in UnknownSigns.of(judgement)),
            HardConditions.of(figures) if "kinds" in figures else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise DataError(
            f"The figures cannot be read: {reason(error)}.",
            expected="what `roadsigns evaluate` wrote with --out, or printed with --json",
            subject=str(file),
        ) from error
