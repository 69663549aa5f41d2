"""Photometric augmentation: seeded random changes of light, colours, sharpness and occlusion, for training only."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.augmentation.color_matrix import LUMA, hue_saturation_matrices
from roadsigns.augmentation.geometric import Augmentation
from roadsigns.augmentation.motion_blur import motion_kernel

__all__ = ["augment_photometric"]

Images = npt.NDArray[np.float32]
Range = tuple[float, float]

# The others keep their hue: blue and red distinguish most signs.
HUES_CHANGED = 0.5
# Shares: of the side's pixels that are left, of the side that a patch covers, of the light that a shadow leaves.
RESOLUTION: Range = (0.33, 0.8)
COVER: Range = (0.15, 0.45)
SHADOW: Range = (0.3, 0.8)
# Of stripes: the distance between two, as a share of the side, what is left of the light in the middle of one, and how
# much wider the light between them is than they are (an exponent).
STRIPES: Range = (0.1, 0.6)
STRIPE_LIGHT: Range = (0.1, 0.8)
STRIPE_GAPS: Range = (0.5, 4.0)
# Of a veil: its light, as a share of the image's brightest, where it is light, and where it is dark; the share of the
# image under it; how dense it is there; how many patches lie side by side, also of blots; the sharpness of their edges,
# as a power of 2; and how far the light under it is scattered, as a share of the side.
DARK_VEILS, SCATTERING_VEILS = 0.15, 0.5
LIGHT_VEIL: Range = (0.5, 1.1)
DARK_VEIL: Range = (0.0, 0.4)
VEILED: Range = (0.1, 1.0)
DENSITY: Range = (0.2, 0.75)
PATCHES = (2, 16)
EDGES: Range = (-1.0, 4.0)
SCATTER: Range = (0.01, 0.12)
# Of blots: the share of the image under them, what their light differs by from place to place, and how sharp their
# edges are. Few large patches are like paint, many small ones like leaves.
BLOTTED: Range = (0.03, 0.35)
BLOT_LIGHT: Range = (0.6, 1.3)
BLOT_EDGE = 16.0
# The others have the colour of a pixel of the image, as things around the sign have.
BLOTS_OF_ANY_COLOUR = 0.6
# Logarithm of the factor of the light, and the sensor's noise then: a standard deviation in levels.
LOG_EXPOSURE: Range = (math.log(0.06), math.log(2.5))
SENSOR_NOISE: Range = (0.0, 2.0)
# Pictures of it that the images of a batch share: to draw one for each takes a quarter of a batch's time.
NOISES = 8
WHITE = 255


def augment_photometric(images: Images, augmentation: Augmentation, rng: np.random.Generator) -> Images:
    """Change light, colours and sharpness of each image at random, in the order of light's way from scene to sensor.

    Args:
        images: RGB, shape (count, image_size, image_size, 3), float32 in [0, 1]; may be written to.
        augmentation: The ranges.
        rng: Where the randomness comes from. A change that is left out draws nothing.

    Returns:
        The same shape, float32 in [0, 1].
    """
    for share, change in (
        (augmentation.occlusion_probability, _cover),
        (augmentation.blot_probability, _blot),
        (augmentation.shadow_probability, _shade),
        (augmentation.stripe_probability, _stripe),
        (augmentation.veil_probability, _veil),
    ):
        for index in _chosen(len(images), share, rng):
            change(images[index], rng)
    for index in _chosen(len(images), augmentation.motion_blur_probability, rng):
        kernel = motion_kernel(rng.uniform(1, augmentation.motion_pixels), rng.uniform(0, 180))
        images[index] = cv2.filter2D(images[index], -1, kernel, borderType=cv2.BORDER_REPLICATE)
    for index in _chosen(len(images), augmentation.low_resolution_probability, rng):
        _coarsen(images[index], rng)
    if not augmentation.keeps_colours:
        # OpenCV takes a tenth of the time of NumPy's product of so many rows with three columns.
        for image, change in zip(images, _colour_changes(images, augmentation, rng), strict=True):
            cv2.transform(image, change, dst=image)
        np.clip(images, 0, 1, out=images)
    exposed = _chosen(len(images), augmentation.exposure_probability, rng)
    images[exposed] = _expose(images[exposed], rng)
    if augmentation.noise:
        strength = rng.uniform(0, augmentation.noise, (len(images), 1, 1, 1)).astype(np.float32)
        images = images + strength * rng.standard_normal(images.shape, np.float32)
        np.clip(images, 0, 1, out=images)
    return images


def _chosen(count: int, share: float, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Draw which images have a change."""
    return np.flatnonzero(rng.random(count) < share) if share else np.zeros(0, np.intp)


