"""Fonts of captions: Pillow's own, which is there wherever Pillow is, and has ASCII only; others for other letters."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

__all__ = ["font_for"]

# Tried in this order, where they are installed: Linux, macOS, Windows.
FILES = (
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "NotoSansCJK-Regular.ttc"),
    *("Arial Unicode.ttf", "Arial.ttf", "segoeui.ttf", "msgothic.ttc", "msyh.ttc"),
)
# Matplotlib brings the first of them.
OF_MATPLOTLIB = Path("mpl-data", "fonts", "ttf", FILES[0])
# No character, so that fonts have what they show for missing ones.
NO_CHARACTER = "\uffff"


@lru_cache(maxsize=512)
def font_for(text: str, size: int) -> FreeTypeFont:
    """Return a font that has all letters of a text, or Pillow's own where none has.

    Args:
        text: One line.
        size: In pixels.
    """
    own = ImageFont.load_default(size)
    if not isinstance(own, FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, which its wheels have.")
    fonts = _others(size) if not text.isascii() else iter(())
    return next((font for font in fonts if _has_all(font, text)), own)


def _others(size: int) -> Iterator[FreeTypeFont]:
    spec = find_spec("matplotlib")
    bundled = [str(Path(spec.origin).parent / OF_MATPLOTLIB)] if spec and spec.origin else []
    for file in [*FILES, *bundled]:
        try:
            yield ImageFont.truetype(file, size)
        except OSError:
            continue


def _has_all(font: FreeTypeFont, text: str) -> bool:
    missing = bytes(font.getmask(NO_CHARACTER))
    return all(bytes(font.getmask(letter)) != missing for letter in text if not letter.isspace())
