"""What is painted laid into a given picture, so that blur, noise and the sensor's colours do not give it away."""

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.scenes.canvas import Canvas
from roadsigns.synthesis.scenes.place import Look
from roadsigns.types import Box, UInt8Image

__all__ = ["blend", "lay_into"]

# How much of the light of the darkest things around comes from before them, and so lies over a sign too.
VEIL = 0.7


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
    veil = np.float32(VEIL * dark)
    light = canvas.light * (1 - veil) + (veil * alpha)[..., None]
    if leaves is not None:
        light, alpha = light * leaves[..., None], alpha * leaves
    lay_into(picture, area, light, alpha, look, rng)


def lay_into(
    picture: UInt8Image, area: Box, light: FloatImage, alpha: FloatImage, look: Look, rng: np.random.Generator
) -> None:
    """Lay light, multiplied by alpha, into an area of a picture: blurred and noisy as the picture is.

    Args:
        picture: RGB, uint8; changed.
        area: Where.
        light: RGB, shape (height, width, 3), float32.
        alpha: Shape (height, width), float32, 0 to 1.
        look: Of the picture.
        rng: Source of the noise.
    """
    light, alpha = (
        np.asarray(cv2.GaussianBlur(one, (0, 0), max(look.blur, 0.3), borderType=cv2.BORDER_REPLICATE), np.float32)
        for one in (light, alpha)
    )
    under = picture[area.y1 : area.y2, area.x1 : area.x2]
    whole = under.astype(np.float32) / 255 * (1 - alpha)[..., None] + light
    mosaic = np.ascontiguousarray(whole[:, :, 1])
    # One colour per pixel, as a sensor has it, and the noise in it.
    mosaic[::2, ::2], mosaic[1::2, 1::2] = whole[::2, ::2, 0], whole[1::2, 1::2, 2]
    strength = alpha * np.float32(look.noise * rng.uniform(0.7, 1.5) / 255)
    mosaic += rng.standard_normal(mosaic.shape, dtype=np.float32) * strength
    levels = cv2.convertScaleAbs(np.maximum(mosaic, 0), alpha=255)
    seen = cv2.cvtColor(levels, cv2.COLOR_BayerRGGB2RGB).astype(np.float32)
    # Where nothing was put, the picture stays as it is.
    mask = np.clip(4 * alpha, 0, 1)[..., None]
    mixed = under + mask * (seen - under)
    picture[area.y1 : area.y2, area.x1 : area.x2] = np.clip(np.rint(mixed), 0, 255)
