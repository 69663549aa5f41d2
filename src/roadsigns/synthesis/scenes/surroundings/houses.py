"""Houses of a scene, and walls along the street."""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.scenes.canvas import Canvas, Colour
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.scenes.texture import grain
from roadsigns.synthesis.scenes.view import View

__all__ = ["House", "choose_house", "paint_house", "paint_wall"]

STOREY = 3.0
PER_METRE = 20
PLASTER = (
    (0.85, 0.82, 0.76),
    (0.78, 0.7, 0.52),
    (0.62, 0.6, 0.56),
    (0.5, 0.28, 0.2),
    (0.75, 0.55, 0.42),
    (0.9, 0.9, 0.88),
)
ROOFS = ((0.42, 0.2, 0.13), (0.25, 0.22, 0.22), (0.34, 0.26, 0.2), (0.18, 0.19, 0.21))


class House(NamedTuple):
    """A house: metres along the street and away from it, storeys, and how high its roof is, 0 for a flat one."""

    length: float
    depth: float
    storeys: int
    roof: float
    walls: tuple[FloatImage, FloatImage]
    roof_colour: Colour


def choose_house(kind: str, tile: FloatImage, rng: np.random.Generator) -> House:
    """Choose a house of a town or a village."""
    town = kind == "town"
    storeys = int(rng.integers(2, 6)) if town else int(rng.integers(1, 3))
    length, depth = float(rng.uniform(8, 18)), float(rng.uniform(8, 12))
    plaster = np.array(PLASTER[int(rng.integers(len(PLASTER)))]) * rng.uniform(0.7, 1.05)
    shop = town and rng.random() < 0.5  # noqa: PLR2004
    walls = tuple(
        _wall(metres, storeys, plaster, tile, rng, shop=shop and place == 0)
        for place, metres in enumerate((length, depth))
    )
    roof = 0.0 if town and rng.random() < 0.4 else float(rng.uniform(2.5, 5))  # noqa: PLR2004
    colour = np.array(ROOFS[int(rng.integers(len(ROOFS)))]) * rng.uniform(0.8, 1.2)
    return House(length, depth, storeys, roof, (walls[0], walls[1]), colour)


def _wall(
    metres: float, storeys: int, plaster: Colour, tile: FloatImage, rng: np.random.Generator, *, shop: bool
) -> FloatImage:
    """A wall with windows and a door: RGB and alpha, float32."""
    height, width = round(storeys * STOREY * PER_METRE), round(metres * PER_METRE)
    wall = np.empty((height, width, 3), np.float32)
    wall[:] = plaster
    wall *= grain(tile, height, width, 0.1, rng)
    columns = max(1, int(metres / rng.uniform(2.2, 3.2)))
    wide, high = rng.uniform(0.9, 1.4) * PER_METRE, rng.uniform(1.2, 1.6) * PER_METRE
    frame = rng.uniform(0.6, 0.95)
    for storey in range(storeys):
        bottom = height - (storey * STOREY + 0.9) * PER_METRE
        if storey == 0 and shop:
            _shop(wall, rng)
            continue
        for column in range(columns):
            x = (column + 0.5) * width / columns - wide / 2
            if storey == 0 and column == columns // 2:
                _door(wall, x, rng)
            elif rng.random() < 0.93:  # noqa: PLR2004
                _window(wall, (x, bottom - high, wide, high), frame, rng)
    wall[-round(0.5 * PER_METRE) :] *= np.float32(0.7)
    return np.asarray(np.dstack([wall, np.ones((height, width), np.float32)]), np.float32)


def _door(wall: FloatImage, x: float, rng: np.random.Generator) -> None:
    high = 2.1 * PER_METRE
    _box(wall, x, len(wall) - high, 1.0 * PER_METRE, high, colour=rng.uniform(0.1, 0.4, 3))


def _window(wall: FloatImage, place: tuple[float, float, float, float], frame: float, rng: np.random.Generator) -> None:
    x, y, wide, high = place
    _box(wall, x - 2, y - 2, wide + 4, high + 4, colour=np.full(3, frame))
    glass = rng.uniform(0.05, 0.3) * np.array([0.85, 0.95, 1.1])
    _box(wall, x, y, wide, high, colour=glass)
    if rng.random() < 0.4:  # noqa: PLR2004 - curtains and blinds
        _box(wall, x, y, wide, high * rng.uniform(0.2, 0.9), colour=np.full(3, rng.uniform(0.35, 0.7)))
    _box(wall, x + wide / 2 - 1, y, 2, high, colour=np.full(3, frame))


