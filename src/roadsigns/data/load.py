"""Samples to prepared arrays: the whole of a data set, decoded, prepared, in memory."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.data.cache import open_decoded
from roadsigns.data.samples import Sample
from roadsigns.errors import DataError, ImageError
from roadsigns.images.decode import UInt8Image, read_image
from roadsigns.images.prepare import prepare
from roadsigns.progress import progress

__all__ = ["Float16Images", "PreparedImages", "load_prepared"]

# Half the memory of float32. Values lie in [0, 1], where the worst error is 1/4096: a sixteenth of a grey level.
Float16Images = npt.NDArray[np.float16]

CHUNK = 256


@dataclass(frozen=True, slots=True)
class PreparedImages:
    """Prepared images with their labels.

    Attributes:
        images: RGB, shape (count, image_size, image_size, 3), float16 in [0, 1].
        labels: Class ids, shape (count,), int32.
        samples: What each was made from.
        problems: The samples that did not decode, with the reason: [(sample, message)].
    """

    images: Float16Images
    labels: npt.NDArray[np.int32]
    samples: tuple[Sample, ...]
    problems: tuple[tuple[Sample, str], ...]


def load_prepared(
    samples: Sequence[Sample], *, preparation: str, image_size: int, cache_folder: Path | None
) -> PreparedImages:
    """Decode and prepare every sample; those that do not decode are left out and named.

    Args:
        samples: With none, all arrays are empty.
        preparation: A name from `roadsigns.images.prepare.PREPARATIONS`.
        image_size: Side in pixels.
        cache_folder: Where decoded images are kept; None reads the files.

    Raises:
        DataError: If there are some and none decodes.
    """
    if not samples:
        return PreparedImages(np.zeros((0, image_size, image_size, 3), np.float16), np.zeros(0, np.int32), (), ())
    decoded = open_decoded(samples, cache_folder) if cache_folder else None
    read: Callable[[int], UInt8Image] = decoded.read if decoded else (lambda index: read_image(samples[index].path))
    images = np.zeros((len(samples), image_size, image_size, 3), np.float16)
    problems: dict[int, str] = {}

    def fill(chunk: range) -> int:
        for index in chunk:
            try:
                images[index] = prepare(read(index), preparation=preparation, image_size=image_size)
            except ImageError as error:
                problems[index] = _named(error, samples[index].path)
        return len(chunk)

    chunks = [range(start, min(start + CHUNK, len(samples))) for start in range(0, len(samples), CHUNK)]
    # Reading and most of NumPy release the interpreter's lock; more threads than cores only wait for it.
    with ThreadPoolExecutor(os.cpu_count()) as pool, progress("Preparing", total=len(samples)) as advance:
        for count in pool.map(fill, chunks):
            advance(count)
    return _collect(samples, images, problems)


def _named(error: ImageError, path: Path) -> str:
    return str(error) if str(path) in str(error) else f"{path}: {error}"


def _collect(samples: Sequence[Sample], images: Float16Images, problems: dict[int, str]) -> PreparedImages:
    if len(problems) == len(samples):
        first = min(problems, default=None)
        raise DataError(
            f"None of {len(samples)} images decodes. {problems[first] if first is not None else ''}".strip()
        )
    good = [index for index in range(len(samples)) if index not in problems]
    kept = tuple(samples[index] for index in good)
    return PreparedImages(
        images[good] if problems else images,
        np.array([sample.class_id for sample in kept], np.int32),
        kept,
        tuple((samples[index], problems[index]) for index in sorted(problems)),
    )
