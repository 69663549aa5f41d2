"""Posts with signs, painted: weathered faces under the light of the scene."""

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.rendering import render_design
from roadsigns.synthesis.scenes.canvas import Canvas
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.scenes.posts.faces import Face
from roadsigns.synthesis.scenes.posts.post import Post, corners_in, extent
from roadsigns.synthesis.scenes.surroundings.furniture import paint_post
from roadsigns.synthesis.scenes.view import View
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.signpost import weathered
from roadsigns.types import UInt8Image

__all__ = ["paint_signs"]

# Signs are rendered at the smallest of these that need not be enlarged.
SIDES = (24, 48, 96, 192)
# Of light on signs of one scene, as a logarithm; of GTSDB's it is 0.4 where the light of the place is known.
LIGHT_SPREAD, DARKEST = 0.3, 0.22


def _picture_of(face: Face, pixels: float, drawing: Drawing, rng: np.random.Generator) -> FloatImage:
    """Render and weather a face that is to be about so many pixels large, as `signpost.weathered` does."""
    side = next((side for side in SIDES if side >= pixels), SIDES[-1])
    picture: UInt8Image = render_design(face.design, side)
    return weathered(picture, drawing, rng)


def paint_signs(
    canvas: Canvas,
    view: View,
    light: Light,
    post: Post,
    *,
    first: int,
    drawing: Drawing,
    edges: tuple[float, float] = (0.0, 0.0),
    rng: np.random.Generator,
) -> list[int]:
    """Paint a post with its faces.

    Args:
        canvas: Painted on.
        view: From where.
        light: On it.
        post: Which.
        first: The number of its first face; the others follow.
        drawing: How worn its signs are.
        edges: Where a beam above the street stands, in metres from its middle.
        rng: The source of all randomness.

    Returns:
        How many pixels each face covers.
    """
    highest = max(one.up + extent(one.face, 1) * one.side / 2 for one in post.faces)
    if post.overhead:
        _paint_gantry(canvas, view, light, post, edges)
    else:
        top = highest + float(rng.choice([0.0, 0.08, 0.3])) - 0.05
        paint_post(
            canvas,
            view,
            light,
            across=post.across,
            along=post.along + 0.03,
            top=top,
            thickness=post.thickness,
            shade=post.shade,
        )
    lit = _light_on_signs(light, rng)
    covered = []
    for number, one in enumerate(post.faces, first):
        corners = corners_in(view, one, post.along)
        picture = _picture_of(one.face, view.pixels(one.side, post.along), drawing, rng)
        if rng.random() < drawing.shadow_probability and light.sunny:
            _shade(picture, light.shadow, rng)
        covered.append(
            canvas.lay(picture, corners, light=lit * np.exp(rng.normal(0, 0.06)), distance=post.along, owner=number)
        )
    return covered


def _light_on_signs(light: Light, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Light on the signs of a post: that of the scene; at night that of the headlights, which signs throw back."""
    if light.at_night:
        return np.array([1.0, 0.97, 0.88]) * float(np.clip(rng.normal(0.75, 0.3), 0.15, 1.6))
    lit = light.facing * 1.15 * float(np.exp(rng.normal(0, LIGHT_SPREAD)))
    # Nobody would find a darker one.
    return np.asarray(lit * max(1.0, DARKEST / float(lit.mean())))


def _shade(picture: FloatImage, shadow: float, rng: np.random.Generator) -> None:
    """Let the shadow of a branch or an edge fall on a face."""
    side = len(picture)
    noise = cv2.resize(rng.random((4, 4), dtype=np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    dark = np.clip(np.float32(rng.uniform(3, 12)) * (noise - np.float32(rng.uniform(0.3, 0.7))) + np.float32(0.5), 0, 1)
    picture[:, :, :3] *= (1 - np.float32(1 - shadow) * dark)[..., None]


def _paint_gantry(canvas: Canvas, view: View, light: Light, post: Post, edges: tuple[float, float]) -> None:
    """Paint a beam across the street that stands on two posts."""
    height = max(one.up for one in post.faces)
    for across in edges:
        paint_post(
            canvas,
            view,
            light,
            across=across,
            along=post.along + 0.3,
            top=height,
            thickness=post.thickness,
            shade=post.shade,
        )
    left, right = view.project(edges, height, post.along + 0.3)
    canvas.line(left, right, view.pixels(0.35, post.along), post.shade * light.facing, distance=post.along)
