"""Trees and bushes of a scene: a few are grown and then stand in many sizes."""

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.scenes.texture import piece_of

__all__ = ["grow_bush", "grow_tree"]

HEIGHT, WIDTH = 288, 224
LEAVES = {
    "spring": ((0.34, 0.42, 0.14), (0.26, 0.36, 0.12)),
    "summer": ((0.17, 0.27, 0.09), (0.25, 0.33, 0.13)),
    "autumn": ((0.52, 0.33, 0.08), (0.36, 0.3, 0.1)),
    "winter": ((0.14, 0.19, 0.1), (0.2, 0.22, 0.12)),
}
BARE = {"spring": 0.25, "summer": 0.0, "autumn": 0.15, "winter": 0.8}
CONIFERS = 0.15


def grow_tree(season: str, tile: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Grow a tree.

    Returns:
        Premultiplied RGB and alpha, shape (288, 224, 4), float32; it stands on the lower border.
    """
    if rng.random() < CONIFERS:
        return _crowned(season, tile, rng, _cone(), darker=0.6)
    if rng.random() < BARE[season]:
        return _bare(rng)
    return _crowned(season, tile, rng, _puffs(rng, bottom=0.75))


def grow_bush(season: str, tile: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Grow a bush or a piece of hedge, as `grow_tree` does."""
    return _crowned(season, tile, rng, _puffs(rng, bottom=1.0), trunk=False, darker=0.8)


def _puffs(rng: np.random.Generator, *, bottom: float) -> FloatImage:
    """The shape of a crown: how far inside a pixel is, shape (288, 224)."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    inside = np.full((HEIGHT, WIDTH), -1, np.float32)
    for _ in range(int(rng.integers(7, 14))):
        radius = rng.uniform(0.13, 0.27) * WIDTH
        height = rng.uniform(1.1 * radius, HEIGHT * bottom - 0.3 * radius)
        # Widest in the middle.
        room = max(0.0, WIDTH / 2 - 1.1 * radius) * np.sin(np.pi * np.clip(height / (HEIGHT * bottom), 0.1, 0.9))
        centre = WIDTH / 2 + rng.uniform(-1, 1) * room
        distance = ((x - np.float32(centre)) ** 2 + (y - np.float32(height)) ** 2) / np.float32(radius**2)
        np.maximum(inside, 1 - distance, out=inside)
    return inside


def _cone() -> FloatImage:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    half = np.float32(0.45 * WIDTH) * (y / HEIGHT) + 2
    return np.asarray(0.8 * np.clip(1 - np.abs(x - WIDTH / 2) / half, -1, 1) * (y < 0.93 * HEIGHT), np.float32)


def _crowned(
    season: str,
    tile: FloatImage,
    rng: np.random.Generator,
    inside: FloatImage,
    *,
    trunk: bool = True,
    darker: float = 1.0,
) -> FloatImage:
    one, other = (np.array(colour) for colour in LEAVES[season])
    leaf = (one + (other - one) * rng.random()) * rng.uniform(0.7, 1.2) * darker
    noise = piece_of(tile, HEIGHT, WIDTH, rng)
    alpha = np.clip(7 * (inside + np.float32(0.9) * (noise - np.float32(0.55))), 0, 1)
    # Light falls from above into the crown; leaves shade those below.
    lit = np.float32(0.35) + np.float32(0.5) * np.roll(inside, 12, axis=0) + np.float32(1.1) * (noise - np.float32(0.4))
    lit *= np.linspace(1.2, 0.75, HEIGHT, dtype=np.float32)[:, None]
    lit = np.clip(lit, 0.08, 1.4)
    picture = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    if trunk:
        _trunk(picture, rng)
    picture *= (1 - alpha)[..., None]
    picture += cv2.merge([*(np.asarray(alpha * lit * np.float32(part), np.float32) for part in leaf), alpha])
    return picture


def _trunk(picture: FloatImage, rng: np.random.Generator) -> None:
    width = rng.uniform(5, 12)
    bark = rng.uniform(0.08, 0.25) * np.array([1.0, 0.9, 0.78])
    x = WIDTH / 2 + rng.normal(0, 6)
    corners = [(x - width / 3, HEIGHT // 3), (x + width / 3, HEIGHT // 3), (x + width, HEIGHT), (x - width, HEIGHT)]
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [np.array(corners, np.int32)], 255, cv2.LINE_AA)
    alpha = mask.astype(np.float32) / 255
    picture += cv2.merge([*(alpha * np.float32(part) for part in bark), alpha])


def _bare(rng: np.random.Generator) -> FloatImage:
    """A tree without leaves."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    branches = [(WIDTH / 2, float(HEIGHT), -np.pi / 2 + rng.normal(0, 0.05), 0.19 * HEIGHT, 8.0)]
    while branches:
        x, y, angle, length, width = branches.pop()
        end_x, end_y = x + length * np.cos(angle), y + length * np.sin(angle)
        cv2.line(mask, (round(x), round(y)), (round(end_x), round(end_y)), 255, max(1, round(width)), cv2.LINE_AA)
        if length < 9:  # noqa: PLR2004 - twigs
            continue
        for _ in range(2 if rng.random() < 0.6 else 3):  # noqa: PLR2004
            turn = rng.normal(0, 0.5) - 0.1 * np.cos(angle)
            branches.append((end_x, end_y, angle + turn, length * rng.uniform(0.64, 0.86), width * 0.66))
    alpha = mask.astype(np.float32) / 255
    bark = rng.uniform(0.08, 0.22) * np.array([1.0, 0.92, 0.82])
    return np.asarray(cv2.merge([*(alpha * np.float32(part) for part in bark), alpha]), np.float32)
