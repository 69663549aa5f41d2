"""What is painted laid into a given picture, so that blur, noise and the sensor's colours do not give it away."""

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.scenes.canvas import Canvas
from roadsigns.synthesis.scenes.compositing.place import Look
from roadsigns.types import Box, UInt8Image

__all__ = ["blend", "lay_into"]

# How much of the light of the darkest things around comes from before them, and so lies over a sign too.
VEIL = 0.7
# Before the sky nothing is dark: a higher level is not a veil.
DARKEST = 0.25
# Of warping and of pixels, in pixels; and what is not seen.
PIXEL_BLUR, MIN_BLUR = 0.45, 0.2
# Largest share of a sensor's mosaic: many cameras hide it well.
MOSAIC = 0.7


def blend(
    picture: UInt8Image,
    area: Box,
    canvas: Canvas,
    look: Look,
    *,
    dark: float,
    leaves: FloatImage | None,
    rng: np.random.Generator,
) -> None:
    """Lay a canvas with coverage into an area of a picture.

    Args:
        picture: RGB, uint8; changed.
        area: Of the canvas's size.
        canvas: What is painted, under the light of the place.
        look: Of the picture.
        dark: Level of the darkest things around, 0 to 1.
        leaves: How much of each pixel is not hidden by what stands before, shape of the area; None for all.
        rng: Source of the noise.
    """
    alpha = canvas.coverage if canvas.coverage is not None else np.ones(canvas.owner.shape, np.float32)
    veil = np.float32(VEIL * min(dark, DARKEST))
    light = canvas.light * (1 - veil) + (veil * alpha)[..., None]
    if leaves is not None:
        light, alpha = light * leaves[..., None], alpha * leaves
    lay_into(picture, area, (light, alpha), look, rng)


def lay_into(
    picture: UInt8Image, area: Box, layer: tuple[FloatImage, FloatImage], look: Look, rng: np.random.Generator
) -> None:
    """Lay something into an area of a picture: blurred and noisy as the picture is.

    Args:
        picture: RGB, uint8; changed.
        area: Where.
        layer: Premultiplied light, shape (height, width, 3), and alpha, shape (height, width), float32, 0 to 1.
        look: Of the picture.
        rng: Source of the noise.
    """
    light, alpha = (_blurred(one, look.blur) for one in layer)
    under = picture[area.y1 : area.y2, area.x1 : area.x2]
    whole = under.astype(np.float32) / 255 * (1 - alpha)[..., None] + light
    noise = look.noise * rng.uniform(0.7, 1.5) / 255
    whole += rng.standard_normal(whole.shape, dtype=np.float32) * np.float32(noise) * alpha[..., None]
    levels = np.asarray(255 * np.clip(whole, 0, 1), np.float32)
    sensed = levels + np.float32(rng.uniform(0, MOSAIC)) * (_through_mosaic(levels) - levels)
    # Where nothing was put, the picture stays as it is.
    mask = np.clip(4 * alpha, 0, 1)[..., None]
    mixed = under + mask * (sensed - under)
    picture[area.y1 : area.y2, area.x1 : area.x2] = np.clip(np.rint(mixed), 0, 255)


def _blurred(plane: FloatImage, blur: float) -> FloatImage:
    """Blur what is already as soft as pixels are to the blur of a picture."""
    sigma = float(np.sqrt(max(blur**2 - PIXEL_BLUR**2, 0.0)))
    if sigma < MIN_BLUR:
        return plane
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)


def _through_mosaic(image: FloatImage) -> FloatImage:
    """Keep one colour per pixel, as a sensor does, and fill in the others; levels 0 to 255."""
    mosaic = np.ascontiguousarray(image[:, :, 1])
    mosaic[::2, ::2], mosaic[1::2, 1::2] = image[::2, ::2, 0], image[1::2, 1::2, 2]
    levels = np.rint(mosaic).astype(np.uint8)
    return np.asarray(cv2.cvtColor(levels, cv2.COLOR_BayerRGGB2RGB), np.float32)
