"""What a detector finds in one picture: its signs, where each is, and what it shows."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from roadsigns.inference.prediction import Decision, Prediction

__all__ = ["DetectedImage", "DetectedSign", "FloatBox", "shows_a_sign"]

# The kind of unknown of boxes that are left out.
NO_SIGN = "no sign"


def shows_a_sign(prediction: Prediction) -> bool:
    """Whether the recogniser sees a sign in a box, known or not: it looks closer than the detector does."""
    return prediction.unknown_kind != NO_SIGN


class FloatBox(NamedTuple):
    """A box in pixels of the picture as it is shown, origin top left, x2 and y2 exclusive.

    Printed, it is "x1,y1,x2,y2" in whole pixels, as `roadsigns detect` prints it.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    def __str__(self) -> str:
        """Return the corners in whole pixels."""
        return ",".join(f"{corner:.0f}" for corner in self)


@dataclass(frozen=True, slots=True)
class DetectedSign:
    """One sign of a picture.

    Attributes:
        box: Where it is.
        score: How sure the detector is that a sign is there, 0 to 1.
        prediction: What the recogniser reads in it.
    """

    box: FloatBox
    score: float
    prediction: Prediction

    @property
    def name(self) -> str:
        """The name of the most probable class, whatever the decision, so look at `decision` first."""
        return self.prediction.name

    @property
    def decision(self) -> Decision | None:
        """What the recogniser decides, "known", "uncertain" or "unknown"; None where it has no thresholds."""
        return self.prediction.decision

    def as_dict(self) -> dict[str, Any]:
        """Return the fields, as every output names them.

        Returns:
            `{"box": [x1, y1, x2, y2], "score": float, ...}`, with the fields of `Prediction.as_dict`. Corners are
            rounded to a tenth of a pixel.
        """
        box = [round(corner, 1) for corner in self.box]
        return {"box": box, "score": self.score, **self.prediction.as_dict()}


@dataclass(frozen=True, slots=True)
class DetectedImage:
    """The signs of one picture, those first that the detector is most sure of.

    Attributes:
        width: Of the picture as it is shown, in pixels.
        height: The same.
        signs: What was found; empty where no sign is.
        left_out: Boxes in which the recogniser sees no sign at all, in the same order. No output has them.
    """

    width: int
    height: int
    signs: tuple[DetectedSign, ...]
    left_out: tuple[DetectedSign, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return `{"width": int, "height": int, "signs": [...]}`; see `DetectedSign.as_dict`."""
        return {"width": self.width, "height": self.height, "signs": [sign.as_dict() for sign in self.signs]}