def _cover(image: Images, rng: np.random.Generator) -> None:
    """Lay a patch over an image, of the colour of one of its pixels, as of an object in front of the sign."""
    size = len(image)
    height, width = np.ceil(rng.uniform(*COVER, 2) * size).astype(int)
    # It may reach out of the image.
    y, x = rng.integers(0, size, 2) - (height // 2, width // 2)
    colour = image[tuple(rng.integers(0, size, 2))] * np.float32(rng.uniform(0.6, 1.2))
    image[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = np.minimum(colour, 1)


def _blot(image: Images, rng: np.random.Generator) -> None:
    """Cover parts of an image with blots of one colour in uneven light, as of leaves, paint or torn paper."""
    size = len(image)
    patches = _smooth_noise(size, rng)
    edge = np.quantile(patches, 1 - rng.uniform(*BLOTTED))
    inside = np.clip(BLOT_EDGE * (patches - edge) + 0.5, 0, 1)[..., None]
    if rng.random() < BLOTS_OF_ANY_COLOUR:
        colour = rng.random(3, np.float32) * image.max()
        colour += rng.random() * (colour.mean() - colour)
    else:
        colour = image[tuple(rng.integers(0, size, 2))].copy()
    light = np.interp(_smooth_noise(size, rng), (0, 1), BLOT_LIGHT)[..., None]
    image += ((np.minimum(colour * light, 1) - image) * inside).astype(np.float32)


def _smooth_noise(size: int, rng: np.random.Generator) -> Images:
    """Draw numbers of about 0 to 1 that change gradually: light and dark patches, few or many, shape (size, size)."""
    few = rng.random((int(rng.integers(*PATCHES)),) * 2, np.float32)
    return np.asarray(cv2.resize(few, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _shade(image: Images, rng: np.random.Generator) -> None:
    """Darken one side of a line through an image."""
    size = len(image)
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.35, 0.35) * size
    across = np.arange(size, dtype=np.float32) - (size - 1) / 2
    distance = np.cos(angle) * across + np.sin(angle) * across[:, None] - offset
    # An edge one pixel wide, as the camera's own.
    inside = np.clip(distance + 0.5, 0, 1)[..., None]
    image *= (1 - inside * (1 - rng.uniform(*SHADOW))).astype(np.float32)


def _stripe(image: Images, rng: np.random.Generator) -> None:
    """Darken an image in stripes, as under flickering lamps or behind a fence."""
    size = len(image)
    angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(*STRIPES) * size
    across = np.arange(size, dtype=np.float32)
    place = np.cos(angle) * across + np.sin(angle) * across[:, None]
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * (place / distance + rng.random()))
    dark = (wave ** rng.uniform(*STRIPE_GAPS))[..., None]
    image *= (1 - dark * (1 - rng.uniform(*STRIPE_LIGHT))).astype(np.float32)


def _veil(image: Images, rng: np.random.Generator) -> None:
    """Lay a veil over an image, even or in patches, which may scatter the light that comes through it."""
    size = len(image)
    patches = _smooth_noise(size, rng)
    edge = np.quantile(patches, 1 - rng.uniform(*VEILED))
    density = rng.uniform(*DENSITY) * np.clip(2 ** rng.uniform(*EDGES) * (patches - edge) + 0.5, 0, 1)[..., None]
    reach = DARK_VEIL if rng.random() < DARK_VEILS else LIGHT_VEIL
    light = min(rng.uniform(*reach) * float(image.max()), 1.0)
    if rng.random() < SCATTERING_VEILS:
        sigma = rng.uniform(*SCATTER) * size
        scattered = cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        image += (scattered - image) * (density / DENSITY[1]).astype(np.float32)
    image += ((light - image) * density).astype(np.float32)


def _coarsen(image: Images, rng: np.random.Generator) -> None:
    """Take an image with fewer pixels and enlarge it."""
    size = len(image)
    side = max(2, round(rng.uniform(*RESOLUTION) * size))
    few = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    image[...] = cv2.resize(few, (size, size), interpolation=cv2.INTER_LINEAR)


def _expose(images: Images, rng: np.random.Generator) -> Images:
    """Take each image with other light on the sensor."""
    count = len(images)
    if not count:
        return images

    def drawn(reach: Range) -> Images:
        return rng.uniform(*reach, (count, 1, 1, 1)).astype(np.float32)

    noise = rng.standard_normal((min(NOISES, count), *images.shape[1:]), np.float32)
    levels: Images = images * (WHITE * np.exp(drawn(LOG_EXPOSURE)))
    levels += drawn(SENSOR_NOISE) * noise[rng.integers(len(noise), size=count)]
    np.clip(np.rint(levels, out=levels), 0, WHITE, out=levels)
    levels /= WHITE
    return levels


def _colour_changes(images: Images, augmentation: Augmentation, rng: np.random.Generator) -> Images:
    """Draw for each image what its colours become: a matrix of R, G, B and 1, shape (count, 3, 4)."""
    count = len(images)

    def factor(reach: float) -> npt.NDArray[np.float64]:
        return np.asarray(np.exp(rng.uniform(-1, 1, count) * reach))

    degrees = rng.uniform(-1, 1, count) * augmentation.hue_degrees * (rng.random(count) < HUES_CHANGED)
    saturation, brightness = factor(augmentation.saturation), factor(augmentation.brightness)
    contrast = factor(augmentation.contrast)
    matrices = (brightness * contrast)[:, None, None] * hue_saturation_matrices(degrees, saturation)
    pixels = math.prod(images.shape[1:3])
    # A product takes NumPy a thirtieth of the time that it takes for the mean over two axes.
    mean = (np.full(pixels, 1 / pixels, np.float32) @ images.reshape(count, pixels, 3)) @ LUMA
    offsets = np.broadcast_to((brightness * (1 - contrast) * mean)[:, None, None], (count, 3, 1))
    return np.concatenate([matrices, offsets], axis=2).astype(np.float32)
