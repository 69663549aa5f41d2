"""Invented signs: random base shapes, colours, pictograms, numbers, letters and blobs.

None of them is one of GTSRB's 43 classes, whatever its colours:
- What would make one is listed with each base shape, as `never` in `datasets/signs/others/bases.toml`.
- On a ground of another colour than the base's own, no number is one of the speed limits, and weights and measures are
  never such a number either.
- Each sign has at least one thing on it that fills most of its room, so that none is blank.
- It has at most one line of text, so that two numbers never join to a third.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roadsigns.synthesis.negatives.sign_parts import COLOURS, Base, Part, bases, compose, pictograms
from roadsigns.synthesis.negatives.unknown_signs import SIGN_KINDS, UnknownSign

__all__ = ["SPEED_LIMITS", "Room", "choose_pictogram", "invent_sign"]

SPEED_LIMITS = frozenset({"20", "30", "50", "60", "70", "80", "100", "120"})
# How often each kind is invented.
KIND_SHARES = (0.35, 0.2, 0.17, 0.28)
OWN_COLOURS, OTHER_RIM, OTHER_INK, TWO_THINGS, SLASHED = 0.6, 0.12, 0.15, 0.35, 0.12
# What stands on a sign: a pictogram, a number, letters, a blob.
CONTENTS, CONTENT_SHARES = ("pictogram", "number", "letters", "blob"), (0.5, 0.24, 0.12, 0.14)
# Of numbers: how many have a unit, and how many of the others are a multiple of 5.
MEASURES, ROUND = 0.25, 0.7
UNITS = ("t", "m", "km", " km", "%", "h", " t", " m")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Least difference of the luminances of ink and ground, of 255.
CONTRAST = 90
# Pictograms whose meaning may turn with them; the others are turned by a few degrees at most.
ARROWS = ("arrow", "turn", "chevron", "merge", "lane", "left-or-right", "three", "either", "bend", "wedge", "ahead")


@dataclass(frozen=True, slots=True)
class Room:
    """Where a thing is drawn: its middle, width and height."""

    x: float
    y: float
    width: float
    height: float


def invent_sign(rng: np.random.Generator, *, never: frozenset[str] = frozenset()) -> UnknownSign:
    """Invent a sign.

    Args:
        rng: The source of all randomness; the same state gives the same sign.
        never: Names of pictograms, and texts, that are not on it.

    Returns:
        A sign whose kind is that of its base shape, or "other sign" where a red rim or a red or blue disc has another
        colour.
    """
    kind = SIGN_KINDS[int(rng.choice(len(SIGN_KINDS), p=KIND_SHARES))]
    names = [name for name, base in bases().items() if base.kind == kind and any(base.room)]
    name = names[int(rng.integers(len(names)))]
    base = bases()[name]
    ground, ink = _colours(base, rng)
    if rng.random() < OTHER_RIM and "red" in " ".join(base.shapes):
        base, kind = _with_other_rim(base, rng), "other sign"
    if base.ground in {"red", "blue"} and ground != base.ground and name != "stopping":
        kind = "other sign"
    never |= base.never if ground == base.ground else base.never | {"numbers"}
    parts, shapes = _contents(base, never, ground, rng)
    if rng.random() < SLASHED and base.kind != "danger" and not base.over:
        parts.append(_slash(base, rng))
    title = f"Invented sign on {name}"
    return UnknownSign("invented", title, kind, compose(title, base, parts, shapes=shapes, ground=ground, ink=ink))


def _colours(base: Base, rng: np.random.Generator) -> tuple[str, str]:
    """Ground and ink: the base's own, or any two that can be told apart."""
    if rng.random() < OWN_COLOURS:
        return base.ground, base.ink
    names = list(COLOURS)
    while True:
        ground, ink = (names[int(place)] for place in rng.integers(len(names), size=2))
        if _contrasts(ground, ink):
            return ground, ink


def _contrasts(ground: str, ink: str) -> bool:
    return abs(_luminance(ground) - _luminance(ink)) >= CONTRAST


def _luminance(name: str) -> float:
    digits = COLOURS[name][1:]
    step = len(digits) // 3
    red, green, blue = (int(digits[i * step : (i + 1) * step] * (3 - step), 16) for i in range(3))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _with_other_rim(base: Base, rng: np.random.Generator) -> Base:
    rims = ("blue", "black", "green", "orange", "brown", "grey", "yellow")
    rim = rims[int(rng.integers(len(rims)))]
    shapes, over = (tuple(s.replace(":red ", f":{rim} ") for s in some) for some in (base.shapes, base.over))
    return Base(base.kind, base.ground, base.ink, shapes, base.room, base.family, over, base.never)


def _slash(base: Base, rng: np.random.Generator) -> Part:
    left, top, right, bottom = base.room
    side = min(right - left, bottom - top) / 100
    x, y = (left + right) / 2, (top + bottom) / 2
    return Part(draw="slash", x=x, y=y, scale=side, colour="red", mirrored=_coin(rng))


def _coin(rng: np.random.Generator) -> bool:
    return bool(rng.random() < 0.5)  # noqa: PLR2004


