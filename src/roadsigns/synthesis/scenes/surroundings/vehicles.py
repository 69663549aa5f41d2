"""Cars, vans and lorries of a scene."""

from functools import cache

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.scenes.canvas import Canvas, Colour
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.scenes.view import View

__all__ = ["paint_vehicle"]

PAINT = (
    (0.75, 0.76, 0.78),
    (0.1, 0.1, 0.11),
    (0.35, 0.37, 0.4),
    (0.9, 0.9, 0.9),
    (0.12, 0.18, 0.38),
    (0.5, 0.06, 0.06),
    (0.1, 0.25, 0.18),
    (0.55, 0.5, 0.42),
    (0.8, 0.62, 0.08),
)
GLASS, RUBBER, DARK = (0.1, 0.12, 0.14), (0.03, 0.03, 0.03), (0.06, 0.06, 0.06)
SIDE = 160
# Width, height and length in metres.
CAR, VAN, LORRY = (1.8, 1.45, 4.2), (2.0, 2.3, 5.2), (2.5, 3.6, 9.0)
LIGHTS_ON = 0.35


def paint_vehicle(
    canvas: Canvas, view: View, light: Light, *, across: float, along: float, away: bool, rng: np.random.Generator
) -> None:
    """Paint a vehicle whose near end is at a place in metres; `away` shows its rear, otherwise its front."""
    size = (CAR, VAN, LORRY)[int(rng.choice(3, p=(0.76, 0.14, 0.1)))]
    wide, high, long = size
    paint = np.array(PAINT[int(rng.integers(len(PAINT)))]) * rng.uniform(0.8, 1.1)
    left, right, end = across - wide / 2, across + wide / 2, along + long
    ground = [
        view.project(x, 0, z)[0]
        for x, z in ((left - 0.2, along - 0.3), (right + 0.2, along - 0.3), (right, end), (left, end))
    ]
    canvas.polygon(ground, np.zeros(3), distance=along, opacity=0.6)
    # The side that the camera sees.
    near = left if across > view.camera_across else right
    ends = (along, end) if across < view.camera_across else (end, along)
    lit = light.right if across > view.camera_across else light.left
    if size == CAR:
        _paint_cabin(
            canvas, view, near=near, middle=across, along=along, paint=paint * lit, glass=np.array(GLASS) * lit
        )
    side = _picture(_side_shapes(size), paint * lit, lit)
    places = [(near, high, ends[0]), (near, high, ends[1]), (near, 0, ends[1]), (near, 0, ends[0])]
    canvas.lay(side, np.array([view.project(*place)[0] for place in places]), distance=along)
    shining = light.at_night or rng.random() < LIGHTS_ON
    end_on = _picture(_end_shapes(size, away=away, shining=bool(shining)), paint * light.facing, light.facing)
    places = [(left, high, along), (right, high, along), (right, 0, along), (left, 0, along)]
    canvas.lay(end_on, np.array([view.project(*place)[0] for place in places]), distance=along)


def _paint_cabin(
    canvas: Canvas, view: View, *, near: float, middle: float, along: float, paint: Colour, glass: Colour
) -> None:
    """Paint the side of a car above its belt line, which leans inwards."""
    _, high, long = CAR
    top = middle + 0.6 * (near - middle)
    for colour, (start, top_start, top_end, end), (low, up) in (
        (paint, (0.05, 0.2, 0.75, 0.9), (0.55, 1.0)),
        (glass, (0.14, 0.25, 0.7, 0.82), (0.6, 0.93)),
    ):
        places = ((near, low, start), (top, up, top_start), (top, up, top_end), (near, low, end))
        corners = [view.project(x, y * high, along + z * long)[0] for x, y, z in places]
        canvas.polygon(corners, colour, distance=along)


Shape = tuple[tuple[tuple[float, float], ...], tuple[float, float, float] | None]


def _box(x1: float, y1: float, x2: float, y2: float, colour: tuple[float, float, float] | None) -> Shape:
    return ((x1, y1), (x2, y1), (x2, y2), (x1, y2)), colour


@cache
def _end_shapes(size: tuple[float, float, float], *, away: bool, shining: bool) -> tuple[Shape, ...]:
    """Rear or front: polygons in sides of the picture, None for the car's own paint."""
    boxed = size != CAR
    lamp = (
        ((0.75, 0.05, 0.04) if shining else (0.35, 0.04, 0.04))
        if away
        else ((2.5, 2.4, 2.1) if shining else (0.6, 0.6, 0.6))
    )
    plate = (0.85, 0.85, 0.82)
    tyres = (_box(0.06, 0.8, 0.2, 1, RUBBER), _box(0.8, 0.8, 0.94, 1, RUBBER))
    if boxed:
        window: Shape = (
            _box(0.1, 0.12, 0.9, 0.4, GLASS) if size == VAN or not away else _box(0.04, 0.04, 0.96, 0.7, None)
        )
        body: tuple[Shape, ...] = (_box(0.02, 0.01, 0.98, 0.88, None), window)
        low = 0.72
    else:
        hull = (
            (0.2, 0.01),
            (0.8, 0.01),
            (0.93, 0.4),
            (0.99, 0.5),
            (0.98, 0.88),
            (0.02, 0.88),
            (0.01, 0.5),
            (0.07, 0.4),
        )
        body = (hull, None), (((0.24, 0.05), (0.76, 0.05), (0.86, 0.38), (0.14, 0.38)), GLASS)
        low = 0.52
    lamps = (_box(0.05, low, 0.22, low + 0.1, lamp), _box(0.78, low, 0.95, low + 0.1, lamp))
    return (*tyres, *body, *lamps, _box(0.36, low + 0.08, 0.64, low + 0.16, plate), _box(0.03, 0.8, 0.97, 0.88, DARK))


@cache
def _side_shapes(size: tuple[float, float, float]) -> tuple[Shape, ...]:
    boxed = size != CAR
    wheels = tuple(_wheel(x) for x in ((0.2, 0.8) if not boxed else (0.15, 0.75)))
    if boxed:
        return _box(0, 0.01, 1, 0.87, None), *wheels
    return _box(0.0, 0.43, 1.0, 0.87, None), *wheels


def _wheel(x: float) -> Shape:
    angles = np.linspace(0, 2 * np.pi, 20)
    return tuple((x + 0.075 * np.cos(a), 0.79 + 0.2 * np.sin(a)) for a in angles), RUBBER


def _picture(shapes: tuple[Shape, ...], paint: Colour, light: Colour) -> FloatImage:
    """Fill polygons, lit: premultiplied RGB and alpha, shape (160, 160, 4), float32."""
    picture = np.zeros((SIDE, SIDE, 4), np.float32)
    for corners, colour in shapes:
        mask = np.zeros((SIDE, SIDE), np.uint8)
        cv2.fillPoly(mask, [np.rint(np.array(corners) * SIDE * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        alpha = mask.astype(np.float32) / 255
        # A lamp brighter than white shines of itself.
        lit = paint if colour is None else np.array(colour) * (1.0 if max(colour) > 1 else light)
        shade = np.linspace(1.15, 0.8, SIDE, dtype=np.float32)[:, None] * alpha
        picture *= (1 - alpha)[..., None]
        picture += cv2.merge([*(np.asarray(shade * np.float32(part), np.float32) for part in lit), alpha])
    return picture
