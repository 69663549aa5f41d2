"""Random flips of signs whose mirror image is a valid sign too, such as a bend to the left and one to the right."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from roadsigns.preprocessing.crop_transform import Matrix
from roadsigns.types import Flip

__all__ = ["flip_some"]


def flip_some(
    labels: npt.NDArray[np.int32],
    flips: Mapping[int, Sequence[Flip]],
    *,
    share: float,
    image_size: int,
    rng: np.random.Generator,
) -> tuple[Matrix, npt.NDArray[np.int32]]:
    """Draw which images of a batch are mirrored, and how.

    Args:
        labels: Class ids, shape (count,), int32. Stay as they are.
        flips: The ways in which each class may be mirrored; a class that is not in it never is.
        share: Of the images whose class may be mirrored, how many are, 0 to 1.
        image_size: Side of the squares in pixels.
        rng: Where the randomness comes from.

    Returns:
        Maps from an output pixel to the point of the square that it shows, shape (count, 2, 3), and the labels then.
    """
    mirrors = np.zeros((len(labels), 2, 3))
    mirrors[:, 0, 0] = mirrors[:, 1, 1] = 1
    labels = labels.copy()
    flipped = rng.random(len(labels)) < share
    for position in np.flatnonzero(flipped):
        ways = flips.get(int(labels[position]), ())
        if not ways:
            continue
        way = ways[int(rng.integers(len(ways)))]
        labels[position] = way.class_id
        for axis, mirrored in enumerate((way.left_right, way.top_bottom)):
            if mirrored:
                mirrors[position, axis, axis] = -1
                mirrors[position, axis, 2] = image_size - 1
    return mirrors, labels
