"""What cameras and files do to pixels: random defocus, sensor noise, defective pixels and JPEG, for training only.

They change the original pixels, before these are resampled: noise and JPEG's blocks are large in a distant sign and
small in a near one, and a network that only knows them in the pixels of its input does not read the former.
"""

from collections.abc import Callable

import cv2
import numpy as np

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.types import UInt8Image

__all__ = ["Degradation", "choose_degradations"]

Degradation = Callable[[UInt8Image], UInt8Image]
Range = tuple[float, float]

WHITE = 255
# Standard deviation of the blur, as a fraction of the image's longer side; drawn by its logarithm.
DEFOCUS: Range = (0.01, 0.05)
# Standard deviation, in levels; drawn by its logarithm.
NOISE: Range = (3.0, 45.0)
# Noise of equal levels in red, green and blue, as of the light; the rest has its own in each.
GREY = 0.3
# Share of the pixels that are black or white, or so in one colour.
DEFECTIVE: Range = (0.005, 0.15)
# Quality.
JPEG: tuple[int, int] = (8, 70)


def choose_degradations(
    count: int, augmentation: Augmentation, rng: np.random.Generator
) -> list[Degradation | None] | None:
    """Choose which images of a batch are degraded, and how, in the order in which a camera does it.

    Args:
        count: Number of images.
        augmentation: How many of them.
        rng: Where the randomness comes from. A change that is left out draws nothing.

    Returns:
        For each image a function of its pixels, RGB, shape (height, width, 3), uint8, which it leaves as they are; None
        for an image that stays, and None alone where all stay.
    """
    chosen: list[list[Degradation]] = [[] for _ in range(count)]
    for probability, choose in (
        (augmentation.defocus_probability, _defocus),
        (augmentation.sensor_noise_probability, _noise),
        (augmentation.defective_pixels_probability, _defects),
        (augmentation.jpeg_probability, _jpeg),
    ):
        if probability:
            for place in np.flatnonzero(rng.random(count) < probability).tolist():
                chosen[place].append(choose(rng))
    return [_in_turn(some) if some else None for some in chosen] if any(chosen) else None


def _in_turn(changes: list[Degradation]) -> Degradation:
    def apply(image: UInt8Image) -> UInt8Image:
        for change in changes:
            image = change(image)
        return image

    return apply


def _defocus(rng: np.random.Generator) -> Degradation:
    share = float(np.exp(rng.uniform(*np.log(DEFOCUS))))

    def apply(image: UInt8Image) -> UInt8Image:
        sigma = share * max(image.shape[:2])
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)

    return apply


def _noise(rng: np.random.Generator) -> Degradation:
    strength, grey, seed = np.float32(np.exp(rng.uniform(*np.log(NOISE)))), rng.random() < GREY, rng.integers(2**63)

    def apply(image: UInt8Image) -> UInt8Image:
        shape = (*image.shape[:2], 1 if grey else image.shape[2])
        noise = np.random.default_rng(seed).standard_normal(shape, np.float32)
        return np.clip(np.rint(image + strength * noise), 0, WHITE).astype(np.uint8)

    return apply


def _defects(rng: np.random.Generator) -> Degradation:
    share, grey, seed = np.float32(rng.uniform(*DEFECTIVE)), rng.random() > GREY, rng.integers(2**63)

    def apply(image: UInt8Image) -> UInt8Image:
        drawn = np.random.default_rng(seed).random((*image.shape[:2], 1 if grey else image.shape[2]), np.float32)
        # Half of them black, half white.
        return np.where(drawn < share / 2, np.uint8(0), np.where(drawn > 1 - share / 2, np.uint8(WHITE), image))

    return apply


def _jpeg(rng: np.random.Generator) -> Degradation:
    quality = int(rng.integers(*JPEG))

    def apply(image: UInt8Image) -> UInt8Image:
        # OpenCV takes BGR for JPEG, which treats the colours differently.
        _, file = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.ascontiguousarray(np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1])

    return apply
