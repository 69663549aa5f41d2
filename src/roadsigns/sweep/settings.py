"""What a sweep is asked to do, and its folder.

    fast,training.learning_rate=0.01/   a setting
        seed-0/, ...                    a cross-validation with its models; see `roadsigns.cross_validation.store`
        stopped.json                    there if the setting was ended early
    sweep.csv                           one line for each setting and seed
    sweep.png                           errors of all settings (with the report extra)

Which settings there are is not recorded: the same command finds its own, and one with more values adds to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.datasets.folds import FoldUnit
from roadsigns.sweep.grid import Setting

__all__ = ["CSV", "PICTURE", "SweepSettings"]

CSV, PICTURE = "sweep.csv", "sweep.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """What a sweep is asked to do.

    Attributes:
        data: Labelled images.
        out: The folder to make or to resume.
        grid: All settings.
        seeds: Each setting is cross-validated once with each.
        folds: Number of folds, at least 2.
        by: What stays together in one fold.
        only_fold: Number of the one fold that is trained, from 1; None for all.
        halving: End poor settings early; see `roadsigns.sweep.halving`.
        cache_folder: Folder of the cache of decoded images; None for no cache.
    """

    data: Path
    out: Path
    grid: tuple[Setting, ...]
    seeds: tuple[int, ...] = (0,)
    folds: int = 2
    by: FoldUnit = "group"
    only_fold: int | None = None
    halving: bool = False
    cache_folder: Path | None = None

    def cells(self) -> Iterator[tuple[Setting, CrossSettings]]:
        """Yield every setting with the cross-validation of each seed, seed by seed."""
        for seed in self.seeds:
            for setting in self.grid:
                yield setting, self.cell(setting, seed)

    def cell(self, setting: Setting, seed: int) -> CrossSettings:
        """Return the cross-validation of a setting and a seed."""
        return CrossSettings(
            data=self.data,
            out=self.folder(setting) / f"seed-{seed}",
            recipe=setting.recipe,
            folds=self.folds,
            by=self.by,
            seed=seed,
            overrides=setting.overrides,
            keep_models=True,
            cache_folder=self.cache_folder,
        )

    def folder(self, setting: Setting) -> Path:
        """Return the folder of a setting."""
        return self.out / setting.folder
