"""Noise that gives surfaces grain."""

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage

__all__ = ["grain", "noise_tile", "piece_of"]

TILE = 512


def noise_tile(rng: np.random.Generator) -> FloatImage:
    """Draw noise with detail at all scales that repeats without a seam, shape (512, 512), float32, about 0 to 1."""
    total = np.zeros((TILE, TILE), np.float32)
    for cells, weight in ((8, 0.3), (24, 0.25), (96, 0.2), (TILE, 0.25)):
        total += np.float32(weight) * _repeating(cells, rng)
    return np.clip(np.float32(2.0) * (total - np.float32(0.5)) + np.float32(0.5), 0, 1, out=total)


def _repeating(cells: int, rng: np.random.Generator) -> FloatImage:
    grid = rng.random((cells, cells), dtype=np.float32)
    if cells == TILE:
        return grid
    wrapped = np.pad(grid, 2, mode="wrap")
    step = TILE / cells
    large = cv2.resize(wrapped, (round((cells + 4) * step),) * 2, interpolation=cv2.INTER_CUBIC)
    start = round(2 * step)
    return np.asarray(large[start : start + TILE, start : start + TILE], np.float32)


def piece_of(tile: FloatImage, height: int, width: int, rng: np.random.Generator) -> FloatImage:
    """Cut a piece out of a tile at a random place, repeated where the tile is smaller."""
    y, x = (int(part) for part in rng.integers(0, TILE, size=2))
    rows, columns = (np.arange(height) + y) % TILE, (np.arange(width) + x) % TILE
    return np.asarray(tile[np.ix_(rows, columns)])


def grain(tile: FloatImage, height: int, width: int, strength: float, rng: np.random.Generator) -> FloatImage:
    """Return factors around 1 that grain a surface, shape (height, width, 1)."""
    return np.float32(1) + np.float32(2 * strength) * (piece_of(tile, height, width, rng) - np.float32(0.5))[..., None]
