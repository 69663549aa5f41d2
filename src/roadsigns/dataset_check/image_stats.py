"""Statistics of every image of a data folder, decoded once: size, brightness, a hash of the pixels, a thumbnail."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.cpu import available_cores
from roadsigns.dataset_check.findings import Findings
from roadsigns.dataset_check.inventory import Inventory
from roadsigns.errors import ImageError
from roadsigns.preprocessing.decode import read_image
from roadsigns.progress import progress
from roadsigns.types import UInt8Image

__all__ = ["THUMBNAIL_SIDE", "ImageStats", "compute_image_stats"]

# Chosen in roadsigns.dataset_check.near_duplicates.
THUMBNAIL_SIDE = 12
CHUNK = 256
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, eq=False)
class ImageStats:
    """Statistics of images, 176 bytes each; all zero where an image did not decode.

    Attributes:
        decoded: Whether it decoded, shape (images,).
        size: (width, height) in pixels, int32, shape (images, 2).
        brightness: Mean grey level, 0 to 255, float32, shape (images,).
        digest: Hash of size and pixels, equal for equal images in different files, uint64, shape (images, 2).
        thumbnail: Grey, scaled to a square of that many pixels a side, uint8, shape (images, THUMBNAIL_SIDE**2).
    """

    decoded: npt.NDArray[np.bool_]
    size: npt.NDArray[np.int32]
    brightness: npt.NDArray[np.float32]
    digest: npt.NDArray[np.uint64]
    thumbnail: npt.NDArray[np.uint8]

    @classmethod
    def empty(cls, count: int) -> "ImageStats":
        """Return statistics of that many images, all zero."""
        return cls(
            np.zeros(count, np.bool_),
            np.zeros((count, 2), np.int32),
            np.zeros(count, np.float32),
            np.zeros((count, 2), np.uint64),
            np.zeros((count, THUMBNAIL_SIDE**2), np.uint8),
        )


def compute_image_stats(inventory: Inventory, findings: Findings) -> ImageStats:
    """Decode every image. Those that do not decode are reported in order, and their statistics stay zero."""
    count = len(inventory.names)
    stats = ImageStats.empty(count)

    def fill(chunk: range) -> list[tuple[int, str]]:
        problems = []
        for index in chunk:
            try:
                image = read_image(inventory.data / inventory.path(index))
            except ImageError as error:
                problems.append((index, str(error)))
            else:
                _put(image, stats, index)
        return problems

    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with ThreadPoolExecutor(available_cores()) as pool, progress("Reading", total=count) as advance:
        waiting: list[Future[list[tuple[int, str]]]] = [pool.submit(fill, chunk) for chunk in chunks]
        try:
            for chunk, future in zip(chunks, waiting, strict=True):
                for index, message in future.result():
                    findings.add("undecodable", [inventory.path(index)], message)
                advance(len(chunk))
        finally:
            # On Ctrl-C the pool would otherwise read all the rest first.
            pool.shutdown(wait=False, cancel_futures=True)
    return stats


def _put(image: UInt8Image, stats: ImageStats, index: int) -> None:
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    thumbnail = cv2.resize(grey, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA)
    digest = hashlib.blake2b(f"{width}x{height}".encode(), digest_size=DIGEST_BYTES)
    digest.update(np.ascontiguousarray(image).data)
    stats.size[index] = width, height
    stats.brightness[index] = cv2.mean(grey)[0]
    stats.digest[index] = np.frombuffer(digest.digest(), np.uint64)
    stats.thumbnail[index] = thumbnail.ravel()
    stats.decoded[index] = True
