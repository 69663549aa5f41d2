"""What a data set is made of: samples with their box and track, and the classes they are labelled with."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "Box",
    "BoxLike",
    "DataSet",
    "Flip",
    "Float32Array",
    "LabelledImage",
    "Sample",
    "SignClass",
    "TrackKey",
    "UInt8Image",
    "labelled_image",
]

# RGB, shape (height, width, 3).
UInt8Image: TypeAlias = npt.NDArray[np.uint8]
Float32Array: TypeAlias = npt.NDArray[np.float32]
# A `Box`, or a plain tuple of its four numbers.
BoxLike: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SignClass:
    """One class of sign.

    Attributes:
        class_id: The label, 0 to num_classes - 1.
        name: English name.
        name_de: German name, empty for a person's own classes.
        sign_number: Number in the German regulations, such as "274-20"; empty for a person's own classes.
    """

    class_id: int
    name: str
    name_de: str = ""
    sign_number: str = ""


@dataclass(frozen=True, slots=True)
class Flip:
    """A way to mirror a sign so that it is a sign again.

    Attributes:
        left_right: Whether left and right change places.
        top_bottom: Whether top and bottom change places; both are half a turn.
        class_id: The class that it then shows.
    """

    left_right: bool
    top_bottom: bool
    class_id: int


class Box(NamedTuple):
    """A sign's place in its image, in pixels, origin top left, x2 and y2 exclusive."""

    x1: int
    y1: int
    x2: int
    y2: int


class TrackKey(NamedTuple):
    """One physical sign. Track numbers restart in every class, so the class belongs to the key."""

    class_id: int
    track: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled picture of one sign.

    Attributes:
        path: The image file.
        class_id: Index into the classes of its data set.
        box: Where the sign is; None where nobody annotated it.
        track: Which physical sign of its class it shows, such as "00023"; None where unknown.
        group: Which tracks of its class look as if they stood at one place, such as "00006"; None where nobody
            has grouped them. See `roadsigns.datasets.groups`.
    """

    path: Path
    class_id: int
    box: Box | None = None
    track: str | None = None
    group: str | None = None

    @property
    def track_key(self) -> TrackKey | None:
        """The (class, track) that no split may part; None where the track is unknown."""
        return None if self.track is None else TrackKey(self.class_id, self.track)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Samples and the classes that their labels index.

    Attributes:
        samples: In path order.
        classes: In label order; a class may have no sample.
        source: Where it comes from, such as "GTSRB". Equal track keys are the same sign only within one source.
    """

    samples: tuple[Sample, ...]
    classes: tuple[SignClass, ...]
    source: str


class LabelledImage(NamedTuple):
    """An image by its name, with its truth. The track is None where it is unknown."""

    image: str
    class_id: int
    track: str | None

    @property
    def track_key(self) -> tuple[int, str] | None:
        """What tells physical signs apart."""
        return None if self.track is None else (self.class_id, self.track)


def labelled_image(sample: Sample) -> LabelledImage:
    """Name a sample by its class's folder and its file."""
    return LabelledImage(f"{sample.path.parent.name}/{sample.path.name}", sample.class_id, sample.track)
