"""Crops that are resampled when they are needed, so that a random change costs no second resampling."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.preprocessing.crop_transform import Matrix, Pixels, compose, resample
from roadsigns.preprocessing.prepare import Placed, Preparation, to_unit
from roadsigns.types import UInt8Image

__all__ = ["Crops"]

Indices = npt.NDArray[np.intp] | Sequence[int]
Degradations = Sequence[Callable[[UInt8Image], UInt8Image] | None]
WHITE = 255


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

    def batch(
        self, index: Indices, changes: Matrix | None = None, degradations: Degradations | None = None
    ) -> npt.NDArray[np.float32]:
        """Resample some of the crops.

        Args:
            index: Their indices.
            changes: For each of them a matrix from an output pixel to the point of the crop that it shows, shape
                (len(index), 2, 3); None for the crops as they are.
            degradations: For each of them a function of its pixels before they are resampled, or None; None for none.

        Returns:
            RGB, shape (len(index), image_size, image_size, 3), float32 in [0, 1].
        """
        return to_unit(self.unscaled_batch(index, changes, degradations))

    def unscaled_batch(
        self, index: Indices, changes: Matrix | None = None, degradations: Degradations | None = None
    ) -> npt.NDArray[np.uint8] | npt.NDArray[np.float32]:
        """Resample some of the crops as `batch` does, but leave levels as bytes."""
        shape = (len(index), self.image_size, self.image_size, 3)
        pixels = [self.pixels[position] for position in index]
        if degradations:
            pixels = [
                each if change is None else _changed(each, change)
                for each, change in zip(pixels, degradations, strict=True)
            ]
        if self.matrices is None:
            unchanged = np.empty(shape, np.float32)
            for each, square in zip(pixels, unchanged, strict=True):
                square[...] = each
            if changes is None:
                return unchanged
            changed = np.empty(shape, np.float32)
            for square, change, target in zip(unchanged, changes, changed, strict=True):
                resample(square, change, image_size=self.image_size, out=target)
            return changed
        matrices = self.matrices[np.asarray(index, np.intp)]
        matrices = matrices if changes is None else compose(matrices, changes)
        crops = np.empty(shape, np.uint8)
        for each, matrix, crop in zip(pixels, matrices, crops, strict=True):
            resample(each, matrix, image_size=self.image_size, out=crop)
        return crops


def _changed(pixels: Pixels, change: Callable[[UInt8Image], UInt8Image]) -> Pixels:
    """Apply a function of bytes to pixels of any type."""
    if pixels.dtype == np.uint8:
        return change(pixels.astype(np.uint8, copy=False))
    levels = np.rint(pixels.astype(np.float32) * WHITE).astype(np.uint8)
    changed = np.asarray(change(levels) / WHITE, np.float32)
    return changed.astype(np.float16) if pixels.dtype == np.float16 else changed
