"""A caption: a small drawing of the sign, its name and how probable it is."""

from pathlib import Path

from PIL import Image, ImageDraw

from roadsigns.detection.annotation.fonts import font_for
from roadsigns.detection.annotation.look import LOOKS, MIN_TEXT, WHITE, text_size_of
from roadsigns.inference.prediction import Prediction
from roadsigns.inference.unknown_names import unknown_name
from roadsigns.printable import printable
from roadsigns.synthesis.rendering import render_design
from roadsigns.wording import percent_shown

__all__ = ["draw_caption"]

# In heights of the text.
LINE, PADDING, DRAWING = 1.25, 0.3, 2.5


def draw_caption(prediction: Prediction, design: Path | None, picture: tuple[int, int]) -> Image.Image | None:
    """Draw the caption of a sign, as large as suits the picture.

    Args:
        prediction: Of the sign. An unknown one gets no name and no drawing.
        design: A drawing of its class; None where there is none.
        picture: Width and height of the picture that it must fit into.

    Returns:
        RGB; None where the picture is too small for one.
    """
    lines = _lines(prediction)
    design = None if prediction.decision == "unknown" else design
    for size in range(text_size_of(*picture), MIN_TEXT - 1, -1):
        caption = _draw(prediction, lines, design, size)
        if caption.width <= picture[0] and caption.height <= picture[1]:
            return caption
    # Better a drawing alone than nothing.
    side = round(DRAWING * MIN_TEXT)
    return _drawing(design, side) if design is not None and side <= min(picture) else None


def _lines(prediction: Prediction) -> tuple[str, str]:
    if prediction.decision == "unknown":
        return unknown_name(prediction), "unknown"
    doubt = "?" if prediction.decision == "uncertain" else ""
    return printable(prediction.name) + doubt, percent_shown(prediction.probability)


def _draw(prediction: Prediction, lines: tuple[str, str], design: Path | None, size: int) -> Image.Image:
    look, fonts = LOOKS[prediction.decision], [font_for(text, size) for text in lines]
    padding, line = round(PADDING * size), round(LINE * size)
    side = round(DRAWING * size) + 2 * padding
    first = side if design is not None else 0
    width = first + round(max(font.getlength(text) for font, text in zip(fonts, lines, strict=True))) + 2 * padding
    caption = Image.new("RGB", (width, side), look.colour)
    if design is not None:
        caption.paste(_drawing(design, side, padding // 2), (0, 0))
    pen = ImageDraw.Draw(caption)
    for number, (font, text) in enumerate(zip(fonts, lines, strict=True)):
        pen.text((first + padding, padding + number * line), text, fill=look.text, font=font)
    return caption


def _drawing(design: Path, side: int, edge: int = 1) -> Image.Image:
    """Return a drawing on white, on which all signs are seen."""
    panel = Image.new("RGB", (side, side), WHITE)
    drawn = Image.fromarray(render_design(design, side - 2 * edge))
    panel.paste(drawn, (edge, edge), drawn)
    return panel
