"""The result of an evaluation on corrupted images, and its metrics."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.calibration import confidence_gap
from roadsigns.evaluation.evaluation import label_of_split, name_of_data, origin_as_dict
from roadsigns.evaluation.leakage import EvaluationSplit
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.robustness.box_noise import BoxUse
from roadsigns.types import Sample

__all__ = ["Cell", "CorruptionEvaluation", "KindResult", "measure_cell", "measure_kind"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Metrics of all images under one kind of corruption at one severity.

    Attributes:
        severity: 1 to 5; 0 for the uncorrupted images.
        strength: How strong that is, in the measure of its kind; None for the uncorrupted images.
        images: Number of images.
        errors: Number of misread images.
        accuracy: Fraction of the images that is read correctly.
        ece: Expected calibration error, with 15 bins, of the probabilities at the model's temperature.
        confidence: Mean probability of the predicted class.
        baseline_errors: Number of images that the baseline misreads; None without a baseline.
    """

    severity: int
    strength: float | None
    images: int
    errors: int
    accuracy: float
    ece: float
    confidence: float
    baseline_errors: int | None


@dataclass(frozen=True, slots=True)
class KindResult:
    """Metrics of one kind of corruption.

    Attributes:
        kind: Its name.
        version: That of the corruption; figures of two versions cannot be compared.
        accuracy: Mean over the severities.
        ece: Mean over the severities.
        confidence: Mean over the severities.
        corruption_error: Errors at all severities, divided by those of the baseline; None without a baseline, or where
            that misreads nothing.
        severities: Metrics at each.
    """

    kind: str
    version: int
    accuracy: float
    ece: float
    confidence: float
    corruption_error: float | None
    severities: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CorruptionEvaluation:
    """How a model reads corrupted images.

    Attributes:
        model: As it was given, a run folder or a file; a built-in model by its full name.
        model_file: The file of the model.
        metadata: That of the model.
        data: The data folder.
        source: Where the data come from, such as "GTSRB".
        split: Which of its images.
        boxes: Which boxes the models were given.
        leakage: Whether the model was trained on frames of these signs; None where that is unknown.
        baseline: The model whose errors are the unit of the mCE, as it was given, a built-in model by its full name;
            None without one.
        baseline_leakage: Whether the baseline was trained on frames of these signs; its errors are then too few, and
            the mCE is too high. None where that is unknown, or there is none.
        seed: Decides places, directions and noise, and which tracks were chosen.
        frames: The most frames of a track; None for all.
        limit: The most images; None for all.
        uncorrupted: Metrics of the images as they are.
        kinds: Every kind of corruption.
        samples: The images, without those that do not decode.
        undecodable: The images that do not decode, with the reason. They count in no metric.
    """

    model: str
    model_file: Path
    metadata: ModelMetadata
    data: Path
    source: str
    split: EvaluationSplit
    boxes: BoxUse
    leakage: bool | None
    baseline: str | None
    baseline_leakage: bool | None
    seed: int
    frames: int | None
    limit: int | None
    uncorrupted: Cell
    kinds: tuple[KindResult, ...]
    samples: tuple[Sample, ...]
    undecodable: tuple[tuple[Sample, str], ...]

    @property
    def images(self) -> int:
        """Number of images, each of which is read in every version."""
        return len(self.samples)

    @property
    def tracks(self) -> int | None:
        """Number of their tracks; None where none is known."""
        return len({sample.track_key for sample in self.samples} - {None}) or None

    @property
    def accuracy(self) -> float:
        """Mean accuracy over the kinds."""
        return float(np.mean([kind.accuracy for kind in self.kinds]))

    @property
    def ece(self) -> float:
        """Mean expected calibration error over the kinds."""
        return float(np.mean([kind.ece for kind in self.kinds]))

    @property
    def confidence(self) -> float:
        """Mean probability of the predicted class over the kinds."""
        return float(np.mean([kind.confidence for kind in self.kinds]))

    @property
    def mce(self) -> float | None:
        """The mean corruption error, over the kinds that have one; None where none has."""
        errors = [kind.corruption_error for kind in self.kinds if kind.corruption_error is not None]
        return float(np.mean(errors)) if errors else None

    @property
    def split_label(self) -> str:
        """What must stand beside every metric: the split, the boxes, and whether the signs were trained on."""
        return label_of_split(self.split, self.metadata, self.samples, boxes=self.boxes, seen=bool(self.leakage))

    @property
    def title(self) -> str:
        """Model, data and the label of the split."""
        return f"{self.model} on {name_of_data(self.data, self.source)}, {self.split_label}, with corruptions"

    def as_dict(self) -> dict[str, object]:
        """Return everything but arrays as JSON holds it: fractions, not percent; None where there is nothing."""
        return {
            "model": self.model,
            "split": self.split,
            "boxes": self.boxes,
            "split_label": self.split_label,
            "leakage": self.leakage,
            "images": self.images,
            "tracks": self.tracks,
            "frames": self.frames,
            "limit": self.limit,
            "seed": self.seed,
            "accuracy": self.accuracy,
            "ece": self.ece,
            "confidence": self.confidence,
            "mce": self.mce,
            "baseline": self.baseline,
            "baseline_leakage": self.baseline_leakage,
            "uncorrupted": asdict(self.uncorrupted),
            "kinds": [asdict(kind) for kind in self.kinds],
            **origin_as_dict(self.undecodable, self.data, self.source, self.model_file, self.metadata),
        }


def measure_cell(
    correct: npt.NDArray[np.bool_],
    confidence: npt.NDArray[np.float32],
    *,
    baseline_correct: npt.NDArray[np.bool_] | None,
    severity: int,
    strength: float | None,
) -> Cell:
    """Compute the metrics of one kind at one severity.

    Args:
        correct: Whether each image is read correctly, shape (images,), at least one.
        confidence: The probability of the predicted class, shape (images,).
        baseline_correct: Whether the baseline reads each image correctly; None without one.
        severity: 1 to 5, or 0.
        strength: That of the severity.
    """
    errors = int((~correct).sum())
    return Cell(
        severity=severity,
        strength=strength,
        images=len(correct),
        errors=errors,
        accuracy=(len(correct) - errors) / len(correct),
        ece=confidence_gap(confidence, correct),
        confidence=float(confidence.mean(dtype=np.float64)),
        baseline_errors=None if baseline_correct is None else int((~baseline_correct).sum()),
    )


def measure_kind(kind: str, version: int, cells: Sequence[Cell]) -> KindResult:
    """Summarise the metrics of one kind over its severities."""
    baseline_errors = sum(cell.baseline_errors or 0 for cell in cells)
    return KindResult(
        kind=kind,
        version=version,
        accuracy=float(np.mean([cell.accuracy for cell in cells])),
        ece=float(np.mean([cell.ece for cell in cells])),
        confidence=float(np.mean([cell.confidence for cell in cells])),
        corruption_error=sum(cell.errors for cell in cells) / baseline_errors if baseline_errors else None,
        severities=tuple(cells),
    )
