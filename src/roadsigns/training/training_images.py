"""The images of one training: real ones, drawn ones or both, with which of them train and which validate."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.class_match import require_same_classes
from roadsigns.datasets.registry import spec_of
from roadsigns.datasets.splits import Split
from roadsigns.errors import DataError
from roadsigns.loading.crops import Crops
from roadsigns.loading.load import PreparedImages, load_prepared
from roadsigns.recipe import Recipe
from roadsigns.synthesis.designs import Designs, designs_of, official_designs, read_templates
from roadsigns.synthesis.in_memory import draw_prepared
from roadsigns.training.negatives import load_negatives
from roadsigns.types import DataSet, Sample
from roadsigns.wording import counted

__all__ = ["TrainingImages", "load_images"]


@dataclass(frozen=True, slots=True)
class TrainingImages:
    """What a network is trained and validated on.

    Attributes:
        crops: The network's inputs.
        labels: Class ids, shape (count,), int32.
        train: Which of them train, shape (train_count,).
        validation: Which of them validate; never a drawn one.
        validated: The samples behind `validation`.
        negatives: Which of them show none of the classes, shape (negative_count,). Their label is the number of classes
            plus their index in `UNKNOWN_KINDS`.
        trained_on: The samples behind `train`; a drawn image has none.
        drawn: How many of `train` are drawn.
        problems: The samples that did not decode, with the reason: [(sample, message)].
    """

    crops: Crops
    labels: npt.NDArray[np.int32]
    train: npt.NDArray[np.intp]
    validation: npt.NDArray[np.intp]
    validated: tuple[Sample, ...]
    negatives: npt.NDArray[np.intp]
    trained_on: tuple[Sample, ...]
    drawn: int
    problems: tuple[tuple[Sample, str], ...]


def load_images(recipe: Recipe, data: DataSet, split: Split, *, seed: int, cache_folder: Path | None) -> TrainingImages:
    """Read, or draw, and prepare what a recipe trains and validates on.

    Args:
        recipe: Its `data` and `drawing` tables are used.
        data: The data set.
        split: Which of its images train and which validate.
        seed: Decides what is drawn.
        cache_folder: Where decoded images are kept; None for no cache.

    Raises:
        DataError: If no image decodes, none is left to train on, drawings and data have other classes, or no negative
            can be drawn.
    """
    settings = recipe.data
    designs = _designs(recipe, data)
    # Images that neither train nor validate are not read.
    wanted = split.validation if settings.train_on == "drawn" else data.samples
    preparation = settings.as_preparation()
    real = load_prepared(wanted, preparation, cache_folder=cache_folder)
    train, validation = (_positions(samples, real) for samples in (split.train, split.validation))
    trained_on = tuple(real.samples[index] for index in train)
    crops, labels, drawn = real.crops, real.labels, 0
    if designs:
        more, more_labels = draw_prepared(
            designs,
            recipe.drawing,
            tracks=recipe.drawing.tracks,
            frames=recipe.drawing.frames,
            seed=seed,
            preparation=preparation,
        )
        drawn = len(more)
        train = np.concatenate([train, np.arange(len(crops), len(crops) + drawn)])
        crops, labels = crops + more, np.concatenate([labels, more_labels])
    if not len(train):
        first = f" The first: {real.problems[0][1]}" if real.problems else ""
        raise DataError(f"None of the {counted(len(split.train), 'training image')} can be decoded.{first}")
    known = len(crops)
    if recipe.negatives.share:
        more, kinds = load_negatives(recipe, designs or _own_drawings(data), data.classes, seed=seed)
        crops, labels = crops + more, np.concatenate([labels, len(data.classes) + kinds])
    negatives = np.arange(known, len(crops))
    validated = tuple(real.samples[index] for index in validation)
    return TrainingImages(crops, labels, train, validation, validated, negatives, trained_on, drawn, real.problems)


def _designs(recipe: Recipe, data: DataSet) -> Designs | None:
    """What a recipe draws; None where it trains on real images only."""
    if recipe.data.train_on == "real":
        return None
    templates = recipe.drawing.templates
    # Classes without drawings do not match GTSRB's, which is reported below.
    designs = read_templates(Path(templates)) if templates else _own_drawings(data)
    require_same_classes(
        [sign.name for sign in designs.classes],
        [sign.name for sign in data.classes],
        us="the designs",
        them="the data folder",
        hint="Give templates and class folders the same names."
        if templates
        else "This recipe trains on drawn signs too, and these classes have no drawings. Train on the images alone: "
        "--set data.train_on=real. Or fine-tune a built-in model: --init best. Or give drawings: "
        "--set drawing.templates=FOLDER.",
    )
    return designs


def _own_drawings(data: DataSet) -> Designs:
    """Return the package's drawings of the classes alone, also where some are left out; GTSRB's for other classes."""
    spec = spec_of(data.classes)
    return designs_of(spec) if spec.drawings else official_designs()


def _positions(samples: tuple[Sample, ...], prepared: PreparedImages) -> npt.NDArray[np.intp]:
    # By the whole sample: several signs may stand in one image.
    wanted = set(samples)
    return np.flatnonzero([sample in wanted for sample in prepared.samples])
