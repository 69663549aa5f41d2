"""Speed limits outside GTSRB, such as 40, and what looks like one, on the boards of those inside.

Only the number tells them from the classes, so that a recogniser learns to read it.
"""

import re
from functools import cache
from pathlib import Path

import numpy as np

from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives.invented_signs import SPEED_LIMITS
from roadsigns.synthesis.negatives.sign_parts import Part, draw_text
from roadsigns.synthesis.negatives.unknown_signs import UnknownSign

__all__ = ["LIMIT_CLASSES", "invent_speed_limit"]

TITLE = "Invented speed limit"
# GTSRB's classes 0 to 8 without the end of 80.
LIMIT_CLASSES = (0, 1, 2, 3, 4, 5, 7, 8)
# Digits that no limit of GTSRB begins with, and letters that are like none, also where pixels are few.
FIRST = "49"
LETTERS = "AFHJKLMNPRUVWXY"
# How many numbers are a digit or letter and a 0, a 1 and a digit and a 0, and any other.
FORMS, FORM_SHARES = ("tens", "hundreds", "other"), (0.5, 0.2, 0.3)
WITH_LETTER = 0.4
# Of the number: its height in units of a board of 200, its width at most, and its strokes, as in `sign_parts.Part`.
HEIGHT, WIDTH, WEIGHT = (66.0, 90.0), (100.0, 126.0), (11.0, 20.0)
DIGITS = re.compile(r'<path fill="none" stroke="(#\w+)"[^>]*/>')


def invent_speed_limit(
    rng: np.random.Generator, *, never: frozenset[str] = frozenset(), abroad: float = 0.0
) -> UnknownSign:
    """Invent a speed limit that is none of GTSRB's.

    Args:
        rng: The source of all randomness; the same state gives the same sign.
        never: Numbers that are not on it.
        abroad: Share of boards as in other countries, 0 to 1.
    """
    while True:
        text = _text(rng)
        if text not in SPEED_LIMITS | never:
            break
    boards = _boards(abroad=rng.random() < abroad)
    before, ink, after = boards[int(rng.integers(len(boards)))]
    height, width, weight = (float(rng.uniform(*reach)) for reach in (HEIGHT, WIDTH, WEIGHT))
    number = draw_text(Part(text=text, height=height, width=width, weight=weight), ink)
    return UnknownSign("invented", TITLE, "prohibition", f"{before}{number}{after}")


def _text(rng: np.random.Generator) -> str:
    form = FORMS[int(rng.choice(len(FORMS), p=FORM_SHARES))]
    if form == "tens":
        first = LETTERS if rng.random() < WITH_LETTER else FIRST
        return first[int(rng.integers(len(first)))] + "0"
    if form == "hundreds":
        return f"1{rng.integers(1, 10)}0"
    return str(rng.integers(1, 200))


@cache
def _boards(*, abroad: bool) -> tuple[tuple[str, str, str], ...]:
    """The designs of speed limits without their number: what is drawn below it, its colour, and the end."""
    designs = official_designs()
    files = designs.abroad if abroad else designs.files
    found = {_board(path) for class_id in LIMIT_CLASSES for path in files[class_id]}
    return tuple(sorted(board for board in found if board))


def _board(path: Path) -> tuple[str, str, str] | None:
    """Return None for a sign of lamps, whose digits are dots."""
    drawing = re.sub("<title>.*</title>\n", f"<title>{TITLE}</title>\n", path.read_text(encoding="utf-8"))
    digits = DIGITS.search(drawing)
    if not digits or "stroke-dasharray" in digits[0]:
        return None
    return drawing[: digits.start()], digits[1], "\n</svg>\n"
