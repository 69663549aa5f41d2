"""Types that all packages share: signs' classes, boxes and tracks, samples and data sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = [
    "SMALLEST_PROBABILITY",
    "UNKNOWN_KINDS",
    "Box",
    "BoxLike",
    "DataSet",
    "Flip",
    "Float32Array",
    "LabelledImage",
    "Sample",
    "SignClass",
    "Subset",
    "TrackKey",
    "UInt8Image",
    "at_label",
    "labelled_image",
]

# Below every probability that counts: smaller ones become this one, so that their logarithms and sums are numbers.
# Engines, exported graphs and calibration must agree on it.
SMALLEST_PROBABILITY = 1e-30

Item = TypeVar("Item")
# RGB, shape (height, width, 3).
UInt8Image: TypeAlias = npt.NDArray[np.uint8]
Float32Array: TypeAlias = npt.NDArray[np.float32]
# What an image of none of the classes shows: another prohibition, danger sign or mandatory sign, another kind of sign,
# or no sign. The order is that of the network's outputs.
UNKNOWN_KINDS = ("prohibition", "danger", "mandatory", "other sign", "no sign")
# A `Box`, or a plain tuple of its four numbers.
BoxLike: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SignClass:
    """One class of sign.

    Attributes:
        class_id: The label, 0 to num_classes - 1.
        name: English name.
        name_de: German name; empty for custom classes.
        sign_number: Number in the German regulations, such as "274-20"; empty for custom classes.
    """

    class_id: int
    name: str
    name_de: str = ""
    sign_number: str = ""


@dataclass(frozen=True, slots=True)
class Flip:
    """A mirror image of a sign that is a sign again.

    Attributes:
        left_right: Whether left and right are swapped.
        top_bottom: Whether top and bottom are swapped; both together are half a turn.
        class_id: The class that the mirror image shows.
    """

    left_right: bool
    top_bottom: bool
    class_id: int


@dataclass(frozen=True, slots=True)
class Subset:
    """Classes that are reported together.

    Attributes:
        name: Such as "speed limits".
        class_ids: Which classes.
        human_accuracy: Accuracy of the average person on their official test images, a fraction; None where unknown.
    """

    name: str
    class_ids: tuple[int, ...]
    human_accuracy: float | None = None


class Box(NamedTuple):
    """A sign's bounding box in pixels; the origin is top left, x2 and y2 are exclusive."""

    x1: int
    y1: int
    x2: int
    y2: int

    def touches(self, other: "Box") -> bool:
        """Whether the two have a pixel in common."""
        return self.x1 < other.x2 and other.x1 < self.x2 and self.y1 < other.y2 and other.y1 < self.y2


class TrackKey(NamedTuple):
    """The key of one physical sign. Track numbers restart in every class, so the class belongs to it."""

    class_id: int
    track: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled image of one sign.

    Attributes:
        path: The image file.
        class_id: Index into the classes of its data set.
        box: Where the sign is; None where it is not annotated.
        track: Which physical sign of its class it shows, such as "00023"; None where unknown.
        group: The group of tracks that were probably recorded at one place, such as "00006"; None where they are not
            grouped. See `roadsigns.datasets.groups`.
        held_out: Whether the data's own validation folder holds it.
    """

    path: Path
    class_id: int
    box: Box | None = None
    track: str | None = None
    group: str | None = None
    held_out: bool = False

    @property
    def track_key(self) -> TrackKey | None:
        """The key of the physical sign, which no split may divide; None where the track is unknown."""
        return None if self.track is None else TrackKey(self.class_id, self.track)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Samples, and the classes that their labels index.

    Attributes:
        samples: Those of a training set in path order, those of a test set in the order of its annotations.
        classes: In label order; a class may have no sample.
        source: Its origin, such as "GTSRB". Equal track keys mean the same sign only within one source.
    """

    samples: tuple[Sample, ...]
    classes: tuple[SignClass, ...]
    source: str


def at_label(items: Sequence[Item], class_id: int) -> Item | None:
    """Return what stands at the label of a prediction; None where it is no class's, such as -1, which means no end.

    Args:
        items: One for each class, in label order.
        class_id: The label.
    """
    return items[class_id] if 0 <= class_id < len(items) else None


class LabelledImage(NamedTuple):
    """The name of an image with its true class. The track is None where it is unknown."""

    image: str
    class_id: int
    track: str | None

    @property
    def track_key(self) -> tuple[int, str] | None:
        """The key of the physical sign; None where the track is unknown."""
        return None if self.track is None else (self.class_id, self.track)

    @property
    def sign_key(self) -> tuple[int, str]:
        """The key of the physical sign; where the track is unknown, each image counts as a sign of its own."""
        return self.track_key or (self.class_id, self.image)


def labelled_image(sample: Sample) -> LabelledImage:
    """Name a sample's image by its folder and file, such as "00014/00003_00027.ppm"."""
    return LabelledImage(f"{sample.path.parent.name}/{sample.path.name}", sample.class_id, sample.track)
