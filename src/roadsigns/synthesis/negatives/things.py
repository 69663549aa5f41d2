"""Things at the roadside that are no signs and look a little like some: backs of signs, lights, wheels, boards."""

from collections.abc import Callable

import numpy as np

__all__ = ["invent_back", "invent_thing"]

# On a canvas of 200 by 200, as all drawings.
OUTLINES = (
    '<circle cx="100" cy="100" r="97" fill="{}"/>',
    '<path d="M100 12 196 178H4Z" fill="{}" stroke="{}" stroke-width="8" stroke-linejoin="round"/>',
    '<path d="M100 188 196 22H4Z" fill="{}" stroke="{}" stroke-width="8" stroke-linejoin="round"/>',
    '<path d="M60 3H140L197 60V140L140 197H60L3 140V60Z" fill="{}"/>',
    '<rect x="4" y="4" width="192" height="192" rx="10" fill="{}"/>',
    '<rect x="45" y="45" width="110" height="110" rx="8" fill="{}" transform="rotate(45 100 100)"/>',
    '<rect x="4" y="44" width="192" height="112" rx="8" fill="{}"/>',
)
LIT = ("#ff3b20", "#ffb52e", "#39d98a")


def invent_thing(rng: np.random.Generator) -> str:
    """Invent a thing.

    Args:
        rng: The source of all randomness; the same state gives the same thing.

    Returns:
        An SVG document with a transparent ground.
    """
    return _document(THINGS[int(rng.choice(len(THINGS), p=SHARES))](rng))


def invent_back(rng: np.random.Generator) -> str:
    """Invent the back of a sign, as `invent_thing` does."""
    return _document(_back(rng))


def _document(inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">{inside}</svg>'


def _back(rng: np.random.Generator) -> str:
    """The grey back of a sign, with the rails or clamps that hold it."""
    colour = _grey(rng, 110, 190)
    outline = OUTLINES[int(rng.integers(len(OUTLINES)))].format(colour, colour)
    rail = _grey(rng, 70, 210)
    across = [
        f'<rect x="30" y="{y:.0f}" width="140" height="{rng.uniform(6, 14):.0f}" fill="{rail}"/>'
        for y in rng.uniform(60, 140, int(rng.integers(0, 3)))
    ]
    post = f'<rect x="{rng.uniform(88, 96):.0f}" y="40" width="{rng.uniform(8, 18):.0f}" height="140" fill="{rail}"/>'
    return outline + "".join(across) + (post if rng.random() < 0.5 else "")  # noqa: PLR2004 - half of them


def _light(rng: np.random.Generator) -> str:
    """A traffic light with one lamp lit."""
    lit = int(rng.integers(3))
    lamps = [
        f'<circle cx="100" cy="{38 + 62 * place}" r="25" fill="{LIT[place] if place == lit else _grey(rng, 15, 60)}"/>'
        for place in range(3)
    ]
    return f'<rect x="62" y="4" width="76" height="192" rx="16" fill="{_grey(rng, 5, 50)}"/>' + "".join(lamps)


def _lamp(rng: np.random.Generator) -> str:
    """A headlight, a tail light or a street lamp: a bright disc that fades."""
    colour = ("#fffbe8", "#ff2a1a", "#ffd27a", "#ffffff")[int(rng.integers(4))]
    rings = [
        f'<circle cx="100" cy="100" r="{radius}" fill="{colour}" opacity="{opacity}"/>'
        for radius, opacity in ((96, 0.15), (75, 0.3), (55, 0.6), (rng.integers(20, 45), 1))
    ]
    return "".join(rings)


def _wheel(rng: np.random.Generator) -> str:
    """A wheel: a tyre, a rim, and spokes or none."""
    hub = _grey(rng, 110, 220)
    dark = _grey(rng, 30, 90)
    spokes = [
        f'<path d="M100 100V45" stroke="{dark}" stroke-width="12" transform="rotate({turn:.0f} 100 100)"/>'
        for turn in np.linspace(0, 360, int(rng.integers(0, 8)), endpoint=False)
    ]
    tyre = f'<circle cx="100" cy="100" r="97" fill="{_grey(rng, 10, 50)}"/>'
    return tyre + f'<circle cx="100" cy="100" r="{rng.uniform(50, 70):.0f}" fill="{hub}"/>' + "".join(spokes)


def _board(rng: np.random.Generator) -> str:
    """A board, a shop's sign or a window: bars of any colours in a frame."""
    bars = [
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{rng.uniform(15, 120):.0f}" height="{rng.uniform(6, 60):.0f}" '
        f'fill="{_colour(rng)}"/>'
        for x, y in rng.uniform(8, 150, (int(rng.integers(1, 7)), 2))
    ]
    top, height = rng.uniform(4, 50), rng.uniform(90, 146)
    ground = f'<rect x="4" y="{top:.0f}" width="192" height="{height:.0f}" fill="{_colour(rng)}"/>'
    return ground + "".join(bars)


def _grey(rng: np.random.Generator, darkest: int, lightest: int) -> str:
    level = int(rng.integers(darkest, lightest))
    return f"rgb({level},{level},{min(level + int(rng.integers(0, 12)), 255)})"


def _colour(rng: np.random.Generator) -> str:
    red, green, blue = rng.integers(0, 256, 3).tolist()
    return f"rgb({red},{green},{blue})"


THINGS: tuple[Callable[[np.random.Generator], str], ...] = (_back, _light, _lamp, _wheel, _board)
SHARES = (0.45, 0.15, 0.1, 0.1, 0.2)
