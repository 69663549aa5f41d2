"""A sign as it stands in the street: faded, dirty, in shadow, on a pole, with a plate or another sign beside it."""

import cv2
import numpy as np

from roadsigns.augmentation.color_matrix import hue_saturation_matrices
from roadsigns.synthesis.backdrop import FloatImage, on_three_channels, smooth_noise, straight_edge
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import UInt8Image

__all__ = ["REACH", "build_signpost", "weathered"]

# Side of the picture in sides of the sign: room for what shows in the margin of a frame, turned signs included.
REACH = 1.625

# How often, as seen on contact sheets of the real training images.
LONG_POLES, PLATES_AMONG_NEIGHBOURS, SHADOWS_OF_AN_EDGE, COLOURED_NOISE = 0.5, 0.5, 0.5, 0.3


def build_signpost(sign: UInt8Image, neighbour: UInt8Image, drawing: Drawing, rng: np.random.Generator) -> FloatImage:
    """Put a sign on its post.

    Args:
        sign: RGB and straight alpha, shape (side, side, 4), uint8.
        neighbour: Another sign of the same size, which some posts carry too.
        drawing: How worn, and what stands around it.
        rng: The source of all randomness.

    Returns:
        The sign in the middle of a square picture that is `REACH` times as large: premultiplied RGB and
        alpha, shape (size, size, 4), float32, 0 to 1 (colours a little above where light is reflected).
    """
    side = len(sign)
    size = round(REACH * side)
    post = np.zeros((size, size, 4), np.float32)
    if rng.random() < drawing.pole_probability:
        _add_pole(post, rng)
    for direction, share in ((1, drawing.neighbor_probability), (-1, drawing.neighbor_probability / 2)):
        if rng.random() < share:
            beside = _plate(side, rng) if rng.random() < PLATES_AMONG_NEIGHBOURS else _premultiplied(neighbour)
            _lay(post, beside, down=direction * side * rng.uniform(0.97, 1.1))
    _lay(post, weathered(sign, drawing, rng), down=0.0)
    if rng.random() < drawing.shadow_probability:
        light = _shadow(size, rng)
        post *= cv2.merge([light, light, light, np.ones_like(light)])
    if rng.random() < drawing.occlusion_probability:
        _cover(post, rng)
    return post


def _premultiplied(sign: UInt8Image) -> FloatImage:
    colours = sign.astype(np.float32)
    colours *= np.float32(1 / 255)
    red, green, blue, alpha = cv2.split(colours)
    return np.asarray(cv2.merge([red * alpha, green * alpha, blue * alpha, alpha]), np.float32)


def _lay(post: FloatImage, piece: FloatImage, *, down: float) -> None:
    """Lay a piece over the post's middle, `down` pixels lower, cut off at the picture's border."""
    size, (height, width) = len(post), piece.shape[:2]
    left, top = (size - width) // 2, round((size - height) / 2 + down)
    y1, y2 = max(0, top), min(size, top + height)
    if y1 >= y2:
        return
    piece = piece[y1 - top : y2 - top]
    under = post[y1:y2, left : left + width]
    bare = 1 - piece[:, :, 3]
    under *= cv2.merge([bare] * 4)
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


def weathered(sign: UInt8Image, drawing: Drawing, rng: np.random.Generator) -> FloatImage:
    """Age a sign: other paint, faded, soiled, now and then with a sticker or a reflection.

    Args:
        sign: RGB and straight alpha, shape (side, side, 4), uint8.
        drawing: How worn.
        rng: The source of all randomness.

    Returns:
        Premultiplied RGB and alpha, shape (side, side, 4), float32, 0 to 1.
    """
    whole = _premultiplied(sign)
    alpha = np.asarray(cv2.extractChannel(whole, 3), np.float32)
    colours = _recoloured(np.asarray(cv2.cvtColor(whole, cv2.COLOR_RGBA2RGB), np.float32), alpha, drawing, rng)
    _fade(colours, drawing, rng)
    # Black is not quite black and white not quite white.
    colours *= np.float32(rng.uniform(0.82, 0.97))
    colours += on_three_channels(np.float32(0.03) * alpha)
    _soil(colours, drawing, rng)
    _blend_noise(colours, alpha, drawing, rng)
    if rng.random() < drawing.sticker_probability:
        _stick(colours, alpha, rng)
    if rng.random() < drawing.glare_probability:
        _reflect(colours, alpha, rng)
    return np.asarray(cv2.merge([*cv2.split(colours), alpha]), np.float32)


