"""What a cross-validation is asked to do."""

from dataclasses import dataclass
from pathlib import Path

from roadsigns.datasets.folds import FoldUnit

__all__ = ["CrossSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossSettings:
    """What `cross_validate` is asked to do.

    Attributes:
        data: A data folder; see `roadsigns.datasets.reader`.
        out: The folder to make or to resume; see `roadsigns.cross_validation.store`.
        recipe: Name of a recipe or path of a .toml file. Its own split is not used.
        folds: Number of folds, at least 2; not used where classes are left out, which decides it.
        by: What stays together in one fold; groups where classes are left out.
        seed: Random seed of folds, training and corruptions.
        overrides: Such as "training.epochs=5".
        corruptions: Predict each image with a corruption too; see `roadsigns.robustness.corruptions`. A finished fold
            without these predictions needs its kept model. Not where classes are left out.
        leave_classes_out: Train each fold without a part of the classes, see `roadsigns.datasets.left_out`, and predict
            all of its images: those of these classes are unknown signs.
        keep_models: Keep the run folder of each fold that is trained now.
        cache_folder: Folder of the cache of decoded images; None for no cache.
    """

    data: Path
    out: Path
    recipe: str
    folds: int = 5
    by: FoldUnit = "track"
    seed: int = 0
    overrides: tuple[str, ...] = ()
    corruptions: bool = False
    leave_classes_out: bool = False
    keep_models: bool = False
    cache_folder: Path | None = None
