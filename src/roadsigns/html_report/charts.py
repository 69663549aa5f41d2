"""The geometry of charts: numbers become places, which `templates/charts.html.j2` draws as SVG. Sees no template."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Chart", "Dot", "Line", "Scale", "Tick", "make_chart", "nice_ticks"]

# Units of the drawing. On a phone it is drawn a little smaller, so that its words stay legible.
WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 74, 14, 12, 48


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis.

    Attributes:
        label: What it shows, with its unit.
        low: The value at its beginning.
        high: The value at its end, more than `low`.
        ticks: The values that are named, with their names.
    """

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def part(self, value: float) -> float:
        """Return where a value lies, 0 to 1; what lies outside is moved to the nearer end."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


@dataclass(frozen=True, slots=True)
class Tick:
    """A named place of an axis, in units of the drawing."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line.

    Attributes:
        points: As SVG's `points` holds them.
        kind: "main" for what is measured, "other" for what it is compared with, "ideal" for what it should be.
        label: What it is called; empty where that is plain.
    """

    points: str
    kind: Literal["main", "other", "ideal"]
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A measured point with its interval, in units of the drawing.

    Attributes:
        x: Its place.
        y: Its place.
        low: Where its interval ends below; None without one.
        high: Where it ends above.
        radius: Its size.
        label: What it says, for pointers and screen readers.
    """

    x: float
    y: float
    low: float | None
    high: float | None
    radius: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, ready to be drawn.

    Attributes:
        title: What it shows, for screen readers.
        x: The axis below.
        y: The axis on the left.
        x_ticks: Named places of the axis below.
        y_ticks: Named places of the axis on the left.
        lines: All lines.
        dots: All dots.
        width: Of the drawing; `height`, `left`, `right`, `top` and `bottom` are the edges of its area.
    """

    title: str
    x: Scale
    y: Scale
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def make_chart(
    title: str,
    x: Scale,
    y: Scale,
    *,
    lines: Iterable[tuple[Sequence[tuple[float, float]], Literal["main", "other", "ideal"], str]] = (),
    dots: Iterable[tuple[float, float, tuple[float, float] | None, float, str]] = (),
) -> Chart:
    """Lay out a chart.

    Args:
        title: What it shows.
        x: The axis below.
        y: The axis on the left.
        lines: Points, kind and label of each.
        dots: x, y, the interval of y or None, radius and label of each.
    """

    def across(value: float) -> float:
        return round(LEFT + x.part(value) * (WIDTH - LEFT - RIGHT), 1)

    def up(value: float) -> float:
        return round(HEIGHT - BOTTOM - y.part(value) * (HEIGHT - TOP - BOTTOM), 1)

    return Chart(
        title,
        x,
        y,
        tuple(Tick(across(value), label) for value, label in x.ticks),
        tuple(Tick(up(value), label) for value, label in y.ticks),
        tuple(Line(" ".join(f"{across(a)},{up(b)}" for a, b in points), kind, label) for points, kind, label in lines),
        tuple(
            Dot(
                across(a),
                up(b),
                None if interval is None else up(interval[0]),
                None if interval is None else up(interval[1]),
                radius,
                label,
            )
            for a, b, interval, radius, label in dots
        ),
    )


def nice_ticks(low: float, high: float, *, most: int = 5) -> list[float]:
    """Return at most `most` round values from `low` to `high`, at least two if these differ."""
    if high <= low:
        return [low]
    rough = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]
