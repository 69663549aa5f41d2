"""A sign of a video: when and where it was seen, and what its frames together say it is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from roadsigns.detection.detected import DetectedSign, FloatBox
from roadsigns.inference.decide import DecisionRule
from roadsigns.inference.prediction import Prediction
from roadsigns.inference.steady import SteadyPrediction
from roadsigns.inference.track import TrackFusion, quality_of
from roadsigns.types import Float32Array

__all__ = ["Evidence", "Place", "SeenBox", "VideoSign"]

# A sign before which a car stands keeps every second, fourth, eighth, ... box, so that hours take no more memory.
MAX_BOXES = 600
# Of what is cut off by the edge of the picture; within so many pixels a box touches it.
CUT_OFF, EDGE = 0.5, 1.5


class SeenBox(NamedTuple):
    """Where a sign was in one frame.

    Attributes:
        frame: Number of the frame, counted from 0.
        seconds: Its time, since the video began.
        box: Where it was, in pixels.
    """

    frame: int
    seconds: float
    box: FloatBox


class Place(NamedTuple):
    """A time and a place on the earth, in degrees (WGS 84)."""

    time: datetime
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class VideoSign:
    """A sign of a video.

    Attributes:
        first_seconds: When it was first found, since the video began.
        last_seconds: When it was last found.
        best_frame: Number of the frame that shows it best, counted from 0.
        box: Where it is in that frame.
        frames: In how many frames it was found.
        boxes: Where it was in them; in at most 600, evenly spread.
        score: How sure the detector was that a sign is there, in the frame where it was most so, 0 to 1.
        prediction: What all its frames together say.
        place: When and where on the earth it was last found; None without a ride.
    """

    first_seconds: float
    last_seconds: float
    best_frame: int
    box: FloatBox
    frames: int
    boxes: tuple[SeenBox, ...]
    score: float
    prediction: Prediction
    place: Place | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields, as every output names them.

        Returns:
            `{"first_seconds": float, "last_seconds": float, "best_frame": int, "box": [x1, y1, x2, y2], "frames": int,
            "boxes": [{"frame", "seconds", "box"}, ...], "score": float, ...}`, with the fields of `Prediction.as_dict`.
            Seconds are rounded to thousandths, corners to tenths of a pixel.
        """
        boxes = [{"frame": one.frame, "seconds": round(one.seconds, 3), "box": _rounded(one.box)} for one in self.boxes]
        return {
            "first_seconds": round(self.first_seconds, 3),
            "last_seconds": round(self.last_seconds, 3),
            "best_frame": self.best_frame,
            "box": _rounded(self.box),
            "frames": self.frames,
            "boxes": boxes,
            "score": round(self.score, 4),
            **self.prediction.as_dict(),
        }


@dataclass(slots=True)
class Evidence:
    """What the frames so far say of one sign. Its memory does not grow without end.

    Attributes:
        rule: Of the recogniser.
        size: Width and height of the frames.
        top_k: How many classes to list.
    """

    rule: DecisionRule
    size: tuple[int, int]
    top_k: int
    frames: int = 0
    _fusion: TrackFusion = field(init=False)
    _steady: SteadyPrediction = field(default_factory=SteadyPrediction)
    _boxes: list[SeenBox] = field(default_factory=list)
    _step: int = 1
    _last: SeenBox = field(init=False)
    _best: SeenBox = field(init=False)
    _best_worth: float = -1.0
    _score: float = 0.0
    _first_seconds: float = 0.0

    def __post_init__(self) -> None:
        self._fusion = TrackFusion(self.rule)

    def add(self, seen: SeenBox, score: float, outputs: Float32Array) -> None:
        """Add a frame.

        Args:
            seen: Where the sign is in it.
            score: Of the detector.
            outputs: Of the recogniser's network, shape (num_classes + kinds,), float32.
        """
        quality = quality_of(*_sides(seen.box)) * (CUT_OFF if self._is_cut_off(seen.box) else 1.0)
        self._fusion.add(outputs, quality)
        if not self.frames:
            self._first_seconds = seen.seconds
        if quality * score > self._best_worth:
            self._best, self._best_worth = seen, quality * score
        if self.frames % self._step == 0:
            self._boxes.append(seen)
            if len(self._boxes) > MAX_BOXES:
                del self._boxes[1::2]
                self._step *= 2
        self._last = seen
        self._score = max(self._score, score)
        self.frames += 1

    def now(self, score: float) -> DetectedSign:
        """Return the sign as it is in the last frame, with what all frames so far say, without flicker."""
        return DetectedSign(self._last.box, score, self._steady.show(self._fusion.prediction(self.top_k)))

    def sign(self) -> VideoSign:
        """Return the sign."""
        return VideoSign(
            first_seconds=self._first_seconds,
            last_seconds=self._last.seconds,
            best_frame=self._best.frame,
            box=self._best.box,
            frames=self.frames,
            boxes=tuple(self._boxes),
            score=self._score,
            prediction=self._fusion.prediction(self.top_k),
        )

    def _is_cut_off(self, box: FloatBox) -> bool:
        width, height = self.size
        return box.x1 < EDGE or box.y1 < EDGE or box.x2 > width - EDGE or box.y2 > height - EDGE


def _sides(box: FloatBox) -> tuple[float, float]:
    return max(box.x2 - box.x1, 1.0), max(box.y2 - box.y1, 1.0)


def _rounded(box: FloatBox) -> list[float]:
    return [round(corner, 1) for corner in box]
