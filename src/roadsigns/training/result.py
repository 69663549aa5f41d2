"""The result of a training: the content of figures.json."""

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["ImageCounts", "TrainingResult", "ValidationMetrics"]


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """How many images a training had.

    Attributes:
        train: Images that trained, drawn ones included.
        drawn: Drawn images among them.
        validation: Images held out.
        negatives: Images of none of the classes that trained; not among `train`.
    """

    train: int
    drawn: int
    validation: int
    negatives: int = 0


@dataclass(frozen=True, slots=True)
class ValidationMetrics:
    """What the saved model reads in the held-out images, in float32.

    Attributes:
        images: Images held out.
        errors: Images misread.
        accuracy: Fraction read right, 0 to 1.
        loss: Mean cross-entropy in nats.
    """

    images: int
    errors: int
    accuracy: float
    loss: float


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a training did.

    Attributes:
        complete: False after Ctrl-C; the run can be resumed.
        model_epoch: Epoch of the saved weights, counted from 1.
        split: How images were held out, in words.
        leakage: Whether the validation metrics measure memory, for one of the next two reasons.
        leaky_split: Whether frames of signs that validate trained as well.
        seen_by_init: Whether the model that was fine-tuned, or learned from, had already seen signs that validate.
        images: Numbers of images.
        undecodable: Files that did not decode and were left out.
        precision: Arithmetic of the training, "float32" or "mixed_bfloat16".
        parts_of_a_batch: Parts of a batch that were computed side by side.
        training_images_per_second: Without the first epoch, which compiles; None if no time passed.
        waited_for_data_seconds: How long the network waited for images.
        augmenting_cpu_seconds: CPU time of the thread that prepared batches.
        peak_memory_mb: Peak memory of the process in MB; None where the system does not report it.
        validation: Metrics of the saved model; None without held-out images.
        seconds: Seconds of each part of the work.
    """

    complete: bool
    model_epoch: int
    split: str
    leakage: bool
    leaky_split: bool
    seen_by_init: bool
    images: ImageCounts
    undecodable: tuple[str, ...]
    precision: str
    parts_of_a_batch: int
    training_images_per_second: float | None
    waited_for_data_seconds: float
    augmenting_cpu_seconds: float
    peak_memory_mb: int | None
    validation: ValidationMetrics | None
    seconds: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        return {**asdict(self), "undecodable": list(self.undecodable)}
