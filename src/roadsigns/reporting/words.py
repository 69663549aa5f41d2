"""Words that fit: names and titles are measured as they will be drawn, whatever their letters are."""

import warnings
from collections.abc import Iterator
from functools import lru_cache

from roadsigns.printable import printable
from roadsigns.reporting.fonts import font_families
from roadsigns.reporting.matplotlib_import import require_matplotlib

__all__ = ["LETTER", "keep_end", "letters_in", "plain", "shorten", "width_of", "wrap"]

# The width of a letter in heights of the text: as wide as digits are, and a little wider than most letters of a name.
LETTER = 0.6
MORE = "…"
POINTS_PER_INCH = 72


@lru_cache(maxsize=8192)
def width_of(text: str) -> float:
    """Return the width of a line in letters, each of which is 0.6 heights of the text wide: 1 for a digit, 1.7 for 止.

    A letter that no installed font has is as wide as the box that stands for it.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    require_matplotlib()
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    # Told once, when they are drawn.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        width, _, _ = text_to_path.get_text_width_height_descent(
            _visible(text), FontProperties(family=font_families(), size=100), ismath=False
        )
    return float(width) / (100 * LETTER)


def letters_in(inches: float, size: float) -> float:
    """Return how many letters of text of that size, in points, fit into a width."""
    return inches * POINTS_PER_INCH / (LETTER * size)


def _visible(text: str) -> str:
    """With spaces at the end that are measured too."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def wrap(text: str, letters: float, lines: int) -> str:
    """Break a name, of a class or of a file, into lines of that width; "…" stands for what does not fit."""
    broken = list(_lines(printable(text), letters))
    if len(broken) > lines:
        broken = [*broken[: lines - 1], _cut(" ".join(broken[lines - 1 :]), letters)]
    return "\n".join(broken)


def _lines(text: str, letters: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer) <= letters:
            line = longer
            continue
        if line:
            yield line
        line = word
        while width_of(line) > letters:
            fits = _fitting(line, letters)
            yield line[:fits]
            line = line[fits:]
    yield line


def _fitting(text: str, letters: float) -> int:
    """How many letters of a text fit, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(text[:middle]) <= letters else (low, middle - 1)
    return low


def _cut(text: str, letters: float) -> str:
    return text[: _fitting(text, letters - width_of(MORE))].rstrip() + MORE


def shorten(text: str, letters: float) -> str:
    """Shorten a name to its beginning, in one line."""
    return wrap(text, letters, 1)


def keep_end(text: str, letters: float) -> str:
    """Shorten a path to its end, by which two paths usually differ."""
    shown = printable(text)
    if width_of(shown) <= letters:
        return shown
    backwards = shown[::-1]
    low, high = 1, len(shown)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(backwards[:middle] + MORE) <= letters else (low, middle - 1)
    return MORE + shown[len(shown) - low :]


def plain(text: str) -> str:
    """Return text that Matplotlib draws as it is: names may be of any bytes, and a "$" would begin a formula."""
    return printable(text).replace("$", r"\$")
