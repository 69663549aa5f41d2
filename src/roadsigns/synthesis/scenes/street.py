"""The plan of a street: how wide it is, what marks it, and what borders it."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Street", "choose_street"]

KINDS, KIND_SHARES = ("town", "village", "country", "forest", "motorway"), (0.28, 0.22, 0.17, 0.15, 0.18)
DASHED, SOLID, NONE = "dashed", "solid", "none"


@dataclass(frozen=True, slots=True)
class Street:
    """A street across its length, in metres from its middle line, to the right positive.

    Attributes:
        kind: One of `KINDS`.
        left: Where the asphalt ends on the left, negative.
        right: Where it ends on the right.
        lanes: Where lanes meet.
        middle: Which line marks them.
        edges: Whether lines mark the edges.
        pavement: Width of the pavements; 0 for none.
        verge: Width of grass beyond asphalt and pavement.
        parking: Whether cars are parked at the edges.
        camera: Where the camera's car drives.
    """

    kind: str
    left: float
    right: float
    lanes: tuple[float, ...]
    middle: str
    edges: bool
    pavement: float
    verge: float
    parking: bool
    camera: float

    @property
    def built_up(self) -> bool:
        """Whether houses stand along it."""
        return self.kind in {"town", "village"}

    @property
    def border(self) -> float:
        """Metres from the asphalt's edge to where things higher than grass begin."""
        return self.pavement + self.verge


def choose_street(rng: np.random.Generator) -> Street:
    """Choose a street."""
    kind = KINDS[int(rng.choice(len(KINDS), p=KIND_SHARES))]
    lane = float(rng.uniform(2.7, 3.4))
    if kind == "motorway":
        lane = float(rng.uniform(3.4, 3.8))
        count = int(rng.integers(2, 4))
        own = int(rng.integers(count))
        lanes = tuple(lane * place for place in range(1, count))
        shoulder = float(rng.uniform(0.8, 3.0))
        verge = float(rng.uniform(1.5, 5))
        return Street(kind, -0.8, count * lane + shoulder, lanes, DASHED, True, 0.0, verge, False, lane * (own + 0.5))
    doubled = kind == "town" and rng.random() < 0.3  # noqa: PLR2004 - as roads in towns go
    count = 2 if doubled else 1
    parking = kind in {"town", "village"} and bool(rng.random() < 0.5)  # noqa: PLR2004
    edge = 2.1 if parking else float(rng.uniform(0.1, 0.5))
    half = count * lane + edge
    lanes = (-lane, 0.0, lane) if doubled else (0.0,)
    middle = (DASHED, SOLID, NONE)[int(rng.choice(3, p=(0.6, 0.15, 0.25)))]
    return Street(
        kind=kind,
        left=-half,
        right=half,
        lanes=lanes,
        middle=DASHED if doubled else middle,
        edges=kind in {"country", "forest"} and bool(rng.random() < 0.7),  # noqa: PLR2004
        pavement=float(rng.uniform(1.5, 3.5)) if kind in {"town", "village"} else 0.0,
        verge=float(rng.uniform(0, 2.5) if kind == "town" else rng.uniform(0.8, 4)),
        parking=parking,
        camera=float(lane * (count - 0.5) + rng.normal(0, 0.2)),
    )
