"""Fits the temperature of a recipe on the probabilities of its cross-validation."""

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.fold_outputs import FoldOutputs, has_corrupted_outputs, read_fold_outputs
from roadsigns.cross_validation.store import CrossValidation
from roadsigns.errors import RunError
from roadsigns.evaluation.calibration import (
    BINS,
    MAX_TEMPERATURE,
    MIN_TEMPERATURE,
    CalibrationMetrics,
    cross_fitted_temperatures,
    fit_temperature,
    logits_of,
    metrics_at,
)
from roadsigns.printable import printable
from roadsigns.wording import percent

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["Temperature", "measure_temperature", "print_temperature"]

# Each fold is measured at a temperature fitted on the others.
MIN_FOLDS = 2


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature, and the calibration with and without it.

    Attributes:
        cross: The cross-validation that it was fitted on.
        is_fitted: Whether one fits. None does where nothing is misread: surer would always be better.
        value: 1 where none fits. Fitted on all finished folds: on their images with corruptions, where the outputs for
            these are there, so that probabilities are not too high in bad conditions; otherwise on the images as they
            are.
        images: Number of images in them.
        before: The metrics of the images as they are, at a temperature of 1.
        after: The metrics of each fold at the temperature fitted on the others.
        corrupted: Both for the images with corruptions; None where it was not fitted on them.
        folds: The temperature fitted on the others, by fold.
        outputs: For the images as they are, by fold.
    """

    cross: CrossValidation
    is_fitted: bool
    value: float
    images: int
    before: CalibrationMetrics
    after: CalibrationMetrics
    corrupted: tuple[CalibrationMetrics, CalibrationMetrics] | None
    folds: dict[int, float]
    outputs: dict[int, FoldOutputs] = field(repr=False)

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON holds it: fractions, not percent; nats."""
        record = self.cross.record
        return {
            "folder": str(self.cross.folder),
            "complete": self.cross.is_complete,
            "recipe": record.recipe_name,
            "source": record.source,
            "by": record.by,
            "seed": record.seed,
            "images": self.images,
            "temperature": self.value,
            "fitted": self.is_fitted,
            "fold_temperatures": {str(number): value for number, value in self.folds.items()},
            "bins": BINS,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "corrupted": self.corrupted
            and {name: one.as_dict() for name, one in zip(("before", "after"), self.corrupted, strict=True)},
        }


def measure_temperature(cross: CrossValidation) -> Temperature:
    """Fit a temperature on out-of-fold probabilities.

    Raises:
        RunError: If fewer than two folds are there, or lack their probabilities.
    """
    if len(cross.parts) < MIN_FOLDS:
        raise RunError(
            f"Fewer than two of {cross.record.folds} folds are finished.",
            expected="at least two, since each is measured at the temperature fitted on the others",
            hint="Run the command that started it again.",
            subject=str(cross.folder),
        )
    outputs = {number: read_fold_outputs(cross, number) for number in sorted(cross.parts)}
    parts = [(logits_of(one.probabilities), cross.parts[number].labels) for number, one in outputs.items()]
    corrupted = _corrupted_parts(cross) if has_corrupted_outputs(cross) else None
    if cross.corrupted_parts and corrupted is None:
        warnings.warn(
            "The probabilities of images with corruptions are not there for every fold, so the temperature is fitted "
            f"on the images as they are. If {cross.folder} has the models of its folds, move the files fold-N-hard.csv "
            "away and run `roadsigns cross-validate --corruptions` again.",
            stacklevel=2,
        )
    fitted_on = corrupted or parts
    logits, labels = (np.concatenate(arrays) for arrays in zip(*fitted_on, strict=True))
    value = fit_temperature(logits, labels)
    of_folds, unscaled = cross_fitted_temperatures(fitted_on), (1.0,) * len(parts)
    is_fitted = all(MIN_TEMPERATURE < fitted < MAX_TEMPERATURE for fitted in (value, *of_folds))
    if not is_fitted:
        wrong = int((logits.argmax(axis=1) != labels).sum())
        value, of_folds = 1.0, unscaled
        warnings.warn(
            f"No temperature between {MIN_TEMPERATURE} and {MAX_TEMPERATURE} fits all folds: {wrong:,} of "
            f"{len(labels):,} images {'with corruptions ' if corrupted else ''}are misread, and some fold has too few "
            "errors, or outputs that say nothing. So the temperature is 1, as trained. Prediction sets and thresholds "
            "are computed all the same.",
            stacklevel=2,
        )
    return Temperature(
        cross=cross,
        is_fitted=is_fitted,
        value=value,
        images=sum(len(part_labels) for _, part_labels in parts),
        before=metrics_at(parts, unscaled),
        after=metrics_at(parts, of_folds),
        corrupted=(metrics_at(corrupted, unscaled), metrics_at(corrupted, of_folds)) if corrupted else None,
        folds=dict(zip(outputs, of_folds, strict=True)),
        outputs=outputs,
    )


def _corrupted_parts(cross: CrossValidation) -> list[tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]]:
    """Return the logits and labels of the images with corruptions, by fold."""
    return [
        (logits_of(read_fold_outputs(cross, number, corrupted=True).probabilities), part.labels)
        for number, part in sorted(cross.corrupted_parts.items())
    ]


def print_temperature(temperature: Temperature, file: TextIO) -> None:
    """Print the temperature and a table of the calibration before and after."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    console.print(printable(temperature.cross.title), style="bold", soft_wrap=True)
    console.print(_table(temperature))
    if not temperature.is_fitted:
        console.print("Temperature 1, as trained: none fits.")
        return
    folds = ", ".join(f"{value:.4f}" for value in temperature.folds.values())
    corrupted = ", each with a corruption and" if temperature.corrupted else ", each"
    console.print(
        f"Temperature {temperature.value:.4f}, fitted on {temperature.images:,} images{corrupted} predicted by a model "
        f"that has not seen its sign. After: each fold at the temperature fitted on the others ({folds}).",
        soft_wrap=True,
    )


def _table(temperature: Temperature) -> "Table":
    from rich.table import Table

    table = Table("")
    for header in ("Before", "After"):
        table.add_column(header, justify="right")
    pairs = {"": (temperature.before, temperature.after)}
    if temperature.corrupted:
        pairs[", with corruptions"] = temperature.corrupted
    for what, (before, after) in pairs.items():
        table.add_row(f"NLL (nats){what}", f"{before.nll:.4f}", f"{after.nll:.4f}")
        table.add_row(f"ECE ({BINS} bins){what}", percent(before.ece), percent(after.ece))
        table.add_row(f"Brier score{what}", f"{before.brier:.5f}", f"{after.brier:.5f}")
    return table
