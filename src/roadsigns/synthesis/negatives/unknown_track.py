"""Tracks of unknown signs: drawn as those of known ones, so that nothing but the sign tells them apart."""

import numpy as np

from roadsigns.synthesis.designs import Designs, official_designs
from roadsigns.synthesis.negatives.invented_signs import invent_sign
from roadsigns.synthesis.negatives.near_misses import invent_near_miss
from roadsigns.synthesis.negatives.real_signs import RealSigns
from roadsigns.synthesis.negatives.unknown_signs import UnknownSign
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_design
from roadsigns.types import Box, UInt8Image

__all__ = ["OUTSIDE_GTSRB", "choose_unknown_sign", "draw_unknown_track"]

# What negatives of GTSRB's classes show.
OUTSIDE_GTSRB = RealSigns()


def choose_unknown_sign(
    rng: np.random.Generator,
    *,
    invented: float = 0.3,
    near_misses: float = 0.0,
    signs: RealSigns = OUTSIDE_GTSRB,
    abroad: float = 0.0,
) -> UnknownSign:
    """Choose a sign that is none of the classes, or invent one.

    Args:
        rng: The source of all randomness; the same state gives the same sign.
        invented: The probability of an invented sign, 0 to 1.
        near_misses: The probability of a near miss, 0 to 1.
        signs: The real ones.
        abroad: Share of GTSRB's signs and boards among them in designs of other countries, 0 to 1.

    Raises:
        DataError: If no real sign is left.
    """
    # Without a share nothing is drawn from rng, so that a seed gives the signs that it always gave.
    if near_misses and rng.random() < near_misses:
        return invent_near_miss(rng, never=signs.never_invented, abroad=abroad)
    if rng.random() < invented:
        return invent_sign(rng, never=signs.never_invented)
    return signs.choose(rng, abroad=abroad)


def draw_unknown_track(
    rng: np.random.Generator,
    drawing: Drawing,
    frames: int,
    *,
    sign: UnknownSign | None = None,
    neighbours: Designs | None = None,
) -> tuple[UnknownSign, list[tuple[UInt8Image, Box]]]:
    """Draw one physical sign that is none of the classes, larger from frame to frame.

    Args:
        rng: The source of all randomness; the same state gives the same track.
        drawing: How it is worn, lit and seen.
        frames: How many pictures, at least 1.
        sign: None to choose one.
        neighbours: Signs that may stand above or below it; None for GTSRB's.

    Returns:
        The sign, and `frames` pairs of image and box as of `track.draw_design`.

    Raises:
        DataError: If frames is less than 1.
    """
    sign = sign or choose_unknown_sign(rng)
    neighbours = neighbours or official_designs()
    return sign, draw_design(sign.svg, neighbours=neighbours, drawing=drawing, frames=frames, rng=rng)
