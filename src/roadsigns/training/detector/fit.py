"""The training of a detector: its steps, its validation, its model."""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import keras
import numpy as np

from roadsigns.detection.find import find_boxes
from roadsigns.evaluation.detection.evaluate import MIN_SCORE
from roadsigns.evaluation.detection.metrics import DetectionMetrics
from roadsigns.files import replace_when_done
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.models.accelerate import accelerate
from roadsigns.models.detector import detector_network
from roadsigns.onnx_writer.detector import detector_to_onnx
from roadsigns.progress import progress
from roadsigns.recipe import Recipe
from roadsigns.training.detector.batches import SceneBatches
from roadsigns.training.detector.loss import detection_loss
from roadsigns.training.detector.validate import HeldOutScenes, measure
from roadsigns.training.epoch_loop import EpochLoop
from roadsigns.training.history import Epoch
from roadsigns.training.optimization.compile import compile_network
from roadsigns.types import Float32Array, UInt8Image

__all__ = ["DetectorEpoch", "DetectorFit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorEpoch(Epoch):
    """One epoch of a detector's training.

    Attributes:
        validation_ap50: Average precision in the held-out scenes, 0 to 1; NaN if the epoch was not validated.
        validation_recall: Share of their signs that is found at one false sign in ten images; NaN likewise.
    """

    validation_ap50: float
    validation_recall: float


@dataclass(slots=True, kw_only=True)
class DetectorFit(EpochLoop[DetectorEpoch]):
    """The training of a detector; see `EpochLoop`. `measured` is the last validation, after `measured_epoch` epochs."""

    recipe: Recipe
    metadata: DetectorMetadata
    batches: SceneBatches
    held_out: HeldOutScenes
    precision: str
    measured: DetectionMetrics | None = field(default=None, init=False)
    measured_epoch: int | None = field(default=None, init=False)

    @property
    def loaded_batches(self) -> SceneBatches:
        """The batches that train."""
        return self.batches

    @property
    def has_validation(self) -> bool:
        """Whether any scene is held out."""
        return len(self.held_out.scenes) > 0

    @property
    def row(self) -> type[DetectorEpoch]:
        """The kind of row of the history."""
        return DetectorEpoch

    @property
    def model(self) -> Path:
        """The file of the model: ONNX, with float32 weights."""
        return self.run.detector

    def build(self) -> None:
        """Make the network, and compile it."""
        keras.utils.set_random_seed(self.seed)
        width = self.recipe.model.width
        self.network = accelerate(detector_network(dtype=keras.DTypePolicy(self.precision), width=width))
        self.trainer = self.network
        loss = detection_loss(self.batches.crops.locations)
        self.rate = compile_network(self.network, self.settings, steps_per_epoch=len(self.batches), loss=loss)

    def begin_epoch(self, epoch: int, first: int) -> None:
        """Nothing changes from one epoch to the next."""

    def train_epoch(self, epoch: int, stopped: Callable[[], bool]) -> dict[str, float] | None:
        """Go once through the batches. Returns the mean loss, None if it was broken off."""
        total, steps = 0.0, len(self.batches)
        description = f"Epoch {epoch + 1}/{self.settings.epochs}"
        with (
            progress(description, total=steps, unit="steps") as advance,
            contextlib.closing(self.batches.epoch(epoch)) as batches,
        ):
            for step, (images, targets) in enumerate(batches, start=1):
                # The first step compiles.
                with self.clock.measure("first step" if not self.history and step == 1 else "steps"):
                    loss = float(self.network.train_on_batch(images, targets))
                if not math.isfinite(loss):
                    raise self.diverged(epoch, step=step, what="loss is")
                total += loss
                advance(note=f"loss {total / step:.4f}")
                if stopped():
                    return None
        return {"loss": total / steps}

    def validate(self, epoch: int) -> dict[str, float]:
        """Find the signs of the held-out scenes, if it is time."""
        ap50 = recall = math.nan
        if self.is_validated(epoch):
            self.measured, self.measured_epoch = measure(self._find, self.held_out), epoch + 1
            finding = self.measured.finding
            ap50 = finding.ap50.value if finding.ap50 else 0.0
            recall = finding.recall.value if finding.recall else 0.0
        return {"validation_ap50": ap50, "validation_recall": recall}

    def measure_if_not_yet(self) -> None:
        """Validate the last epoch where another process trained it, and was killed before it wrote what it measured."""
        if self.has_validation and self.measured is None:
            self.validate(self.settings.epochs - 1)
            self.write_model(self.settings.epochs)

    def criterion(self, line: DetectorEpoch) -> float:
        """The part of the average precision that is missing."""
        return 1 - line.validation_ap50

    def write_model(self, epoch: int) -> None:
        """Write the current weights in float32, and from which score on a box is a sign, as last measured."""
        kept = detector_network(dtype="float32", width=self.recipe.model.width)
        kept.set_weights(self.network.get_weights())
        threshold = self.measured.threshold if self.measured else None
        metadata = replace(self.metadata, epoch=epoch, min_score=threshold)
        content = detector_to_onnx(kept, metadata, half=False)
        with replace_when_done(self.model) as temporary:
            temporary.write_bytes(content)

    def describe(self, line: DetectorEpoch) -> str:
        """Say how many signs were found."""
        if math.isnan(line.validation_ap50):
            return ""
        return f", AP50 {line.validation_ap50:.4f}, {line.validation_recall:.4f} found at one false sign in ten images"

    def _find(self, image: UInt8Image) -> tuple[Float32Array, Float32Array]:
        def run(picture: UInt8Image) -> Float32Array:
            pixels = picture[np.newaxis].astype(np.float32) / np.float32(255)
            return np.asarray(self.network.predict_on_batch(pixels)[0], np.float32)

        return find_boxes(run, image, min_score=MIN_SCORE)
