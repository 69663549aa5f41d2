"""Drawn signs put into given scenes, with the light, contrast, blur and noise of the place."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.designs import Designs, official_designs
from roadsigns.synthesis.scenes.canvas import Canvas
from roadsigns.synthesis.scenes.compositing.blend import blend
from roadsigns.synthesis.scenes.compositing.place import Look, look_of, place_at, white_at
from roadsigns.synthesis.scenes.draw import MAX_SIGNS, SEEN, DrawnSign, stands_out
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.scenes.posts.paint import paint_signs
from roadsigns.synthesis.scenes.posts.post import Post, box_in, pole_box
from roadsigns.synthesis.scenes.posts.stand import choose_faces, stand
from roadsigns.synthesis.scenes.street import choose_street
from roadsigns.synthesis.scenes.view import View, choose_view
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import Box, BoxLike, UInt8Image

__all__ = ["paste_signs"]

# Around a post, for blur.
MARGIN = 6
COVERED = 0.08
# Spread of the logarithm of the light on a post; with that of `posts/paint` it makes the 0.4 of real scenes.
LIGHT_SPREAD = 0.27
FARTHEST = 200.0


def paste_signs(
    image: UInt8Image,
    boxes: Sequence[BoxLike],
    rng: np.random.Generator,
    settings: Drawing,
    *,
    posts: int | None = None,
    designs: Designs | None = None,
) -> tuple[UInt8Image, list[DrawnSign]]:
    """Put posts with drawn signs into a scene.

    Args:
        image: RGB, shape (height, width, 3), uint8, at least 64 pixels a side; it is not changed.
        boxes: Of what must stay as it is, the scene's own signs.
        rng: The source of all randomness; the same state gives the same picture.
        settings: How signs are worn and turned.
        posts: How many; None for one to three. Those for which no place is found are left out.
        designs: Of the classes; None for GTSRB's.

    Returns:
        The picture, and the faces that were put into it. Those that leaves cover by more than 45 %, and those that
        hardly stand out, are of kind "hidden".
    """
    designs = designs or official_designs()
    height, width = image.shape[:2]
    picture, look = image.copy(), look_of(image)
    taken = [Box(*box) for box in boxes]
    view = choose_view(width, height, 2.0, rng)
    signs: list[DrawnSign] = []
    for _ in range(int(rng.integers(1, 4)) if posts is None else posts):
        street = choose_street(rng)
        view = replace(view, camera_across=street.camera)
        faces = choose_faces(designs, settings, rng)[:MAX_SIGNS]
        post = stand(view, street, faces, taken=taken, drawing=settings, farthest=FARTHEST, overhead=0.0, rng=rng)
        if post is None:
            continue
        signs += _put(picture, view, post, look=look, drawing=settings, rng=rng)
        taken += [*(box_in(view, one, post.along) for one in post.faces), pole_box(view, post)]
    return picture, signs


def _put(
    picture: UInt8Image, view: View, post: Post, *, look: Look, drawing: Drawing, rng: np.random.Generator
) -> list[DrawnSign]:
    """Put a post into a picture."""
    boxes = [box_in(view, one, post.along) for one in post.faces]
    area = _around([*boxes, pole_box(view, post)], view)
    light = _light_at(picture, boxes[0], look, rng)
    canvas = Canvas(area.x2 - area.x1, area.y2 - area.y1, haze=np.zeros(3), visibility=np.inf, coverage=True)
    moved = replace(view, middle=view.middle - area.x1, horizon=view.horizon - area.y1)
    covered = paint_signs(canvas, moved, light, post, first=1, drawing=drawing, rng=rng)
    seen = [1.0] * len(boxes)
    leaves = None
    if rng.random() < COVERED:
        leaves = _leaves(canvas, boxes[0], area, rng)
        seen = [
            float(leaves[canvas.owner == number].sum() / max(pixels, 1)) for number, pixels in enumerate(covered, 1)
        ]
    blend(picture, area, canvas, look, dark=place_at(picture, boxes[0]).dark, leaves=leaves, rng=rng)
    signs = []
    for one, box, share in zip(post.faces, boxes, seen, strict=True):
        hidden = share < SEEN or not stands_out(picture, box)
        class_id, kind = (None, "hidden") if hidden else (one.face.class_id, one.face.kind)
        signs.append(DrawnSign(box, class_id, kind, one.face.name))
    return signs


def _around(boxes: Sequence[Box], view: View) -> Box:
    x1, y1 = min(box.x1 for box in boxes), min(box.y1 for box in boxes)
    x2, y2 = max(box.x2 for box in boxes), max(box.y2 for box in boxes)
    return Box(max(0, x1 - MARGIN), max(0, y1 - MARGIN), min(view.width, x2 + MARGIN), min(view.height, y2 + MARGIN))


def _light_at(picture: UInt8Image, box: Box, look: Look, rng: np.random.Generator) -> Light:
    level = white_at(place_at(picture, box), look) * float(np.exp(rng.normal(0, LIGHT_SPREAD)))
    facing = level * look.tint
    # No sky, season and sides are seen of it.
    return Light(
        season="summer",
        weather="overcast",
        ground=facing,
        facing=facing,
        left=facing,
        right=facing,
        shadow=0.5,
        sky=facing,
        visibility=np.inf,
    )


def _leaves(canvas: Canvas, box: Box, area: Box, rng: np.random.Generator) -> FloatImage:
    """How much is left of a post behind what stands before it, from one side, with a ragged edge; 0 to 1."""
    height, width = canvas.owner.shape
    side = max(box.x2 - box.x1, box.y2 - box.y1)
    x, y = (box.x1 + box.x2) / 2 - area.x1, (box.y1 + box.y2) / 2 - area.y1
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.6)
    columns = (np.arange(width, dtype=np.float32) - np.float32(x)) / np.float32(side)
    rows = (np.arange(height, dtype=np.float32) - np.float32(y)) / np.float32(side)
    inside = np.float32(np.cos(angle)) * columns[None, :] + np.float32(np.sin(angle)) * rows[:, None]
    cells = max(2, round(10 * width / side)), max(2, round(10 * height / side))
    ragged = cv2.resize(rng.random(cells[::-1], dtype=np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    edge = np.float32(offset) - inside + np.float32(0.7) * (ragged - np.float32(0.5))
    return np.clip(10 * edge + np.float32(0.5), 0, 1)
