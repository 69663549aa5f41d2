"""The training of a recogniser: its steps, its validation, its model."""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import keras

from roadsigns.loading.batches import TrainingBatches
from roadsigns.model_files.model_file import ModelMetadata, save_model
from roadsigns.models.build import build_inference_network, build_training_network
from roadsigns.models.own_network import NetworkBuilder
from roadsigns.progress import progress
from roadsigns.recipe import Recipe
from roadsigns.training.distillation import build_teacher, with_teacher
from roadsigns.training.epoch_loop import EpochLoop
from roadsigns.training.history import Epoch
from roadsigns.training.optimization.compile import compile_network, reseed_dropout, train_last_layer_only
from roadsigns.training.optimization.data_parallel import fill_parts, in_parts
from roadsigns.training.optimization.steps import Steps
from roadsigns.training.pretrained import PretrainedModel, load_pretrained_weights
from roadsigns.training.validate import NOT_VALIDATED, ValidationImages, measure
from roadsigns.wording import counted

__all__ = ["EpochMetrics", "Fit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochMetrics(Epoch):
    """One epoch of a recogniser's training; losses are mean cross-entropies in nats.

    Attributes:
        accuracy: Fraction of the training images read right.
        validation_loss: Of the validation images; NaN if the epoch was not validated.
        validation_accuracy: Fraction of the validation images read right; NaN if the epoch was not validated.
    """

    accuracy: float
    validation_loss: float
    validation_accuracy: float


@dataclass(slots=True, kw_only=True)
class Fit(EpochLoop[EpochMetrics]):
    """The training of a recogniser; see `EpochLoop`.

    `trainer` takes a batch in `parts` parts. `kept` is what is saved: given the weights of an epoch, in float32.
    `own_network` builds the network where the recipe names a function of the user's own. `teacher` is the model that it
    learns from.
    """

    recipe: Recipe
    metadata: ModelMetadata
    batches: TrainingBatches
    validation: ValidationImages
    precision: str
    own_network: NetworkBuilder | None = None
    initial: PretrainedModel | None = None
    teacher: PretrainedModel | None = None
    parts: int = 1
    kept: keras.Model = field(init=False)
    steps: Steps = field(init=False)
    errors: int = field(default=0, init=False)

    @property
    def loaded_batches(self) -> TrainingBatches:
        """The batches that train."""
        return self.batches

    @property
    def has_validation(self) -> bool:
        """Whether any image is held out."""
        return len(self.validation.index) > 0

    @property
    def row(self) -> type[EpochMetrics]:
        """The kind of row of the history."""
        return EpochMetrics

    def build(self) -> None:
        """Make the networks, with weights to start from, and compile what trains."""
        self.network = self._build_network()
        self.kept = build_inference_network(
            self.own_network or self.metadata.network,
            num_classes=self.metadata.outputs,
            image_size=self.metadata.image_size,
            width=self.metadata.width,
        )
        self.trainer = self._build_trainer()
        self.rate = compile_network(self.trainer, self.settings, steps_per_epoch=len(self.batches))

    def begin_epoch(self, epoch: int, first: int) -> None:
        """Choose which layers train."""
        if self.settings.head_epochs and epoch in (first, self.settings.head_epochs):
            train_last_layer_only(self.network, epoch < self.settings.head_epochs)
            self.steps = Steps(self.trainer)
        elif epoch == first:
            self.steps = Steps(self.trainer)

    def _build_network(self) -> keras.Model:
        network = build_training_network(
            self.own_network or self.metadata.network,
            num_classes=self.metadata.outputs,
            image_size=self.metadata.image_size,
            width=self.metadata.width,
            precision=self.precision,
            seed=self.seed,
        )
        if self.initial:
            load_pretrained_weights(network, self.initial, self.metadata.classes)
        return network

    def _build_trainer(self) -> keras.Model:
        trainer = in_parts(self.network, self.parts)
        if self.teacher is None:
            return trainer
        teacher = build_teacher(self.teacher, precision=self.precision, parts=self.parts)
        return with_teacher(trainer, teacher, self.recipe.distillation.weight)

    def train_epoch(self, epoch: int, stopped: Callable[[], bool]) -> dict[str, float] | None:
        """Go once through the batches. Returns the means of all images, None if it was broken off."""
        reseed_dropout(self.network, self.seed, epoch)
        loss = accuracy = 0.0
        seen = done = 0
        description = f"Epoch {epoch + 1}/{self.settings.epochs}"
        with (
            progress(description, total=len(self.batches), unit="steps") as advance,
            contextlib.closing(self.batches.epoch(epoch)) as batches,
        ):
            for images, labels in batches:
                # The first step compiles.
                with self.clock.measure("first step" if not (self.history or done) else "steps"):
                    steps = self.steps.take(*fill_parts(images, labels, self.parts))
                size = labels.shape[1]
                for step in steps:
                    done += 1
                    if not math.isfinite(step.loss):
                        raise self.diverged(epoch, step=done, what="loss is")
                    seen += size
                    loss += step.loss * size
                    accuracy += step.accuracy * size
                advance(len(steps), note=f"loss {loss / seen:.4f} accuracy {accuracy / seen:.4f}")
                if stopped():
                    return None
        return {"loss": loss / seen, "accuracy": accuracy / seen}

    def validate(self, epoch: int) -> dict[str, float]:
        """Run the network over the validation images, if it is time."""
        result = measure(self.trainer, self.validation) if self.is_validated(epoch) else NOT_VALIDATED
        self.errors = result.errors
        return {"validation_loss": result.loss, "validation_accuracy": result.accuracy}

    def criterion(self, line: EpochMetrics) -> float:
        """The validation loss."""
        return line.validation_loss

    def write_model(self, epoch: int) -> None:
        """Save the current weights in float32, without the optimiser."""
        self.kept.set_weights(self.network.get_weights())
        save_model(self.kept, replace(self.metadata, epoch=epoch), self.run.model)

    def describe(self, line: EpochMetrics) -> str:
        """Say how many images were read right."""
        text = f" accuracy {line.accuracy:.4f}"
        if not math.isnan(line.validation_loss):
            text += f", validation loss {line.validation_loss:.4f} accuracy {line.validation_accuracy:.4f} "
            text += f"({counted(self.errors, 'error')})"
        return text
