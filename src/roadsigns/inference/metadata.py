"""What a model says of itself, in whatever file it lies."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from roadsigns.classes import SignClass
from roadsigns.data.samples import TrackKey
from roadsigns.images.crop import GTSRB_MARGIN
from roadsigns.images.prepare import Preparation

__all__ = ["ModelMetadata", "metadata_from_values", "metadata_values"]


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """What a model file says of itself.

    Attributes:
        network: Name of the architecture.
        recipe: Name of the recipe.
        preparation: Name of the preparation its inputs need.
        image_size: Side of its input in pixels.
        classes: In label order.
        source: The data set it was trained on, such as "GTSRB".
        trained_on: Every (class, track) of `source` of which it has seen an image.
        split: How validation was held out: {"by", "validation_fraction", "seed"}, or {"by", "folds", "fold", "seed"}.
        epoch: How many epochs of training the weights have seen.
        weights_sha256: Checksum of the float32 weights as trained, in order; a file may hold them rounded to float16.
        margin: Background around a sign's box, as a fraction of its longer side, where the preparation uses boxes.
        temperature: What the logits are divided by, so that probabilities are chances; 1 leaves them as trained.
    """

    network: str
    recipe: str
    preparation: str
    image_size: int
    classes: tuple[SignClass, ...]
    source: str
    trained_on: frozenset[TrackKey]
    split: dict[str, Any]
    epoch: int
    weights_sha256: str = ""
    margin: float = GTSRB_MARGIN
    temperature: float = 1.0

    def as_preparation(self) -> Preparation:
        """How its inputs are prepared.

        Raises:
            ModelError: If this version does not have that preparation.
        """
        return Preparation(self.preparation, self.image_size, self.margin)

    def with_checksum(self, weights_sha256: str) -> "ModelMetadata":
        """The same of a network whose weights have this checksum."""
        return replace(self, weights_sha256=weights_sha256)


def metadata_values(metadata: ModelMetadata) -> dict[str, Any]:
    """Return metadata as what JSON can hold."""
    return {**asdict(metadata), "trained_on": sorted(metadata.trained_on)}


def metadata_from_values(values: dict[str, Any]) -> ModelMetadata:
    """Return what `metadata_values` was given.

    Raises:
        KeyError, TypeError, ValueError: If a value is missing, unknown, or of another type.
    """
    classes = tuple(SignClass(**sign) for sign in values["classes"])
    trained_on = frozenset(TrackKey(*key) for key in values["trained_on"])
    return ModelMetadata(**{**values, "classes": classes, "trained_on": trained_on})
