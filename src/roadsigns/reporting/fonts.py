"""Fonts of the plots: class names may be in any script, and Matplotlib's own font has few of them."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

__all__ = ["font_families", "fonts_of_all_scripts", "missing_glyphs_in_one_warning"]

OWN = "DejaVu Sans"
# Tried for each character in this order, where they are installed: Linux, macOS, Windows.
FALLBACKS = (
    *("Noto Sans CJK JP", "Noto Sans JP", "WenQuanYi Zen Hei", "IPAGothic", "Hiragino Sans", "Yu Gothic", "MS Gothic"),
    *("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic"),
    *("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai", "Noto Sans Devanagari", "Noto Sans Bengali"),
    *("Noto Sans Tamil", "Noto Sans Armenian", "Noto Sans Georgian", "Noto Sans Ethiopic", "Arial Unicode MS"),
    *("Noto Emoji", "Symbola", "Segoe UI Emoji"),
)
MISSING = re.compile(r"Glyph (\d+) .*missing from")


@contextmanager
def fonts_of_all_scripts() -> Iterator[None]:
    """Let what Matplotlib draws in this block take from other fonts the characters that its own lacks."""
    from matplotlib import rc_context

    with rc_context({"font.family": font_families()}):
        yield


def font_families() -> list[str]:
    """Return Matplotlib's own font, which comes with it, and after it those that help where they are installed."""
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    return [OWN, *(name for name in FALLBACKS if name in installed)]


@contextmanager
def missing_glyphs_in_one_warning() -> Iterator[None]:
    """Say once which characters no font has, where Matplotlib warns of each, at every drawing."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    matches = [(one, MISSING.match(str(one.message))) for one in caught]
    for one, match in matches:
        if not match:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    missing = "".join(sorted({chr(int(match[1])) for _, match in matches if match}))
    if missing:
        _warn_of_missing(missing)


@cache
def _warn_of_missing(characters: str) -> None:
    warnings.warn(
        f"No installed font has the characters {characters}, so the plots show boxes in their place. Tables and CSV "
        "files have them. The Noto fonts have most scripts; plots take them where they are installed.",
        stacklevel=4,
    )
