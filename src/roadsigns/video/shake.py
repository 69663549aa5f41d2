"""The camera's shaking: by how much a whole picture moved against the one before."""

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.types import UInt8Image

__all__ = ["Shake"]

WIDTH = 320
# Below is the car, above the camera's text: both stand still in the picture.
ROWS = slice(0.08, 0.7)
# What the correlation answers: 0.4 to 1 for frames up to a fifth of a second apart, up to 0.07 for unrelated pictures.
MIN_RESPONSE = 0.2


class Shake:
    """Compares each picture with the one before, by the phases of their Fourier transforms."""

    def __init__(self) -> None:
        self._before: npt.NDArray[np.float32] | None = None
        self._window: npt.NDArray[np.float32] | None = None

    def update(self, image: UInt8Image) -> tuple[float, float]:
        """Take the next picture: RGB, shape (height, width, 3), uint8.

        Returns:
            How far it is moved to the right and down, in pixels. (0, 0) for the first one, and where it cannot be told.
        """
        scale = WIDTH / image.shape[1]
        part = image[round(ROWS.start * image.shape[0]) : max(1, round(ROWS.stop * image.shape[0]))]
        size = WIDTH, max(8, round(part.shape[0] * scale))
        grey = cv2.cvtColor(cv2.resize(part, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        now = np.asarray(grey, np.float32)
        before, self._before = self._before, now
        if before is None or before.shape != now.shape:
            self._window = np.asarray(cv2.createHanningWindow(size, cv2.CV_32F), np.float32)
            return 0.0, 0.0
        (right, down), response = cv2.phaseCorrelate(before, now, self._window)
        if not response >= MIN_RESPONSE:
            return 0.0, 0.0
        return right / scale, down / scale
