"""A sign as it stands in the street: faded, dirty, in shadow, on a pole, with a plate or another sign beside it."""

import cv2
import numpy as np

from roadsigns.images.backdrop import FloatImage, smooth_noise
from roadsigns.images.decode import UInt8Image

__all__ = ["REACH", "build_signpost"]

# Side of the picture in sides of the sign: room for what shows in the margin of a frame, turned signs included.
REACH = 1.6

# How often, as seen on contact sheets of the real training images.
POLES, LONG_POLES = 0.75, 0.5
SIGNS_OR_PLATES_BELOW, SIGNS_OR_PLATES_ABOVE, PLATES_AMONG_THEM = 0.4, 0.2, 0.5
SHADOWS, SHADOWS_OF_AN_EDGE = 0.22, 0.5
STICKERS = 0.05


def build_signpost(sign: UInt8Image, neighbour: UInt8Image, rng: np.random.Generator) -> FloatImage:
    """Put a sign on its post.

    Args:
        sign: RGB and alpha, not multiplied, shape (side, side, 4), uint8.
        neighbour: Another sign of the same size, which some posts carry too.
        rng: Where all chance comes from.

    Returns:
        The sign in the middle of a square picture that is `REACH` times as large: RGB and alpha, colours multiplied by
        alpha, shape (size, size, 4), float32, 0 to 1.
    """
    side = len(sign)
    size = round(REACH * side)
    post = np.zeros((size, size, 4), np.float32)
    if rng.random() < POLES:
        _add_pole(post, rng)
    for direction, probability in ((1, SIGNS_OR_PLATES_BELOW), (-1, SIGNS_OR_PLATES_ABOVE)):
        if rng.random() < probability:
            beside = _plate(side, rng) if rng.random() < PLATES_AMONG_THEM else _multiplied(neighbour)
            _lay(post, beside, down=direction * side * rng.uniform(0.97, 1.1))
    _lay(post, _worn(_multiplied(sign), rng), down=0.0)
    if rng.random() < SHADOWS:
        post[:, :, :3] *= _shadow(size, rng)
    return post


def _multiplied(sign: UInt8Image) -> FloatImage:
    colours = sign.astype(np.float32) / np.float32(255)
    colours[:, :, :3] *= colours[:, :, 3:]
    return colours


def _lay(post: FloatImage, piece: FloatImage, *, down: float) -> None:
    """Lay a piece over the post's middle, `down` pixels lower, cut off at the picture's border."""
    size, (height, width) = len(post), piece.shape[:2]
    left, top = (size - width) // 2, round((size - height) / 2 + down)
    y1, y2 = max(0, top), min(size, top + height)
    if y1 >= y2:
        return
    piece = piece[y1 - top : y2 - top]
    under = post[y1:y2, left : left + width]
    under *= 1 - piece[:, :, 3:]
    under += piece


def _add_pole(post: FloatImage, rng: np.random.Generator) -> None:
    size = len(post)
    width = max(2, round(size * rng.uniform(0.03, 0.08)))
    x = round(size / 2 + size * rng.normal(0, 0.01) - width / 2)
    # The others end behind the sign.
    top = 0 if rng.random() < LONG_POLES else size // 2
    round_shade = 0.6 + 0.4 * np.sin(np.linspace(0.3, np.pi, width, dtype=np.float32))
    post[top:, x : x + width, :3] = (rng.uniform(0.25, 0.75) * round_shade)[None, :, None]
    post[top:, x : x + width, 3] = 1.0


def _plate(side: int, rng: np.random.Generator) -> FloatImage:
    """A white plate with a black edge and a line that stands for writing."""
    width, height = round(side * rng.uniform(0.6, 1.1)), side
    plate = np.ones((height, width, 4), np.float32)
    edge = max(1, side // 40)
    cv2.rectangle(plate, (edge, edge), (width - 1 - edge, height - 1 - edge), (0.1, 0.1, 0.1, 1.0), edge)
    y = rng.uniform(0.1, 0.3)
    lines = ((round(0.15 * width), round(y * side)), (round(0.85 * width), round((y + 0.12) * side)))
    cv2.rectangle(plate, *lines, (0.3, 0.3, 0.3, 1.0), cv2.FILLED)
    return plate


def _worn(sign: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Fade, soil and now and then cover a sign."""
    colours, alpha = sign[:, :, :3], sign[:, :, 3:]
    # Pigments fade towards their own brightest channel, green faster than blue: red turns orange, blue pale.
    strength = np.float32(rng.beta(1, 5)) * np.array([0.5, 0.7, 0.4], np.float32)
    colours = colours + strength * (colours.max(axis=2, keepdims=True) - colours)
    # Black is not quite black and white not quite white.
    colours = 0.03 * alpha + colours * np.float32(rng.uniform(0.82, 0.97))
    dirt = np.float32(rng.beta(1, 4) * 0.7) * smooth_noise(int(rng.integers(3, 9)), len(sign), rng)[:, :, None]
    colours *= np.clip(1 - dirt, 0, 1)
    if rng.random() < STICKERS:
        _stick(colours, alpha, rng)
    return np.concatenate([colours, alpha], axis=2)


def _stick(colours: FloatImage, alpha: FloatImage, rng: np.random.Generator) -> None:
    """Put a sticker somewhere on the sign."""
    side = len(colours)
    x, y = (rng.uniform(0.15, 0.75, size=2) * side).astype(int).tolist()
    width, height = (rng.uniform(0.05, 0.18, size=2) * side).astype(int).tolist()
    place = np.s_[y : y + height, x : x + width]
    colours[place] = rng.uniform(0.2, 1.0) * rng.uniform(0.8, 1.0, size=3) * alpha[place]


def _shadow(size: int, rng: np.random.Generator) -> FloatImage:
    """Light under a roof's edge or under leaves, shape (size, size, 1), 0 to 1."""
    depth = rng.uniform(0.2, 0.75)
    if rng.random() < SHADOWS_OF_AN_EDGE:
        angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.25, 0.25)
        across = np.linspace(-0.5, 0.5, size, dtype=np.float32)
        shape = np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None] - offset
        mask = np.clip(rng.uniform(5, 40) * shape + 0.5, 0, 1)
    else:
        mask = np.clip(6 * (smooth_noise(int(rng.integers(5, 14)), size, rng) - 0.5) + 0.5, 0, 1)
    return np.asarray(1 - depth * mask[:, :, None], dtype=np.float32)
