"""Look-alikes: images that show one sign before one background, by the thumbnails of `roadsigns check`.

They are a second witness beside the network. Where an image that is read as another class looks most like one that
shares its label, it is probably a hard frame of a sign that is labelled right.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.dataset_check.near_duplicates import MIN_CONTRAST, contrast_of

__all__ = ["Thumbnails", "Twin"]


@dataclass(frozen=True, slots=True)
class Twin:
    """The image that another one resembles most.

    Attributes:
        index: Of the image.
        correlation: Of the thumbnails' grey levels, -1 to 1; 1 is the same but for brightness and contrast.
    """

    index: int
    correlation: float


class Thumbnails:
    """Small grey pictures that can be compared."""

    def __init__(self, thumbnails: npt.NDArray[np.uint8]) -> None:
        """Take thumbnails, shape (images, side**2), uint8; those of nearly one grey level resemble nothing."""
        vectors = thumbnails.astype(np.float32)
        vectors -= vectors.mean(axis=1, keepdims=True)
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        visible = contrast_of(thumbnails) >= MIN_CONTRAST
        self._vectors = np.where(visible[:, None], vectors / np.maximum(lengths, 1e-9)[:, None], 0)

    def nearest(self, index: int, among: npt.NDArray[np.intp]) -> Twin | None:
        """Return the one among some images that an image resembles most, itself left out; None where there is none."""
        others = among[among != index]
        if not len(others):
            return None
        correlations = self._vectors[others] @ self._vectors[index]
        best = int(correlations.argmax())
        return Twin(int(others[best]), float(correlations[best]))

    def nearest_pair(self, some: npt.NDArray[np.intp], others: npt.NDArray[np.intp]) -> tuple[int, Twin] | None:
        """Return the image of one list, and its twin in the other, that resemble each other most; None for no image."""
        if not len(some) or not len(others):
            return None
        correlations = self._vectors[some] @ self._vectors[others].T
        row, column = np.unravel_index(int(correlations.argmax()), correlations.shape)
        return int(some[row]), Twin(int(others[column]), float(correlations[row, column]))
