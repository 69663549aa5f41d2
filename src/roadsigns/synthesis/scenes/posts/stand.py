"""What hangs on a post, and a place in the street where it stands clear of others."""

from collections.abc import Sequence

import numpy as np

from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.scenes.posts.faces import Face, back, board, choose_face, plate, sign_of_a_class
from roadsigns.synthesis.scenes.posts.post import Mounted, Post, box_in, extent, pole_below
from roadsigns.synthesis.scenes.street import Street
from roadsigns.synthesis.scenes.view import View
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import Box

__all__ = ["choose_faces", "draw_side", "stand"]

SMALLEST, LARGEST = 8.0, 200.0
# Sides in pixels: three quarters about the median, the rest at any size.
MEDIAN, SPREAD, USUAL = 34.0, 0.55, 0.75
# Signs of 420, 600, 750 and 900 mm, and those beside motorways.
METRES = (0.42, 0.6, 0.6, 0.75, 0.9)
BOARD_METRES = (1.2, 3.2)
OVERHEAD, ON_THE_LEFT = 0.1, 0.33
PLATES, PAIRS, TRIPLES = 0.2, 0.22, 0.04
# Metres from the ground to the middle of a sign.
HIGH, USUAL_HEIGHTS, LOW, USUALLY = (5.2, 6.5), (1.9, 2.9), (0.7, 1.6), 0.85
TRIES = 20
# Metres: what is nearer is beside the car.
NEAREST_POST = 3.0


def draw_side(largest: float, rng: np.random.Generator) -> float:
    """Draw how many pixels a sign is large: 15 to 80 mostly, 8 to 200 or `largest` at all."""
    end = max(min(LARGEST, largest), SMALLEST + 1)
    if rng.random() < USUAL:
        return float(np.clip(MEDIAN * np.exp(SPREAD * rng.standard_normal()), SMALLEST, end))
    return float(np.exp(rng.uniform(np.log(SMALLEST), np.log(end))))


def choose_faces(designs: Designs, drawing: Drawing, rng: np.random.Generator) -> list[Face]:
    """Choose what hangs on one post, from top to bottom."""
    faces = [choose_face(designs, drawing, rng)]
    if faces[0].kind == "advertising":
        return faces
    share = rng.random()
    more = 2 if share < TRIPLES else 1 if share < TRIPLES + PAIRS else 0
    for _ in range(more):
        # A post shows all its backs or none.
        faces.append(back(rng) if faces[0].kind == "back" else sign_of_a_class(designs, drawing, rng))
    if rng.random() < PLATES:
        faces.append(back(rng) if faces[0].kind == "back" else plate(rng))
    return faces


def stand(
    view: View,
    street: Street,
    faces: list[Face],
    *,
    taken: Sequence[Box],
    drawing: Drawing,
    farthest: float,
    overhead: float = OVERHEAD,
    rng: np.random.Generator,
) -> Post | None:
    """Find a place in the street where all faces of a post lie in the picture and cover none of the boxes `taken`.

    Args:
        view: From where.
        street: Where.
        faces: From top to bottom; above the street there may be a board beside them.
        taken: In the picture.
        drawing: How signs are turned.
        farthest: In metres.
        overhead: The probability that they hang above the street.
        rng: The source of all randomness.

    Returns:
        None where no try succeeds.
    """
    above = rng.random() < overhead
    if above:
        faces = [board(rng), *faces][: int(rng.integers(1, 3))] if rng.random() < 0.5 else faces[:2]  # noqa: PLR2004
    for _ in range(TRIES):
        pixels = draw_side(0.3 * min(view.width, view.height), rng)
        metres = METRES[int(rng.integers(len(METRES)))] * (1.5 if street.kind == "motorway" or above else 1.0)
        along = view.focal * metres / pixels
        left = rng.random() < ON_THE_LEFT
        beside = float(rng.uniform(0.3, max(street.border, 1.0) + 0.5))
        edge = street.left - beside if left else street.right + beside
        if above:
            edge = float(rng.uniform(street.left, street.right))
        if not NEAREST_POST < along < farthest:
            continue
        mounted = _hang(faces, metres, edge, overhead=above, drawing=drawing, rng=rng)
        boxes = [box_in(view, one, along) for one in mounted]
        inside = all(box.x1 >= 1 and box.y1 >= 1 and box.x2 < view.width and box.y2 < view.height for box in boxes)
        if not above:
            boxes.append(pole_below(view, mounted[-1], along))
        if inside and not any(box.touches(other) for box in boxes for other in taken):
            thickness = 0.25 if above else float(rng.choice([0.06, 0.076, 0.11]))
            return Post(tuple(mounted), edge, along, above, thickness, float(rng.uniform(0.25, 0.7)))
    return None


def _hang(
    faces: list[Face], metres: float, across: float, *, overhead: bool, drawing: Drawing, rng: np.random.Generator
) -> list[Mounted]:
    """Hang faces on a post, below one another, or beside one another above the street."""
    roll, pitch, yaw = rng.normal(0, [drawing.roll_degrees, drawing.pitch_degrees, drawing.yaw_degrees])
    if rng.random() < 0.05 and not overhead:  # noqa: PLR2004 - for those who come from a side street
        yaw = rng.uniform(35, 65) * rng.choice([-1, 1])
    yaw = float(np.clip(yaw, -65, 65))
    heights = HIGH if overhead else USUAL_HEIGHTS if rng.random() < USUALLY else LOW
    up = float(rng.uniform(*heights))
    up += 0 if overhead else 0.7 * metres * (len(faces) - 1)
    place = across
    mounted: list[Mounted] = []
    for face in faces:
        side = metres * (float(rng.uniform(*BOARD_METRES)) if _is_large(face) else 1.0)
        own = float(rng.uniform(-60, 60)) if rng.random() < face.turned else float(roll)
        height = extent(face, 1) * side
        if mounted and overhead:
            place += 0.6 * (side + mounted[-1].side)
        elif mounted:
            up -= height / 2 + rng.uniform(0.01, 0.12) * metres
        mounted.append(Mounted(face, place, up, side, own, float(np.clip(pitch, -65, 65)), yaw))
        up -= 0 if overhead else height / 2
    return mounted


def _is_large(face: Face) -> bool:
    return face.kind in {"advertising"} or (face.kind == "other sign" and "(sign 4" in face.name)
