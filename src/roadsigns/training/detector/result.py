"""The result of a detector's training: the content of figures.json."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from roadsigns.evaluation.detection.metrics import DetectionMetrics
from roadsigns.wording import percent

__all__ = ["DetectorResult", "SceneCounts"]


@dataclass(frozen=True, slots=True)
class SceneCounts:
    """How many scenes a training had.

    Attributes:
        train: Scenes that trained.
        copies: Copies of them with drawn signs.
        validation: Scenes held out.
    """

    train: int
    copies: int
    validation: int


@dataclass(frozen=True, slots=True)
class DetectorResult:
    """What a training did.

    Attributes:
        complete: False after Ctrl-C; the run can be resumed.
        model_epoch: Epoch of the saved weights, counted from 1.
        split: How scenes were held out, in words; empty where none were.
        scenes: Numbers of scenes.
        undecodable: What did not decode and was left out.
        precision: Arithmetic of the training, "float32" or "mixed_bfloat16".
        crops_per_second: Without the first epoch, which compiles; None if no time passed.
        waited_for_data_seconds: How long the network waited for crops.
        peak_memory_mb: Peak memory of the process in MB; None where the system does not report it.
        validation: Figures of the held-out scenes; None without any.
        validation_epoch: Epoch whose weights `validation` is of; after Ctrl-C it may be before `model_epoch`. None
            without any.
        seconds: Seconds of each part of the work.
    """

    complete: bool
    model_epoch: int
    split: str
    scenes: SceneCounts
    undecodable: tuple[str, ...]
    precision: str
    crops_per_second: float | None
    waited_for_data_seconds: float
    peak_memory_mb: int | None
    validation: DetectionMetrics | None
    validation_epoch: int | None
    seconds: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        validation = None if self.validation is None else self.validation.as_dict()
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            **values,
            "scenes": asdict(self.scenes),
            "undecodable": list(self.undecodable),
            "validation": validation,
        }

    def describe(self) -> str:
        """Return ", AP50 97.0 %, 98.0 % of the signs found at ... (fold 1 of 5 held out ...)"."""
        if self.validation is None and self.scenes.validation:
            return f" (not measured yet; {self.split})"
        finding = self.validation and self.validation.finding
        if not (finding and finding.ap50 and finding.recall):
            return " (no scene with a sign was held out)"
        earlier = f", in epoch {self.validation_epoch}" if self.validation_epoch != self.model_epoch else ""
        return (
            f", AP50 {percent(finding.ap50.value)}, {percent(finding.recall.value)} found at one false sign in ten "
            f"images ({self.split}{earlier})"
        )
