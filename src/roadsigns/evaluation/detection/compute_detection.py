"""Computes the figures of a detector from arrays; sees no model and reads no file."""

import math
from collections.abc import Hashable, Sequence

import numpy as np

from roadsigns.evaluation.detection.finding import compute_finding
from roadsigns.evaluation.detection.intervals import RESAMPLES
from roadsigns.evaluation.detection.matching import match_named, match_scenes, pool_signs
from roadsigns.evaluation.detection.metrics import DetectionMetrics
from roadsigns.evaluation.detection.mistakes import list_mistakes
from roadsigns.evaluation.detection.naming import compute_naming
from roadsigns.evaluation.detection.signs import NO_CLASS, DetectedSigns, LabelledSigns
from roadsigns.evaluation.intervals import number_tracks

__all__ = ["compute_detection"]


def compute_detection(
    truth: Sequence[LabelledSigns],
    detected: Sequence[DetectedSigns],
    *,
    runs: Sequence[Hashable | None],
    class_names: Sequence[str] | None = None,
    threshold: float | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> DetectionMetrics:
    """Compute all figures of a detector.

    Args:
        truth: The labelled signs of each scene, at least one scene.
        detected: What the detector reports in each scene, down to low scores: the curves need them.
        runs: The run of neighbouring scenes that each scene is of; None for one that is a run of its own.
        class_names: In label order; None where nothing names the signs.
        threshold: The score from which the detector reports a sign in use: the numbers of missed, misread and false
            signs are of these. None for the one that gives at most one false sign in ten images.
        resamples: Of the intervals.
        seed: Of the intervals.

    Raises:
        ValueError: If there are not as many of each, no scene, or a label is no class.
    """
    _require_fit(truth, detected, runs, class_names)
    numbers = number_tracks(runs)
    numbers = np.arange(len(truth)) if numbers is None else numbers
    signs, ranked = pool_signs(truth), match_scenes(truth, detected)
    finding, decided = compute_finding(signs, ranked, numbers, threshold=threshold, resamples=resamples, seed=seed)
    mistakes = list_mistakes(signs, ranked, threshold=decided, named=class_names is not None)
    naming = None
    if class_names is not None:
        naming = compute_naming(
            signs,
            ranked,
            match_named(truth, detected),
            mistakes=mistakes,
            class_names=class_names,
            runs=numbers,
            threshold=decided,
            resamples=resamples,
            seed=seed,
        )
    return DetectionMetrics(
        images=len(truth),
        runs=int(numbers.max()) + 1,
        resamples=resamples,
        threshold=decided if math.isfinite(decided) else None,
        finding=finding,
        naming=naming,
        mistakes=mistakes,
    )


def _require_fit(
    truth: Sequence[LabelledSigns],
    detected: Sequence[DetectedSigns],
    runs: Sequence[Hashable | None],
    class_names: Sequence[str] | None,
) -> None:
    if not len(truth) == len(detected) == len(runs) or not len(truth):
        raise ValueError(
            f"Got the labelled signs of {len(truth)} scenes, detections of {len(detected)} and runs of {len(runs)}. "
            "Expected the same number of each, at least one."
        )
    if class_names is not None:
        labels = [*(one.labels for one in truth), *(one.labels for one in detected)]
        highest = int(np.concatenate(labels).max(initial=NO_CLASS))
        if highest >= len(class_names):
            raise ValueError(f"The label {highest} does not fit {len(class_names)} classes.")
