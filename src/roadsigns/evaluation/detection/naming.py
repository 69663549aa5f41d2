"""How well signs are found and named, from arrays: mAP50 over classes, and what becomes of each sign."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from roadsigns.evaluation.detection.curves import Floats, average_precision
from roadsigns.evaluation.detection.intervals import estimate
from roadsigns.evaluation.detection.matching import Flags, Numbers, PooledSigns, RankedDetections
from roadsigns.evaluation.detection.metrics import ClassNaming, Naming
from roadsigns.evaluation.detection.mistakes import Mistake, falsely_named
from roadsigns.evaluation.detection.signs import NO_CLASS

__all__ = ["compute_naming"]


def compute_naming(
    signs: PooledSigns,
    ranked: RankedDetections,
    named: RankedDetections,
    *,
    mistakes: Sequence[Mistake],
    class_names: Sequence[str],
    runs: Numbers,
    threshold: float,
    resamples: int,
    seed: int,
) -> Naming:
    """Compute the figures end to end.

    Args:
        signs: All labelled signs.
        ranked: All detections, from `match_scenes`.
        named: The same, from `match_named`.
        mistakes: At the threshold, from `list_mistakes`.
        class_names: In label order.
        runs: Number of the run of each scene, shape (images,).
        threshold: The score from which a detection counts.
        resamples: Of the intervals.
        seed: Of the intervals.
    """
    precision = _ClassPrecision(signs, named, len(class_names))
    false = falsely_named(signs, ranked) & (ranked.scores >= threshold)
    false_in_image = np.bincount(ranked.images[false], minlength=len(runs))

    def figures(times: Floats) -> Floats:
        return np.array([_mean(precision.of_classes(times)), (false_in_image @ times) / times.sum()])

    map50, false_per_image = estimate(figures, runs, resamples=resamples, seed=seed)
    empty = np.ones(len(runs), np.bool_)
    empty[signs.images[signs.labels != NO_CLASS]] = False
    return Naming(
        map50=map50,
        classes=_classes(signs, mistakes, class_names, precision.of_classes(np.ones(len(runs)))),
        false_per_image=false_per_image,
        empty_images=int(empty.sum()),
        false_in_empty=int(false_in_image[empty].sum()),
    )


class _ClassPrecision:
    """The average precision of each class, again and again for other weights of the scenes."""

    def __init__(self, signs: PooledSigns, named: RankedDetections, classes: int) -> None:
        wanted = [np.flatnonzero((signs.labels == number) & ~signs.ignored) for number in range(classes)]
        self._sign_images: list[Numbers] = [signs.images[members] for members in wanted]
        self._detections: list[tuple[Numbers, Flags, Flags]] = []
        for number in range(classes):
            members = np.flatnonzero(named.labels == number)
            self._detections.append((named.images[members], named.right[0, members], named.false[0, members]))

    def of_classes(self, times: Floats) -> Floats:
        """Return the AP50 of each class, shape (num_classes,), NaN without signs; times: shape (images,)."""
        return np.array(
            [
                average_precision(right, false, times[images], float(times[sign_images].sum()))
                if len(sign_images)
                else np.nan
                for sign_images, (images, right, false) in zip(self._sign_images, self._detections, strict=True)
            ]
        )


def _mean(values: Floats) -> float:
    measured = values[~np.isnan(values)]
    return float(measured.mean()) if len(measured) else np.nan


def _classes(
    signs: PooledSigns, mistakes: Sequence[Mistake], class_names: Sequence[str], precision: Floats
) -> tuple[ClassNaming, ...]:
    wanted = np.bincount(signs.labels[~signs.ignored & (signs.labels != NO_CLASS)], minlength=len(class_names))
    # A false one counts for the class that it is named as, all others for the class of the sign.
    outcomes = Counter((one.kind, one.named if one.kind == "false" else one.class_id) for one in mistakes)
    classes = []
    for class_id, (name, count) in enumerate(zip(class_names, wanted.tolist(), strict=True)):
        missed, misread, unknown, false = (
            outcomes[kind, class_id] for kind in ("missed", "misread", "unknown", "false")
        )
        ap50 = float(precision[class_id]) if count else None
        right = count - missed - misread - unknown
        classes.append(ClassNaming(class_id, name, count, ap50, right, misread, unknown, missed, false))
    return tuple(classes)