def _contents(base: Base, never: frozenset[str], ground: str, rng: np.random.Generator) -> tuple[list[Part], list[str]]:
    """One thing or two in a base's room: parts and shapes."""
    rooms = _rooms(base, rng)
    parts: list[Part] = []
    shapes: list[str] = []
    for room in rooms:
        content = CONTENTS[int(rng.choice(len(CONTENTS), p=CONTENT_SHARES))]
        has_text = any(part.text for part in parts)
        if content == "letters" and "words" in never:
            content = "number"
        if content in {"number", "letters"} and has_text:
            content = "pictogram"
        if content == "pictogram" and never.issuperset(pictograms()):
            content = "blob"
        if content == "blob":
            shapes.append(_blob(room, rng))
        elif content == "pictogram":
            parts.append(choose_pictogram(never, room, ground, rng))
        else:
            text = _number(never, rng) if content == "number" else _letters(never, rng)
            parts.append(_text(text, room, rng))
    return parts, shapes


def _rooms(base: Base, rng: np.random.Generator) -> Sequence[Room]:
    left, top, right, bottom = base.room
    width, height = right - left, bottom - top
    x, y = (left + right) / 2, (top + bottom) / 2
    if rng.random() >= TWO_THINGS:
        return [Room(x, y, width, height)]
    # The longer side is divided; a square either way.
    if width > height or (width == height and _coin(rng)):
        return [Room(x + sign * width / 4, y, width / 2 - 4, height) for sign in (-1, 1)]
    return [Room(x, y + sign * height / 4, width, height / 2 - 4) for sign in (-1, 1)]


def choose_pictogram(never: frozenset[str], room: Room, ground: str, rng: np.random.Generator) -> Part:
    """Choose a pictogram that is none of `never`, and how it stands in a room; not all of them may be in `never`."""
    names = [name for name in pictograms() if name not in never]
    name = names[int(rng.integers(len(names)))]
    side = min(room.width, room.height)
    stretch = min(1.6, max(room.width, room.height) / side) if room.width > room.height else 1.0
    turned = float(45 * rng.integers(8)) if name.startswith(ARROWS) else float(rng.normal(0, 3))
    colour = ("red", "blue", "black")[int(rng.integers(3))] if rng.random() < OTHER_INK else ""
    scale = side / 100 * rng.uniform(0.85, 1.1)
    return Part(
        draw=name,
        x=room.x,
        y=room.y,
        scale=scale,
        stretch=float(rng.uniform(1, stretch)),
        colour=colour if colour and _contrasts(ground, colour) else "",
        mirrored=_coin(rng),
        turned=turned,
    )


def _text(text: str, room: Room, rng: np.random.Generator) -> Part:
    height = min(room.height * 0.9, 86.0) * rng.uniform(0.8, 1)
    return Part(text=text, x=room.x, y=room.y, height=height, width=room.width, weight=float(rng.uniform(12, 21)))


def _number(never: frozenset[str], rng: np.random.Generator) -> str:
    """A number, often one that looks like a speed limit, at times a weight or a measure."""
    if rng.random() < MEASURES:
        while True:
            number = f"{rng.integers(1, 20)}" if _coin(rng) else f"{rng.integers(1, 10)},{rng.integers(1, 10)}"
            number += UNITS[int(rng.integers(len(UNITS)))]
            if not never & {number, number.replace(" ", "")}:
                return number
    while True:
        number = str(5 * rng.integers(1, 30)) if rng.random() < ROUND else str(rng.integers(1, 200))
        if not (("numbers" in never and number in SPEED_LIMITS) or number in never):
            return number


def _letters(never: frozenset[str], rng: np.random.Generator) -> str:
    while True:
        word = "".join(LETTERS[int(place)] for place in rng.integers(len(LETTERS), size=int(rng.integers(1, 7))))
        if word != "STOP" and word not in never:
            return word


def _blob(room: Room, rng: np.random.Generator) -> str:
    """A closed curve around the middle of a room, smooth or with corners."""
    corners = int(rng.integers(4, 10))
    angles = np.sort(rng.uniform(0, 2 * math.pi, corners))
    radii = rng.uniform(0.25, 0.5, corners)
    # A polygon of at least a sixth of the room, however its corners fell.
    points = [
        (room.x + room.width * radius * math.cos(angle), room.y + room.height * radius * math.sin(angle))
        for angle, radius in zip([*angles, 0.0, 2.1, 4.2], [*radii, 0.4, 0.4, 0.4], strict=True)
    ]
    points.sort(key=lambda point: math.atan2((point[1] - room.y) / room.height, (point[0] - room.x) / room.width))
    if _coin(rng):
        return "fill M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
    middles = [((x + nx) / 2, (y + ny) / 2) for (x, y), (nx, ny) in zip(points, points[1:] + points[:1], strict=True)]
    curves = "".join(f"Q{x:.1f} {y:.1f} {mx:.1f} {my:.1f}" for (x, y), (mx, my) in zip(points, middles, strict=True))
    start = middles[-1]
    return f"fill M{start[0]:.1f} {start[1]:.1f}{curves}Z"
