"""Assigns each image of a cross-validation a corruption: by seed and name alone, so that every recipe sees the same."""

from dataclasses import dataclass

import numpy as np

from roadsigns.robustness.corruptions import CorruptionId, corrupt, current_corruptions
from roadsigns.robustness.per_image_rng import image_generator
from roadsigns.types import LabelledImage, Sample, UInt8Image, labelled_image

__all__ = ["CorruptionAssignment"]


@dataclass(frozen=True, slots=True)
class CorruptionAssignment:
    """Gives each image one corruption of a list, each about equally often.

    Neither the place of the data folder, nor folds, order or recipe has a part in it.

    Attributes:
        corruptions: The list, in order.
        seed: That of the cross-validation.
    """

    corruptions: tuple[CorruptionId, ...]
    seed: int

    @property
    def unknown(self) -> tuple[CorruptionId, ...]:
        """Those of the list that this version of the package cannot apply."""
        return tuple(one for one in self.corruptions if one not in current_corruptions())

    def corruption_of(self, row: LabelledImage) -> CorruptionId:
        """Return the corruption of an image."""
        return self._choose(image_generator(row, self.seed))

    def corrupt(self, image: UInt8Image, sample: Sample) -> UInt8Image:
        """Return a sample's image with its corruption; a pure function, safe to call from any thread.

        Args:
            image: RGB, shape (height, width, 3), uint8; not written to.
            sample: Names the image and its box.

        Raises:
            ImageError: If the image does not contain the box.
            ValueError: If its corruption is one of `unknown`.
        """
        rng = image_generator(labelled_image(sample), self.seed)
        return corrupt(image, sample.box, self._choose(rng), rng)

    def _choose(self, rng: np.random.Generator) -> CorruptionId:
        """Take the first draw; strength, place and noise follow."""
        return self.corruptions[rng.integers(len(self.corruptions))]
