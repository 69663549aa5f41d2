"""Splits of the labelled images into training and validation.

GTSRB's training set has 1,307 tracks, each of 30 frames of one physical sign. A random split puts frames of one sign on
both sides, and validation then measures memory: it said 99.68 % where the tutorial's test said 97.93 %. Tracks of one
place are similar too, such as the signs on the left and on the right of one road. So the default keeps groups of such
tracks together (`roadsigns.datasets.groups`); `random` exists to reproduce the tutorial.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np

from roadsigns.datasets.image_names import image_names
from roadsigns.errors import DataError
from roadsigns.types import Sample, TrackKey
from roadsigns.wording import counted

__all__ = ["SPLIT_NAMES", "HoldOutRecord", "Split", "SplitName", "split_label", "split_samples", "tracks_of"]

SplitName = Literal["group", "track", "random", "none"]
SPLIT_NAMES: tuple[SplitName, ...] = get_args(SplitName)


@dataclass(frozen=True, slots=True)
class Split:
    """Samples to train on and samples to validate on, both in the order of the data set."""

    train: tuple[Sample, ...]
    validation: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class HoldOutRecord:
    """The arguments of `split_samples` by which a model's validation samples were held out; kept in its model file.

    Attributes:
        by: What was kept together: "group", "track", "random" (nothing) or "none" (all train).
        validation_fraction: Between 0 and 1.
        seed: Not negative.
    """

    by: SplitName
    validation_fraction: float
    seed: int

    def label(self, validation: Sequence[Sample]) -> str:
        """The label that must stand beside every metric on the validation samples. See `split_label`."""
        return split_label(self.by, validation)

    def split(self, samples: tuple[Sample, ...]) -> Split:
        """Split the same samples in the same way again. See `split_samples` for errors."""
        return split_samples(samples, by=self.by, validation_fraction=self.validation_fraction, seed=self.seed)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON: `{"by", "validation_fraction", "seed"}`."""
        return asdict(self)


def split_label(by: SplitName, validation: Sequence[Sample]) -> str:
    """Say what a split kept together, as far as the tracks and groups of its samples are known.

    Args:
        by: What was to be kept together.
        validation: The samples that were held out; none with "none".

    Returns:
        The label that must stand beside every metric on them.
    """
    if by == "none":
        return "no validation: every image trains"
    if by == "random":
        return "LEAKY random validation: frames of the same signs were trained on"
    if validation and all(sample.held_out for sample in validation):
        return "validation on the data's own validation images"
    known = [sample.track is not None for sample in validation]
    if not any(known):
        return "validation by image, as no track is known"
    label = "validation by (class, track)"
    if by == "group" and any(sample.group is not None for sample in validation):
        label += ", look-alike tracks together"
    return label if all(known) else f"{label}, and by image where the track is unknown"


def split_samples(samples: tuple[Sample, ...], *, by: SplitName, validation_fraction: float, seed: int) -> Split:
    """Split samples.

    Args:
        samples: All labelled samples.
        by: "group": whole groups of tracks, in every class about the same fraction of its tracks (at least one group
            where a class has two, however large). A track without a group is a group of its own: where there are
            no groups, the split is the one by "track". "track": whole tracks, the same fraction of every class (at
            least one track where a class has two). A sample without a track is a track of its own. With either, where
            the data hold out validation samples of their own, those and no others validate. "random": single images.
            "none": all train. An image of several signs is never divided: if one of them trains, all do.
        validation_fraction: Between 0 and 1.
        seed: Not negative. The same samples and seed give the same split.

    Raises:
        DataError: If nothing would be left to train or to validate on, or the fraction is not from 0 to 1.
    """
    if not 0 <= validation_fraction <= 1:
        raise DataError(f"The validation fraction is {validation_fraction}.", expected="a number from 0 to 1")
    if by == "none":
        return Split(samples, ())
    rng = np.random.default_rng(seed)
    own = {index for index, sample in enumerate(samples) if sample.held_out}
    if own and by != "random":
        held_out = own
    elif by == "random":
        images = _hold_out_images(samples, validation_fraction, rng)
        held_out = _whole_images(samples, images, [str(sample.path) for sample in samples])
    else:
        tracks = _tracks_of_samples(samples)
        units = [
            sample.group or track if by == "group" else track for sample, track in zip(samples, tracks, strict=True)
        ]
        held_out = _whole_images(samples, _hold_out_whole(samples, units, tracks, validation_fraction, rng), units)
    split = Split(
        tuple(sample for index, sample in enumerate(samples) if index not in held_out),
        tuple(sample for index, sample in enumerate(samples) if index in held_out),
    )
    if not split.train or not split.validation:
        raise DataError(
            f"A split of {counted(len(samples), 'image')} by {by} with a validation fraction of {validation_fraction} "
            f"leaves {len(split.train)} to train and {len(split.validation)} to validate on.",
            expected="some images for both",
            hint="Add images, or train on all of them with --set data.split=none.",
        )
    return split


def _tracks_of_samples(samples: tuple[Sample, ...]) -> list[str]:
    """Return the track of each sample within its class; an image without one is a track of its own."""
    names = image_names(samples)
    return [sample.track or f"/{names[sample.class_id, sample.path]}" for sample in samples]


def _hold_out_whole(
    samples: tuple[Sample, ...],
    unit_of: Sequence[str],
    track_of: Sequence[str],
    fraction: float,
    rng: "np.random.Generator",
) -> set[int]:
    """Hold out whole units of each class, in random order, until they have the fraction of its tracks."""
    units: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, (sample, unit) in enumerate(zip(samples, unit_of, strict=True)):
        units[sample.class_id][unit].append(index)
    held_out: set[int] = set()
    for class_id in sorted(units):
        names = sorted(units[class_id])
        tracks = {name: len({track_of[index] for index in units[class_id][name]}) for name in names}
        total = sum(tracks.values())
        wanted = min(max(1, round(fraction * total)), total - 1)
        count = 0
        # One unit always trains.
        for name in rng.permutation(names)[:-1]:
            # A group that would overshoot by more than it falls short without it is skipped. The first is always taken,
            # so that every group is validated on with some seed.
            if count and count + tracks[name] - wanted > wanted - count:
                continue
            held_out.update(units[class_id][name])
            count += tracks[name]
    return held_out


def _whole_images(samples: tuple[Sample, ...], held_out: set[int], unit_of: Sequence[str]) -> set[int]:
    """Let units train of which an image trains already: an image of several signs stands on one side, whole.

    Args:
        samples: All samples; those of one image have one path.
        held_out: Indices of the samples that were to be held out.
        unit_of: The unit of each sample, which stays whole within its class.

    Returns:
        The indices that are left.
    """
    if len({sample.path for sample in samples}) == len(samples):
        return held_out
    while True:
        trained = {sample.path for index, sample in enumerate(samples) if index not in held_out}
        divided = {(samples[index].class_id, unit_of[index]) for index in held_out if samples[index].path in trained}
        if not divided:
            return held_out
        held_out = {index for index in held_out if (samples[index].class_id, unit_of[index]) not in divided}


def _hold_out_images(samples: tuple[Sample, ...], fraction: float, rng: "np.random.Generator") -> set[int]:
    count = round(fraction * len(samples))
    return set(rng.permutation(len(samples))[:count].tolist())


def tracks_of(samples: tuple[Sample, ...]) -> frozenset[TrackKey]:
    """Return the (class, track) keys of the samples whose track is known."""
    return frozenset(key for sample in samples if (key := sample.track_key) is not None)
