"""A street scene out of simple shapes, with signs in it."""

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from roadsigns.datasets.scenes.others import HIDDEN, NO_SIGNS
from roadsigns.errors import DataError
from roadsigns.synthesis.camera import photograph
from roadsigns.synthesis.designs import Designs, official_designs
from roadsigns.synthesis.scenes.camera import choose_scene_camera
from roadsigns.synthesis.scenes.canvas import Canvas
from roadsigns.synthesis.scenes.light import choose_light
from roadsigns.synthesis.scenes.posts.faces import FACE_KINDS
from roadsigns.synthesis.scenes.posts.paint import paint_signs
from roadsigns.synthesis.scenes.posts.post import Post, box_in
from roadsigns.synthesis.scenes.posts.stand import choose_faces, stand
from roadsigns.synthesis.scenes.street import Street, choose_street
from roadsigns.synthesis.scenes.surroundings.ground import paint_ground
from roadsigns.synthesis.scenes.surroundings.roadside import furnish
from roadsigns.synthesis.scenes.surroundings.sky import paint_sky
from roadsigns.synthesis.scenes.texture import noise_tile
from roadsigns.synthesis.scenes.view import View, choose_view
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import Box, UInt8Image

__all__ = [
    "OTHER_KINDS",
    "SCENE_SIZE",
    "SEEN",
    "SMALLEST_PICTURE",
    "DrawnSign",
    "draw_scene",
    "stands_out",
]

# GTSDB's pictures.
SCENE_SIZE = (1360, 800)
SMALLEST_PICTURE = 64
MAX_SIGNS = 6
EMPTY = 0.08
# A sign of which less is seen is not to be found, one of which hardly anything is seen is not there.
SEEN, TRACE = 0.55, 0.1
# In levels of 255.
MIN_CONTRAST = 16
OTHER_KINDS = (*FACE_KINDS, HIDDEN)


@dataclass(frozen=True, slots=True)
class DrawnSign:
    """A sign in a scene.

    Attributes:
        box: Tight, in pixels, of the whole sign even where something covers a part of it.
        class_id: Of the classes; None for what is none, or is mostly hidden.
        kind: Empty for a sign of a class, otherwise one of `OTHER_KINDS`.
        name: What it says.
    """

    box: Box
    class_id: int | None
    kind: str
    name: str


def draw_scene(
    rng: np.random.Generator,
    settings: Drawing,
    size: tuple[int, int] = SCENE_SIZE,
    *,
    designs: Designs | None = None,
) -> tuple[UInt8Image, list[DrawnSign]]:
    """Draw a street scene with up to 6 signs, beside additional plates, backs of signs and advertising.

    Args:
        rng: The source of all randomness; the same state gives the same scene.
        settings: How signs are worn and turned, and how noisy and sharp the picture is.
        size: Width and height in pixels, each at least 64.
        designs: Of the classes; None for GTSRB's.

    Returns:
        RGB, shape (height, width, 3), uint8, and all faces in it.

    Raises:
        DataError: If the size is too small.
    """
    width, height = size
    if min(size) < SMALLEST_PICTURE:
        raise DataError(
            f"The scene would have {width}x{height} pixels.", expected=f"at least {SMALLEST_PICTURE} a side"
        )
    street, light, tile = choose_street(rng), choose_light(rng), noise_tile(rng)
    view = choose_view(width, height, street.camera, rng)
    canvas = Canvas(width, height, haze=light.sky, visibility=light.visibility)
    paint_sky(canvas, view, light, tile, rng)
    paint_ground(canvas, view, street, light, tile=tile, rng=rng)
    # In fog, only what can be seen.
    posts = _choose_posts(
        view, street, farthest=light.visibility, designs=designs or official_designs(), drawing=settings, rng=rng
    )
    # How many pixels each face covers, by its number.
    covered: dict[int, int] = {}

    edges = street.left - 1.0, street.right + 1.0

    def paint(post: Post, first: int) -> None:
        pixels = paint_signs(canvas, view, light, post, first=first, edges=edges, drawing=settings, rng=rng)
        covered.update(enumerate(pixels, first))

    things = furnish(canvas, view, street, light, tile=tile, rng=rng)
    things += [(post.along, partial(paint, post, first)) for first, post in posts.items()]
    for _, paint_thing in sorted(things, key=lambda thing: -thing[0]):
        paint_thing()
    picture = photograph(canvas.light, camera=choose_scene_camera(settings, light, rng), sign_side=1.0, rng=rng)
    left = np.bincount(canvas.owner.ravel(), minlength=sum(len(post.faces) for post in posts.values()) + 1)
    seen = {number: float(left[number] / max(pixels, 1)) for number, pixels in covered.items()}
    return picture, _signs(picture, view, posts, seen)


def _choose_posts(
    view: View, street: Street, *, farthest: float, designs: Designs, drawing: Drawing, rng: np.random.Generator
) -> dict[int, Post]:
    """Choose posts: {number of the first face: post}; faces are numbered from 1 on."""
    wanted = 0 if rng.random() < EMPTY else int(rng.integers(1, MAX_SIGNS + 1))
    posts: dict[int, Post] = {}
    number, signs = 1, 0
    while signs < wanted:
        faces = choose_faces(designs, drawing, rng)
        many = sum(face.kind not in NO_SIGNS for face in faces)
        if signs + many > wanted:
            faces, many = faces[:1], 1
        # A try that finds no place counts, or a small picture would be tried forever.
        signs += max(many, 1)
        taken = [box_in(view, one, post.along) for post in posts.values() for one in post.faces]
        post = stand(view, street, faces, taken=taken, drawing=drawing, farthest=farthest, rng=rng)
        if post is not None:
            posts[number] = post
            number += len(post.faces)
    return posts


def _signs(picture: UInt8Image, view: View, posts: dict[int, Post], seen: dict[int, float]) -> list[DrawnSign]:
    """What is found in the picture, by how much of 1 is seen of each face."""
    signs = []
    for first, post in posts.items():
        for number, one in enumerate(post.faces, first):
            if seen[number] < TRACE:
                continue
            box = box_in(view, one, post.along)
            hidden = seen[number] < SEEN or not stands_out(picture, box)
            class_id, kind = (None, HIDDEN) if hidden else (one.face.class_id, one.face.kind)
            signs.append(DrawnSign(box, class_id, kind, one.face.name))
    return signs


def stands_out(picture: UInt8Image, box: Box) -> bool:
    """Whether a person would see that there is something: not in the dark, in fog, or where all is white."""
    margin = max(2, (box.x2 - box.x1) // 5)
    part = picture[max(0, box.y1 - margin) : box.y2 + margin, max(0, box.x1 - margin) : box.x2 + margin]
    low, high = np.percentile(cv2.blur(part, (2, 2)).reshape(-1, 3), (8, 92), axis=0)
    return bool((high - low).max() >= MIN_CONTRAST)
