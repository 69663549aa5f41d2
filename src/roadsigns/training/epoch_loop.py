"""The loop over the epochs of any training: steps, validation, history, checkpoint, model."""

import math
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol

import keras
import numpy as np

from roadsigns.errors import RunError
from roadsigns.loading.ahead import Waiting
from roadsigns.recipe_tables import TrainingSettings
from roadsigns.training.graceful_stop import stop_on_interrupt
from roadsigns.training.history import Row, read_history, write_history
from roadsigns.training.optimization.schedule import DroppingRate, OneCycleRate
from roadsigns.training.run_folder import Checkpoint, RunFolder
from roadsigns.training.timings import Clock

__all__ = ["Batches", "EpochLoop"]


class Batches(Protocol):
    """What the loop asks of the batches."""

    @property
    def waiting(self) -> Waiting:
        """How long the training waited for them."""

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""


@dataclass(slots=True, kw_only=True)
class EpochLoop(ABC, Generic[Row]):
    """One training. `run_epochs` runs it; the other attributes record its course.

    What is trained, and on what, is in the methods without a body. `network` holds the weights; `trainer`, which may be
    the same, takes the steps and has the optimiser.
    """

    run: RunFolder
    settings: TrainingSettings
    seed: int
    clock: Clock = field(default_factory=Clock)
    history: list[Row] = field(default_factory=list, init=False)
    best: float = field(default=math.inf, init=False)
    model_epoch: int = field(default=0, init=False)
    network: keras.Model = field(init=False)
    trainer: keras.Model = field(init=False)
    rate: DroppingRate | OneCycleRate = field(init=False)

    @property
    def model(self) -> Path:
        """The file of the model."""
        return self.run.model

    @property
    @abstractmethod
    def loaded_batches(self) -> Batches:
        """The batches that train."""

    @property
    @abstractmethod
    def has_validation(self) -> bool:
        """Whether anything is held out."""

    @property
    @abstractmethod
    def row(self) -> type[Row]:
        """The kind of row of the history."""

    @abstractmethod
    def build(self) -> None:
        """Make `network`, `trainer` and `rate`."""

    @abstractmethod
    def begin_epoch(self, epoch: int, first: int) -> None:
        """Get ready for an epoch, counted from 0; `first` is the one that this process begins with."""

    @abstractmethod
    def train_epoch(self, epoch: int, stopped: Callable[[], bool]) -> dict[str, float] | None:
        """Go once through the batches. Returns columns of the history, or None if it was broken off."""

    @abstractmethod
    def validate(self, epoch: int) -> dict[str, float]:
        """Return columns of the history; NaN where the epoch is not validated."""

    @abstractmethod
    def criterion(self, line: Row) -> float:
        """Return what the model that is kept has least of; NaN where the epoch was not validated."""

    @abstractmethod
    def write_model(self, epoch: int) -> None:
        """Write the model with the current weights; epochs are counted from 1."""

    @abstractmethod
    def describe(self, line: Row) -> str:
        """Say how well an epoch went."""

    def run_epochs(self) -> bool:
        """Train to the last epoch.

        Returns:
            False if Ctrl-C ended it. The run folder holds a usable model either way.

        Raises:
            RunError: If the loss is no longer a number. The last good model and checkpoint stay.
        """
        with self.clock.measure("network"):
            self.build()
            first = self._restore()
        with stop_on_interrupt() as stop:
            for epoch in range(first, self.settings.epochs):
                self.begin_epoch(epoch, first)
                if not self._run_epoch(epoch, stop.is_set):
                    if not self.model.is_file():
                        self._save_model(epoch)
                    return False
        return True

    def is_validated(self, epoch: int) -> bool:
        """Whether an epoch, counted from 0, is validated."""
        due = epoch + 1 == self.settings.epochs or (epoch + 1) % self.settings.validate_every_epochs == 0
        return due and self.has_validation

    def diverged(self, epoch: int, *, step: int, what: str) -> RunError:
        """Return the error of a training whose figures are no longer numbers."""
        kept = f" The model of epoch {self.model_epoch} is kept." if self.model.is_file() else ""
        return RunError(
            f"The {what} no longer finite at step {step} of epoch {epoch + 1}, at a learning rate of "
            f"{self._rate_of(epoch, step=step):.3g}.{kept}",
            hint=f"Try a lower rate in a new run: --set training.learning_rate={self.settings.learning_rate / 3:.2g}.",
        )

    def _restore(self) -> int:
        """Restore the checkpoint, if there is one. Returns the next epoch, counted from 0."""
        checkpoint = self.run.read_checkpoint()
        if checkpoint is None:
            return 0
        self._require_own(checkpoint)
        self.network.set_weights(checkpoint.weights)
        for variable, value in zip(self.trainer.optimizer.variables, checkpoint.optimizer, strict=True):
            variable.assign(value)
        self.best = checkpoint.best_loss
        # A run killed between the two files has written one line more than the checkpoint knows.
        self.history = read_history(self.run.history, self.row, epochs=checkpoint.epoch)
        self.model_epoch = self._epoch_of_model()
        if self.model_epoch == checkpoint.epoch:
            # A run killed after its checkpoint may not have come to write the model.
            self._save_model(checkpoint.epoch)
        return checkpoint.epoch

    def _require_own(self, checkpoint: Checkpoint) -> None:
        """Raise unless a checkpoint is of the network and the optimiser that the recipe asks for."""
        saved = [array.shape for array in (*checkpoint.weights, *checkpoint.optimizer)]
        built = [tuple(variable.shape) for variable in (*self.network.weights, *self.trainer.optimizer.variables)]
        if saved != built:
            raise RunError(
                "The checkpoint is not of the network and optimiser that recipe.toml now describes.",
                expected="the recipe.toml that the run was started with",
                hint="Undo the changes to recipe.toml, or start again with another --run folder.",
                subject=str(self.run.path),
            )

    def _epoch_of_model(self) -> int:
        validated = [line for line in self.history if not math.isnan(self.criterion(line))]
        if self.settings.keep == "last" or not validated:
            return len(self.history)
        return min(validated, key=self.criterion).epoch

    def _run_epoch(self, epoch: int, stopped: Callable[[], bool]) -> bool:
        """Train one epoch (counted from 0), validate and record it. Returns False if it was broken off."""
        waiting = self.loaded_batches.waiting
        waited_before = waiting.waited_seconds
        start = time.perf_counter()
        columns: dict[str, Any] | None = self.train_epoch(epoch, stopped)
        if columns is None:
            return False
        seconds = time.perf_counter() - start
        with self.clock.measure("validation"):
            columns |= self.validate(epoch)
        steps = len(self.loaded_batches)
        # A loss is taken before its step's update, and a ReLU turns NaN into 0: check the weights too.
        if not all(bool(np.isfinite(array).all()) for array in self.network.get_weights()):
            raise self.diverged(epoch, step=steps, what="weights are")
        line = self.row(
            epoch=epoch + 1,
            learning_rate=self._rate_of(epoch, step=steps),
            seconds=seconds,
            waited_seconds=waiting.waited_seconds - waited_before,
            **columns,
        )
        if self.is_validated(epoch) and not math.isfinite(self.criterion(line)):
            raise self.diverged(epoch, step=steps, what="validation loss is")
        self.history.append(line)
        with self.clock.measure("saving"):
            self._keep(line)
        print(
            f"Epoch {line.epoch}/{self.settings.epochs}: {line.seconds:.0f} s, rate {line.learning_rate:.2g}, "
            f"loss {line.loss:.4f}{self.describe(line)}",
            file=sys.stderr,
            flush=True,
        )
        return True

    def _rate_of(self, epoch: int, *, step: int) -> float:
        """The learning rate of a step, counted from 1 in each epoch."""
        return float(self.rate(epoch * len(self.loaded_batches) + step - 1))

    def _keep(self, line: Row) -> None:
        """Write the history, the checkpoint that vouches for it, and the model if it is the one to keep.

        The model comes last: it can be made from the checkpoint, while the model it replaces could not be made again.
        """
        best = self.criterion(line) < self.best
        if best:
            self.best = self.criterion(line)
        write_history(self.history, self.run.history, self.row)
        self.run.write_checkpoint(
            Checkpoint(
                epoch=line.epoch,
                best_loss=self.best,
                weights=self.network.get_weights(),
                optimizer=[np.asarray(variable) for variable in self.trainer.optimizer.variables],
            )
        )
        if best or self.settings.keep == "last" or not self.is_validated(line.epoch - 1):
            self._save_model(line.epoch)

    def _save_model(self, epoch: int) -> None:
        self.write_model(epoch)
        self.model_epoch = epoch
