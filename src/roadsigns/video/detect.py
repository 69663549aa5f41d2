"""Signs out of a video: found in each frame, read, followed, and told once when they have left the picture."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from roadsigns.detection.detected import DetectedSign, FloatBox, shows_a_sign
from roadsigns.preprocessing.prepare import prepare_crop
from roadsigns.types import Box, Float32Array, UInt8Image
from roadsigns.video.follow import Follower, Track
from roadsigns.video.shake import Shake
from roadsigns.video.signs import Evidence, SeenBox, VideoSign
from roadsigns.video.source import Frame, Video

if TYPE_CHECKING:
    from roadsigns.inference.recognizer import Recognizer

__all__ = ["MIN_FRAMES", "Finder", "Following", "detect_signs"]

# A sign that was found in fewer frames is taken for a mistake of the detector.
MIN_FRAMES = 3


class Finder(Protocol):
    """What is needed of a `roadsigns.detection.detector.Detector`."""

    @property
    def recognizer(self) -> "Recognizer":
        """What reads the signs."""

    def find(self, image: UInt8Image) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return boxes, shape (signs, 4), and scores, shape (signs,), the highest first."""


@dataclass(frozen=True, slots=True)
class Following:
    """How signs are followed.

    Attributes:
        every: Use every so many-th frame.
        min_frames: In how many frames a sign has to be found.
        top_k: How many classes to list for each sign.
    """

    every: int = 1
    min_frames: int = MIN_FRAMES
    top_k: int = 1


def detect_signs(
    detector: Finder,
    video: Video,
    following: Following,
    *,
    stop: Callable[[], bool] = lambda: False,
    show: Callable[[Frame, Sequence[DetectedSign]], None] | None = None,
) -> Iterator[VideoSign]:
    """Find, follow and read the signs of a video, in memory that does not grow with its length.

    Args:
        detector: Finds the signs in each frame.
        video: Read until its end, its problem, or until `stop` says to; it is not closed.
        following: How.
        stop: Asked before each frame. The signs up to there are told.
        show: Called with each used frame and the signs that are followed in it, with what is known of them so far.

    Returns:
        Each sign once, when it has left the picture, in this order.
    """
    followed = _Signs(detector, following)
    for frame in video.frames(every=following.every, stop=stop):
        if frame.image.shape[1::-1] != followed.size:
            # Places before and after have nothing to do with each other.
            yield from followed.finish()
            followed = _Signs(detector, following, frame.image.shape[1::-1])
        shown, gone = followed.update(frame)
        yield from gone
        if show is not None:
            show(frame, shown)
    yield from followed.finish()


class _Signs:
    """The signs that are being followed through frames of one size."""

    def __init__(self, detector: Finder, following: Following, size: tuple[int, ...] = (0, 0)) -> None:
        self.size = size
        self._detector = detector
        self._following = following
        self._follower, self._shake = Follower(), Shake()
        # By the numbers of their tracks.
        self._evidence: dict[int, Evidence] = {}

    def update(self, frame: Frame) -> tuple[list[DetectedSign], list[VideoSign]]:
        """Return the signs in a frame, and those that have left the picture."""
        boxes, scores = self._detector.find(frame.image)
        tracks, lost = self._follower.update(frame.seconds, boxes, shift=self._shake.update(frame.image))
        kept = [place for place, track in enumerate(tracks) if track is not None]
        outputs = _read(self._detector.recognizer, frame.image, boxes[kept])
        shown = []
        for place, row in zip(kept, outputs, strict=True):
            evidence = self._of(tracks[place])
            seen = SeenBox(frame.number, frame.seconds, FloatBox(*map(float, boxes[place])))
            evidence.add(seen, float(scores[place]), row)
            if evidence.frames >= self._following.min_frames:
                sign = evidence.now(float(scores[place]))
                if shows_a_sign(sign.prediction):
                    shown.append(sign)
        return shown, self._told(lost)

    def finish(self) -> list[VideoSign]:
        """Return the signs that are still followed."""
        return self._told(self._follower.finish())

    def _of(self, track: Track | None) -> Evidence:
        number = track.number if track is not None else -1
        if number not in self._evidence:
            rule = self._detector.recognizer.rule
            self._evidence[number] = Evidence(rule, (self.size[0], self.size[1]), self._following.top_k)
        return self._evidence[number]

    def _told(self, lost: Sequence[Track]) -> list[VideoSign]:
        evidence = [self._evidence.pop(track.number) for track in lost]
        signs = (one.sign() for one in evidence if one.frames >= self._following.min_frames)
        return [sign for sign in signs if shows_a_sign(sign.prediction)]


def _read(recognizer: "Recognizer", image: UInt8Image, boxes: npt.NDArray[np.float32]) -> Float32Array:
    """Return the outputs of the recogniser's network for each box, shape (boxes, num_classes + kinds)."""
    if not len(boxes):
        return np.empty((0, recognizer.metadata.outputs), np.float32)
    height, width = image.shape[:2]
    crops = [prepare_crop(image, recognizer.preparation, _whole(box, width, height)) for box in boxes]
    # All crops are of one preparation, so of one type.
    return recognizer.outputs(np.stack(crops))  # type: ignore[arg-type]


def _whole(box: npt.NDArray[np.float32], width: int, height: int) -> Box:
    """Round a box to whole pixels within the picture, at least one each way."""
    x1, y1, x2, y2 = np.clip(np.rint(box), 0, (width, height, width, height)).astype(int).tolist()
    x1, y1 = min(x1, width - 1), min(y1, height - 1)
    return Box(x1, y1, max(x2, x1 + 1), max(y2, y1 + 1))
