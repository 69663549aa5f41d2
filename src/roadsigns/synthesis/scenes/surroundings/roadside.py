"""What fills a scene beside its signs: houses, trees, vehicles, walls and street furniture, each at its place."""

from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.synthesis.scenes.canvas import Canvas, Colour
from roadsigns.synthesis.scenes.light import Light
from roadsigns.synthesis.scenes.street import Street
from roadsigns.synthesis.scenes.surroundings.furniture import (
    paint_bridge,
    paint_guard_rail,
    paint_guide_post,
    paint_lamp_post,
    paint_wires,
)
from roadsigns.synthesis.scenes.surroundings.houses import choose_house, paint_house, paint_wall
from roadsigns.synthesis.scenes.surroundings.trees import grow_bush, grow_tree
from roadsigns.synthesis.scenes.surroundings.vehicles import paint_vehicle
from roadsigns.synthesis.scenes.view import Points, View

__all__ = ["Furnished", "furnish"]

# How far a thing's near end is in metres, and what paints it.
Furnished = tuple[float, Callable[[], None]]
NEAREST, FARTHEST = 5.0, 160.0
KINDS_OF_TREE, KINDS_OF_BUSH = 5, 3
WALLS = ((0.5, 0.48, 0.44), (0.38, 0.22, 0.16), (0.2, 0.27, 0.12), (0.3, 0.24, 0.17), (0.55, 0.56, 0.55))


class Surroundings:
    """The scene that things are put into, with the trees that grow in it."""

    def __init__(
        self, canvas: Canvas, view: View, street: Street, light: Light, *, tile: FloatImage, rng: np.random.Generator
    ) -> None:
        self.canvas, self.view, self.street, self.light, self.tile, self.rng = canvas, view, street, light, tile, rng
        self.trees = [_halved(grow_tree(light.season, tile, rng)) for _ in range(KINDS_OF_TREE)]
        self.bushes = [_halved(grow_bush(light.season, tile, rng)) for _ in range(KINDS_OF_BUSH)]

    def edge(self, side: int) -> float:
        """Metres from the middle line to where things stand, positive on both sides."""
        return (self.street.right if side > 0 else -self.street.left) + self.street.border

    def chance(self, probability: float) -> bool:
        """Draw whether something is so."""
        return bool(self.rng.random() < probability)

    def plant(self, across: float, along: float, height: float, *, bush: bool = False) -> Furnished:
        """Put a tree or bush at a place; measures in metres."""
        kinds = self.bushes if bush else self.trees
        picture = kinds[int(self.rng.integers(len(kinds)))]
        shade = float(self.rng.uniform(0.75, 1.2))
        lit = (0.5 * self.light.facing + 0.5 * (self.light.right if across > 0 else self.light.left)) * shade
        half = 0.5 * height * (self.rng.uniform(0.9, 2.0) if bush else self.rng.uniform(0.6, 0.95))
        half *= self.rng.choice([-1, 1])
        sides = across + half * np.array([-1, 1, 1, -1])
        corners = self.view.project(sides, [height, height, 0, 0], along)
        level = int(np.clip(np.log2(len(picture[0]) / max(self.view.pixels(height, along), 1)), 0, len(picture) - 1))
        return along, partial(self._lay, picture[level], corners, lit, along)

    def _lay(self, picture: FloatImage, corners: Points, lit: Colour, along: float) -> None:
        self.canvas.lay(picture, corners, light=lit, distance=along)


