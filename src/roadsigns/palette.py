"""The colours of all pictures and pages, named by what they mean.

What differs in meaning looks different with each of the three kinds of colour blindness; a test computes that. Pictures
also say it in words, by place or by dashes, for those who print in grey.
"""

from dataclasses import dataclass

__all__ = ["DARK", "HEAT", "LIGHT", "MARKS", "Marks", "Palette", "rgb_of"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours on one ground, as "#RRGGBB". In brackets: the least contrast with the ground (WCAG 2.2).

    Attributes:
        ground: Behind everything.
        raised: A panel on the ground.
        line: Edges of fields and axes (3).
        grid: Lines that help and may be overlooked.
        text: Words (7).
        soft: Words of less weight (4.5).
        accent: What is right, known, or measured; also links and buttons (4.5).
        on_accent: Words on `accent` (4.5, with that).
        wrong: What is wrong, as a word or as a mark (4.5).
        series: Things of one kind side by side, such as training and validation, most important first (3).
    """

    ground: str
    raised: str
    line: str
    grid: str
    text: str
    soft: str
    accent: str
    on_accent: str
    wrong: str
    series: tuple[str, str, str, str, str]


# Blue and orange after Okabe and Ito ("Color Universal Design", 2008); theirs is too light for thin lines on white.
LIGHT = Palette(
    ground="#FFFFFF",
    raised="#F2F4F7",
    line="#7D8794",
    grid="#E4E6E9",
    text="#16191D",
    soft="#4A525C",
    accent="#0072B2",
    on_accent="#FFFFFF",
    wrong="#C24400",
    series=("#0072B2", "#CC7A00", "#7B2D26", "#1B1B4B", "#767676"),
)
DARK = Palette(
    ground="#14171B",
    raised="#20252B",
    line="#78828F",
    grid="#2E343B",
    text="#ECEFF2",
    soft="#B3BCC6",
    accent="#6FB7F2",
    on_accent="#0C1A28",
    wrong="#FF9466",
    series=("#6FB7F2", "#F2A93B", "#B23B00", "#FFFFFF", "#8C8C8C"),
)
# Of heat maps, from nothing to the most: their brightness only rises, so that nobody needs the colours.
HEAT = ("#000028", "#5A146E", "#C83C46", "#F5961E", "#FFF08C")


@dataclass(frozen=True, slots=True)
class Marks:
    """Colours of what is drawn into photographs, as "#RRGGBB". An edge in `edge` makes them visible on any ground.

    Attributes:
        known: A sign that is read for sure.
        uncertain: One that is not; dashed.
        unknown: One of none of the classes; dotted.
        labelled: The box that people drew.
        detected: The box that a detector found.
        window: The part of an image that a network chose.
        edge: Around all of these.
    """

    known: str
    uncertain: str
    unknown: str
    labelled: str
    detected: str
    window: str
    edge: str


MARKS = Marks(
    known="#0072B2",
    uncertain="#E69F00",
    unknown="#D2D2D2",
    labelled="#56B4E9",
    detected="#FF8C1A",
    window="#FF8C1A",
    edge="#000000",
)


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of a colour "#RRGGBB"."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
