"""What stands along streets beside signs: lamp posts, guard rails, guide posts, wires, bridges."""

import numpy as np

from roadsigns.synthesis.scenes.canvas import Canvas
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.scenes.view import View

__all__ = ["paint_bridge", "paint_guard_rail", "paint_guide_post", "paint_lamp_post", "paint_post", "paint_wires"]

METAL = np.array([0.45, 0.46, 0.47])
CONCRETE = np.array([0.5, 0.49, 0.46])


def paint_post(
    canvas: Canvas, view: View, light: Light, *, across: float, along: float, top: float, thickness: float, shade: float
) -> None:
    """Paint a round metal post that stands on the ground; measures in metres, `shade` is its reflectance."""
    foot, head = view.project(across, 0, along)[0], view.project(across, top, along)[0]
    width = view.pixels(thickness, along)
    colour = shade * light.facing
    canvas.line(foot, head, width, colour, distance=along)
    # It is round: one side is darker, the other gleams.
    for offset, factor in ((-0.3, 1.35), (0.35, 0.6)):
        step = np.array([offset * width, 0])
        canvas.line(foot + step, head + step, width * 0.3, colour * factor, distance=along)


def paint_lamp_post(
    canvas: Canvas, view: View, light: Light, *, side: int, across: float, along: float, height: float
) -> None:
    """Paint a street lamp that reaches over the street."""
    paint_post(canvas, view, light, across=across, along=along, top=height, thickness=0.16, shade=0.4)
    head, over = view.project([across, across - 1.8 * side], [height, height + 0.3], along)
    colour = 0.4 * light.facing
    canvas.line(head, over, view.pixels(0.1, along), colour, distance=along)
    end = view.project(across - 2.5 * side, height + 0.3, along)[0]
    lamp = np.array([2.5, 2.1, 1.4]) if light.at_night else 0.5 * light.facing
    canvas.line(over, end, view.pixels(0.2, along), lamp, distance=along)


def paint_guard_rail(canvas: Canvas, view: View, light: Light, *, across: float, along: tuple[float, float]) -> None:
    """Paint a piece of a guard rail."""
    lit = light.right if across > 0 else light.left
    for place in np.arange(along[0], along[1], 4.0):
        foot, head = view.project(across, [0, 0.7], place)
        canvas.line(foot, head, view.pixels(0.1, float(place)), 0.35 * lit, distance=float(place))
    for low, high, shade in ((0.45, 0.76, 0.55), (0.57, 0.63, 0.3)):
        near_low, far_low = view.project(across, low, along)
        near_high, far_high = view.project(across, high, along)
        canvas.polygon([near_low, near_high, far_high, far_low], shade * METAL * 2 * lit, distance=along[0])


def paint_guide_post(canvas: Canvas, view: View, light: Light, *, across: float, along: float) -> None:
    """Paint a white post with a black band and a reflector."""
    width = view.pixels(0.12, along)
    for low, high, colour in ((0.0, 1.0, 0.85 * np.ones(3)), (0.6, 0.85, 0.06 * np.ones(3))):
        foot, head = view.project(across, [low, high], along)
        canvas.line(foot, head, width, colour * light.facing, distance=along)
    foot, head = view.project(across, [0.66, 0.79], along)
    canvas.line(foot, head, width * 0.4, np.array([1.0, 0.6, 0.2]) * light.facing, distance=along)


def paint_wires(canvas: Canvas, view: View, light: Light, rng: np.random.Generator) -> None:
    """Paint a wire or two across the sky."""
    for _ in range(int(rng.integers(1, 4))):
        x = rng.uniform(-0.2, 1.2, 2) * view.width
        y = view.horizon - rng.uniform(0.2, 0.55, 2) * view.height
        middle = np.array([x.mean(), y.mean() + rng.uniform(0.01, 0.06) * view.height])
        colour = 0.1 * light.facing
        canvas.line((x[0], y[0]), middle, 1.2, colour, distance=30)
        canvas.line(middle, (x[1], y[1]), 1.2, colour, distance=30)


def paint_bridge(
    canvas: Canvas, view: View, light: Light, *, edges: tuple[float, float], along: float, rng: np.random.Generator
) -> None:
    """Paint a bridge over the street, with a railing and pillars at its edges."""
    bottom, top = 4.8, float(rng.uniform(6.0, 7.2))
    concrete = CONCRETE * rng.uniform(0.5, 1.0)
    left, right = edges[0] - 60, edges[1] + 60
    under = [*view.project([left, right], bottom, along), *view.project([right, left], bottom, along + 9)]
    canvas.polygon(under, concrete * light.facing * 0.2, distance=along)
    for across in (edges[0] - 1, edges[1] + 1):
        outer = across + (12 if across > 0 else -12)
        pillar = [*view.project([across, outer], [0, 0], along), *view.project([outer, across], bottom, along)]
        canvas.polygon(pillar, concrete * light.facing * 0.6, distance=along)
    front = [*view.project([left, right], bottom, along), *view.project([right, left], top, along)]
    canvas.polygon(front, concrete * light.facing, distance=along)
    for height in (top + 0.4, top + 0.9):
        ends = view.project([left, right], height, along)
        canvas.line(ends[0], ends[1], view.pixels(0.08, along), 0.3 * light.facing, distance=along)
    for across in np.arange(edges[0] - 30, edges[1] + 30, 2.0):
        foot, head = view.project(across, [top, top + 0.9], along)
        canvas.line(foot, head, view.pixels(0.05, along), 0.3 * light.facing, distance=along)
