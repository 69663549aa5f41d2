"""The sky of a scene, and the far woods or hills below it."""

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.scenes.canvas import Canvas
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.scenes.texture import piece_of
from roadsigns.synthesis.scenes.view import View

__all__ = ["paint_sky"]

BLUE = np.array([0.42, 0.62, 0.95])


def paint_sky(canvas: Canvas, view: View, light: Light, tile: FloatImage, rng: np.random.Generator) -> None:
    """Paint all above the horizon, and what stands on it far away."""
    rows = min(int(view.horizon) + 2, view.height)
    if rows <= 0:
        return
    height = np.linspace(1, 0, rows, dtype=np.float32)[:, None]
    clear = BLUE * rng.uniform(0.6, 1.1) if light.weather in {"sunny", "dusk"} else np.ones(3) * rng.uniform(0.75, 1.1)
    cover = float(rng.uniform(0, 1)) if light.weather != "overcast" else float(rng.uniform(0.7, 1.1))
    clouds = _clouds(tile, rows, view.width, cover, rng)
    brightness = np.float32(rng.uniform(0.7, 1.2))
    shades = np.float32(1) - np.float32(rng.uniform(0.05, 0.5)) * _clouds(tile, rows, view.width, 0.5, rng)
    planes = []
    for low, part in zip(light.sky, clear, strict=True):
        air = np.float32(low) * (1 + np.float32(part - 1) * np.sqrt(height))
        white = np.float32(low) * brightness * shades
        planes.append(air + clouds * (white - air))
    canvas.light[:rows] = cv2.merge([np.asarray(plane, np.float32) for plane in planes])
    for layer in range(int(rng.integers(1, 3))):
        _hills(canvas, view, light, rng, distance=float(rng.uniform(250, 500)) * (2 - layer))


def _clouds(tile: FloatImage, rows: int, width: int, cover: float, rng: np.random.Generator) -> FloatImage:
    """How much cloud there is, shape (rows, width), 0 to 1; clouds are flatter near the horizon."""
    shape = np.zeros((rows, width), np.float32)
    for cells, weight in ((6, 0.5), (18, 0.25), (70, 0.15), (200, 0.1)):
        piece = piece_of(tile, cells, cells, rng)
        shape += np.float32(weight) * cv2.resize(piece, (width, rows), interpolation=cv2.INTER_CUBIC)
    shape = np.float32(1.4) * (shape - np.float32(0.5)) + np.float32(0.5)
    softness = np.float32(rng.uniform(1.5, 6))
    return np.asarray(np.clip(softness * (shape - np.float32(1 - cover)) + np.float32(0.5), 0, 1), np.float32)


def _hills(canvas: Canvas, view: View, light: Light, rng: np.random.Generator, *, distance: float) -> None:
    """A ragged skyline of woods, hills or far houses."""
    steps = 240
    waves = np.interp(np.linspace(0, 12, steps), np.arange(13), rng.uniform(3, rng.uniform(8, 30), 13))
    waves += rng.uniform(0, 1, steps) * rng.uniform(1, 8, steps)
    x = np.linspace(0, view.width, steps)
    y = view.horizon - view.focal * waves / distance
    wood = np.array([0.16, 0.2, 0.14]) * rng.uniform(0.7, 1.3) * light.facing
    bottom = view.horizon + 3
    corners = [*zip(x, y, strict=True), (view.width, bottom), (0, bottom)]
    canvas.polygon(corners, wood, distance=distance)
