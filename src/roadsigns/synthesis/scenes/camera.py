"""The camera that takes a whole scene: that of single signs, with blur in pixels."""

import numpy as np

from roadsigns.synthesis.camera import BEST_JPEG, WORST_JPEG, Camera
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.settings import Drawing

__all__ = ["choose_scene_camera"]

# The settings say blur in sides of a sign; one of so many pixels is meant.
SIDE = 35.0
JPEGS = 0.5


def choose_scene_camera(drawing: Drawing, light: Light, rng: np.random.Generator) -> Camera:
    """Choose a camera, for `camera.photograph` with a side of 1 pixel."""
    warmth, tint = rng.normal(0, drawing.color_cast), rng.normal(0, drawing.color_cast / 2)
    gain = float(np.exp(rng.normal(0, 0.1)))
    noise = rng.uniform(0.05, 1.0) * drawing.noise * (1.6 if light.at_night else 0.8)
    return Camera(
        color_cast=(gain * (1 + warmth), gain * (1 + tint), gain * (1.02 - warmth)),
        haze=float(rng.choice([0.0, rng.uniform(0, drawing.haze / 3)])),
        veil=float(np.clip(light.sky.mean(), 0, 0.9)),
        gamma=float(np.exp(rng.normal(0.05, drawing.gamma))),
        defocus=float(rng.gamma(2.0, drawing.defocus / 2)) * SIDE,
        motion=float(rng.choice([0.0, rng.exponential(drawing.motion)], p=[0.6, 0.4])) * SIDE,
        motion_degrees=float(rng.normal(0, 40)),
        blooming=float(rng.uniform(0, drawing.blooming)),
        chromatic_aberration=(
            float(rng.normal(0, drawing.chromatic_aberration)),
            float(rng.normal(0, drawing.chromatic_aberration)),
        ),
        noise=float(noise),
        sharpening=float(rng.uniform(0, 2) * drawing.sharpening),
        jpeg_quality=int(rng.integers(WORST_JPEG + 15, BEST_JPEG + 6)) if rng.random() < JPEGS else 0,
    )
