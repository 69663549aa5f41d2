"""Crops that are resampled when they are needed, so that a random change costs no second resampling."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.preprocessing.crop_transform import Matrix, Pixels, compose, resample
from roadsigns.preprocessing.prepare import Placed, Preparation, to_unit

__all__ = ["Crops"]

Indices = npt.NDArray[np.intp] | Sequence[int]


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """Decoded images, each with the matrix of the crop that goes into the network.

    Attributes:
        pixels: One array an image, shape (height, width, 3): uint8 levels, or floats in [0, 1].
        matrices: The crop matrix of each, shape (count, 2, 3), see `crop_transform`; None where the pixels are the
            crops already.
        image_size: Side of the crops in pixels.
    """

    pixels: list[Pixels]
    matrices: Matrix | None
    image_size: int

    @classmethod
    def collect(cls, placed: Sequence[Placed], preparation: Preparation) -> "Crops":
        """Collect images that were placed by one preparation."""
        matrices = [matrix for _, matrix in placed if matrix is not None]
        return cls([pixels for pixels, _ in placed], np.stack(matrices) if matrices else None, preparation.image_size)

    def __len__(self) -> int:
        """Return how many images there are."""
        return len(self.pixels)

    def __add__(self, other: "Crops") -> "Crops":
        """Return these crops followed by others of the same preparation."""
        if not (len(self) and len(other)):
            return self if len(self) else other
        matrices = (
            None if self.matrices is None or other.matrices is None else np.concatenate([self.matrices, other.matrices])
        )
        return Crops(self.pixels + other.pixels, matrices, self.image_size)

    def batch(self, index: Indices, changes: Matrix | None = None) -> npt.NDArray[np.float32]:
        """Resample some of the crops.

        Args:
            index: Their indices.
            changes: For each of them a matrix from an output pixel to the point of the crop that it shows, shape
                (len(index), 2, 3); None for the crops as they are.

        Returns:
            RGB, shape (len(index), image_size, image_size, 3), float32 in [0, 1].
        """
        return to_unit(self.unscaled_batch(index, changes))

    def unscaled_batch(
        self, index: Indices, changes: Matrix | None = None
    ) -> npt.NDArray[np.uint8] | npt.NDArray[np.float32]:
        """Resample some of the crops as `batch` does, but leave levels as bytes."""
        shape = (len(index), self.image_size, self.image_size, 3)
        if self.matrices is None:
            unchanged = np.empty(shape, np.float32)
            for position, square in zip(index, unchanged, strict=True):
                square[...] = self.pixels[position]
            if changes is None:
                return unchanged
            changed = np.empty(shape, np.float32)
            for square, change, target in zip(unchanged, changes, changed, strict=True):
                resample(square, change, image_size=self.image_size, out=target)
            return changed
        matrices = self.matrices[np.asarray(index, np.intp)]
        matrices = matrices if changes is None else compose(matrices, changes)
        crops = np.empty(shape, np.uint8)
        for position, matrix, crop in zip(index, matrices, crops, strict=True):
            resample(self.pixels[position], matrix, image_size=self.image_size, out=crop)
        return crops
