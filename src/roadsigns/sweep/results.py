"""The results of a sweep: errors of each setting over its seeds and folds, with an interval by track."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from roadsigns.cross_validation.record import read_record
from roadsigns.cross_validation.store import CrossValidation, read_cross_validation
from roadsigns.evaluation.intervals import Interval, accuracy_interval, number_tracks
from roadsigns.evaluation.predictions import Predictions
from roadsigns.sweep.grid import Setting
from roadsigns.sweep.settings import SweepSettings
from roadsigns.sweep.stopped import Stopped, read_stopped
from roadsigns.wording import are, counted

__all__ = ["SeedResult", "SettingResult", "State", "SweepResult", "read_sweep"]

State: TypeAlias = Literal["finished", "stopped", "unfinished"]


@dataclass(frozen=True, slots=True)
class SeedResult:
    """A setting with one seed.

    Attributes:
        seed: The seed.
        folder: That of its cross-validation, as text.
        folds: Numbers of the folds that are finished.
        images: Number of images in them, without those that do not decode.
        errors: Number of misread images.
        error_rate_interval: Of the error rate; None where no fold is finished.
    """

    seed: int
    folder: str
    folds: tuple[int, ...]
    images: int
    errors: int
    error_rate_interval: Interval | None

    @property
    def error_rate(self) -> float | None:
        """Fraction misread; None where no fold is finished."""
        return self.errors / self.images if self.images else None

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON."""
        return {
            "seed": self.seed,
            "folder": self.folder,
            "folds": list(self.folds),
            "images": self.images,
            "errors": self.errors,
            "error_rate": self.error_rate,
            "error_rate_interval": self.error_rate_interval and self.error_rate_interval.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class SettingResult:
    """A setting with all seeds.

    Attributes:
        setting: The setting.
        seeds: Its results by seed.
        error_rate_interval: Of the error rate over all seeds; a track counts once, however many seeds read it, and so
            does an image whose track is unknown. None where no fold is finished.
        stopped: Why it was ended early; None where it was not.
        all_folds: Into how many folds each seed splits the data.
        only_fold: Number of the one fold that is asked for, from 1; None where all are.
        epoch_chosen_on_these_images: Whether its trainings keep the epoch that does best on the images that are held
            out, which flatters the errors.
    """

    setting: Setting
    seeds: tuple[SeedResult, ...]
    error_rate_interval: Interval | None
    stopped: Stopped | None
    all_folds: int
    only_fold: int | None
    epoch_chosen_on_these_images: bool

    @property
    def images(self) -> int:
        """Number of images, those of every seed counted."""
        return sum(seed.images for seed in self.seeds)

    @property
    def errors(self) -> int:
        """Number of misread images, those of every seed counted."""
        return sum(seed.errors for seed in self.seeds)

    @property
    def error_rate(self) -> float | None:
        """Fraction misread; None where no fold is finished."""
        return self.errors / self.images if self.images else None

    @property
    def finished_folds(self) -> int:
        """Number of finished folds, those of every seed counted."""
        return sum(len(seed.folds) for seed in self.seeds)

    @property
    def missing_folds(self) -> int:
        """Number of folds that are asked for and not finished, those of every seed counted."""
        return len(self.seeds) * (1 if self.only_fold else self.all_folds) - self.finished_folds

    @property
    def state(self) -> State:
        """ "finished" if all folds that are asked for are there, "stopped" if it was ended early, else "unfinished"."""
        if not self.missing_folds:
            return "finished"
        return "stopped" if self.stopped else "unfinished"

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON; rates are fractions."""
        return {
            "setting": self.setting.name,
            "recipe": self.setting.recipe,
            "overrides": list(self.setting.overrides),
            "values": self.setting.values,
            "state": self.state,
            "stopped_after_epoch": self.stopped and self.stopped.epoch,
            "images": self.images,
            "errors": self.errors,
            "error_rate": self.error_rate,
            "error_rate_interval": self.error_rate_interval and self.error_rate_interval.as_dict(),
            "epoch_chosen_on_these_images": self.epoch_chosen_on_these_images,
            "seeds": [seed.as_dict() for seed in self.seeds],
        }


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The results of a sweep.

    Attributes:
        settings: The most accurate first, then those without any finished fold.
        source: Where the data come from, such as "GTSRB".
        all_folds: Into how many folds each seed splits the data.
        only_fold: Number of the one fold that is asked for, from 1; None where all are.
    """

    settings: tuple[SettingResult, ...]
    source: str
    all_folds: int
    only_fold: int | None = None

    @property
    def partial_label(self) -> str:
        """What must stand beside the results while folds are missing; empty where none is."""
        missing = sum(one.missing_folds for one in self.settings if one.state == "unfinished")
        parts = [f"only fold {self.only_fold} of {self.all_folds}"] if self.only_fold else []
        parts += [f"{counted(missing, 'fold')} {are(missing)} not finished"] if missing else []
        return f"PARTIAL: {', and '.join(parts)}" if parts else ""

    @property
    def is_complete(self) -> bool:
        """Whether every fold is finished of every setting that was not ended early; never with `only_fold`."""
        return not self.partial_label

    @property
    def same_images(self) -> bool:
        """Whether all settings that have errors have them on the same folds."""
        judged = [one for one in self.settings if one.images]
        return len({tuple((seed.seed, seed.folds) for seed in one.seeds) for one in judged}) <= 1

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON."""
        return {
            "source": self.source,
            "complete": self.is_complete,
            "all_folds": self.all_folds,
            "only_fold": self.only_fold,
            "same_images": self.same_images,
            "settings": [one.as_dict() for one in self.settings],
        }


def read_sweep(sweep: SweepSettings) -> SweepResult:
    """Read what there is of a sweep.

    Raises:
        RunError: If a file is broken.
    """
    results = [_read_setting(sweep, setting) for setting in sweep.grid]
    # Sorting is stable: what is equal stays in the order of the grid.
    results.sort(key=lambda one: (one.error_rate is None, one.error_rate or 0.0))
    record = read_record(sweep.cell(sweep.grid[0], sweep.seeds[0]).out)
    return SweepResult(tuple(results), record.source if record else "", sweep.folds, sweep.only_fold)


def _read_setting(sweep: SweepSettings, setting: Setting) -> SettingResult:
    crosses = {seed: read_cross_validation(sweep.cell(setting, seed).out) for seed in sweep.seeds}
    predictions = {
        seed: [part for number, part in sorted(cross.parts.items()) if sweep.only_fold in (None, number)]
        for seed, cross in crosses.items()
    }
    return SettingResult(
        setting,
        tuple(_seed_result(seed, crosses[seed], predictions[seed], sweep.only_fold) for seed in sweep.seeds),
        _interval([part for parts in predictions.values() for part in parts]),
        read_stopped(sweep.folder(setting)),
        sweep.folds,
        sweep.only_fold,
        any(cross.record.epoch_chosen_on_these_images for cross in crosses.values()),
    )


def _seed_result(seed: int, cross: CrossValidation, parts: Sequence[Predictions], only_fold: int | None) -> SeedResult:
    return SeedResult(
        seed,
        str(cross.folder),
        tuple(number for number in sorted(cross.parts) if only_fold in (None, number)),
        sum(len(part.rows) for part in parts),
        sum(int(part.wrong.sum()) for part in parts),
        _interval(parts),
    )


def _interval(parts: Sequence[Predictions]) -> Interval | None:
    """Return that of the error rate over parts that may hold the same images, read by different models."""
    wrong = [part.wrong for part in parts if part.rows]
    if not wrong:
        return None
    rows = [row for part in parts for row in part.rows]
    accuracy = accuracy_interval(np.concatenate(wrong), number_tracks([row.sign_key for row in rows]))
    unit: Literal["track", "image"] = "track" if any(row.track is not None for row in rows) else "image"
    return replace(accuracy, low=1 - accuracy.high, high=1 - accuracy.low, unit=unit)
