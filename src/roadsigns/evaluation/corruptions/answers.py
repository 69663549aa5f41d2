"""What models answer to corrupted images: each image is read once, corrupted in every way, and shown to every model.

The work is spread over processes, since a corruption is a few short NumPy and OpenCV calls. Each process loads the
models itself, so that only answers are sent.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError, ImageError
from roadsigns.inference.decide import require_numbers
from roadsigns.inference.recognizer import Recognizer
from roadsigns.parallel import over_cores
from roadsigns.preprocessing.crop import require_box
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare_crop
from roadsigns.progress import progress
from roadsigns.robustness.box_noise import BoxUse, box_source
from roadsigns.robustness.corruption import SEVERITIES
from roadsigns.robustness.versions import cut_surroundings, image_versions
from roadsigns.types import Sample, labelled_image
from roadsigns.wording import counted

__all__ = ["Answers", "Task", "collect_answers"]

Crops: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.float32]

# Of one job: enough for full batches in the network, few enough for a steady progress bar.
IMAGES_PER_JOB = 8
# From so many corrupted images on, several processes are faster than one: each loads the models first.
WORTH_PROCESSES = 4000


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with every image.

    Attributes:
        model_files: The models.
        kinds: Names of corruptions with severities.
        seed: Decides places, directions and noise, together with the image's name and the kind.
        boxes: Which boxes the models are given.
    """

    model_files: tuple[Path, ...]
    kinds: tuple[str, ...]
    seed: int
    boxes: BoxUse

    @property
    def versions(self) -> int:
        """How many versions of an image are read: uncorrupted, and each kind at each severity."""
        return 1 + len(self.kinds) * len(SEVERITIES)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The most probable class of every version of every image.

    Attributes:
        samples: The images that decode.
        predicted: Class ids, shape (models, versions, images), int32. Version 0 is the uncorrupted image, then come the
            five severities of the first kind, and so on.
        confidence: Their probabilities, the same shape, float32.
        undecodable: The images that do not decode, with the reason.
    """

    samples: tuple[Sample, ...]
    predicted: npt.NDArray[np.int32]
    confidence: npt.NDArray[np.float32]
    undecodable: tuple[tuple[Sample, str], ...]


def collect_answers(samples: Sequence[Sample], task: Task) -> Answers:
    """Corrupt images and read them.

    Raises:
        DataError: If none of the images can be read.
        ModelError: If a model's outputs are not numbers.
    """
    jobs = [(task, tuple(samples[start : start + IMAGES_PER_JOB])) for start in range(0, len(samples), IMAGES_PER_JOB)]
    parts = []
    total = len(samples) * task.versions
    try:
        with progress("Reading corrupted signs", total=total) as advance:
            for part in over_cores(_answer, jobs, parallel=total >= WORTH_PROCESSES):
                parts.append(part)
                advance((len(part.samples) + len(part.undecodable)) * task.versions)
    finally:
        # Few images are read in this process.
        _loaded.cache_clear()
    undecodable = tuple(problem for part in parts for problem in part.undecodable)
    if not any(part.samples for part in parts):
        raise DataError(f"None of {counted(len(samples), 'image')} can be read. The first: {undecodable[0][1]}")
    return Answers(
        tuple(sample for part in parts for sample in part.samples),
        np.concatenate([part.predicted for part in parts], axis=2),
        np.concatenate([part.confidence for part in parts], axis=2),
        undecodable,
    )


def _recognizer(model_file: Path) -> Recognizer:
    # A run that was resumed has another model under the same name.
    state = model_file.stat()
    return _loaded(model_file, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=4)
def _loaded(model_file: Path, _changed: int, _size: int) -> Recognizer:
    return Recognizer.load(model_file, threads=1)


def _answer(job: tuple[Task, tuple[Sample, ...]]) -> Answers:
    """Read some images in this process."""
    task, samples = job
    recognizers = [_recognizer(file) for file in task.model_files]
    read: list[Sample] = []
    crops: list[list[Crops]] = []
    undecodable: list[tuple[Sample, str]] = []
    for sample in samples:
        try:
            crops.append(_crops(sample, task, [one.preparation for one in recognizers]))
            read.append(sample)
        except ImageError as error:
            undecodable.append((sample, str(error.about(str(sample.path)))))
    shape = len(read), task.versions
    answers = [
        _best(one, [own[number] for own in crops], str(task.model_files[number]))
        for number, one in enumerate(recognizers)
    ]
    return Answers(
        tuple(read),
        np.stack([predicted.reshape(shape).T for predicted, _ in answers]),
        np.stack([confidence.reshape(shape).T for _, confidence in answers]),
        tuple(undecodable),
    )


def _crops(sample: Sample, task: Task, preparations: Sequence[Preparation]) -> list[Crops]:
    """Return all versions of an image as each model wants them, each of shape (versions, side, side, 3)."""
    image = read_image(sample.path)
    if sample.box is not None and task.boxes != "none":
        image, box = cut_surroundings(image, require_box(image, sample.box))
        sample = replace(sample, box=box)
    versions = list(image_versions(image, sample.box, labelled_image(sample), kinds=task.kinds, seed=task.seed))
    box_of = box_source(task.boxes)
    given = box_of(image, sample) if box_of else sample.box
    return [
        cast(
            "Crops", np.stack([prepare_crop(version, one, given if one.wants_boxes else None) for version in versions])
        )
        for one in preparations
    ]


def _best(
    recognizer: Recognizer, crops: Sequence[Crops], name: str
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Return the most probable class of each crop, and its probability."""
    if not crops:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    outputs = recognizer.outputs(cast("Crops", np.concatenate(crops)))
    require_numbers(outputs, name)
    probabilities = outputs[:, : len(recognizer.classes)]
    return probabilities.argmax(axis=1).astype(np.int32), probabilities.max(axis=1)
