"""The run folder: the files of a training.

    recipe.toml        the recipe, overrides applied
    environment.json   seed, machine, device, versions, precision, data
    history.csv        one line an epoch
    curves.png         the same as a picture (with the report extra)
    model.keras        the best (or last) model, float32, with its classes and what it was trained on
    detector.onnx      in place of it where a detector was trained
    validation/        what a detector found, missed and took for signs in the held-out scenes
    figures.json       validation metrics of model.keras, times, images that did not decode
    checkpoint.npz     the state to resume from; removed when the run is complete
    .lock              there while a process trains

Each file is written whole or not at all.
"""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from roadsigns.errors import RunError
from roadsigns.files import replace_when_done
from roadsigns.recipe import Recipe, parse_recipe, to_toml
from roadsigns.wording import reason

__all__ = ["Checkpoint", "RunFolder"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state after an epoch.

    Attributes:
        epoch: Epochs done.
        best_loss: Lowest validation loss so far, or of what else decides which model is kept.
        weights: Of the network, in order.
        optimizer: Variables of the optimiser, in order.
    """

    epoch: int
    best_loss: float
    weights: list[npt.NDArray[Any]]
    optimizer: list[npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run folder that this process holds."""

    path: Path

    @property
    def recipe(self) -> Path:
        """The recipe file."""
        return self.path / "recipe.toml"

    @property
    def model(self) -> Path:
        """The model file."""
        return self.path / "model.keras"

    @property
    def detector(self) -> Path:
        """The model file of a detector."""
        return self.path / "detector.onnx"

    @property
    def curves(self) -> Path:
        """The picture of the history."""
        return self.path / "curves.png"

    @property
    def history(self) -> Path:
        """The history; see `roadsigns.training.history`."""
        return self.path / "history.csv"

    @property
    def is_complete(self) -> bool:
        """Whether the training went to its last epoch."""
        return (self.path / "figures.json").is_file() and bool(self.read_json("figures.json").get("complete"))

    def write_recipe(self, recipe: Recipe) -> None:
        """Write recipe.toml."""
        _write_text(self.recipe, to_toml(recipe))

    def read_recipe(self) -> Recipe:
        """Read recipe.toml back.

        Raises:
            RecipeError: If it is no recipe.
            RunError: If it cannot be read.
        """
        path = self.recipe
        try:
            return parse_recipe(path.read_text(encoding="utf-8"), name=str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(
                f"The recipe of the run cannot be read: {reason(error)}.",
                hint="Start again with another --run folder.",
                subject=str(path),
            ) from error

    def write_json(self, name: str, values: dict[str, Any]) -> None:
        """Write one of the JSON files."""
        # Paths in them may not be UTF-8. Such an escape is JSON's own, so that reading gives the path back.
        _write_text(self.path / name, json.dumps(values, indent=2, ensure_ascii=False) + "\n")

    def read_json(self, name: str) -> dict[str, Any]:
        """Read one of the JSON files.

        Raises:
            RunError: If it cannot be read, or holds no object.
        """
        try:
            values: object = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self._unreadable(name, reason(error)) from error
        if not isinstance(values, dict):
            raise self._unreadable(name, "it holds no object")
        return values

    def read_environment(self) -> dict[str, Any]:
        """Read environment.json: at least the name of the recipe and the seed.

        Raises:
            RunError: If it cannot be read, or lacks one of these.
        """
        values = self.read_json("environment.json")
        needed = {"recipe": str, "seed": int}
        if not all(isinstance(values.get(name), kind) for name, kind in needed.items()):
            raise self._unreadable("environment.json", f"it lacks one of {', '.join(needed)}")
        return values

    def _unreadable(self, name: str, why: str) -> RunError:
        return RunError(
            f"The file cannot be read ({why}).",
            hint="Start again with another --run folder.",
            subject=str(self.path / name),
        )

    def write_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write checkpoint.npz; the one before is replaced only when this one is whole."""
        arrays = {f"weight_{index}": array for index, array in enumerate(checkpoint.weights)}
        arrays |= {f"optimizer_{index}": array for index, array in enumerate(checkpoint.optimizer)}
        with replace_when_done(self.path / "checkpoint.npz") as temporary:
            np.savez(temporary, epoch=checkpoint.epoch, best_loss=checkpoint.best_loss, **arrays)  # type: ignore[arg-type]

    def read_checkpoint(self) -> Checkpoint | None:
        """Read checkpoint.npz; None where there is none."""
        path = self.path / "checkpoint.npz"
        if not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as arrays:

                def named(prefix: str) -> list[npt.NDArray[Any]]:
                    count = sum(name.startswith(prefix) for name in arrays.files)
                    return [arrays[f"{prefix}{index}"] for index in range(count)]

                return Checkpoint(
                    int(arrays["epoch"]), float(arrays["best_loss"]), named("weight_"), named("optimizer_")
                )
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise RunError(
                f"The checkpoint is damaged ({reason(error)}).",
                hint="Start again with another --run folder.",
                subject=str(path),
            ) from error

    def remove_checkpoint(self) -> None:
        """Remove checkpoint.npz: the run is complete."""
        (self.path / "checkpoint.npz").unlink(missing_ok=True)


def _write_text(path: Path, text: str) -> None:
    with replace_when_done(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
