"""Which boxes of successive frames show the same sign."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["LOST_SECONDS", "Follower", "Track"]

Vector = npt.NDArray[np.float64]


class Spread(NamedTuple):
    """Standard deviations of one quantity."""

    found: float
    speed: float
    change: float
    most: float


# A sign is lost after so long without being found. Before that it is only if so many frames came meanwhile.
LOST_SECONDS, LOST_FRAMES = 0.7, 3
# One that was found once or twice may be a mistake of the detector, and is given up sooner.
NEW_LOST_SECONDS = 0.25
# What is not known of a sign, as standard deviations; lengths are in its sides. How exactly a detector finds the middle
# and the logarithm of a side; how fast a new sign moves and grows in a second, and how much that changes in a second.
# It is never looked for farther than `most` allows: after half a second any box would be near enough.
# Chosen on simulated drives, see tests/video/test_follow.py.
PLACE = Spread(found=0.1, speed=3.0, change=12.0, most=1.0)
SIZE = Spread(found=0.15, speed=1.0, change=4.0, most=0.5)
# What is not known of the camera's shaking, in pixels.
SHAKE = 1.0
# A sign is no more such deviations from where it is expected.
FARTHEST = 3.5
# A new box that lies in that of another sign by more than this part shows the same one.
WITHIN = 0.6


@dataclass(slots=True)
class Doubt:
    """What is not known of one quantity: a Kalman filter of place and speed, which move with constant speed.

    Attributes:
        spread: What is known of it beforehand.
        place: Variance of the place.
        both: Covariance of place and speed.
        speed: Variance of the speed.
    """

    spread: Spread
    place: float
    both: float
    speed: float

    @classmethod
    def of_new(cls, spread: Spread) -> "Doubt":
        """Return that of a sign that was found once."""
        return cls(spread, spread.found**2, 0.0, spread.speed**2)

    def pass_time(self, seconds: float, shake: float) -> None:
        """Let time pass: the doubt grows."""
        change = self.spread.change**2
        self.place += 2 * self.both * seconds + self.speed * seconds**2 + change * seconds**4 / 4 + shake**2
        self.both += self.speed * seconds + change * seconds**3 / 2
        self.speed += change * seconds**2

    @property
    def variance(self) -> float:
        """That of the difference between what is expected and what is found."""
        return self.place + self.spread.found**2

    def learn(self) -> tuple[float, float]:
        """Take what is found. Returns how much of the difference changes place and speed."""
        gain, speed_gain = self.place / self.variance, self.both / self.variance
        self.place *= 1 - gain
        self.speed -= speed_gain * self.both
        self.both *= 1 - gain
        return gain, speed_gain


@dataclass(slots=True)
class Track:
    """A sign that is followed.

    Attributes:
        number: Counted from 0, in the order in which signs were first found.
        seconds: When it was last found.
        now: Of the last frame.
        state: Where it is now: centre x and y in pixels, logarithms of width and height.
        speed: Change of the state in a second, without the camera's shaking.
        found: In how many frames it was found.
        missed: In how many frames since it was last found it was not.
    """

    number: int
    seconds: float
    now: float
    state: Vector
    speed: Vector = field(default_factory=lambda: np.zeros(4))
    place: Doubt = field(default_factory=lambda: Doubt.of_new(PLACE))
    size: Doubt = field(default_factory=lambda: Doubt.of_new(SIZE))
    found: int = 1
    missed: int = 0

    def move(self, seconds: float, shift: tuple[float, float]) -> None:
        """Go on to a later frame, as fast as before."""
        passed = seconds - self.now
        self.state = self.state + self.speed * passed
        self.state[:2] += shift
        self.place.pass_time(passed, SHAKE / self.side)
        self.size.pass_time(passed, 0.0)
        self.now = seconds

    @property
    def side(self) -> float:
        """In pixels."""
        return float(np.exp(self.state[2:].mean()))

    def distances(self, states: Vector) -> Vector:
        """Return how far each state is from where the sign is expected, in standard deviations."""
        surprise = (states - self.state) / [self.side, self.side, 1, 1]
        variances = np.repeat([min(doubt.variance, doubt.spread.most**2) for doubt in (self.place, self.size)], 2)
        distances: Vector = np.sqrt((surprise**2 / variances).sum(axis=1) / 2)
        return distances

    def update(self, measured: Vector) -> None:
        """Take the state that was found now."""
        gains = np.repeat([self.place.learn(), self.size.learn()], 2, axis=0)
        surprise = measured - self.state
        self.state = self.state + gains[:, 0] * surprise
        self.speed = self.speed + gains[:, 1] * surprise
        self.seconds = self.now
        self.found += 1
        self.missed = 0


class Follower:
    """Follows signs over the frames of one video."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._next = 0

    def update(
        self, seconds: float, boxes: npt.NDArray[np.float32], *, shift: tuple[float, float] = (0.0, 0.0)
    ) -> tuple[list[Track | None], list[Track]]:
        """Take the boxes that were found in the next frame.

        Args:
            seconds: Time of the frame, not before that of the frame before.
            boxes: x1, y1, x2, y2 in pixels, those first that the detector is most sure of, shape (boxes, 4).
            shift: By how many pixels the camera's shaking moved the whole picture since the frame before.

        Returns:
            Of each box the sign that it shows, None where it shows one that another box shows better; and the signs
            that are lost.
        """
        late = self._give_up({track.number for track in self._tracks if seconds - track.seconds > LOST_SECONDS})
        for track in self._tracks:
            track.move(seconds, shift)
        states = _states(boxes)
        shown: list[Track | None] = [None] * len(boxes)
        matched = self._match(states)
        for place, track in matched.items():
            track.update(states[place])
            shown[place] = track
        lost = self._lose(seconds, {track.number for track in matched.values()})
        for place, box in enumerate(boxes):
            others = [boxes[other] for other, track in enumerate(shown) if track is not None]
            if shown[place] is None and not any(_within(box, other) for other in others):
                track = Track(self._next, seconds, seconds, states[place])
                self._next += 1
                self._tracks.append(track)
                shown[place] = track
        return shown, [*late, *lost]

    def finish(self) -> list[Track]:
        """Give up all signs that are followed, and return them."""
        tracks, self._tracks = self._tracks, []
        return tracks

    def _match(self, states: Vector) -> dict[int, Track]:
        """Return {place of a box: its sign}: of all pairs that fit, the best first."""
        pairs = []
        for track in self._tracks:
            distances = track.distances(states)
            # Of two that fit as well, the one that was found more often.
            pairs += [
                (float(distances[place]), -track.found, int(place), track)
                for place in np.flatnonzero(distances < FARTHEST)
            ]
        matched: dict[int, Track] = {}
        taken = set()
        for _, _, place, track in sorted(pairs, key=lambda pair: pair[:3]):
            if place not in matched and track.number not in taken:
                matched[place] = track
                taken.add(track.number)
        return matched

    def _lose(self, seconds: float, found: set[int]) -> list[Track]:
        """Count the signs that were not found, and give up those that were not for long."""
        lost = set()
        for track in self._tracks:
            if track.number in found:
                continue
            track.missed += 1
            patience = LOST_SECONDS if track.found >= LOST_FRAMES else NEW_LOST_SECONDS
            if track.missed >= LOST_FRAMES and seconds - track.seconds > patience:
                lost.add(track.number)
        return self._give_up(lost)

    def _give_up(self, numbers: set[int]) -> list[Track]:
        """Stop following the signs of these numbers, and return them."""
        lost = [track for track in self._tracks if track.number in numbers]
        self._tracks = [track for track in self._tracks if track.number not in numbers]
        return lost


def _states(boxes: npt.NDArray[np.float32]) -> Vector:
    """Centres and logarithms of sides, shape (boxes, 4)."""
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)
    sides = np.maximum(corners[:, 2:] - corners[:, :2], 1.0)
    return np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, np.log(sides)], axis=1)


def _within(box: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> bool:
    """Whether the smaller of two boxes lies mostly in the other."""
    sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    common = float(np.prod(np.maximum(sides, 0)))
    areas = [float(np.prod(one[2:] - one[:2])) for one in (box, other)]
    return common > WITHIN * min(areas)
