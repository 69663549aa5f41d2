"""Folds of a cross-validation: every sample is predicted once, by a model that has seen no frame of its sign.

The units that stay together are tracks, or groups of tracks that were probably recorded at one place
(`roadsigns.datasets.groups`). Folds are stratified: each holds the same share of every class's tracks, to the nearest
unit (Kohavi 1995, "A study of cross-validation and bootstrap for accuracy estimation and model
selection").
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from roadsigns.datasets.image_names import image_names
from roadsigns.datasets.splits import Split, split_label
from roadsigns.errors import DataError
from roadsigns.types import Sample
from roadsigns.wording import counted

__all__ = ["Fold", "FoldRecord", "FoldUnit", "split_folds"]

FoldUnit = Literal["track", "group"]

# The kind of name and the name: a track and a group may have the same number.
_Name = tuple[Literal["group", "track", "image"], str]


@dataclass(frozen=True, slots=True)
class FoldRecord:
    """The arguments of `split_folds` by which a model's validation samples were held out; kept in its model file.

    Attributes:
        by: What was kept together: "group" or "track".
        folds: How many there are.
        fold: Which of them was held out, from 1.
        seed: Not negative.
    """

    by: FoldUnit
    folds: int
    fold: int
    seed: int

    def label(self, validation: Sequence[Sample]) -> str:
        """The label that must stand beside every metric on the validation samples. See `split_label`."""
        return f"{split_label(self.by, validation)}, fold {self.fold} of {self.folds}"

    def split(self, samples: tuple[Sample, ...]) -> Split:
        """Split the same samples in the same way again. See `split_folds` for errors."""
        return split_folds(samples, folds=self.folds, by=self.by, seed=self.seed)[self.fold - 1]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON: `{"by", "folds", "fold", "seed"}`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fold:
    """One fold of a cross-validation.

    Attributes:
        number: From 1.
        folds: How many there are.
        by: The units that stay together.
        seed: Of the split.
        split: Its `validation` is predicted, the rest trains.
    """

    number: int
    folds: int
    by: FoldUnit
    seed: int
    split: Split

    @property
    def record(self) -> FoldRecord:
        """The arguments of `split_folds` that it follows from; kept in the model file."""
        return FoldRecord(self.by, self.folds, self.number, self.seed)

    @property
    def label(self) -> str:
        """Shown beside every result."""
        return self.record.label(self.split.validation)


def split_folds(samples: tuple[Sample, ...], *, folds: int, by: FoldUnit, seed: int) -> tuple[Split, ...]:
    """Split samples into folds.

    Args:
        samples: All labelled samples.
        folds: How many, at least 2.
        by: "track": a sample without a track is a track of its own. "group": a track without a group is a group of its
            own.
        seed: Not negative. The same samples and seed give the same folds, in whatever order the samples come.

    Returns:
        One split for each fold. Both of its sides are in the order of the samples.

    Raises:
        DataError: If there are fewer than 2 folds, or fewer units than folds.
    """
    if folds < 2:  # noqa: PLR2004
        raise DataError(
            f"{counted(folds, 'fold')} leave{'s' if folds == 1 else ''} nothing to train on.", expected="at least 2"
        )
    held_out = _deal(samples, folds=folds, by=by, rng=np.random.default_rng(seed))
    sizes = np.bincount(held_out, minlength=folds)
    if not sizes.all():
        raise DataError(
            f"{folds} folds by {by} of {counted(len(samples), 'image')} leave "
            f"{counted(int((sizes == 0).sum()), 'fold')} empty: there are fewer {by}s than folds.",
            hint="Ask for fewer folds, or add images.",
        )
    return tuple(
        Split(
            tuple(sample for sample, fold in zip(samples, held_out, strict=True) if fold != number),
            tuple(sample for sample, fold in zip(samples, held_out, strict=True) if fold == number),
        )
        for number in range(folds)
    )


# The generator is quoted: numpy.random takes 10 ms to import, which reading a model file should not cost.
def _deal(samples: tuple[Sample, ...], *, folds: int, by: FoldUnit, rng: "np.random.Generator") -> list[int]:
    """Deal the units of each class to the folds. Returns the fold of each sample, counted from 0."""
    fold_of = [0] * len(samples)
    # Over all classes: otherwise the odd tracks of every class would go to the first folds.
    dealt = [0] * folds
    units = _units(samples, by)
    for class_id in sorted(units):
        dealt_of_class = [0] * folds
        names = sorted(units[class_id])
        shuffled = [names[index] for index in rng.permutation(len(names))]
        # The sort is stable: units of one size stay shuffled.
        for name in sorted(shuffled, key=lambda name: -len(units[class_id][name])):
            tracks = units[class_id][name]
            fold = min(range(folds), key=lambda fold: (dealt_of_class[fold], dealt[fold], fold))
            dealt_of_class[fold] += len(tracks)
            dealt[fold] += len(tracks)
            for indices in tracks.values():
                for index in indices:
                    fold_of[index] = fold
    return fold_of


def _units(samples: tuple[Sample, ...], by: FoldUnit) -> dict[int, dict[_Name, dict[_Name, list[int]]]]:
    """Indices of the samples: {class: {unit: {track: indices}}}."""
    units: dict[int, dict[_Name, dict[_Name, list[int]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    names = image_names(samples)
    for index, sample in enumerate(samples):
        track: _Name = (
            ("track", sample.track) if sample.track is not None else ("image", names[sample.class_id, sample.path])
        )
        unit: _Name = ("group", sample.group) if by == "group" and sample.group is not None else track
        units[sample.class_id][unit][track].append(index)
    return units
