"""The picture of an explanation: the sign as the network sees it beside the heat map over it, and what was said."""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from roadsigns.detection.annotation.fonts import font_for
from roadsigns.explanation.heat_map import HeatMap
from roadsigns.explanation.overlay import colour_bar, overlay
from roadsigns.inference.prediction import Prediction
from roadsigns.inference.unknown_names import unknown_name
from roadsigns.palette import LIGHT, rgb_of
from roadsigns.preprocessing.brighten import brighten
from roadsigns.printable import printable
from roadsigns.types import SignClass, UInt8Image
from roadsigns.wording import percent

__all__ = ["draw_picture"]

# In pixels. A network's input is enlarged by a whole number to about this side.
SIDE = 288
EDGE, GAP = 16, 16
TITLE, TEXT, SMALL = 22, 16, 13
LINE = 1.35
BAR = 14
GROUND, INK, SOFT = map(rgb_of, (LIGHT.ground, LIGHT.text, LIGHT.soft))
METHODS = {"gradient": "integrated gradients", "occlusion": "occlusion"}


class Line(NamedTuple):
    """One line of text."""

    text: str
    size: int
    colour: tuple[int, int, int]


def draw_picture(prepared: UInt8Image, prediction: Prediction, explained: SignClass, heat_map: HeatMap) -> UInt8Image:
    """Draw an explanation. See `explanation.Explanation`.

    Returns:
        RGB, shape (height, width, 3), uint8.
    """
    scale = max(1, round(SIDE / len(prepared)))
    side = scale * len(prepared)
    width = 2 * EDGE + 2 * side + GAP
    shown = brighten(prepared)
    sign = shown.repeat(scale, axis=0).repeat(scale, axis=1)
    right = EDGE + side + GAP
    said = [part for line in _said(prediction, explained, heat_map) for part in _wrapped(line, width - 2 * EDGE)]

    top = EDGE + _height(SMALL)
    below = top + side + GAP // 2
    height = below + BAR + _height(SMALL) + GAP // 2 + sum(_height(line.size) for line in said) + EDGE
    picture = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(picture)
    seen = "as the network sees it" if shown is prepared else "as the network sees it, brightened"
    _write(pen, (EDGE, EDGE), Line(seen, SMALL, SOFT))
    _write(pen, (right, EDGE), Line("what supports it", SMALL, SOFT))
    picture.paste(Image.fromarray(sign), (EDGE, top))
    picture.paste(Image.fromarray(overlay(prepared, heat_map, scale=scale)), (right, top))
    picture.paste(Image.fromarray(colour_bar(side, BAR)), (right, below))
    for share, text in ((0.0, "nothing"), (0.5, "outlined: above half"), (1.0, "most")):
        left = right + round(share * (side - font_for(text, SMALL).getlength(text)))
        _write(pen, (left, below + BAR), Line(text, SMALL, SOFT))
    y = below + BAR + _height(SMALL) + GAP // 2
    for line in said:
        _write(pen, (EDGE, y), line)
        y += _height(line.size)
    return np.asarray(picture)


def _said(prediction: Prediction, explained: SignClass, heat_map: HeatMap) -> list[Line]:
    """Return what was said, and what of it the map explains."""
    name = printable(explained.name)
    if prediction.decision == "unknown":
        title, verdict = unknown_name(prediction), "unknown"
    else:
        doubt = "?" if prediction.decision == "uncertain" else ""
        title = printable(prediction.name) + doubt
        verdict = percent(prediction.probability) + (f", {prediction.decision}" if prediction.decision else "")
    lines = [Line(title, TITLE, INK), Line(verdict, TEXT, INK)]
    if not heat_map.values.any():
        lines.append(Line(f'No part of it supports "{name}".', TEXT, INK))
    elif prediction.decision == "unknown" or explained.class_id != prediction.class_id:
        lines.append(Line(f'Bright: what looks like "{name}".', TEXT, INK))
    return [*lines, Line(f"Method: {METHODS[heat_map.method]}", SMALL, SOFT)]


def _wrapped(line: Line, width: int) -> list[Line]:
    """Break a line where it is too wide; a single word that is too wide is cut."""
    font = font_for(line.text, line.size)
    rows = [""]
    for word in line.text.split(" "):
        longer = f"{rows[-1]} {word}".strip()
        if not rows[-1] or font.getlength(longer) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return [line._replace(text=_cut(row, line.size, width)) for row in rows]


def _cut(text: str, size: int, width: int) -> str:
    font = font_for(text, size)
    while len(text) > 1 and font.getlength(text) > width:
        text = text.removesuffix("…")[:-1] + "…"
    return text


def _write(pen: ImageDraw.ImageDraw, place: tuple[int, int], line: Line) -> None:
    pen.text(place, line.text, fill=line.colour, font=font_for(line.text, line.size))


def _height(size: int) -> int:
    return round(LINE * size)
