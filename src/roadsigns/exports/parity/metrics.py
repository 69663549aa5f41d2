"""Whether an exported network answers as the Keras network does: the figures, and what they must be."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from roadsigns.types import Float32Array

__all__ = ["LIMITS", "Limits", "Parity", "Precision", "Tally"]

Precision: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an export may be from the Keras network.

    Attributes:
        equal_labels: The least share of images with the same most probable class.
        difference: The most that any probability may be off; 1 where no bound is promised.
    """

    equal_labels: float
    difference: float

    def allowed(self, images: int) -> int:
        """On how many of so many images the label may differ."""
        # Rounded first: 1 - 0.999 is a little less than a thousandth.
        return int(round((1 - self.equal_labels) * images, 6))

    def describe_difference(self) -> str:
        """Say how far probabilities may be off, where a bound is promised."""
        return f" ({self.difference:g} may)" if self.difference < 1 else ""


# The first three are promised. Eight bits move what was in doubt: what must hold there is that few labels change, and
# the loss is told in errors.
LIMITS: dict[Precision, Limits] = {
    "float32": Limits(1.0, 1e-4),
    "float16": Limits(0.999, 0.02),
    "bfloat16": Limits(0.999, 0.02),
    "int8": Limits(0.95, 1.0),
}


@dataclass(frozen=True, slots=True)
class Parity:
    """How two networks answer on the same images.

    Attributes:
        precision: What the export computes in or stores its weights as; decides the limits.
        images: How many were looked at.
        unequal_labels: On how many the most probable class differs.
        largest_difference: The most that one probability is off, 0 to 1; infinite if one is not a number.
        mean_difference: The mean over the images of the most that a probability is off.
        keras_errors: How many images the Keras network misreads; None where the truth is unknown.
        export_errors: How many the export misreads.
    """

    precision: Precision
    images: int
    unequal_labels: int
    largest_difference: float
    mean_difference: float
    keras_errors: int | None = None
    export_errors: int | None = None

    @property
    def limits(self) -> Limits:
        """What is asked of this precision."""
        return LIMITS[self.precision]

    @property
    def agrees(self) -> bool:
        """Whether the export is within its limits on at least one image."""
        return (
            self.images > 0
            and self.unequal_labels <= self.limits.allowed(self.images)
            and self.largest_difference <= self.limits.difference
        )

    def describe(self) -> str:
        """Say it in a line."""
        return (
            f"{self.unequal_labels} labels differ from Keras ({self.limits.allowed(self.images)} may), "
            f"probabilities by up to {self.largest_difference:.2g}{self.limits.describe_difference()}"
        )


@dataclass(slots=True)
class Tally:
    """Collects a parity batch by batch, in memory that does not grow.

    Attributes:
        precision: See `Parity`.
    """

    precision: Precision
    _images: int = field(default=0, init=False)
    _unequal: int = field(default=0, init=False)
    _largest: float = field(default=0.0, init=False)
    _sum: float = field(default=0.0, init=False)
    _errors: tuple[int, int] | None = field(default=(0, 0), init=False)

    def add(self, keras: Float32Array, export: Float32Array, labels: npt.NDArray[np.int32] | None = None) -> None:
        """Count a batch in.

        Args:
            keras: Probabilities of the Keras network, shape (images, num_classes).
            export: Those of the export.
            labels: Class ids, shape (images,); None where they are unknown.

        Raises:
            ValueError: If the shapes differ.
        """
        if keras.shape != export.shape:
            raise ValueError(f"The export answers with shape {export.shape}, Keras with {keras.shape}.")
        off = np.abs(keras.astype(np.float64) - export).max(axis=1)
        off[~np.isfinite(export).all(axis=1) | ~np.isfinite(off)] = np.inf
        ours, theirs = keras.argmax(axis=1), export.argmax(axis=1)
        self._images += len(keras)
        self._unequal += int((ours != theirs).sum())
        self._largest = max(self._largest, float(off.max(initial=0.0)))
        self._sum += float(off.sum())
        if labels is None or self._errors is None:
            self._errors = None
        else:
            self._errors = (
                self._errors[0] + int((ours != labels).sum()),
                self._errors[1] + int((theirs != labels).sum()),
            )

    def result(self) -> Parity:
        """Return the figures of all that was added."""
        errors = self._errors or (None, None)
        mean = self._sum / self._images if self._images else 0.0
        return Parity(self.precision, self._images, self._unequal, self._largest, mean, *errors)
