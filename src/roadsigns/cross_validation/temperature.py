"""A cross-validation's probabilities to the temperature that fits them, and what it is worth."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from roadsigns.cross_validation.store import CrossValidation
from roadsigns.errors import RunError
from roadsigns.evaluation.calibration import (
    BINS,
    MAX_TEMPERATURE,
    MIN_TEMPERATURE,
    CalibrationMetrics,
    calibration_metrics,
    cross_fitted,
    fit_temperature,
    logits_of,
)
from roadsigns.evaluation.metrics import percent
from roadsigns.evaluation.probabilities import probabilities_file, read_probabilities
from roadsigns.printable import printable

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["Temperature", "measure_temperature", "print_temperature", "temperature_values"]

# Each fold is judged at a temperature of the others.
LEAST_FOLDS = 2


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature and what it is worth.

    Attributes:
        cross: The cross-validation it was fitted on.
        value: Fitted on all finished folds.
        images: How many there are in them.
        before: The figures without one.
        after: Each fold at the temperature that was fitted on the others.
        folds: That temperature, by fold.
    """

    cross: CrossValidation
    value: float
    images: int
    before: CalibrationMetrics
    after: CalibrationMetrics
    folds: dict[int, float]


def measure_temperature(cross: CrossValidation) -> Temperature:
    """Fit a temperature on out-of-fold probabilities.

    Raises:
        RunError: If fewer than two folds are there, or lack their probabilities, or no temperature fits.
    """
    if len(cross.parts) < LEAST_FOLDS:
        raise RunError(
            f"{cross.folder} holds {len(cross.parts)} of {cross.record.folds} folds. A temperature wants two at "
            "least: each is judged by what fits the others. Go on with the command that began it."
        )
    parts = []
    for number, predictions in sorted(cross.parts.items()):
        file = probabilities_file(cross.folder, number)
        probabilities = read_probabilities(file, predictions, num_classes=len(cross.record.classes))
        parts.append((logits_of(probabilities), predictions.labels))
    logits, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    value = fit_temperature(logits, labels)
    after, of_folds = cross_fitted(parts)
    for fitted in (value, *of_folds):
        if not MIN_TEMPERATURE < fitted < MAX_TEMPERATURE:
            wrong = int((logits.argmax(axis=1) != labels).sum())
            raise RunError(
                f"No temperature between {MIN_TEMPERATURE} and {MAX_TEMPERATURE} fits {cross.folder}: {wrong} of "
                f"{len(labels):,} images are misread. Where there are next to none, there is nothing to fit; where there are "
                "next to only such, the models have learnt nothing."
            )
    return Temperature(
        cross=cross,
        value=value,
        images=len(labels),
        before=calibration_metrics(logits, labels),
        after=after,
        folds=dict(zip(sorted(cross.parts), of_folds, strict=True)),
    )


def temperature_values(temperature: Temperature) -> dict[str, Any]:
    """Return all as plain values that JSON can hold. Fractions, not percent; nats."""
    record = temperature.cross.record
    return {
        "folder": str(temperature.cross.folder),
        "complete": temperature.cross.is_complete,
        "recipe": record.recipe_name,
        "source": record.source,
        "by": record.by,
        "seed": record.seed,
        "images": temperature.images,
        "temperature": temperature.value,
        "fold_temperatures": {str(number): value for number, value in temperature.folds.items()},
        "bins": BINS,
        "before": asdict(temperature.before),
        "after": asdict(temperature.after),
    }


def print_temperature(temperature: Temperature, file: TextIO) -> None:
    """Print the figures for people."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    cross = temperature.cross
    title = ". ".join(filter(None, (cross.record.title, cross.partial_label)))
    console.print(printable(title), style="bold", soft_wrap=True)
    console.print(_table(temperature))
    folds = ", ".join(f"{value:.4f}" for value in temperature.folds.values())
    console.print(
        f"Temperature {temperature.value:.4f}, fitted on {temperature.images:,} images, each read by a model that has "
        f"not seen its sign. After: each fold at the temperature of the others ({folds}).",
        soft_wrap=True,
    )


def _table(temperature: Temperature) -> "Table":
    from rich.table import Table

    before, after = temperature.before, temperature.after
    table = Table("")
    for header in ("Before", "After"):
        table.add_column(header, justify="right")
    table.add_row("NLL (nats)", f"{before.nll:.4f}", f"{after.nll:.4f}")
    table.add_row(f"ECE ({BINS} bins)", percent(before.ece), percent(after.ece))
    table.add_row("Brier score", f"{before.brier:.5f}", f"{after.brier:.5f}")
    return table
