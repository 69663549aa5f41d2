"""Near misses: invented signs that are nearly one of GTSRB's classes, and none of them.

A network that was shown few of them names the nearest class for any sign of that outline.
"""

from dataclasses import replace

import numpy as np

from roadsigns.synthesis.negatives.invented_limits import invent_speed_limit
from roadsigns.synthesis.negatives.invented_signs import Room, choose_pictogram
from roadsigns.synthesis.negatives.sign_parts import Base, Part, bases, compose, pictograms
from roadsigns.synthesis.negatives.unknown_signs import UnknownSign

__all__ = ["invent_near_miss"]

# How many are speed limits, danger signs, danger signs without their rim on a square board, and vehicles side by side
# as on "no overtaking".
SORTS, SORT_SHARES = ("limit", "danger", "board", "vehicles"), (0.4, 0.25, 0.25, 0.1)
TRIANGLES = ("triangle", "triangle-no-edge", "triangle-thin")
RINGS = ("ring", "ring-no-edge", "ring-thin")
# What stands in a triangle: a pictogram, two side by side, or a few lines.
CONTENTS, CONTENT_SHARES = ("pictogram", "two", "lines"), (0.5, 0.2, 0.3)
# Widths of lines, and their lengths as shares of the room's height.
LINE_WIDTH, LINE_LENGTH = (6.0, 16.0), (0.5, 1.0)
# Boards, triangles on them, and how many of these are white. Dark boards most: what a camera leaves of any.
BOARDS = ("blue", "blue", "black", "black", "grey", "green", "brown")
TRIANGLE_COLOURS, TRIANGLE_SHARES = ("white", "yellow", "light-yellow"), (0.8, 0.1, 0.1)
# Half the side of such a triangle, and how many of these it is high: its sides are alike.
HALF_SIDES, HEIGHT = (62.0, 86.0), 1.73
# Share of them with the pictogram of a class.
OF_A_CLASS = 0.7
# No lorry and no other car: beside a car, these are classes.
VEHICLES = ("bus-front", "tractor", "motorcycle", "moped", "bicycle", "caravan", "tram", "horse-cart")
CAR = "car-front"


def invent_near_miss(
    rng: np.random.Generator, *, never: frozenset[str] = frozenset(), abroad: float = 0.0
) -> UnknownSign:
    """Invent a sign that is nearly one of GTSRB's.

    Args:
        rng: The source of all randomness; the same state gives the same sign.
        never: Names of pictograms, and numbers, that are not on it.
        abroad: Share of the boards of speed limits that are as in other countries, 0 to 1.

    Returns:
        A prohibition sign, a danger sign or a sign of another kind; there is no near miss of a mandatory sign.
    """
    sort = SORTS[int(rng.choice(len(SORTS), p=SORT_SHARES))]
    if sort == "danger":
        return _invent_danger(rng, never)
    if sort == "board" and not never.issuperset(pictograms()):
        return _invent_on_a_board(rng, never)
    if sort == "vehicles" and CAR not in never and not never.issuperset(VEHICLES):
        return _invent_vehicles(rng, never)
    return invent_speed_limit(rng, never=never, abroad=abroad)


def _invent_danger(rng: np.random.Generator, never: frozenset[str]) -> UnknownSign:
    base = _one_of(TRIANGLES, rng)
    never |= base.never
    left, top, right, bottom = base.room
    x, y, width, height = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    content = CONTENTS[int(rng.choice(len(CONTENTS), p=CONTENT_SHARES))]
    if never.issuperset(pictograms()):
        content = "lines"
    parts: list[Part] = []
    shapes: list[str] = []
    if content == "lines":
        shapes = [_line(Room(x, y, width, height), rng) for _ in range(int(rng.integers(2, 5)))]
    elif content == "two":
        rooms = [Room(x + side * width / 4, y + height / 8, width / 2, height * 0.75) for side in (-1, 1)]
        parts = [choose_pictogram(never, room, base.ground, rng) for room in rooms]
    else:
        parts = [choose_pictogram(never, Room(x, y, width, height), base.ground, rng)]
    return _compose("Invented danger sign", base, parts, shapes)


def _invent_on_a_board(rng: np.random.Generator, never: frozenset[str]) -> UnknownSign:
    """What a danger sign shows, in a triangle without a rim on a square board, as at a zebra crossing."""
    board = bases()[("square", "square-rim")[int(rng.integers(2))]]
    half = rng.uniform(*HALF_SIDES)
    top, bottom = 100 - HEIGHT * half / 2, 100 + HEIGHT * half / 2
    colour = TRIANGLE_COLOURS[int(rng.choice(len(TRIANGLE_COLOURS), p=TRIANGLE_SHARES))]
    triangle = f"plate:{colour} {rng.uniform(2, 12):.1f} M100 {top:.1f}L{100 + half:.1f} {bottom:.1f}H{100 - half:.1f}Z"
    room = Room(100, top + 0.68 * (bottom - top), half, 0.6 * (bottom - top))
    others = set(pictograms()) - bases()["triangle"].never
    if rng.random() < OF_A_CLASS and not never.issuperset(set(pictograms()) - others):
        never |= others
    part = choose_pictogram(never, room, colour, rng)
    ground = BOARDS[int(rng.integers(len(BOARDS)))]
    title = "Invented triangle on a board"
    # The part lies on the triangle, the base's ground is the board.
    part = replace(part, ground=colour, colour=part.colour or "black")
    svg = compose(title, board, [part], shapes=[triangle], ground=ground)
    return UnknownSign("invented", title, board.kind, svg)


def _line(room: Room, rng: np.random.Generator) -> str:
    """A straight line in any direction, near the middle of a room."""
    angle, length = rng.uniform(0, np.pi), rng.uniform(*LINE_LENGTH) * room.height
    x, y = room.x + rng.uniform(-0.2, 0.2) * room.width, room.y + rng.uniform(-0.2, 0.2) * room.height
    dx, dy = length / 2 * np.cos(angle), length / 2 * np.sin(angle)
    return f"stroke {rng.uniform(*LINE_WIDTH):.1f} M{x - dx:.1f} {y - dy:.1f}L{x + dx:.1f} {y + dy:.1f}"


def _invent_vehicles(rng: np.random.Generator, never: frozenset[str]) -> UnknownSign:
    """A car and another vehicle side by side, or two others, one of them red."""
    base = _one_of(RINGS, rng)
    others = [name for name in VEHICLES if name not in never]
    pair = [others[int(place)] for place in rng.integers(len(others), size=2)]
    with_car = int(rng.integers(3))
    if with_car < len(pair):
        pair[with_car] = CAR
    red = int(rng.integers(2))
    left, top, right, bottom = base.room
    side = (right - left) / 2
    parts = [
        Part(
            draw=name,
            x=(left + right) / 2 + sign * side / 2,
            y=(top + bottom) / 2,
            scale=side / 100 * rng.uniform(1.0, 1.2),
            colour="red" if number == red else "",
        )
        for number, (name, sign) in enumerate(zip(pair, (-1, 1), strict=True))
    ]
    return _compose("Invented vehicles side by side", base, parts)


def _one_of(names: tuple[str, ...], rng: np.random.Generator) -> Base:
    return bases()[names[int(rng.integers(len(names)))]]


def _compose(title: str, base: Base, parts: list[Part], shapes: list[str] | None = None) -> UnknownSign:
    return UnknownSign("invented", title, base.kind, compose(title, base, parts, shapes=shapes or []))
