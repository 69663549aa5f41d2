"""Model metadata: what a model file says about its network, in whatever format."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from roadsigns.datasets.split_record import SplitRecord, split_record_from_dict
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.track_ranges import as_ranges, from_ranges
from roadsigns.preprocessing.crop import GTSRB_MARGIN
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.types import UNKNOWN_KINDS, SignClass, TrackKey

if TYPE_CHECKING:
    import keras

__all__ = ["Ancestor", "ModelMetadata", "weights_checksum"]

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A pretrained model that a training started from, and the signs that it had seen: the new model may know them.

    Attributes:
        model: Its name or path, as it was given.
        weights_sha256: Checksum of its weights, as float32.
        source: The data set it was trained on.
        classes: Their names, in label order.
        trained_on: Every (class, track) of `source` of which it has seen an image.
        trained_images: Checksums of the images that it was trained on. See `ModelMetadata`.
    """

    model: str
    weights_sha256: str
    source: str
    classes: tuple[str, ...]
    trained_on: frozenset[TrackKey]
    trained_images: frozenset[str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return _with_images({**asdict(self), "trained_on": as_ranges(self.trained_on)})

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Ancestor":
        """Return the ancestor whose `as_dict` these values are. See `ModelMetadata.from_dict` for errors."""
        fields = {**values, "classes": tuple(values["classes"]), "trained_on": from_ranges(values["trained_on"])}
        return cls(**{**fields, "trained_images": _images(values)})


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """The metadata of a model file.

    Attributes:
        network: Name of the architecture, or MODULE:FUNCTION for a network of the user's own.
        recipe: Name of the recipe.
        preparation: Name of the preparation that its inputs need.
        image_size: Side of its input in pixels.
        classes: In label order.
        source: The data set it was trained on, such as "GTSRB".
        trained_on: Every (class, track) of `source` of which it has seen an image.
        split: How its validation samples were held out; None where that is not recorded.
        epoch: How many epochs of training the weights have seen.
        weights_sha256: Checksum of the float32 weights as trained, in order; a file may hold them rounded to float16.
        margin: Background around a sign's box, where the preparation uses boxes: a fraction of the longer side for
            "box", of each side for "stretched-box".
        temperature: Calibrates the probabilities: the logits are divided by it. 1 leaves them as trained.
        width: Factor of the channels of the architecture; files leave it out where it is 1.
        ancestors: The pretrained model that its training started from, the one that that one started from, and so on.
        unknown_kinds: What it tells apart among images of none of its classes, see `roadsigns.types.UNKNOWN_KINDS`;
            empty where it was trained without negatives, so that it names a class for any image.
        known_thresholds: From which known score on an image shows a known sign; None where there are none, and then
            files leave it out.
        conformal: The quantiles of its prediction sets, for probabilities at its temperature; None where it has none,
            and then files leave it out.
        trained_images: Checksums of the image files that it was trained on, each 16 hexadecimal digits; see
            `roadsigns.datasets.image_checksums`. Files leave it out where the tracks of all images are known, where
            there are more than 100,000, and where an earlier version trained it.
    """

    network: str
    recipe: str
    preparation: str
    image_size: int
    classes: tuple[SignClass, ...]
    source: str
    trained_on: frozenset[TrackKey]
    split: SplitRecord | None
    epoch: int
    weights_sha256: str = ""
    margin: float = GTSRB_MARGIN
    temperature: float = 1.0
    width: float = 1.0
    ancestors: tuple[Ancestor, ...] = ()
    unknown_kinds: tuple[str, ...] = ()
    known_thresholds: KnownThresholds | None = None
    conformal: ConformalQuantiles | None = None
    trained_images: frozenset[str] | None = None

    @property
    def outputs(self) -> int:
        """The length of the network's output: its classes, then its kinds of unknown."""
        return len(self.classes) + len(self.unknown_kinds)

    def as_preparation(self) -> Preparation:
        """Return the preparation that its inputs need.

        Raises:
            ModelError: If this version does not have that preparation.
        """
        return Preparation(self.preparation, self.image_size, self.margin)

    def learned_tracks(self, source: str, class_names: Sequence[str]) -> frozenset[TrackKey] | None:
        """Return every (class, track) of a data set of which the model or one of its ancestors has seen an image.

        Args:
            source: The data set's.
            class_names: Of its classes, in label order: a track is identified together with its class.

        Returns:
            None if nothing was learned from that source.
        """
        known = self._trained_on(source, class_names)
        return frozenset().union(*(model.trained_on for model in known)) if known else None

    @property
    def learned_images(self) -> frozenset[str]:
        """The checksums of all images that the model or one of its ancestors is known to have seen."""
        return frozenset().union(*(model.trained_images or () for model in self._lineage))

    def remembers_images(self, source: str, class_names: Sequence[str]) -> bool:
        """Whether the model, and each ancestor that learned from this data set, remembers the images without a track.

        Args as `learned_tracks`.
        """
        return all(model.trained_images is not None for model in self._trained_on(source, class_names))

    @property
    def _lineage(self) -> tuple[Ancestor, ...]:
        names = tuple(sign.name for sign in self.classes)
        return (Ancestor("", "", self.source, names, self.trained_on, self.trained_images), *self.ancestors)

    def _trained_on(self, source: str, class_names: Sequence[str]) -> list[Ancestor]:
        wanted = (source, tuple(class_names))
        return [model for model in self._lineage if (model.source, model.classes) == wanted]

    def as_dict(self) -> dict[str, Any]:
        """Return the metadata for JSON, as model files hold it."""
        values = {
            **asdict(self),
            "trained_on": as_ranges(self.trained_on),
            "split": self.split.as_dict() if self.split else {},
            # Model files have always had this key for the ancestors.
            "starts": [ancestor.as_dict() for ancestor in self.ancestors],
        }
        del values["ancestors"]
        # Earlier versions read files without these.
        if self.width == 1:
            del values["width"]
        if not self.unknown_kinds:
            del values["unknown_kinds"]
        for name in ("known_thresholds", "conformal"):
            del values[name]
            if part := getattr(self, name):
                values[name] = part.as_dict()
        return _with_images(values)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ModelMetadata":
        """Return the metadata whose `as_dict` these values are.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: If a value is missing, unknown, of another type or out of
                range.
        """
        fields = {
            **values,
            "classes": tuple(SignClass(**sign) for sign in values["classes"]),
            "trained_on": from_ranges(values["trained_on"]),
            "split": split_record_from_dict(values["split"]),
            # Older files have none.
            "ancestors": tuple(Ancestor.from_dict(ancestor) for ancestor in values.get("starts", ())),
            "unknown_kinds": tuple(values.get("unknown_kinds", ())),
            "known_thresholds": _optional(KnownThresholds.from_dict, values.get("known_thresholds")),
            "conformal": _optional(ConformalQuantiles.from_dict, values.get("conformal")),
            "trained_images": _images(values),
        }
        fields.pop("starts", None)
        metadata = cls(**fields)
        metadata._check()
        return metadata

    def _check(self) -> None:
        """Refuse what would become a wrong decision, or an error without a reason. Raises a TypeError or ValueError."""
        if not all(isinstance(sign.name, str) for sign in self.classes):
            raise TypeError("the name of a class is no text")
        kinds = set(self.unknown_kinds)
        if not kinds <= set(UNKNOWN_KINDS) or len(kinds) < len(self.unknown_kinds):
            raise ValueError(f"its kinds of unknown are {', '.join(map(str, self.unknown_kinds))}")
        if self.known_thresholds and not self.unknown_kinds:
            raise ValueError("it has thresholds of a known score, and no kinds of unknown")
        # The comparisons are False for NaN, and an error for what is no number.
        if not 0 < self.temperature < math.inf:
            raise ValueError(f"temperature is {self.temperature}")
        if not 0 <= self.margin < math.inf:
            raise ValueError(f"margin is {self.margin}")

    def with_checksum(self, weights_sha256: str) -> "ModelMetadata":
        """Return the same metadata for a network whose weights have this checksum."""
        return replace(self, weights_sha256=weights_sha256)


def _optional(read: Callable[[dict[str, Any]], Part], values: dict[str, Any] | None) -> Part | None:
    return read(values) if values else None


def _images(values: dict[str, Any]) -> frozenset[str] | None:
    # Older files have none.
    images = values.get("trained_images")
    return None if images is None else frozenset(images)


def _with_images(values: dict[str, Any]) -> dict[str, Any]:
    """Return fields with the checksums of images as JSON holds them: sorted, or left out."""
    images = values.pop("trained_images")
    return values if images is None else {**values, "trained_images": sorted(images)}


def weights_checksum(network: "keras.Model") -> str:
    """Return the SHA-256 of a network's weights as float32, in order."""
    digest = hashlib.sha256()
    for array in network.get_weights():
        digest.update(np.ascontiguousarray(array, np.float32).tobytes())
    return digest.hexdigest()
