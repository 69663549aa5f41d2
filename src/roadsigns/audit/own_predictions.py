"""The predictions that an audit makes itself where there are none: a cross-validation of a quick recipe."""

import sys
from collections.abc import Sequence
from pathlib import Path

from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.audit.evidence.from_cross_validation import evidence_of_cross_validation
from roadsigns.cpu import available_cores
from roadsigns.cross_validation.run import cross_validate
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.registry import spec_of
from roadsigns.files import check_output_folder
from roadsigns.loading.cache import default_cache_folder
from roadsigns.recipe import load_recipe
from roadsigns.types import DataSet
from roadsigns.wording import counted

__all__ = ["FOLDER", "predict_out_of_fold"]

FOLDER = "cross-validation"
# Of one fold, measured with `fast` on two cores: 19,600 images trained and as many predicted in 100 seconds.
START_SECONDS, SECONDS_PER_IMAGE = 25, 0.005


def predict_out_of_fold(
    data: Path,
    out: Path,
    *,
    recipe: str = "fast",
    folds: int = 2,
    seed: int = 0,
    overrides: Sequence[str] = (),
    use_cache: bool = True,
) -> Evidence | None:
    """Cross-validate a recipe, or go on with what is there, and return its predictions.

    Args:
        data: Labelled images.
        out: The folder of the audit; the cross-validation is kept in it, and the same call resumes it.
        recipe: Name of a recipe, or path of a .toml file.
        folds: How many networks are trained, each for the images that it has not seen.
        seed: Random seed of folds and training.
        overrides: Of the recipe, such as "training.epochs=5".
        use_cache: Whether decoded images are cached.

    Returns:
        None if Ctrl-C ended it.

    Raises:
        DataError: If the data cannot be used or are too few to be divided.
        RunError: If the folder holds a cross-validation that was begun differently.
        OutputError: If the folder lies in the data, or cannot be written.
        MissingExtraError: If Keras is not installed.
    """
    check_output_folder(out, data=data)
    data_set = read_training(data)
    folder = out / FOLDER
    grouped = any(sample.group is not None for sample in data_set.samples)
    seconds = folds * (START_SECONDS + SECONDS_PER_IMAGE * len(data_set.samples) * 2 / max(available_cores(), 1))
    print(
        f"No predictions are given: {counted(folds, 'network')} of the recipe {Path(recipe).stem} are trained, each "
        f"for images that it has not seen, in roughly {counted(max(1, round(seconds / 60)), 'minute')}. They are kept "
        f"in {folder}; the same command goes on from there.",
        file=sys.stderr,
        flush=True,
    )
    settings = CrossSettings(
        data=data,
        out=folder,
        recipe=recipe,
        folds=folds,
        by="group" if grouped else "track",
        seed=seed,
        overrides=_fitting(recipe, overrides, data_set),
        cache_folder=default_cache_folder() if use_cache else None,
    )
    finished = cross_validate(settings)
    return evidence_of_cross_validation(read_cross_validation(folder), data_set, data) if finished else None


def _fitting(recipe: str, overrides: Sequence[str], data_set: DataSet) -> tuple[str, ...]:
    """Return the overrides; a recipe that draws signs learns people's own classes, which have no drawings, without."""
    wanted = load_recipe(recipe, overrides)
    has_drawings = spec_of(data_set.classes).drawings is not None or bool(wanted.drawing.templates)
    is_real = has_drawings or wanted.data.train_on == "real"
    return (*overrides,) if is_real else (*overrides, "data.train_on=real")
