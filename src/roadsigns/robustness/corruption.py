"""What a corruption is: a name, a version, and how it makes an image harder to read, at five severities or at random.

Each subject has a file: `noise`, `blur`, `weather`, `digital`, `camera`, `geometry` and `covering`. `corruptions` lists
all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np

from roadsigns.types import Box, UInt8Image

__all__ = ["SEVERITIES", "Change", "Corruption", "CorruptionId", "DrawnChange", "Range", "drawn_between"]

SEVERITIES = (1, 2, 3, 4, 5)

Range: TypeAlias = tuple[float, float]
# Takes image, box, strength and a source of randomness; returns a new image of the same shape and dtype.
Change: TypeAlias = Callable[[UInt8Image, Box, float, np.random.Generator], UInt8Image]
# The same with a strength of its own choice.
DrawnChange: TypeAlias = Callable[[UInt8Image, Box, np.random.Generator], UInt8Image]


class CorruptionId(NamedTuple):
    """What identifies a corruption in stored results.

    Attributes:
        name: Such as "dark".
        version: Raised when what it does to an image changes.
    """

    name: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """A way to make an image harder to read.

    Attributes:
        name: Stored with every result; no other corruption has it.
        version: Counts from 1; the next one whenever its result changes, at a severity or at random.
        does: What happens to the image, in one line for people.
        measure: What the strengths are, for people, such as "standard deviation in grey levels".
        strengths: Of severities 1 to 5, from the mildest to the worst; empty for one that is only applied at random.
        change: Applies it with a given strength.
        drawn: Applies it with a random strength, as cross-validation does; None for one that has severities only.
    """

    name: str
    version: int
    does: str
    measure: str
    strengths: tuple[float, ...]
    change: Change
    drawn: DrawnChange | None = None

    @property
    def id(self) -> CorruptionId:
        """Name and version."""
        return CorruptionId(self.name, self.version)

    def apply(self, image: UInt8Image, box: Box, severity: int, rng: np.random.Generator) -> UInt8Image:
        """Apply it at a severity.

        Args:
            image: RGB, shape (height, width, 3), uint8; not written to.
            box: The sign, inside the image.
            severity: 1 to 5.
            rng: Decides place, direction and noise, not strength.

        Returns:
            A new array of the same shape and dtype. The box is still the one to give to a model, also where the sign
            has moved in it.

        Raises:
            ValueError: If it has no such severity.
        """
        if not 1 <= severity <= len(self.strengths):
            raise ValueError(f"'{self.name}' has no severity {severity}. Expected 1 to {len(self.strengths)}.")
        return self.change(image, box, self.strengths[severity - 1], rng)


def drawn_between(change: Change, strengths: Range) -> DrawnChange:
    """Return the change with a strength that is the first draw, uniform in a range."""

    def drawn(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
        return change(image, box, rng.uniform(*strengths), rng)

    return drawn
