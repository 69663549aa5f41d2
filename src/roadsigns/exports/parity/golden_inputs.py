"""Golden inputs: the drawn signs on which every export is compared with Keras before it gets its name."""

from functools import cache

import numpy as np
import numpy.typing as npt

from roadsigns.preprocessing.prepare import Preparation, prepare_crop
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track
from roadsigns.types import Box, UInt8Image

__all__ = ["golden_inputs"]

SEED = 5
FRAMES = 8
SIDE = 48


@cache
def golden_images() -> tuple[tuple[UInt8Image, Box | None], ...]:
    """Draw a sign of each of GTSRB's 43 classes in 8 sizes, and add images without a sign: black, white, grey, noise.

    The same each time. They serve for networks of other classes too: an export must agree on any image.

    Returns:
        Images, RGB, shape (height, width, 3), uint8, each with the box of its sign, None where there is no sign.
    """
    designs = official_designs()
    drawn = [
        frame
        for class_id in designs.drawable
        for frame in draw_track(
            class_id,
            designs=designs,
            drawing=Drawing(),
            frames=FRAMES,
            rng=np.random.default_rng((SEED, class_id)),
        )
    ]
    plain = [np.full((SIDE, SIDE, 3), level, np.uint8) for level in (0, 128, 255)]
    noise = np.random.default_rng(SEED).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    return (*drawn, *((image, None) for image in [*plain, noise]))


def golden_inputs(preparation: Preparation) -> npt.NDArray[np.uint8] | npt.NDArray[np.float32]:
    """Prepare the golden images.

    Returns:
        Shape (348, image_size, image_size, 3), uint8 or float32, as the preparation makes them.
    """
    boxed = preparation.wants_boxes
    return np.stack(
        [np.asarray(prepare_crop(image, preparation, box if boxed else None)) for image, box in golden_images()]
    )
