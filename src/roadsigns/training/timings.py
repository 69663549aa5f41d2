"""Timings of the parts of a training."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Clock"]


class Clock:
    """Adds up the time between entering and leaving each part, by name.

    Parts do not overlap, so their sum is the whole, except for what is not measured.
    """

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def measure(self, part: str) -> Iterator[None]:
        """Count what happens inside to a part, also when it ends in an error."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[part] += time.perf_counter() - start

    def seconds(self) -> dict[str, float]:
        """Seconds of each part, in the order in which they were first entered, to a hundredth."""
        return {part: round(seconds, 2) for part, seconds in self._seconds.items()}
