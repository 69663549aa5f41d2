"""What a plan counts: images of each class and split, and the sizes of a few images."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np
import numpy.typing as npt

from roadsigns.cpu import available_cores
from roadsigns.dataset_check.inventory import UNKNOWN, Inventory
from roadsigns.errors import ImageError
from roadsigns.preprocessing.decode import read_image

__all__ = ["ClassCounts", "SampledSizes", "count_classes", "sample_sizes"]

# Spread over all images: enough to see that signs are tiny, or images whole photographs, and read in a second.
SAMPLED_IMAGES = 24


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """The images of one class.

    Attributes:
        class_id: The label.
        name: Of the class.
        training: Images that train, or that a split holds out.
        validation: Images of the data's own validation set.
        test: Test images.
        signs: Tracks, and images without one, among those that train: what a split can hold out.
    """

    class_id: int
    name: str
    training: int
    validation: int
    test: int
    signs: int


@dataclass(frozen=True, slots=True)
class SampledSizes:
    """Sizes of a few images, spread over all of them.

    Attributes:
        images: How many were opened.
        undecodable: How many of them do not decode.
        least: Shorter side of the smallest sign in pixels: its box, or the image where there is none.
        median: The median of the shorter sides.
        largest: The same of the largest sign.
        example: The last image that decodes, a test image where there are some.
    """

    images: int
    undecodable: int
    least: int
    median: int
    largest: int
    example: str


def count_classes(inventory: Inventory) -> tuple[ClassCounts, ...]:
    """Count the images of each class, in label order."""
    known = inventory.class_id != UNKNOWN

    def count(chosen: npt.NDArray[np.bool_]) -> list[int]:
        counts: list[int] = np.bincount(inventory.class_id[known & chosen], minlength=len(inventory.classes)).tolist()
        return counts

    has_track = inventory.track != UNKNOWN
    _, first = np.unique(inventory.track, return_index=True)
    is_first = np.zeros(len(inventory.names), np.bool_)
    is_first[first] = True
    return tuple(
        ClassCounts(sign.class_id, sign.name, *numbers)
        for sign, *numbers in zip(
            inventory.classes,
            count(inventory.is_training),
            count(inventory.is_validation),
            count(inventory.is_test),
            count(inventory.is_training & (is_first | ~has_track)),
            strict=True,
        )
    )


def sample_sizes(inventory: Inventory) -> SampledSizes | None:
    """Open a few images and return the sizes of their signs; None where none decodes."""
    count = len(inventory.names)
    chosen = np.unique(np.linspace(0, count - 1, SAMPLED_IMAGES).round().astype(int)).tolist() if count else []
    with ThreadPoolExecutor(available_cores()) as pool:
        side_of = dict(zip(chosen, pool.map(partial(_side, inventory), chosen), strict=True))
    decoded = {index: side for index, side in side_of.items() if side is not None}
    if not decoded:
        return None
    sides = list(decoded.values())
    return SampledSizes(
        len(chosen),
        len(chosen) - len(sides),
        min(sides),
        round(median(sides)),
        max(sides),
        str(inventory.data / inventory.path(max(decoded))),
    )


def _side(inventory: Inventory, index: int) -> int | None:
    """The shorter side of the sign in an image, in pixels; None where it does not decode."""
    try:
        image = read_image(inventory.data / inventory.path(index))
    except ImageError:
        return None
    side = int(min(image.shape[:2]))
    if inventory.annotated[index]:
        x1, y1, x2, y2 = inventory.box[index].tolist()
        # A box that lies outside is the check's to find.
        side = max(1, min(side, int(x2 - x1), int(y2 - y1)))
    return side
