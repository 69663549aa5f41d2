"""Times of frames, out of the time stamps of a file, which may be missing, equal or set back."""

import math

__all__ = ["Clock"]

# Set back by more seconds, a time stamp is of a recording that begins anew, and not one of a frame out of order.
BEGINS_ANEW = 0.5


class Clock:
    """Gives each frame its time, in the order of the frames.

    Attributes:
        seconds: Of the last frame.
        missing: How many frames had no time stamp: their times follow from the frames per second.
    """

    def __init__(self, frames_per_second: float) -> None:
        self._step = 1 / frames_per_second
        self._moved = 0.0
        self.seconds = -self._step
        self.missing = 0
        self._first = True

    def next(self, stamp: float) -> float:
        """Return the time of the next frame, in seconds, never before that of the one before.

        Args:
            stamp: In seconds; 0, and anything that is no time, means that the frame has none, except for the first.
        """
        if not math.isfinite(stamp) or (stamp <= 0 and not self._first):
            self.missing += 1
            self.seconds += self._step
        else:
            time = stamp + self._moved
            if time < self.seconds - BEGINS_ANEW:
                self._moved += self.seconds + self._step - time
                time = self.seconds + self._step
            self.seconds = max(time, self.seconds, 0.0)
        self._first = False
        return self.seconds
