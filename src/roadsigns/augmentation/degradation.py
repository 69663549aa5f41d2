"""What cameras and files do to pixels: random defocus, sensor noise, defective pixels and JPEG, for training only."""

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.augmentation.geometric import Augmentation

__all__ = ["degrade"]

Images = npt.NDArray[np.float32]
Range = tuple[float, float]

WHITE = 255
# Standard deviation of the blur, in pixels of the network's input.
DEFOCUS: Range = (0.4, 2.0)
# Standard deviation, in levels; drawn by its logarithm.
NOISE: Range = (3.0, 45.0)
# Noise of equal levels in red, green and blue, as of the light; the rest has its own in each.
GREY = 0.3
# Share of the pixels that are black or white, or so in one colour.
DEFECTIVE: Range = (0.005, 0.15)
# Quality.
JPEG: tuple[int, int] = (8, 70)


def degrade(images: Images, augmentation: Augmentation, rng: np.random.Generator) -> Images:
    """Degrade some images at random, in the order in which a camera does.

    Args:
        images: RGB, shape (count, image_size, image_size, 3), float32 in [0, 1]; may be written to.
        augmentation: How many of them.
        rng: Where the randomness comes from. A change that is left out draws nothing.

    Returns:
        The same images, float32 in [0, 1].
    """
    for probability, change in (
        (augmentation.defocus_probability, _defocus),
        (augmentation.sensor_noise_probability, _add_noise),
        (augmentation.defective_pixels_probability, _break_pixels),
        (augmentation.jpeg_probability, _compress),
    ):
        if probability:
            for index in np.flatnonzero(rng.random(len(images)) < probability):
                images[index] = change(images[index], rng)
    return images


def _defocus(image: Images, rng: np.random.Generator) -> Images:
    return np.asarray(
        cv2.GaussianBlur(image, (0, 0), rng.uniform(*DEFOCUS), borderType=cv2.BORDER_REPLICATE), np.float32
    )


def _add_noise(image: Images, rng: np.random.Generator) -> Images:
    channels = 1 if rng.random() < GREY else image.shape[2]
    noise = rng.standard_normal((*image.shape[:2], channels), np.float32)
    strength = np.float32(np.exp(rng.uniform(*np.log(NOISE))) / WHITE)
    return np.asarray(np.clip(image + strength * noise, 0, 1), np.float32)


def _break_pixels(image: Images, rng: np.random.Generator) -> Images:
    channels = 1 if rng.random() < 1 - GREY else image.shape[2]
    drawn = rng.random((*image.shape[:2], channels), np.float32)
    share = np.float32(rng.uniform(*DEFECTIVE))
    # Half of them black, half white.
    return np.where(drawn < share / 2, np.float32(0), np.where(drawn > 1 - share / 2, np.float32(1), image))


def _compress(image: Images, rng: np.random.Generator) -> Images:
    levels = np.rint(image * WHITE).astype(np.uint8)
    # OpenCV takes BGR for JPEG, which treats the colours differently.
    _, file = cv2.imencode(".jpg", levels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*JPEG))])
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.float32)[:, :, ::-1] / np.float32(WHITE)
