"""Loading a whole data set: every sample decoded, prepared and kept in memory."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.cpu import available_cores
from roadsigns.errors import DataError, ImageError
from roadsigns.loading.cache import open_decoded
from roadsigns.loading.crops import Crops
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Placed, Preparation, place
from roadsigns.progress import progress
from roadsigns.types import Box, Sample, UInt8Image
from roadsigns.wording import counted

__all__ = ["PreparedImages", "load_prepared"]

CHUNK = 256


@dataclass(frozen=True, slots=True)
class PreparedImages:
    """Prepared images with their labels.

    Attributes:
        crops: The network's inputs.
        labels: Class ids, shape (count,), int32.
        samples: The sample of each.
        problems: The samples that could not be read, with the reason: [(sample, message)].
    """

    crops: Crops
    labels: npt.NDArray[np.int32]
    samples: tuple[Sample, ...]
    problems: tuple[tuple[Sample, str], ...]


def load_prepared(
    samples: Sequence[Sample],
    preparation: Preparation,
    *,
    cache_folder: Path | None,
    change: Callable[[UInt8Image, Sample], UInt8Image] | None = None,
    box_of: Callable[[UInt8Image, Sample], Box | None] | None = None,
) -> PreparedImages:
    """Decode and prepare every sample; those that cannot be read are left out and listed.

    Args:
        samples: Without any, the result is empty.
        preparation: How to prepare them.
        cache_folder: Where decoded images are cached; None reads the files.
        change: Applied to each decoded image before it is prepared, from several threads. It returns a new image, in
            which the sign has the same box.
        box_of: Returns the box to use, called from several threads; None for the sample's own. Only preparations that
            use boxes call it.

    Raises:
        DataError: If there are samples and none of them can be read.
    """
    decoded = open_decoded(samples, cache_folder) if cache_folder and samples else None
    read: Callable[[int], UInt8Image] = decoded.read if decoded else (lambda index: read_image(samples[index].path))

    def prepare_one(index: int) -> Placed | str:
        sample = samples[index]
        try:
            image = change(read(index), sample) if change else read(index)
            box = box_of(image, sample) if box_of else sample.box
            # Compact at once, not at the end: all of GTSRB in float32 would be a gigabyte.
            return place(image, preparation, box if preparation.wants_boxes else None).compact()
        except ImageError as error:
            return str(error.about(str(sample.path)))

    def prepare_some(chunk: range) -> list[Placed | str]:
        return [prepare_one(index) for index in chunk]

    chunks = [range(start, min(start + CHUNK, len(samples))) for start in range(0, len(samples), CHUNK)]
    results: list[Placed | str] = []
    # Reading and most of NumPy release the interpreter's lock; more threads than cores only wait for it.
    with ThreadPoolExecutor(available_cores()) as pool, progress("Preparing", total=len(samples)) as advance:
        for some in pool.map(prepare_some, chunks):
            results += some
            advance(len(some))
    return _collect(samples, results, preparation)


def _collect(samples: Sequence[Sample], results: list[Placed | str], preparation: Preparation) -> PreparedImages:
    problems = [(sample, result) for sample, result in zip(samples, results, strict=True) if isinstance(result, str)]
    good = [(sample, result) for sample, result in zip(samples, results, strict=True) if isinstance(result, Placed)]
    if samples and not good:
        raise DataError(f"None of {counted(len(samples), 'image')} can be read. The first: {problems[0][1]}")
    return PreparedImages(
        Crops.collect([placed for _, placed in good], preparation),
        np.array([sample.class_id for sample, _ in good], np.int32),
        tuple(sample for sample, _ in good),
        tuple(problems),
    )