def _shop(wall: FloatImage, rng: np.random.Generator) -> None:
    """A shop window with a coloured band above."""
    height, width = wall.shape[:2]
    top = height - 2.7 * PER_METRE
    x = 0.05 * width
    while x < 0.9 * width:
        wide = rng.uniform(1.2, 3.0) * PER_METRE
        _box(
            wall,
            x,
            top + 0.2 * PER_METRE,
            wide,
            2.1 * PER_METRE,
            colour=rng.uniform(0.05, 0.3) * rng.uniform(0.8, 1.2, 3),
        )
        x += wide + 0.3 * PER_METRE
    band = rng.uniform(0.1, 0.8) * rng.uniform(0.4, 1.2, 3)
    _box(wall, 0, top - 0.5 * PER_METRE, width, 0.6 * PER_METRE, colour=band)
    for start in np.arange(rng.uniform(0.1, 0.4), rng.uniform(0.5, 0.9), 0.035):
        letter = rng.uniform(0.2, 0.4) * PER_METRE
        _box(wall, start * width, top - 0.4 * PER_METRE, 0.02 * width, letter, colour=1 - band)


def _box(wall: FloatImage, x: float, y: float, wide: float, high: float, *, colour: Colour) -> None:
    corners = (round(x), round(y)), (round(x + wide) - 1, round(y + high) - 1)
    cv2.rectangle(wall, *corners, tuple(colour.tolist()), cv2.FILLED)


def paint_house(
    canvas: Canvas, view: View, light: Light, house: House, *, side: int, edge: float, along: float
) -> None:
    """Paint a house beside the street.

    Args:
        canvas: Painted on.
        view: From where.
        light: On it.
        house: Which.
        side: 1 at the right of the street, -1 at the left.
        edge: Metres from the street's middle to its near wall.
        along: Metres to where it begins.
    """
    top, end = house.storeys * STOREY, along + house.length
    near, far = side * edge, side * (edge + house.depth)
    glow = light.ground * 0.5 if light.at_night else 0.0

    def see(*places: tuple[float, float, float]) -> list[Colour]:
        return [view.project(*place)[0] for place in places]

    if house.roof:
        middle, peak = (near + far) / 2, top + house.roof
        slope = see(
            (near - 0.4 * side, top, along), (near - 0.4 * side, top, end), (middle, peak, end), (middle, peak, along)
        )
        canvas.polygon(slope, house.roof_colour * (light.right if side > 0 else light.left) * 1.15, distance=along)
        gable = see((near, top, along), (far, top, along), (middle, peak, along))
        plaster = house.walls[1][3, 3, :3]
        canvas.polygon(gable, plaster * light.facing, distance=along)
    order: list[Callable[[], tuple[FloatImage, Colour, list[Colour]]]] = [
        lambda: (
            house.walls[1],
            light.facing + glow,
            see(
                *_wall_places(near, far, top, along, along) if side > 0 else _wall_places(far, near, top, along, along)
            ),
        ),
        lambda: (
            house.walls[0],
            (light.right if side > 0 else light.left) + glow,
            see(*_wall_places(near, near, top, end, along) if side > 0 else _wall_places(near, near, top, along, end)),
        ),
    ]
    for wall in order:
        picture, lit, corners = wall()
        canvas.lay(picture, np.array(corners), light=lit, distance=along)


def _wall_places(
    left: float, right: float, top: float, along_left: float, along_right: float
) -> list[tuple[float, float, float]]:
    return [(left, top, along_left), (right, top, along_right), (right, 0.0, along_right), (left, 0.0, along_left)]


def paint_wall(
    canvas: Canvas,
    view: View,
    light: Light,
    *,
    across: float,
    height: float,
    along: tuple[float, float],
    colour: Colour,
    tile: FloatImage,
    rng: np.random.Generator,
) -> None:
    """Paint a piece of a wall, fence or hedge that runs along the street."""
    lit = light.right if across > 0 else light.left
    size = 64, 128
    wall = np.empty((*size, 4), np.float32)
    wall[:] = [*(colour * lit), 1.0]
    wall[:, :, :3] *= grain(tile, *size, 0.3, rng)
    first, last = (along[1], along[0]) if across > 0 else along
    corners = [view.project(*place)[0] for place in _wall_places(across, across, height, first, last)]
    canvas.lay(wall, np.array(corners), distance=along[0])
