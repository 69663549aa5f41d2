"""The ground of a scene: asphalt with its markings, kerbs, pavements and verges, in perspective."""

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.scenes.canvas import Canvas, Colour
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.scenes.street import DASHED, NONE, Street
from roadsigns.synthesis.scenes.view import View

__all__ = ["paint_ground"]

# Of the profile across the street: metres on either side, and how many pixels a metre has.
REACH, PER_METRE = 60.0, 25
GRASS = {
    "spring": (0.26, 0.36, 0.13),
    "summer": (0.24, 0.31, 0.13),
    "autumn": (0.31, 0.27, 0.14),
    "winter": (0.33, 0.31, 0.24),
}
FARTHEST = 600.0
TEXTURE_SCALE = 45.0


def paint_ground(
    canvas: Canvas, view: View, street: Street, light: Light, *, tile: FloatImage, rng: np.random.Generator
) -> None:
    """Paint all below the horizon.

    Args:
        canvas: Painted on.
        view: From where.
        street: What lies there.
        light: On it.
        tile: Noise of `texture.noise_tile`.
        rng: The source of all randomness.
    """
    first = max(int(np.ceil(view.horizon + 0.5)), 0)
    if first >= view.height:
        return
    rows = np.arange(first, view.height, dtype=np.float32)
    along = np.minimum(view.focal * view.camera_up / (rows + 0.5 - view.horizon), FARTHEST).astype(np.float32)
    columns = np.arange(view.width, dtype=np.float32) + np.float32(0.5 - view.middle)
    shift = np.float32(view.camera_across) - np.float32(view.bend / 2) * along**2
    across = columns[None, :] * (along / np.float32(view.focal))[:, None] + shift[:, None]
    profile = _profile(street, light, rng)
    ahead = np.broadcast_to(along[:, None], across.shape)
    columns_of_profile = np.clip((across + np.float32(REACH)) * np.float32(PER_METRE), 0, profile.shape[1] - 1)
    period = 12.0 if street.kind == "motorway" else float(rng.uniform(5, 9))
    dash = np.clip(4 * np.sin((along + rng.uniform(0, period)) * (2 * np.pi / period)) + 0.5, 0, 1)
    dashes = np.broadcast_to(dash.astype(np.float32)[:, None], across.shape)
    seen = cv2.remap(profile, columns_of_profile, np.ascontiguousarray(dashes), cv2.INTER_LINEAR)
    # Far away a pixel covers many grains, and shows their mean.
    fine = np.clip(np.float32(25) / along, 0, 1)[:, None]
    scale = np.float32(TEXTURE_SCALE)
    noise = _sampled(tile, across * scale, ahead * scale) - np.float32(0.5)
    coarse = _sampled(tile, across * np.float32(5), ahead * np.float32(1.5)) - np.float32(0.5)
    factor = 1 + seen[:, :, 3] * (noise * fine + np.float32(0.7) * coarse)
    factor *= _shade(tile, across, ahead, light, rng)
    if light.at_night:
        factor *= (np.clip(18 / along, 0.3, 3.0))[:, None].astype(np.float32)
    haze = np.array([canvas.hazed(float(metres)) for metres in along], np.float32)[:, None]
    factor *= 1 - haze
    lit = seen[:, :, :3] * cv2.merge([factor, factor, factor])
    lit *= light.ground.astype(np.float32)
    lit += haze[:, :, None] * light.sky.astype(np.float32)
    canvas.light[first:] = lit


def _sampled(tile: FloatImage, x: FloatImage, y: FloatImage) -> FloatImage:
    """Read a tile that repeats."""
    side = np.float32(len(tile))
    return np.asarray(
        cv2.remap(tile, np.mod(x, side), np.mod(y, side), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), np.float32
    )


def _shade(
    tile: FloatImage, across: FloatImage, along: FloatImage, light: Light, rng: np.random.Generator
) -> FloatImage:
    """Shadows of trees and houses on the ground, and large differences of brightness; shape of the ground."""
    patches = _sampled(tile, across * np.float32(1.1) + np.float32(rng.uniform(0, 512)), along * np.float32(0.6))
    smooth = np.float32(1) + np.float32(0.16) * (patches - np.float32(0.5))
    if not light.sunny or rng.random() < 0.4:  # noqa: PLR2004 - nothing stands beside the sun
        return smooth
    start = np.float32(rng.uniform(0, 512))
    shape = _sampled(tile, across * np.float32(rng.uniform(2, 6)) + start, along * np.float32(rng.uniform(2, 7)))
    # Far away a pixel covers shadow and light.
    sharpness = np.clip(np.float32(150) / along, 1, 10)
    dark = np.clip(sharpness * (shape - np.float32(rng.uniform(0.4, 0.65))) + np.float32(0.5), 0, 1)
    return np.asarray(smooth * (1 - np.float32(1 - light.shadow) * dark), np.float32)


def _profile(street: Street, light: Light, rng: np.random.Generator) -> FloatImage:
    """What lies across the street: reflectance and grain, shape (2, samples, 4); the second row has the dashes."""
    samples = round(2 * REACH * PER_METRE)
    profile = np.zeros((samples, 4), np.float32)

    def fill(start: float, end: float, colour: Colour, roughness: float) -> None:
        first, last = (round((place + REACH) * PER_METRE) for place in (start, end))
        profile[max(first, 0) : max(last, 0)] = [*colour, roughness]

    grass = np.array(GRASS[light.season]) * rng.uniform(0.7, 1.15)
    asphalt = rng.uniform(0.24, 0.42) * np.array([1.0, 1.0, rng.uniform(1.0, 1.06)])
    stone = rng.uniform(0.35, 0.6) * np.array([1.02, 1.0, 0.96])
    fill(-REACH, REACH, grass, 0.9)
    if street.kind == "town":
        fill(-REACH, REACH, stone * 0.8, 0.3)
    if street.kind == "motorway":
        # The other direction lies beyond the barrier.
        fill(street.left - 2.5 - 12, street.left - 2.5, asphalt, 0.35)
    if street.pavement:
        fill(street.left - street.border, street.right + street.border, grass, 0.9)
        fill(street.left - street.pavement, street.right + street.pavement, stone, 0.3)
        fill(street.left - 0.15, street.right + 0.15, stone * 1.25, 0.2)
    fill(street.left, street.right, asphalt, 0.35)
    gutter = asphalt * rng.uniform(0.75, 1.1)
    fill(street.right - 0.35, street.right, gutter, 0.35)
    for lane in (street.camera, -street.camera):
        for wheel in (-0.8, 0.8):
            fill(lane + wheel - 0.2, lane + wheel + 0.2, asphalt * 0.93, 0.3)
    paint = rng.uniform(0.7, 0.95) * np.ones(3)
    if rng.random() < 0.04:  # noqa: PLR2004 - roadworks
        paint = paint * np.array([1.0, 0.8, 0.2])
    if street.edges:
        for edge in (street.left + 0.25, street.right - (0.3 if street.kind != "motorway" else 1.0)):
            fill(edge - 0.1, edge + 0.1, paint, 0.15)
    dashed = profile.copy()
    for lane in street.lanes:
        first = round((lane + REACH - 0.07) * PER_METRE)
        if street.middle != NONE:
            dashed[first : first + 4] = [*paint, 0.15]
            if street.middle != DASHED:
                profile[first : first + 4] = [*paint, 0.15]
    return np.stack([profile, dashed])
