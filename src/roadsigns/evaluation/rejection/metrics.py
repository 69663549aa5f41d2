"""The figures of a score on known and unknown signs, over all images, by track and by kind. Pure arrays."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.intervals import LEVEL, number_tracks
from roadsigns.evaluation.rejection.curves import AcceptanceCurve, acceptance_curve

__all__ = ["KEEP", "KindRejection", "Rejection", "RejectionFigures", "RejectionInterval", "compute_rejection"]

KEEP = 0.99
TPR = 0.95
RESAMPLES = 1000

Floats = npt.NDArray[np.floating]
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class RejectionFigures:
    """How well a score tells known images from unknown ones. All are fractions.

    Attributes:
        auroc: Area under the ROC curve: the probability that a known image scores higher than an unknown one.
        fpr95: The share of unknown images that is accepted where 95 % of the known ones are kept.
        accepted: The share of unknown images that is accepted at the share that is to be kept.
    """

    auroc: float
    fpr95: float
    accepted: float


@dataclass(frozen=True, slots=True)
class KindRejection(RejectionFigures):
    """The figures of the unknown images of one kind against all known images.

    Attributes:
        auroc: As in `RejectionFigures`.
        fpr95: As in `RejectionFigures`.
        accepted: As in `RejectionFigures`.
        kind: Its name.
        images: Number of its images.
        called: What kind of unknown the model says that its images show, such as {"danger": 12}, the most frequent
            first. Only images that are not accepted count; empty where the model, or the score, tells no kinds.
    """

    kind: str
    images: int
    called: dict[str, int]


@dataclass(frozen=True, slots=True)
class RejectionInterval:
    """95 % percentile intervals of the bootstrap, which resamples whole units of the known and the unknown images.

    Attributes:
        auroc: Lower and upper end.
        fpr95: Lower and upper end.
        accepted: Lower and upper end.
        known_unit: What is resampled of the known images: "track", or "image" where no track is known.
        unknown_unit: What is resampled of the unknown images, such as "kind".
        resamples: How many times.
    """

    auroc: tuple[float, float]
    fpr95: tuple[float, float]
    accepted: tuple[float, float]
    known_unit: str
    unknown_unit: str
    resamples: int

    def as_dict(self) -> dict[str, object]:
        """Return the fields and the level, for JSON."""
        return {"level": LEVEL, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Rejection:
    """All figures of one score.

    Attributes:
        score: Its name.
        known_images: Number of known images.
        unknown_images: Number of unknown images.
        keep: The share of the known images that is to be kept.
        threshold: The score from which an image is accepted, so that this share is kept.
        figures: Every image counts alike.
        by_track: Every track counts alike, however many frames it has, on both sides; None where no track is known.
        interval: Of the figures in which every image counts alike; None where one side has fewer than two units.
        misread: The share of the kept known images that is misread.
        kinds: The figures of each kind, the worst first: the most accepted, then the lowest AUROC.
    """

    score: str
    known_images: int
    unknown_images: int
    keep: float
    threshold: float
    figures: RejectionFigures
    by_track: RejectionFigures | None
    interval: RejectionInterval | None
    misread: float
    kinds: tuple[KindRejection, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON: fractions, not percent; None where there is nothing."""
        values = {name: getattr(self, name) for name in ("score", "known_images", "unknown_images", "keep")}
        return {
            **values,
            "threshold": self.threshold,
            **asdict(self.figures),
            "by_track": self.by_track and asdict(self.by_track),
            "interval": self.interval and self.interval.as_dict(),
            "misread": self.misread,
            "kinds": [asdict(kind) for kind in self.kinds],
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """The scores of one side, the number of the unit of each, and what a unit is called."""

    scores: Floats
    units: Numbers
    unit: str


def compute_rejection(
    score: str,
    known: Floats,
    unknown: Floats,
    *,
    wrong: npt.NDArray[np.bool_],
    known_tracks: Sequence[Hashable | None],
    unknown_units: Sequence[Hashable | None],
    unit: str,
    kinds: Sequence[str],
    called: Sequence[str] | None = None,
    keep: float = KEEP,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Rejection:
    """Compute the figures of a score.

    Args:
        score: Its name.
        known: Scores of the known images, shape (known,), at least one; the higher, the more known.
        unknown: Scores of the unknown images, shape (unknown,), at least one.
        wrong: Which known images are misread, shape (known,).
        known_tracks: What identifies the physical sign of each known image; None where unknown.
        unknown_units: The unit of each unknown image, which the interval resamples whole; None where it has none.
        unit: What such a unit is called: "track", "kind" or "scene".
        kinds: The kind of each unknown image.
        called: The kind of unknown that the model would call each of them; None if it tells no kinds.
        keep: The share of the known images that is to be kept, more than 0, at most 1.
        resamples: Of the bootstrap.
        seed: Random seed of the bootstrap.

    Raises:
        ValueError: If a side has no image, a score is not a number, or something has another number of images.
        TypeError: If `wrong` is not bool.
    """
    _require_counts(known=known, wrong=wrong, known_tracks=known_tracks)
    _require_counts(
        unknown=unknown, unknown_units=unknown_units, kinds=kinds, called=kinds if called is None else called
    )
    if np.asarray(wrong).dtype != bool:
        raise TypeError(f"'wrong' is of type {np.asarray(wrong).dtype}. Expected bool: whether each image is misread.")
    curve = acceptance_curve(known, unknown)
    threshold = curve.threshold_at(keep)
    sides = _side(known, known_tracks, "track"), _side(unknown, unknown_units, unit)
    return Rejection(
        score=score,
        known_images=len(known),
        unknown_images=len(unknown),
        keep=keep,
        threshold=threshold,
        figures=_figures(curve, keep),
        by_track=_by_track(*sides, keep) if "track" in {side.unit for side in sides} else None,
        interval=_interval(*sides, keep, resamples, seed),
        misread=float(np.mean(np.asarray(wrong)[known >= threshold])),
        kinds=_kinds(known, unknown, kinds, _called(called, unknown < threshold), keep),
    )


def _require_counts(**values: Sequence[Any] | npt.NDArray[Any]) -> None:
    """Refuse what does not have one element for each image."""
    counts = {name: len(value) for name, value in values.items()}
    if len(set(counts.values())) > 1:
        raise ValueError(f"These differ in length: {', '.join(f'{name} {count}' for name, count in counts.items())}.")


def _side(scores: Floats, keys: Sequence[Hashable | None], unit: str) -> _Side:
    numbers = number_tracks(keys)
    return _Side(scores, np.arange(len(scores)), "image") if numbers is None else _Side(scores, numbers, unit)


def _figures(curve: AcceptanceCurve, keep: float) -> RejectionFigures:
    return RejectionFigures(curve.auroc, curve.accepted_at(TPR), curve.accepted_at(keep))


def _by_track(known: _Side, unknown: _Side, keep: float) -> RejectionFigures:
    weights = [
        1 / np.bincount(side.units)[side.units] if side.unit == "track" else np.ones(len(side.scores))
        for side in (known, unknown)
    ]
    curve = acceptance_curve(known.scores, unknown.scores, known_weights=weights[0], unknown_weights=weights[1])
    return _figures(curve, keep)


def _called(called: Sequence[str] | None, refused: npt.NDArray[np.bool_]) -> list[str | None]:
    """Return what each image is called; None for one that is accepted, of which no kind is told."""
    if called is None:
        return [None] * len(refused)
    return [kind if unknown else None for kind, unknown in zip(called, refused.tolist(), strict=True)]


def _kinds(
    known: Floats, unknown: Floats, kinds: Sequence[str], called: Sequence[str | None], keep: float
) -> tuple[KindRejection, ...]:
    members = np.array(kinds, object)
    found = []
    for kind in sorted(set(kinds)):
        scores = unknown[members == kind]
        figures = _figures(acceptance_curve(known, scores), keep)
        counts = Counter(name for name, of in zip(called, kinds, strict=True) if of == kind and name is not None)
        found.append(KindRejection(**asdict(figures), kind=kind, images=len(scores), called=dict(counts.most_common())))
    return tuple(sorted(found, key=lambda one: (-one.accepted, one.auroc)))


def _interval(known: _Side, unknown: _Side, keep: float, resamples: int, seed: int) -> RejectionInterval | None:
    counts = [int(side.units.max()) + 1 for side in (known, unknown)]
    if min(counts) < 2:  # noqa: PLR2004 - one unit, drawn again and again, has no spread
        return None
    rng = np.random.default_rng(seed)
    thresholds, places = np.unique(-np.concatenate([known.scores, unknown.scores]), return_inverse=True)
    parts = places[: len(known.scores)], places[len(known.scores) :]
    drawn = []
    for _ in range(resamples):
        shares = []
        for side, count, part in zip((known, unknown), counts, parts, strict=True):
            times = np.bincount(rng.integers(0, count, count), minlength=count)
            sums = np.bincount(part, weights=times[side.units], minlength=len(thresholds)).cumsum()
            shares.append(sums / sums[-1])
        figures = _figures(AcceptanceCurve(-thresholds, *shares), keep)
        drawn.append((figures.auroc, figures.fpr95, figures.accepted))
    low, high = np.quantile(np.array(drawn), ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=0).tolist()
    auroc, fpr95, accepted = zip(low, high, strict=True)
    return RejectionInterval(auroc, fpr95, accepted, known.unit, unknown.unit, resamples)
