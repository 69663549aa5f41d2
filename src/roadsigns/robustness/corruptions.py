"""All corruptions, to measure robustness; never used in training.

A benchmark after Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions and
perturbations". Strengths are relative to the sign's side or to its contrast where that makes near and far signs equally
difficult.

`roadsigns evaluate --corruptions` applies those with severities, each at all five. Cross-validation applies those with
a random strength, one to each image.

A corruption has a name and a version, and results are stored with both. To add one, append it to `CORRUPTIONS`. To
change what one does, give it the next version: results of the earlier version then keep their meaning.
"""

import numpy as np

from roadsigns.preprocessing.crop import require_box
from roadsigns.robustness.blur import BLURRED, DEFOCUS, GLASS_BLUR, MOTION_BLUR, ZOOM_BLUR
from roadsigns.robustness.camera import BANDING, DARK, DEAD_PIXELS, OVER_EXPOSED
from roadsigns.robustness.corruption import Corruption, CorruptionId
from roadsigns.robustness.covering import COVERED, STICKER
from roadsigns.robustness.digital import BRIGHTNESS, ELASTIC, JPEG, LOW_CONTRAST, PIXELATED, SMALL
from roadsigns.robustness.geometry import LOOSE_BOX, PERSPECTIVE, SHIFTED, TIGHT_BOX, TILTED
from roadsigns.robustness.noise import GAUSSIAN_NOISE, IMPULSE_NOISE, SHOT_NOISE
from roadsigns.robustness.weather import CONDENSATION, FOG, SNOW
from roadsigns.types import Box, UInt8Image

__all__ = [
    "CORRUPTIONS",
    "UNRECORDED_CORRUPTIONS",
    "Corruption",
    "CorruptionId",
    "corrupt",
    "current_corruptions",
    "graded_corruptions",
    "sign_box",
]

# Where the sign has no box: the middle 80 %, the margin of GTSRB's images.
UNKNOWN_MARGIN = 0.1

# The first six have a random strength. Their order decides, with the number of them, which corruption an image of a
# cross-validation gets: append, never insert. One with a random strength makes another benchmark of new
# cross-validations.
CORRUPTIONS: tuple[Corruption, ...] = (
    *(DARK, LOW_CONTRAST, BLURRED, TILTED, COVERED, SMALL),
    *(GAUSSIAN_NOISE, SHOT_NOISE, IMPULSE_NOISE),
    *(DEFOCUS, MOTION_BLUR, ZOOM_BLUR, GLASS_BLUR),
    *(SNOW, FOG, CONDENSATION),
    *(BRIGHTNESS, ELASTIC, PIXELATED, JPEG),
    *(OVER_EXPOSED, BANDING, DEAD_PIXELS),
    *(SHIFTED, LOOSE_BOX, TIGHT_BOX, PERSPECTIVE, STICKER),
)

# What was used where no list is stored, before version 0.2.0. Written out: it stays as it is, whatever is added above.
UNRECORDED_CORRUPTIONS = tuple(
    CorruptionId(name, 1) for name in ("dark", "low contrast", "blurred", "tilted", "covered", "small")
)


def corrupt(image: UInt8Image, box: Box | None, corruption: CorruptionId, rng: np.random.Generator) -> UInt8Image:
    """Apply a corruption to an image, with a random strength.

    Args:
        image: RGB, shape (height, width, 3), uint8; not written to.
        box: The sign, (x1, y1, x2, y2) in pixels, x2 and y2 exclusive; None for the middle 80 % of the image.
        corruption: One of `current_corruptions`.
        rng: Decides strength, place and noise.

    Returns:
        A new array of the same shape and dtype. The sign is still in its box.

    Raises:
        ImageError: If the box does not lie inside the image.
        ValueError: If there is no such corruption with a random strength.
    """
    known = {one.id: one.drawn for one in CORRUPTIONS if one.drawn}
    if corruption not in known:
        names = ", ".join(f"'{name}' version {version}" for name, version in known)
        raise ValueError(f"There is no corruption '{corruption[0]}' version {corruption[1]}. Expected one of {names}.")
    return known[corruption](image, sign_box(image, box), rng)


def current_corruptions() -> tuple[CorruptionId, ...]:
    """Return the corruptions that a new cross-validation uses, in order: those with a random strength."""
    return tuple(one.id for one in CORRUPTIONS if one.drawn)


def graded_corruptions() -> tuple[Corruption, ...]:
    """Return the corruptions with severities, in order."""
    return tuple(one for one in CORRUPTIONS if one.strengths)


def sign_box(image: UInt8Image, box: Box | None) -> Box:
    """Return the sign's box, or the middle 80 % of the image where it is not known.

    Raises:
        ImageError: If the box does not lie inside the image.
    """
    if box is not None:
        return require_box(image, box)
    height, width = image.shape[:2]
    across, down = round(UNKNOWN_MARGIN * width), round(UNKNOWN_MARGIN * height)
    return Box(across, down, width - across, height - down)
