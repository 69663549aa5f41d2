"""A batch of images, decoded and prepared for the network, with an error in place of each that could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roadsigns.errors import ImageError
from roadsigns.inference.engine import CropBatch
from roadsigns.inference.inputs import ImageInput, decode_input
from roadsigns.inference.prediction import Prediction
from roadsigns.preprocessing.crop_transform import Pixels
from roadsigns.preprocessing.prepare import Preparation, prepare_crop

__all__ = ["PreparedBatch", "prepare_batch"]


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """The prepared images of a batch.

    Attributes:
        crops: Of the readable images in order, shape (readable, image_size, image_size, 3), of the preparation's
            `crop_type`; None if there is none.
        errors: For each image why it could not be read, or None.
        sizes: Width and height in pixels of the box in each readable image, or of the image if it has none.
    """

    crops: CropBatch | None
    errors: list[ImageError | None]
    sizes: list[tuple[int, int]]

    def merge(self, predictions: Sequence[Prediction]) -> list[Prediction | ImageError]:
        """Put the predictions of the readable images, in order, beside the errors of the others."""
        remaining = iter(predictions)
        return [next(remaining) if error is None else error for error in self.errors]


def prepare_batch(batch: Sequence[ImageInput], preparation: Preparation) -> PreparedBatch:
    """Decode and prepare a batch, one image after the other."""
    prepared = [_prepare_one(given, preparation) for given in batch]
    readable = [result for result in prepared if not isinstance(result, ImageError)]
    crops, sizes = [crop for crop, _ in readable], [size for _, size in readable]
    errors = [result if isinstance(result, ImageError) else None for result in prepared]
    # All crops are of one preparation, so of one type.
    return PreparedBatch(np.stack(crops) if crops else None, errors, sizes)  # type: ignore[arg-type]


def _prepare_one(given: ImageInput, preparation: Preparation) -> tuple[Pixels, tuple[int, int]] | ImageError:
    try:
        image = decode_input(given)
        crop = prepare_crop(image, preparation, given.box)
    except ImageError as error:
        return error.about(given.name)
    if given.box is None:
        return crop, (image.shape[1], image.shape[0])
    x1, y1, x2, y2 = given.box
    return crop, (int(x2 - x1), int(y2 - y1))
