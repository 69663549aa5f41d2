"""Metrics of parity between an exported network and the Keras network, and their limits."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from roadsigns.inference.decide import DecisionRule, decision_numbers
from roadsigns.types import Float32Array
from roadsigns.wording import counted

__all__ = ["LIMITS", "Limits", "Parity", "ParityTally", "Precision"]

Precision: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an export may differ from the Keras network.

    Attributes:
        equal_labels: The minimum share of images with the same most probable class or kind of unknown.
        equal_decisions: The minimum share of images that both call known, both uncertain or both unknown.
        difference: The maximum difference of any probability; 1 where there is no limit.
    """

    equal_labels: float
    equal_decisions: float
    difference: float

    def allowed(self, images: int) -> int:
        """Return on how many of `images` images the label may differ."""
        return _rest(self.equal_labels, images)

    def allowed_decisions(self, images: int) -> int:
        """Return on how many of `images` images the decision may differ."""
        return _rest(self.equal_decisions, images)

    def describe_difference(self) -> str:
        """Return how far probabilities may differ, in parentheses; an empty text where there is no limit."""
        return f" (limit {self.difference:g})" if self.difference < 1 else ""


def _rest(share: float, images: int) -> int:
    # Rounded before it is cut off: 1 - 0.999 is a little less than a thousandth.
    return int(round((1 - share) * images, 6))


# In int8, uncertain probabilities change a lot: there, few labels may change, and errors are counted instead. Of many
# known scores and probabilities, one may lie so close to a threshold that float32 decides.
LIMITS: dict[Precision, Limits] = {
    "float32": Limits(1.0, 0.9999, 1e-4),
    "float16": Limits(0.999, 0.999, 0.02),
    "bfloat16": Limits(0.999, 0.999, 0.02),
    "int8": Limits(0.95, 0.95, 1.0),
}


@dataclass(frozen=True, slots=True)
class Parity:
    """How two networks agree on the same images.

    Attributes:
        precision: The precision that the export computes in or stores its weights in; decides the limits.
        images: Number of images.
        unequal_labels: Number of images whose most probable class or kind of unknown differs.
        largest_difference: Largest difference of a probability, 0 to 1; infinite if one is not a number.
        mean_difference: Mean over the images of the largest difference of a probability.
        keras_errors: Number of images that the Keras network misreads; None where the labels are unknown.
        export_errors: The same of the export.
        unequal_decisions: Number of images that one network calls known, uncertain or unknown and the other does not,
            by the model's default threshold and prediction sets; None where it has no threshold.
    """

    precision: Precision
    images: int
    unequal_labels: int
    largest_difference: float
    mean_difference: float
    keras_errors: int | None = None
    export_errors: int | None = None
    unequal_decisions: int | None = None

    @property
    def limits(self) -> Limits:
        """The limits of this precision."""
        return LIMITS[self.precision]

    @property
    def agrees(self) -> bool:
        """Whether there are images, and the export is within its limits on them."""
        return (
            self.images > 0
            and self.unequal_labels <= self.limits.allowed(self.images)
            and (self.unequal_decisions or 0) <= self.limits.allowed_decisions(self.images)
            and self.largest_difference <= self.limits.difference
        )

    def describe(self) -> str:
        """Return the comparison as one line."""
        differ = "differs" if self.unequal_labels == 1 else "differ"
        return (
            f"{counted(self.unequal_labels, 'label')} {differ} from Keras (limit {self.limits.allowed(self.images)}), "
            f"probabilities by up to {self.largest_difference:.2g}{self.limits.describe_difference()}"
        )


@dataclass(slots=True)
class ParityTally:
    """Accumulates a `Parity` batch by batch, in constant memory.

    Attributes:
        precision: See `Parity`.
        num_classes: How many of the outputs are classes; they come before the kinds of unknown.
        rule: What decides; None where decisions are not compared.
    """

    precision: Precision
    num_classes: int
    rule: DecisionRule | None = None
    _images: int = field(default=0, init=False)
    _unequal: int = field(default=0, init=False)
    _unequal_decisions: int = field(default=0, init=False)
    _largest: float = field(default=0.0, init=False)
    _sum: float = field(default=0.0, init=False)
    _errors: tuple[int, int] | None = field(default=(0, 0), init=False)

    def add(self, keras: Float32Array, export: Float32Array, labels: npt.NDArray[np.int32] | None = None) -> None:
        """Add a batch.

        Args:
            keras: Probabilities of the Keras network, shape (images, num_classes + kinds).
            export: Probabilities of the export, of the same shape.
            labels: Class ids, shape (images,); None where they are unknown.

        Raises:
            ValueError: If the shapes differ.
        """
        if keras.shape != export.shape:
            raise ValueError(f"The export returned shape {export.shape}, Keras {keras.shape}.")
        difference = np.abs(keras.astype(np.float64) - export).max(axis=1)
        difference[~np.isfinite(export).all(axis=1) | ~np.isfinite(difference)] = np.inf
        self._images += len(keras)
        self._unequal += int((keras.argmax(axis=1) != export.argmax(axis=1)).sum())
        ours, theirs = (outputs[:, : self.num_classes].argmax(axis=1) for outputs in (keras, export))
        if self.rule is not None:
            decisions = [decision_numbers(outputs, self.rule) for outputs in (keras, export)]
            self._unequal_decisions += int((decisions[0] != decisions[1]).sum())
        self._largest = max(self._largest, float(difference.max(initial=0.0)))
        self._sum += float(difference.sum())
        if labels is None or self._errors is None:
            self._errors = None
        else:
            self._errors = (
                self._errors[0] + int((ours != labels).sum()),
                self._errors[1] + int((theirs != labels).sum()),
            )

    def result(self) -> Parity:
        """Return the parity of all batches."""
        keras_errors, export_errors = self._errors or (None, None)
        return Parity(
            precision=self.precision,
            images=self._images,
            unequal_labels=self._unequal,
            largest_difference=self._largest,
            mean_difference=self._sum / self._images if self._images else 0.0,
            keras_errors=keras_errors,
            export_errors=export_errors,
            unequal_decisions=self._unequal_decisions if self.rule and self.rule.threshold is not None else None,
        )
