"""From uploaded photographs to the signs in them. Runs in the batcher's threads."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from roadsigns.detection.detected import DetectedImage, DetectedSign
from roadsigns.errors import ImageError
from roadsigns.preprocessing.decode import decode_image
from roadsigns.serving.worker import Upload
from roadsigns.types import UInt8Image

__all__ = ["LARGEST_BATCH", "DetectWorker", "Detected", "DetectorLike"]

Detected: TypeAlias = DetectedImage | ImageError

# A photograph keeps all cores busy for itself: a batch would be no faster, and its first image would wait for its last.
# And only as many photographs are in memory as there are threads.
LARGEST_BATCH = 1


class DetectorLike(Protocol):
    """The part of `Detector` that the service uses."""

    @property
    def min_score(self) -> float:
        """The least score of a sign that is found."""

    def detect(self, image: UInt8Image, *, top_k: int = 1) -> tuple[DetectedSign, ...]:
        """See `Detector.detect`."""


class DetectWorker:
    """Finds and reads the signs of uploads.

    Args:
        detector: Called from several threads.
        max_pixels: Largest image, width times height.
    """

    def __init__(self, detector: DetectorLike, *, max_pixels: int) -> None:
        self._detector = detector
        self._max_pixels = max_pixels

    def detect(self, uploads: Sequence[Upload]) -> list[Detected]:
        """Find the signs of each upload; an image that cannot be read has its error instead."""
        return [self._detect_one(upload) for upload in uploads]

    def _detect_one(self, upload: Upload) -> Detected:
        try:
            image = decode_image(upload.content, max_pixels=self._max_pixels)
            signs = self._detector.detect(image, top_k=upload.top_k)
        except ImageError as error:
            return error
        height, width = image.shape[:2]
        return DetectedImage(width, height, signs)
