"""The training loop: epochs, validation, checkpoints."""

import contextlib
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import keras
import numpy as np

from roadsigns.errors import RunError
from roadsigns.loading.batches import TrainingBatches
from roadsigns.model_files.model_file import ModelMetadata, save_model
from roadsigns.models.build import build_inference_network, build_training_network
from roadsigns.models.own_network import NetworkBuilder
from roadsigns.progress import progress
from roadsigns.recipe import Recipe
from roadsigns.training.distillation import build_teacher, with_teacher
from roadsigns.training.graceful_stop import stop_on_interrupt
from roadsigns.training.optimization.compile import compile_network, reseed_dropout, train_last_layer_only
from roadsigns.training.optimization.data_parallel import fill_parts, in_parts
from roadsigns.training.optimization.schedule import DroppingRate, OneCycleRate
from roadsigns.training.optimization.steps import Step, Steps
from roadsigns.training.pretrained import PretrainedModel, load_pretrained_weights
from roadsigns.training.run_folder import Checkpoint, EpochMetrics, RunFolder
from roadsigns.training.timings import Clock
from roadsigns.training.validate import NOT_VALIDATED, Result, ValidationImages, measure
from roadsigns.wording import counted

__all__ = ["Fit"]


@dataclass(slots=True, kw_only=True)
class Fit:
    """One training. `run_epochs` runs it; the other attributes record its course.

    `network` is what is trained, `trainer` what takes the steps: the same weights, a batch in `parts` parts. `kept` is
    what is saved: given the weights of an epoch, in float32. `own_network` builds the network where the recipe names a
    function of the user's own. `teacher` is the model that it learns from.
    """

    recipe: Recipe
    run: RunFolder
    metadata: ModelMetadata
    batches: TrainingBatches
    validation: ValidationImages
    precision: str
    seed: int
    own_network: NetworkBuilder | None = None
    initial: PretrainedModel | None = None
    teacher: PretrainedModel | None = None
    parts: int = 1
    clock: Clock = field(default_factory=Clock)
    history: list[EpochMetrics] = field(default_factory=list, init=False)
    best_loss: float = field(default=math.inf, init=False)
    model_epoch: int = field(default=0, init=False)
    network: keras.Model = field(init=False)
    trainer: keras.Model = field(init=False)
    kept: keras.Model = field(init=False)
    steps: Steps = field(init=False)
    rate: DroppingRate | OneCycleRate = field(init=False)

    def run_epochs(self) -> bool:
        """Train to the last epoch.

        Returns:
            False if Ctrl-C ended it. The run folder holds a usable model either way.

        Raises:
            RunError: If the loss is no longer a number. The last good model and checkpoint stay.
        """
        with self.clock.measure("network"):
            self.network = self._build_network()
            self.kept = build_inference_network(
                self.own_network or self.metadata.network,
                num_classes=self.metadata.outputs,
                image_size=self.metadata.image_size,
                width=self.metadata.width,
            )
            self.trainer = self._build_trainer()
            self.rate = compile_network(self.trainer, self.recipe.training, steps_per_epoch=len(self.batches))
            first = self._restore()
            self.steps = Steps(self.trainer)
        with stop_on_interrupt() as stop:
            for epoch in range(first, self.recipe.training.epochs):
                if self.recipe.training.head_epochs and epoch in (first, self.recipe.training.head_epochs):
                    only = epoch < self.recipe.training.head_epochs
                    train_last_layer_only(self.network, only)
                    self.steps = Steps(self.trainer)
                if not self._run_epoch(epoch, stop.is_set):
                    if not self.run.model.is_file():
                        self._save_model(epoch)
                    return False
        return True

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

    def _restore(self) -> int:
        """Restore the checkpoint, if there is one. Returns the next epoch, counted from 0."""
        checkpoint = self.run.read_checkpoint()
        if checkpoint is None:
            return 0
        self.network.set_weights(checkpoint.weights)
        for variable, value in zip(self.trainer.optimizer.variables, checkpoint.optimizer, strict=True):
            variable.assign(value)
        self.best_loss = checkpoint.best_loss
        # A run killed between the two files has written one line more than the checkpoint knows.
        self.history = self.run.read_history()[: checkpoint.epoch]
        self.model_epoch = self._epoch_of_model()
        if self.model_epoch == checkpoint.epoch:
            # A run killed after its checkpoint may not have come to write the model.
            self._save_model(checkpoint.epoch)
        return checkpoint.epoch

    def _epoch_of_model(self) -> int:
        if self.recipe.training.keep == "last" or not len(self.validation.index):
            return len(self.history)
        return min(self.history, key=lambda line: line.validation_loss).epoch

    def _run_epoch(self, epoch: int, stopped: Callable[[], bool]) -> bool:
        """Train one epoch (counted from 0), validate and record it. Returns False if it was broken off."""
        waited_before = self.batches.waited_seconds
        start = time.perf_counter()
        mean = self._train_steps(epoch, stopped)
        if mean is None:
            return False
        seconds = time.perf_counter() - start
        with self.clock.measure("validation"):
            result = measure(self.trainer, self.validation) if self._is_validated(epoch) else NOT_VALIDATED
        # A loss is taken before its step's update, and a ReLU turns NaN into 0: check the weights too.
        if not all(bool(np.isfinite(array).all()) for array in self.network.get_weights()):
            raise self._diverged(epoch, step=len(self.batches), what="weights are")
        if result.images and not math.isfinite(result.loss):
            raise self._diverged(epoch, step=len(self.batches), what="validation loss is")
        self.history.append(
            EpochMetrics(
                epoch=epoch + 1,
                learning_rate=self._rate_of(epoch, step=len(self.batches)),
                loss=mean.loss,
                accuracy=mean.accuracy,
                validation_loss=result.loss,
                validation_accuracy=result.accuracy,
                seconds=seconds,
                waited_seconds=self.batches.waited_seconds - waited_before,
            )
        )
        with self.clock.measure("saving"):
            self._keep(epoch, result)
        _tell(self.history[-1], self.recipe.training.epochs, result)
        return True

    def _is_validated(self, epoch: int) -> bool:
        settings = self.recipe.training
        return epoch + 1 == settings.epochs or (epoch + 1) % settings.validate_every_epochs == 0

    def _train_steps(self, epoch: int, stopped: Callable[[], bool]) -> Step | None:
        """Go once through the batches. Returns the mean of all images, None if it was broken off."""
        reseed_dropout(self.network, self.seed, epoch)
        loss = accuracy = 0.0
        seen = done = 0
        description = f"Epoch {epoch + 1}/{self.recipe.training.epochs}"
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
                        raise self._diverged(epoch, step=done, what="loss is")
                    seen += size
                    loss += step.loss * size
                    accuracy += step.accuracy * size
                advance(len(steps), note=f"loss {loss / seen:.4f} accuracy {accuracy / seen:.4f}")
                if stopped():
                    return None
        return Step(loss / seen, accuracy / seen)

    def _rate_of(self, epoch: int, *, step: int) -> float:
        """The learning rate of a step, counted from 1 in each epoch."""
        return float(self.rate(epoch * len(self.batches) + step - 1))

    def _diverged(self, epoch: int, *, step: int, what: str) -> RunError:
        kept = f" The model of epoch {self.model_epoch} is kept." if self.run.model.is_file() else ""
        return RunError(
            f"The {what} no longer finite at step {step} of epoch {epoch + 1}, at a learning rate of "
            f"{self._rate_of(epoch, step=step):.3g}.{kept} Try a lower rate in a new run: --set training.learning_rate="
            f"{self.recipe.training.learning_rate / 3:.2g}"
        )

    def _keep(self, epoch: int, result: Result) -> None:
        """Write the history, the checkpoint that vouches for it, and the model if it is the one to keep.

        The model comes last: it can be made from the checkpoint, while the model it replaces could not be made again.
        """
        best = result.loss < self.best_loss
        if best:
            self.best_loss = result.loss
        self.run.write_history(self.history)
        self.run.write_checkpoint(
            Checkpoint(
                epoch=epoch + 1,
                best_loss=self.best_loss,
                weights=self.network.get_weights(),
                optimizer=[np.asarray(variable) for variable in self.trainer.optimizer.variables],
            )
        )
        if best or self.recipe.training.keep == "last" or not result.images:
            self._save_model(epoch + 1)

    def _save_model(self, epoch: int) -> None:
        """Save the current weights in float32, without the optimiser."""
        self.kept.set_weights(self.network.get_weights())
        save_model(self.kept, replace(self.metadata, epoch=epoch), self.run.model)
        self.model_epoch = epoch


def _tell(line: EpochMetrics, epochs: int, result: Result) -> None:
    """One line an epoch, on standard error with the progress."""
    validation = (
        f", validation loss {line.validation_loss:.4f} accuracy {line.validation_accuracy:.4f} "
        f"({counted(result.errors, 'error')})"
        if result.images
        else ""
    )
    print(
        f"Epoch {line.epoch}/{epochs}: {line.seconds:.0f} s, rate {line.learning_rate:.2g}, loss {line.loss:.4f} "
        f"accuracy {line.accuracy:.4f}{validation}",
        file=sys.stderr,
        flush=True,
    )
