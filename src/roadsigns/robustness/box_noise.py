"""Box noise: the boxes that an evaluation gives to a model, as annotated, none at all, or with jittered edges."""

from collections.abc import Callable
from typing import Literal, cast

import numpy as np

from roadsigns.robustness.per_image_rng import image_generator
from roadsigns.types import Box, Sample, UInt8Image, labelled_image

__all__ = ["BOX_LABELS", "JITTER", "BoxUse", "box_source"]

BoxUse = Literal["given", "none", "jittered"]
# Stands beside every metric.
BOX_LABELS: dict[BoxUse, str] = {"given": "", "none": "without boxes", "jittered": "boxes jittered by 10 %"}
# How far each edge of a box may move, in or out, as a fraction of its side.
JITTER = 0.1
SEED = 0


def box_source(use: BoxUse) -> Callable[[UInt8Image, Sample], Box | None] | None:
    """Return the function that gives an image its box; None for the annotated boxes.

    Args:
        use: "given": the annotated box. "none": no box, so that the sign is taken to fill the image as in GTSRB.
            "jittered": each edge moved at random, uniformly, by up to `JITTER`, never out of the image, and the same
            for every model.

    Returns:
        A pure function of image and sample, safe to call from any thread.
    """
    if use == "given":
        return None
    return _jittered if use == "jittered" else lambda image, sample: None


def _jittered(image: UInt8Image, sample: Sample) -> Box | None:
    if sample.box is None:
        return None
    x1, y1, x2, y2 = sample.box
    across, down = x2 - x1, y2 - y1
    reach = JITTER * np.array([across, down, across, down])
    moved = sample.box + image_generator(labelled_image(sample), SEED).uniform(-reach, reach)
    height, width = image.shape[:2]
    return Box(*cast("list[int]", np.rint(moved).astype(int).clip(0, [width, height, width, height]).tolist()))
