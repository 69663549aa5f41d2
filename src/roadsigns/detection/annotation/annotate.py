"""The signs of a picture drawn into it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from roadsigns.detection.annotation.caption import draw_caption
from roadsigns.detection.annotation.look import BLACK, LOOKS, Look, line_width_of, text_size_of
from roadsigns.detection.annotation.outline import draw_outline
from roadsigns.detection.annotation.placing import place_captions
from roadsigns.detection.detected import DetectedSign
from roadsigns.synthesis.designs import official_designs
from roadsigns.types import Box, SignClass, UInt8Image, at_label

__all__ = ["Annotator"]


class Annotator:
    """Draws signs into pictures: a box around each, and beside it a caption with a drawing of the sign.

    Known, uncertain and unknown signs differ in colour and line. Captions do not leave the picture; they cover signs or
    each other only where there is no room.

    Args:
        classes: Of the model that named the signs, in label order. One with a name that none of GTSRB's has gets no
            drawing.
    """

    def __init__(self, classes: Sequence[SignClass]) -> None:
        designs = official_designs()
        drawn = {sign.name: number for number, sign in enumerate(designs.classes)}
        self._designs: list[Path | None] = []
        for sign in classes:
            number = drawn.get(sign.name)
            # The most frequent of its drawings.
            self._designs.append(
                None if number is None else designs.files[number][int(np.argmax(designs.shares[number]))]
            )

    def draw(self, image: UInt8Image, signs: Sequence[DetectedSign]) -> UInt8Image:
        """Draw signs into a copy of their picture.

        Args:
            image: RGB, shape (height, width, 3), uint8.
            signs: Their boxes in pixels of it.

        Returns:
            As `image`.
        """
        height, width = image.shape[:2]
        picture = Image.fromarray(image)
        pen = ImageDraw.Draw(picture)
        line = line_width_of(text_size_of(width, height))
        boxes = [_whole(sign, (width, height)) for sign in signs]
        # First all boxes, so that no line crosses a caption.
        for sign, box in zip(signs, boxes, strict=True):
            draw_outline(pen, box, LOOKS[sign.prediction.decision], line)
        self._caption(picture, pen, list(zip(signs, boxes, strict=True)), line)
        return np.asarray(picture)

    def _caption(
        self, picture: Image.Image, pen: ImageDraw.ImageDraw, signs: Sequence[tuple[DetectedSign, Box]], line: int
    ) -> None:
        drawn = []
        for sign, box in signs:
            design = at_label(self._designs, sign.prediction.class_id)
            caption = draw_caption(sign.prediction, design, picture.size)
            if caption is not None:
                drawn.append((sign.prediction.decision, box, caption))
        # With their lines.
        framed = [Box(box.x1 - line, box.y1 - line, box.x2 + line, box.y2 + line) for _, box, _ in drawn]
        places = place_captions([one.size for _, _, one in drawn], framed, picture=picture.size, gap=line)
        for (decision, box, _), at in zip(drawn, places, strict=True):
            _connect(pen, box, at, LOOKS[decision], line)
        for (_, _, caption), at in zip(drawn, places, strict=True):
            picture.paste(caption, (at.x1, at.y1))


def _whole(sign: DetectedSign, picture: tuple[int, int]) -> Box:
    """Return the box in whole pixels inside the picture."""
    x1, y1, x2, y2 = map(round, sign.box)
    width, height = picture
    return Box(min(max(x1, 0), width - 1), min(max(y1, 0), height - 1), min(x2, width), min(y2, height))


def _connect(pen: ImageDraw.ImageDraw, box: Box, caption: Box, look: Look, line: int) -> None:
    """Draw a line from a caption to its box, where the two are apart."""
    ends = [
        (_nearest(a1, a2, b1, b2), _nearest(b1, b2, a1, a2))
        for a1, a2, b1, b2 in (
            (box.x1, box.x2, caption.x1, caption.x2),
            (box.y1, box.y2, caption.y1, caption.y2),
        )
    ]
    start, end = tuple(one for one, _ in ends), tuple(other for _, other in ends)
    if max(abs(a - b) for a, b in zip(start, end, strict=True)) > 3 * line:
        pen.line([start, end], fill=BLACK, width=line + 2)
        pen.line([start, end], fill=look.colour, width=line)


def _nearest(first: int, last: int, other_first: int, other_last: int) -> int:
    """Return the point of a range that is nearest to another range; the middle of what they share."""
    low, high = max(first, other_first), min(last, other_last)
    if low <= high:
        return (low + high) // 2
    return last if last < other_first else first