def _halved(picture: FloatImage) -> list[FloatImage]:
    """A picture and its halves, so that those far away need not be shrunk each."""
    pictures = [picture]
    for _ in range(4):
        height, width = pictures[-1].shape[:2]
        smaller = cv2.resize(pictures[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        pictures.append(np.asarray(smaller, np.float32))
    return pictures


def furnish(
    canvas: Canvas, view: View, street: Street, light: Light, *, tile: FloatImage, rng: np.random.Generator
) -> list[Furnished]:
    """Choose what stands in a scene, and where; nothing is painted yet."""
    around = Surroundings(canvas, view, street, light, tile=tile, rng=rng)
    things = [*_traffic(around)]
    for side in (-1, 1):
        if street.built_up:
            things += _houses(around, side)
            things += _avenue(around, side) if around.chance(0.55) else []
        else:
            things += _wood(around, side)
        things += _barriers(around, side)
    things += _lamps(around) if street.built_up or around.chance(0.2) else []
    if around.chance(0.15):
        things.append((400.0, partial(paint_wires, canvas, view, light, rng)))
    if around.chance(0.3 if street.kind == "motorway" else 0.03):
        along = float(rng.uniform(25, 150))
        edges = (street.left - street.border - 3, street.right + street.border + 1)
        things.append((along, partial(paint_bridge, canvas, view, light, edges=edges, along=along, rng=rng)))
    return things


def _houses(around: Surroundings, side: int) -> Iterator[Furnished]:
    """Houses in a row, with gaps in a village."""
    rng, street = around.rng, around.street
    setback = float(rng.uniform(0, 2) if street.kind == "town" else rng.uniform(2, 9))
    along = float(rng.uniform(4, 22))
    while along < FARTHEST:
        house = choose_house(street.kind, around.tile, rng)
        edge = around.edge(side) + setback + float(rng.uniform(0, 1.5))
        paint = partial(paint_house, around.canvas, around.view, around.light, house, side=side, edge=edge, along=along)
        # Its far end counts: what stands before its wall is nearer.
        yield along + house.length, paint
        gap = float(rng.choice([0.0, rng.uniform(2, 20)]) if street.kind == "town" else rng.uniform(4, 25))
        for place in np.arange(along + house.length + 1, along + house.length + gap - 1, 4.0):
            yield around.plant(side * (edge + rng.uniform(0, 6)), float(place), float(rng.uniform(2, 9)))
        along += house.length + gap


def _avenue(around: Surroundings, side: int) -> Iterator[Furnished]:
    """Trees in a row along the pavement."""
    rng = around.rng
    step, height = float(rng.uniform(7, 25)), float(rng.uniform(5, 13))
    edge = around.edge(side) + float(rng.uniform(-0.5, 1.5))
    for along in np.arange(rng.uniform(6, 6 + step), FARTHEST, step):
        if around.chance(0.8):
            yield around.plant(side * edge, float(along), height * float(rng.uniform(0.8, 1.2)))


def _wood(around: Surroundings, side: int) -> Iterator[Furnished]:
    """Woods, single trees or open fields, with bushes at the edge."""
    rng = around.rng
    dense = {"forest": 0.95, "country": 0.35, "motorway": 0.6}[around.street.kind] > rng.random()
    step = float(rng.uniform(2.5, 5) if dense else rng.uniform(10, 50))
    edge = around.edge(side) + float(rng.uniform(0.5, 5))
    height = float(rng.uniform(7, 18))
    for along in np.arange(rng.uniform(NEAREST, NEAREST + step), 1.3 * FARTHEST, step):
        metres = float(along * rng.uniform(1, 1.15))
        away = float(rng.exponential(5 if dense else 12)) + 1
        yield around.plant(side * (edge + away), metres, height * float(rng.uniform(0.7, 1.25)))
        if dense or around.chance(0.4):
            away = float(rng.uniform(0.3, 3))
            yield around.plant(side * (edge + away), metres + 0.5, float(rng.uniform(1, 3.5)), bush=True)


def _barriers(around: Surroundings, side: int) -> Iterator[Furnished]:
    """Guard rails, guide posts, walls, fences and hedges."""
    rng, street, edge = around.rng, around.street, around.edge(side)
    asphalt = edge - street.border
    rails = {"motorway": 0.75, "country": 0.3, "forest": 0.3}.get(street.kind, 0.02)
    if around.chance(rails) or (street.kind == "motorway" and side < 0):
        for along in np.arange(3, 1.2 * FARTHEST, 12.0):
            across = side * (asphalt + 0.7)
            paint = partial(
                paint_guard_rail, around.canvas, around.view, around.light, across=across, along=(along, along + 12)
            )
            yield float(along + 12), paint
    elif not street.built_up and around.chance(0.7):
        for along in np.arange(rng.uniform(4, 30), FARTHEST, 25.0):
            across = side * (asphalt + 0.5)
            paint = partial(
                paint_guide_post, around.canvas, around.view, around.light, across=across, along=float(along)
            )
            yield float(along), paint
    if not around.chance(0.4 if street.built_up else 0.2):
        return
    colour = np.array(WALLS[int(rng.integers(len(WALLS)))]) * rng.uniform(0.8, 1.2)
    height = float(rng.uniform(0.8, 2.0) if street.built_up else rng.uniform(1.5, 5))
    start, end = np.sort(rng.uniform(4, FARTHEST, 2))
    for along in np.arange(start, end, 10.0):
        paint = partial(
            paint_wall,
            around.canvas,
            around.view,
            around.light,
            across=side * (edge + 0.2),
            height=height,
            along=(float(along), float(along + 10)),
            colour=colour,
            tile=around.tile,
            rng=rng,
        )
        yield float(along + 10), paint


def _lamps(around: Surroundings) -> Iterator[Furnished]:
    rng = around.rng
    side = int(rng.choice([-1, 1]))
    height, across = float(rng.uniform(5, 10)), side * (around.edge(side) - around.street.border + rng.uniform(0.4, 1))
    for along in np.arange(rng.uniform(8, 35), FARTHEST, rng.uniform(25, 40)):
        yield (
            float(along),
            partial(
                paint_lamp_post,
                around.canvas,
                around.view,
                around.light,
                side=side,
                across=float(across),
                along=float(along),
                height=height,
            ),
        )


def _traffic(around: Surroundings) -> Iterator[Furnished]:
    """Vehicles ahead, oncoming ones, and parked ones."""
    rng, street = around.rng, around.street

    def vehicle(across: float, along: float, *, away: bool) -> Furnished:
        return along, partial(
            paint_vehicle, around.canvas, around.view, around.light, across=across, along=along, away=away, rng=rng
        )

    for _ in range(int(rng.integers(0, 3))):
        yield vehicle(street.camera + float(rng.normal(0, 0.2)), float(rng.uniform(12, 110)), away=True)
    for _ in range(int(rng.integers(0, 4))):
        across = -14.0 if street.kind == "motorway" else -street.camera
        yield vehicle(across + float(rng.normal(0, 0.3)), float(rng.uniform(8, 130)), away=False)
    if street.kind == "motorway":
        for _ in range(int(rng.integers(0, 4))):
            lane = float(rng.choice(street.lanes)) + 1.8 * float(rng.choice([-1, 1]))
            yield vehicle(lane, float(rng.uniform(10, 130)), away=True)
    if street.parking:
        for side in (-1, 1):
            edge = street.right if side > 0 else -street.left
            along = float(rng.uniform(4, 20))
            while along < 100:  # noqa: PLR2004 - metres
                if around.chance(0.6):
                    yield vehicle(side * (edge - 1.05), along, away=side > 0)
                along += float(rng.uniform(5.5, 8))
