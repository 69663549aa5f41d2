"""What hangs on the posts of a scene: signs of the classes, other and invented signs, plates, backs, advertising."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from roadsigns.datasets.scenes.others import ADVERTISING, BACK, PLATE
from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.negatives.sign_parts import COLOURS, Base, Part, compose
from roadsigns.synthesis.negatives.things import invent_back
from roadsigns.synthesis.negatives.unknown_signs import SIGN_KINDS, UnknownSign, unknown_signs
from roadsigns.synthesis.negatives.unknown_track import choose_unknown_sign
from roadsigns.synthesis.rendering import Design
from roadsigns.synthesis.settings import Drawing

__all__ = [
    "ADVERTISING",
    "BACK",
    "FACE_KINDS",
    "PLATE",
    "Face",
    "advertising",
    "back",
    "board",
    "choose_face",
    "plate",
    "sign_of_a_class",
]

# What a face outside the classes is.
FACE_KINDS = (*SIGN_KINDS, PLATE, BACK, ADVERTISING)
KNOWN, OTHER, BACKS = 0.62, 0.24, 0.07
INVENTED = 0.3
WORDS = ("MARKT", "BAR", "HOTEL", "AUTO", "TAXI", "BANK", "CAFE", "SALE", "24 H", "PIZZA", "BAU", "OIL", "GOLF", "KINO")
# Above this size in metres, a sign is a board. In the German catalogue these have numbers from 430 on.
BOARDS = ("de-430", "de-432", "de-438", "de-439", "de-448", "de-449", "de-458", "de-501", "de-511", "de-521", "de-531")


@dataclass(frozen=True, slots=True)
class Face:
    """What hangs on a post.

    Attributes:
        design: Its drawing.
        class_id: Of the classes, or None.
        kind: One of `FACE_KINDS`; empty for a sign of a class.
        name: What it says.
        turned: The probability that it is screwed on at any angle.
    """

    design: Design
    class_id: int | None
    kind: str
    name: str
    turned: float = 0.0


def choose_face(designs: Designs, drawing: Drawing, rng: np.random.Generator) -> Face:
    """Choose what hangs on a post: mostly a sign of the classes."""
    share = rng.random()
    if share < KNOWN:
        return sign_of_a_class(designs, drawing, rng)
    if share < KNOWN + OTHER:
        return _face_of(choose_unknown_sign(rng, invented=INVENTED, abroad=drawing.abroad))
    return back(rng) if share < KNOWN + OTHER + BACKS else advertising(rng)


def sign_of_a_class(designs: Designs, drawing: Drawing, rng: np.random.Generator) -> Face:
    """Choose a sign of the classes, each class as often."""
    class_id = int(rng.choice(designs.drawable))
    design = designs.choose(class_id, rng, abroad=drawing.abroad)
    return Face(design, class_id, "", designs.classes[class_id].name, designs.turned.get(class_id, 0.0))


def plate(rng: np.random.Generator) -> Face:
    """Choose an additional plate."""
    return _face_of(_one_of(_plates(), rng))


def board(rng: np.random.Generator) -> Face:
    """Choose a board that shows the way, as large as those above a road."""
    return _face_of(_one_of(tuple(sign for sign in unknown_signs() if sign.sign_id in BOARDS), rng))


def back(rng: np.random.Generator) -> Face:
    """Invent the back of a sign."""
    return Face(invent_back(rng), None, BACK, "back of a sign")


def advertising(rng: np.random.Generator) -> Face:
    """Invent a board that advertises: a word, shapes in loud colours; round, angular, upright or lying."""
    ground, ink, third = (str(name) for name in rng.choice([*COLOURS], size=3, replace=False))
    half = rng.uniform(35, 98, 2)
    left, top, right, bottom = (*(100 - half), *(100 + half))
    outline = f"box:{ground} {left:.0f} {top:.0f} {right:.0f} {bottom:.0f} {rng.uniform(0, 30):.0f}"
    if rng.random() < 0.25:  # noqa: PLR2004
        half = np.full(2, half.max())
        outline = f"disc:{ground} 100 100 {half[0]:.0f}"
    shapes = [outline]
    for _ in range(int(rng.integers(0, 3))):
        x, y = 100 + rng.uniform(-0.5, 0.5, 2) * half
        shapes.append(f"disc:{third} {x:.0f} {y:.0f} {rng.uniform(0.1, 0.4) * half.min():.0f}")
    word = WORDS[int(rng.integers(len(WORDS)))]
    height = float(rng.uniform(0.3, 0.8) * half[1])
    text = Part(text=word, x=100, y=100 + 0.3 * rng.uniform(-1, 1) * half[1], height=height, width=1.5 * half[0])
    base = Base("other sign", ground, ink, tuple(shapes), (0, 0, 0, 0))
    return Face(compose("Advertising", base, [text]), None, ADVERTISING, "advertising")


def _face_of(sign: UnknownSign) -> Face:
    return Face(sign.svg, None, PLATE if _is_plate(sign) else sign.kind, sign.title)


def _is_plate(sign: UnknownSign) -> bool:
    return "(additional sign" in sign.title


@cache
def _plates() -> tuple[UnknownSign, ...]:
    return tuple(sign for sign in unknown_signs() if _is_plate(sign))


def _one_of(signs: tuple[UnknownSign, ...], rng: np.random.Generator) -> UnknownSign:
    return signs[int(rng.integers(len(signs)))]
