"""Made-up surroundings for drawn signs: sky, foliage, branches, walls and roads out of noise and simple shapes."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.synthesis.settings import Drawing

__all__ = ["FloatImage", "on_three_channels", "paint_backdrop", "smooth_noise", "straight_edge"]

FloatImage = npt.NDArray[np.float32]

# The other half of the backdrops is parted by ragged patches.
STRAIGHT_EDGES = 0.5


def paint_backdrop(size: int, drawing: Drawing, rng: np.random.Generator) -> FloatImage:
    """Paint what stands behind a sign: two surroundings that meet at an edge or blend, or one plain colour.

    Args:
        size: Height and width in pixels.
        drawing: How many are plain.
        rng: The source of all randomness.

    Returns:
        RGB reflectance, shape (size, size, 3), float32, 0 to 1.
    """
    if rng.random() < drawing.plain_backdrop_probability:
        return np.full((size, size, 3), rng.random() * rng.uniform(0.5, 1, 3), np.float32)
    behind, before = (SURROUNDINGS[int(i)] for i in rng.choice(len(SURROUNDINGS), size=2, p=FREQUENCY))
    mask = straight_edge(size, rng) if rng.random() < STRAIGHT_EDGES else _patches(size, rng)
    first = behind(size, rng)
    painted = first + on_three_channels(mask) * (before(size, rng) - first)
    return np.clip(painted, 0.0, 1.0, out=painted)


def on_three_channels(plane: FloatImage) -> FloatImage:
    """Repeat a plane, shape (height, width), as (height, width, 3): a product of equal shapes takes a fraction of the
    time that NumPy takes to spread one channel over three."""
    return np.asarray(cv2.merge([plane, plane, plane]), np.float32)


def smooth_noise(cells: int, size: int, rng: np.random.Generator) -> FloatImage:
    """Draw random values on a coarse grid and interpolate them.

    Returns:
        Shape (size, size), float32, about 0 to 1; cubic interpolation overshoots a little.
    """
    grid = rng.random((cells, cells), dtype=np.float32)
    return np.asarray(cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def straight_edge(size: int, rng: np.random.Generator) -> FloatImage:
    """A border in any direction, hard or soft, such as a roof against the sky; shape (size, size), 0 to 1."""
    angle, offset, softness = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3), rng.uniform(2, 40)
    across = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    distance = np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None] - offset
    return np.asarray(np.clip(softness * distance + 0.5, 0, 1), dtype=np.float32)


def _sky(size: int, rng: np.random.Generator) -> FloatImage:
    blue, cloud = np.array([0.45, 0.62, 0.90]), np.array([0.86, 0.89, 0.95])
    zenith = _between(blue, cloud, rng)
    horizon = _between(zenith, np.ones(3), rng)
    down = np.linspace(0, 1, size, dtype=np.float32)[:, None]
    clouds = np.float32(0.12) * (smooth_noise(4, size, rng) - np.float32(0.5))
    return _coloured(
        [np.float32(top) + np.float32(low - top) * down + clouds for top, low in zip(zenith, horizon, strict=True)]
    )


def _foliage(size: int, rng: np.random.Generator) -> FloatImage:
    shade = _between(np.array([0.02, 0.04, 0.02]), np.array([0.12, 0.11, 0.08]), rng)
    summer, autumn = np.array([0.34, 0.40, 0.24]), np.array([0.48, 0.36, 0.22])
    leaf = _between(summer, autumn, rng) * rng.uniform(0.4, 1.1)
    texture = _octaves(size, rng)
    # Light comes through gaps between the leaves, in some trees only.
    gaps = np.clip(6 * (smooth_noise(32, size, rng) - np.float32(rng.uniform(0.75, 1.3))), 0, 1)
    lit = texture * (1 - gaps)
    dark, gleam = 1 - gaps, np.float32(0.95) * gaps
    return _coloured([np.float32(s) * dark + np.float32(c - s) * lit + gleam for s, c in zip(shade, leaf, strict=True)])


def _branches(size: int, rng: np.random.Generator) -> FloatImage:
    image = _sky(size, rng)
    bark = rng.uniform(0.05, 0.3)
    for _ in range(int(rng.integers(6, 25))):
        start, end = rng.uniform(-0.2, 1.2, size=(2, 2)) * size
        colour = tuple(bark * np.array([1.0, 0.9, 0.8]) * rng.uniform(0.7, 1.3))
        thickness = int(rng.integers(1, 4))
        cv2.line(
            image, tuple(start.astype(int).tolist()), tuple(end.astype(int).tolist()), colour, thickness, cv2.LINE_AA
        )
    return image


def _wall(size: int, rng: np.random.Generator) -> FloatImage:
    plaster, brick = np.array([0.80, 0.76, 0.68]), np.array([0.48, 0.25, 0.18])
    colour = _between(plaster, brick, rng) * rng.uniform(0.5, 1.1)
    plaster_or_brick = np.float32(0.85) + np.float32(0.3) * _octaves(size, rng)
    image = _coloured([np.float32(part) * plaster_or_brick for part in colour])
    for _ in range(int(rng.integers(0, 6))):
        x, y = rng.uniform(-0.2, 1.0, size=2) * size
        width, height = rng.uniform(0.08, 0.5, size=2) * size
        corners = (int(x), int(y)), (int(x + width), int(y + height))
        cv2.rectangle(image, *corners, tuple(np.full(3, rng.uniform(0.05, 1.0)) * rng.uniform(0.9, 1.1, 3)), cv2.FILLED)
    return image


def _road(size: int, rng: np.random.Generator) -> FloatImage:
    grey = rng.uniform(0.2, 0.55)
    down = np.linspace(rng.uniform(0.6, 1.3), 1.0, size, dtype=np.float32)[:, None]
    asphalt = np.float32(grey) * down * (np.float32(0.9) + np.float32(0.2) * _octaves(size, rng))
    return _coloured([asphalt, asphalt, np.float32(1.03) * asphalt])


def _coloured(planes: list[FloatImage]) -> FloatImage:
    """Red, green and blue to one picture, shape (size, size, 3), float32."""
    return np.ascontiguousarray(cv2.merge([np.asarray(plane, np.float32) for plane in planes]))


SURROUNDINGS: tuple[Callable[[int, np.random.Generator], FloatImage], ...] = (_sky, _foliage, _branches, _wall, _road)
# Read off contact sheets of real training images: mostly trees and houses, often sky, seldom the road itself.
FREQUENCY = (0.25, 0.35, 0.12, 0.21, 0.07)


def _octaves(size: int, rng: np.random.Generator) -> FloatImage:
    """Noise with detail at three scales, shape (size, size), 0 to 1."""
    scales = ((5, 0.4), (16, 0.3), (48, 0.3))
    total = sum((weight * smooth_noise(cells, size, rng) for cells, weight in scales), np.zeros(1, np.float32))
    return np.asarray(np.clip(2.2 * (total - 0.5) + 0.5, 0, 1), dtype=np.float32)


def _patches(size: int, rng: np.random.Generator) -> FloatImage:
    """Ragged borders, such as trees against the sky; shape (size, size), 0 to 1."""
    sharpness, threshold = rng.uniform(2, 12), rng.uniform(0.3, 0.7)
    shape = 0.7 * smooth_noise(3, size, rng) + 0.3 * smooth_noise(16, size, rng)
    return np.asarray(np.clip(sharpness * (shape - threshold) + 0.5, 0, 1), dtype=np.float32)


def _between(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    return np.asarray(first + (second - first) * rng.random())