def _fade(colours: FloatImage, drawing: Drawing, rng: np.random.Generator) -> None:
    """Pigments fade towards their own brightest channel, green faster than blue: red turns orange, blue pale."""
    strength = drawing.fading * rng.beta(1, 5) * np.array([1.25, 1.75, 1.0])
    red, green, blue = cv2.split(colours)
    brightest = cv2.max(cv2.max(red, green), blue)
    faded = [plane + np.float32(k) * (brightest - plane) for plane, k in zip((red, green, blue), strength, strict=True)]
    cv2.merge(faded, dst=colours)


def _recoloured(colours: FloatImage, alpha: FloatImage, drawing: Drawing, rng: np.random.Generator) -> FloatImage:
    """Turn the hue and change the saturation, white and grey excepted."""
    degrees, saturation = rng.normal(0, drawing.hue_degrees), np.exp(rng.normal(0, drawing.saturation))
    matrix = hue_saturation_matrices(degrees, saturation).astype(np.float32)
    # At the sign's soft edge the strongest colour is alpha, not 1.
    return np.asarray(np.clip(cv2.transform(colours, matrix), 0, on_three_channels(alpha)), np.float32)


def _soil(colours: FloatImage, drawing: Drawing, rng: np.random.Generator) -> None:
    dirt = np.float32(drawing.dirt * rng.beta(1, 4)) * smooth_noise(int(rng.integers(3, 9)), len(colours), rng)
    colours *= on_three_channels(np.clip(1 - dirt, 0, 1))


def _blend_noise(colours: FloatImage, alpha: FloatImage, drawing: Drawing, rng: np.random.Generator) -> None:
    """Blend smooth noise in: it stands for all that changes a sign in patches and has no name."""
    strength = np.float32(drawing.smooth_noise * rng.beta(1, 2))
    if strength == 0:
        return
    side = len(colours)
    grey = 0.6 * smooth_noise(int(rng.integers(2, 6)), side, rng) + 0.4 * smooth_noise(
        int(rng.integers(6, 20)), side, rng
    )
    tint = rng.uniform(0, 1, 3) if rng.random() < COLOURED_NOISE else np.ones(3)
    colours *= 1 - strength
    noise = strength * np.clip(grey, 0, 1) * alpha
    colours += cv2.merge([noise * np.float32(part) for part in tint])


def _stick(colours: FloatImage, alpha: FloatImage, rng: np.random.Generator) -> None:
    """Put a sticker somewhere on the sign."""
    side = len(colours)
    x, y = (rng.uniform(0.15, 0.75, size=2) * side).astype(int).tolist()
    width, height = (rng.uniform(0.05, 0.18, size=2) * side).astype(int).tolist()
    place = np.s_[y : y + height, x : x + width]
    colours[place] = rng.uniform(0.2, 1.0) * rng.uniform(0.8, 1.0, size=3) * alpha[place][:, :, None]


def _reflect(colours: FloatImage, alpha: FloatImage, rng: np.random.Generator) -> None:
    """Lay a reflection of the sky or of a lamp over the sign, brighter than its white."""
    side = len(colours)
    if rng.random() < SHADOWS_OF_AN_EDGE:
        mask = straight_edge(side, rng)
    else:
        x, y = rng.uniform(0.1, 0.9, size=2)
        across = np.linspace(0, 1, side, dtype=np.float32)
        distance = (across[None, :] - np.float32(x)) ** 2 + (across[:, None] - np.float32(y)) ** 2
        mask = np.exp(-distance / np.float32(2 * rng.uniform(0.05, 0.35) ** 2))
    strength = on_three_channels(np.float32(rng.uniform(0.2, 0.8)) * mask)
    colours += strength * (on_three_channels(np.float32(1.2) * alpha) - colours)


def _shadow(size: int, rng: np.random.Generator) -> FloatImage:
    """Light under a roof's edge or under leaves, shape (size, size), 0 to 1."""
    depth = np.float32(rng.uniform(0.2, 0.75))
    if rng.random() < SHADOWS_OF_AN_EDGE:
        return 1 - depth * straight_edge(size, rng)
    leaves = smooth_noise(int(rng.integers(5, 14)), size, rng)
    return np.asarray(1 - depth * np.clip(6 * (leaves - 0.5) + 0.5, 0, 1), np.float32)


def _cover(post: FloatImage, rng: np.random.Generator) -> None:
    """Let leaves reach over a part of the sign from one side."""
    size = len(post)
    ragged = straight_edge(size, rng) + 1.5 * (smooth_noise(12, size, rng) - 0.5)
    mask = np.clip(8 * (ragged - np.float32(rng.uniform(0.7, 1.0))), 0, 1)
    leaf = rng.uniform(0.1, 0.5) * np.array([0.8, 1.0, 0.6])
    texture = mask * np.clip(0.4 + 1.2 * smooth_noise(24, size, rng), 0, 1.5)
    post *= cv2.merge([1 - mask] * 4)
    post += cv2.merge([*(texture * np.float32(part) for part in leaf), mask])
