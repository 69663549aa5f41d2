"""Parts of signs: base shapes, pictograms, numerals and letters, composed to one drawing.

They are written in `datasets/signs/others`, whose README.md explains the format.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

__all__ = ["COLOURS", "FOLDER", "Base", "Part", "bases", "compose", "draw_text", "glyphs", "pictograms"]

FOLDER = Path(__file__).parents[2] / "datasets" / "signs" / "others"
COLOURS = {
    "white": "#fff",
    "black": "#111",
    "grey": "#5a5d5f",
    "light-grey": "#b4b8ba",
    "red": "#c1121c",
    "blue": "#0f4c9c",
    "yellow": "#f9b912",
    "light-yellow": "#ffdd1f",
    "orange": "#f1761a",
    "green": "#0b7a4c",
    "brown": "#6e4120",
}
SPACE = 28
# Between two letters, in hundredths of their height, beside the width of their strokes.
GAP = 13


@dataclass(frozen=True, slots=True)
class Base:
    """The shape of a sign before anything is drawn on it.

    Attributes:
        kind: Of a sign with it: prohibition, danger, mandatory or other sign.
        ground: Colour of what pictograms lie on.
        ink: Colour of the pictograms.
        shapes: Drawn below the pictograms.
        room: Left, top, right and bottom of what pictograms may fill; zeros where no sign is invented.
        family: Shared by bases that may stand for one another; empty where there are none.
        over: Drawn above the pictograms.
        never: What would make one of GTSRB's classes of it: pictograms, "numbers" for its speed limits, "80" for one of
            them, "words" for letters.
    """

    kind: str
    ground: str
    ink: str
    shapes: tuple[str, ...]
    room: tuple[float, float, float, float]
    family: str = ""
    over: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pictogram:
    """A pictogram, and where its shapes are drawn: the middle (x, y) and how much larger it is to become."""

    shapes: tuple[str, ...]
    at: tuple[float, float, float] = (0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Part:
    """A pictogram or a line of text on a sign of 200 units a side.

    Attributes:
        draw: Name of a pictogram; empty for text.
        text: Of letters that have a glyph; empty for a pictogram.
        x: Of its middle.
        y: Of its middle.
        scale: Of a pictogram, which is drawn on 100 units.
        stretch: Of a pictogram, in width only.
        height: Of capital letters.
        width: At most; longer text is narrowed. 0 for no limit.
        weight: Of the strokes, in hundredths of the height between their middles.
        colour: Instead of the sign's ink.
        ground: Of a pictogram's windows and holes, instead of the sign's.
        mirrored: Left and right exchanged.
        turned: Degrees clockwise.
    """

    draw: str = ""
    text: str = ""
    x: float = 100
    y: float = 100
    scale: float = 1
    stretch: float = 1
    height: float = 50
    width: float = 0
    weight: float = 16
    colour: str = ""
    ground: str = ""
    mirrored: bool = False
    turned: float = 0


@cache
def bases() -> Mapping[str, Base]:
    """Return the base shapes by name."""
    return {
        name: Base(
            table["kind"],
            table["ground"],
            table["ink"],
            tuple(table["shapes"]),
            tuple(table["room"]),
            table.get("family", ""),
            tuple(table.get("over", ())),
            frozenset(table.get("never", ())),
        )
        for name, table in _read("bases.toml").items()
    }


@cache
def pictograms() -> Mapping[str, Pictogram]:
    """Return the pictograms by name."""
    return {
        name: Pictogram(tuple(table["shapes"]), tuple(table.get("at", (0.0, 0.0, 1.0))))
        for name, table in _read("pictograms.toml").items()
    }


@cache
def glyphs() -> Mapping[str, tuple[float, str]]:
    """Return the width and the path of every numeral and letter."""
    return {letter: (width, path) for letter, (width, path) in _read("glyphs.toml").items()}


def _read(name: str) -> dict[str, dict]:  # type: ignore[type-arg]  # as TOML gives it
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def compose(
    title: str, base: Base, parts: Sequence[Part], *, shapes: Sequence[str] = (), ground: str = "", ink: str = ""
) -> str:
    """Compose a sign.

    Args:
        title: Of the drawing.
        base: What it is drawn on.
        parts: From the lowest to the uppermost.
        shapes: More shapes below the parts.
        ground: Instead of the base's, a name of `COLOURS`.
        ink: Instead of the base's.

    Returns:
        An SVG document of 200 units a side, transparent outside the sign.
    """
    colours = COLOURS | {"ground": COLOURS[ground or base.ground], "ink": COLOURS[ink or base.ink]}
    body = [_shape(shape, colours) for shape in (*base.shapes, *shapes)]
    body += [_part(part, colours) for part in parts]
    body += [_shape(shape, colours) for shape in base.over]
    lines = "\n".join(body)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">\n'
        f"<title>{escape(title)}</title>\n{lines}\n</svg>\n"
    )


def draw_text(part: Part, ink: str) -> str:
    """Draw a line of text by itself, in a colour such as "#111": an element of an SVG document of 200 units a side."""
    return _part(part, {"ink": ink})


def _part(part: Part, colours: Mapping[str, str]) -> str:
    ink = colours[part.colour or "ink"]
    place = f"translate({part.x:g} {part.y:g})"
    if part.turned:
        place += f" rotate({part.turned:g})"
    if part.mirrored:
        place += " scale(-1 1)"
    if part.text:
        return _text(part, place, ink)
    pictogram = pictograms()[part.draw]
    x, y, factor = pictogram.at
    place += f" scale({part.scale * part.stretch * factor:g} {part.scale * factor:g}) translate({-x:g} {-y:g})"
    own = {**colours, "ink": ink, "ground": colours[part.ground or "ground"]}
    inside = "".join(_shape(shape, own) for shape in pictogram.shapes)
    return f'<g transform="{place}">{inside}</g>'


def _text(part: Part, place: str, ink: str) -> str:
    """Strokes of letters side by side, centred."""
    scale = part.height / (100 + part.weight)
    step = part.weight + GAP
    letters, x = [], 0.0
    for letter in part.text:
        width, path = glyphs()[letter] if letter != " " else (SPACE, "")
        if path:
            letters.append(f'<path transform="translate({x:g})" d="{path}"/>')
        x += width + step
    length = x - step + part.weight
    narrow = min(1.0, part.width / (length * scale)) if part.width else 1.0
    place += f" scale({scale * narrow:g} {scale:g}) translate({(part.weight - length) / 2:g} -50)"
    strokes = "".join(letters)
    return f'<g transform="{place}" fill="none" stroke="{ink}" stroke-width="{part.weight:g}">{strokes}</g>'


def _shape(shape: str, colours: Mapping[str, str]) -> str:
    """One shape of the tables as SVG, such as "disc:red 100 100 95"."""
    head, rest = shape.split(" ", 1)
    word, _, name = head.partition(":")
    colour = colours[name or "ink"]
    if word == "fill":
        return f'<path fill="{colour}" fill-rule="evenodd" d="{rest}"/>'
    if word == "disc":
        x, y, radius = rest.split()
        return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>'
    if word == "box":
        left, top, right, bottom, corner = map(float, rest.split())
        size = f'width="{right - left:g}" height="{bottom - top:g}" rx="{corner:g}"'
        return f'<rect x="{left:g}" y="{top:g}" {size} fill="{colour}"/>'
    width, path = rest.split(" ", 1)
    stroke = f'stroke="{colour}" stroke-width="{width}"'
    if word == "ring":
        x, y, radius = path.split()
        return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" {stroke}/>'
    # A plate is filled and its stroke rounds its corners; a line has round corners, a round line round ends too.
    fill = colour if word == "plate" else "none"
    ends = {
        "plate": ' stroke-linejoin="round"',
        "line": ' stroke-linejoin="round"',
        "round": ' stroke-linejoin="round" stroke-linecap="round"',
        "stroke": "",
    }[word]
    return f'<path fill="{fill}" {stroke}{ends} d="{path}"/>'
