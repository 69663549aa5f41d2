"""How well signs are found, whatever they are called, from arrays: average precision, recall, false signs."""

import math

import numpy as np

from roadsigns.evaluation.detection.curves import (
    Floats,
    FrocCurve,
    average_precision,
    froc_curve,
    interpolated_precision,
)
from roadsigns.evaluation.detection.intervals import estimate
from roadsigns.evaluation.detection.matching import Flags, Numbers, PooledSigns, RankedDetections
from roadsigns.evaluation.detection.metrics import FALSE_PER_IMAGE, Finding, SizeRecall

__all__ = ["FindingFigures", "compute_finding"]

# Shorter sides of boxes in pixels: from, and below.
SIZES = ((0, 8), (8, 16), (16, 20), (20, 32), (32, 64), (64, 128), (128, None))
LARGE = (20, None)


class FindingFigures:
    """The figures of detections, again and again for other weights of the scenes."""

    def __init__(self, signs: PooledSigns, ranked: RankedDetections) -> None:
        self._ranked = ranked
        self._sign_images = signs.images[~signs.ignored]
        found = ranked.right[0]
        scores = np.full(len(signs.labels), -np.inf)
        scores[ranked.signs[0, found]] = ranked.scores[found]
        # Of the detection that finds it; shape (signs to be found,).
        self._sign_scores: Floats = scores[~signs.ignored]
        sides = signs.short_sides[~signs.ignored]
        self._members: list[Flags] = [
            (sides >= low) & (sides < (math.inf if high is None else high)) for low, high in (*SIZES, LARGE)
        ]

    def froc(self, times: Floats) -> FrocCurve:
        """Return the curve; times: how often each scene counts, shape (images,)."""
        ranked = self._ranked
        weights, signs = times[ranked.images], float(times[self._sign_images].sum())
        return froc_curve(
            ranked.scores, ranked.right[0], ranked.false[0], weights, signs=signs, images=float(times.sum())
        )

    def precisions(self, times: Floats) -> list[float]:
        """Return the average precision at each overlap."""
        ranked, signs = self._ranked, float(times[self._sign_images].sum())
        weights = times[ranked.images]
        return [
            average_precision(right, false, weights, signs)
            for right, false in zip(ranked.right, ranked.false, strict=True)
        ]

    def interpolated(self, times: Floats) -> Floats | None:
        """Return the precision at 101 recalls at an overlap of 0.5; None without signs."""
        ranked, signs = self._ranked, float(times[self._sign_images].sum())
        if not signs:
            return None
        return interpolated_precision(ranked.right[0], ranked.false[0], times[ranked.images], signs)

    def size_counts(self, times: Floats, threshold: float) -> tuple[Floats, Floats]:
        """Return how many signs of each size there are, and how many of them are found; `LARGE` comes last."""
        weights = times[self._sign_images]
        found = weights * self._found_at(threshold)
        counts = [(weights[part].sum(), found[part].sum()) for part in self._members]
        signs, hits = np.array(counts, np.float64).T
        return signs, hits

    def share_at(self, times: Floats, threshold: float) -> float:
        """Return the share of the signs that has a detection of at least that score; NaN without signs."""
        weights = times[self._sign_images]
        return float(weights @ self._found_at(threshold) / weights.sum()) if weights.any() else math.nan

    def false_at(self, times: Floats, threshold: float) -> float:
        """Return the number of detections with at least that score that are no sign."""
        ranked = self._ranked
        false = ranked.false[0] & (ranked.scores >= threshold)
        return float(times[ranked.images[false]].sum())

    def missed_at(self, threshold: float) -> int:
        """Return the number of signs without a detection of at least that score."""
        return int((~self._found_at(threshold)).sum())

    def _found_at(self, threshold: float) -> Flags:
        found: Flags = np.isfinite(self._sign_scores) & (self._sign_scores >= threshold)
        return found


def compute_finding(
    signs: PooledSigns, ranked: RankedDetections, runs: Numbers, *, threshold: float | None, resamples: int, seed: int
) -> tuple[Finding, float]:
    """Compute the figures of all detections.

    Args:
        signs: All labelled signs.
        ranked: All detections, from `match_scenes`.
        runs: Number of the run of each scene, shape (images,).
        threshold: The score from which a detection counts; None for the one at `FALSE_PER_IMAGE`.
        resamples: Of the intervals.
        seed: Of the intervals.

    Returns:
        The figures, and the threshold; infinite where no threshold has as few false signs.
    """
    figures = FindingFigures(signs, ranked)
    wanted_images = signs.images[~signs.ignored]
    every = np.ones(len(runs))
    curve = figures.froc(every)
    recall_threshold = curve.threshold_at(FALSE_PER_IMAGE)
    decided = recall_threshold if threshold is None else threshold

    def measure(times: Floats) -> Floats:
        froc, precisions = figures.froc(times), figures.precisions(times)
        counts, found = figures.size_counts(times, froc.threshold_at(FALSE_PER_IMAGE))
        shares = np.divide(found, counts, out=np.full(len(counts), np.nan), where=counts > 0)
        recall = froc.recall_at(FALSE_PER_IMAGE) if times[wanted_images].any() else math.nan
        false = figures.false_at(times, decided) / times.sum()
        in_use = figures.share_at(times, decided)
        return np.array([precisions[0], np.mean(precisions), recall, in_use, false, *shares])

    ap50, ap50_95, recall, recall_in_use, false, *sizes = estimate(measure, runs, resamples=resamples, seed=seed)
    counts, found = figures.size_counts(every, recall_threshold)
    *bins, large = (
        SizeRecall(low, high, int(number), int(hits), share)
        for (low, high), number, hits, share in zip((*SIZES, LARGE), counts, found, sizes, strict=True)
    )
    finding = Finding(
        signs=int((~signs.ignored).sum()),
        ignored=int(signs.ignored.sum()),
        ap50=ap50,
        ap50_95=ap50_95,
        recall=recall,
        recall_threshold=recall_threshold if math.isfinite(recall_threshold) else None,
        recall_in_use=recall_in_use,
        sizes=tuple(bins),
        from_20=large,
        missed=figures.missed_at(decided),
        false=int(figures.false_at(every, decided)),
        false_per_image=false,
        precision=figures.interpolated(every),
        froc=curve,
    )
    return finding, decided
