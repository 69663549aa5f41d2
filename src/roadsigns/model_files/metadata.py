"""What a model says of itself, in whatever file it lies."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from roadsigns.preprocessing.crop import GTSRB_MARGIN
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.types import SignClass, TrackKey

if TYPE_CHECKING:
    import keras

__all__ = ["Ancestor", "ModelMetadata", "metadata_from_values", "metadata_values", "weights_checksum"]


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A model that another began from, and what that one has learned from: it may still know it.

    Attributes:
        model: As it was asked for.
        weights_sha256: Checksum of the weights that were taken, as float32.
        source: The data set it was trained on.
        classes: Their names, in label order.
        trained_on: Every (class, track) of `source` of which it has seen an image.
    """

    model: str
    weights_sha256: str
    source: str
    classes: tuple[str, ...]
    trained_on: frozenset[TrackKey]


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
        ancestors: The model that its training began from, the one that that one began from, and so on.
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
    ancestors: tuple[Ancestor, ...] = ()

    def as_preparation(self) -> Preparation:
        """How its inputs are prepared.

        Raises:
            ModelError: If this version does not have that preparation.
        """
        return Preparation(self.preparation, self.image_size, self.margin)

    def learned_tracks(self, source: str, class_names: Sequence[str]) -> frozenset[TrackKey] | None:
        """Return every (class, track) of a data set of which it, or a model it began from, has seen an image.

        Args:
            source: The data set's.
            class_names: Of its classes, in label order: tracks are told apart by class.

        Returns:
            None if nothing was learned from that source.
        """
        own = Ancestor("", "", self.source, tuple(sign.name for sign in self.classes), self.trained_on)
        known = [
            model.trained_on
            for model in (own, *self.ancestors)
            if (model.source, model.classes) == (source, tuple(class_names))
        ]
        return frozenset().union(*known) if known else None

    def with_checksum(self, weights_sha256: str) -> "ModelMetadata":
        """The same of a network whose weights have this checksum."""
        return replace(self, weights_sha256=weights_sha256)


def metadata_values(metadata: ModelMetadata) -> dict[str, Any]:
    """Return metadata as what JSON can hold."""
    values = asdict(metadata)
    del values["ancestors"]
    # The key is older than the attribute's name.
    starts = [{**asdict(model), "trained_on": sorted(model.trained_on)} for model in metadata.ancestors]
    return {**values, "trained_on": sorted(metadata.trained_on), "starts": starts}


def metadata_from_values(values: dict[str, Any]) -> ModelMetadata:
    """Return what `metadata_values` was given.

    Raises:
        KeyError, TypeError, ValueError: If a value is missing, unknown, or of another type.
    """
    classes = tuple(SignClass(**sign) for sign in values["classes"])
    fields = {key: value for key, value in values.items() if key != "starts"}
    # Older files have none.
    ancestors = tuple(
        Ancestor(**{**model, "classes": tuple(model["classes"]), "trained_on": _tracks(model["trained_on"])})
        for model in values.get("starts", ())
    )
    return ModelMetadata(
        **{**fields, "classes": classes, "trained_on": _tracks(values["trained_on"]), "ancestors": ancestors}
    )


def _tracks(keys: Sequence[Sequence[Any]]) -> frozenset[TrackKey]:
    return frozenset(TrackKey(*key) for key in keys)


def weights_checksum(network: "keras.Model") -> str:
    """Return the SHA-256 of a network's weights as float32, in order."""
    digest = hashlib.sha256()
    for array in network.get_weights():
        digest.update(np.ascontiguousarray(array, np.float32).tobytes())
    return digest.hexdigest()
