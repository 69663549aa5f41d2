"""How often a sign is read right from several of its frames, by `inference.track.fuse` and by simpler ways.

A track is judged by its first frames and by frames drawn at random. Tracks of fewer frames do not count.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.calibration import confidence_gap
from roadsigns.evaluation.intervals import coverage_interval
from roadsigns.inference.decide import DecisionRule, decide
from roadsigns.inference.track import CORRELATION, fuse, quality_of
from roadsigns.types import Float32Array, Sample

__all__ = ["FRAMES", "FusedResult", "FusedTracks", "evaluate_fused_tracks"]

FRAMES = (1, 3, 5, 10, 30)
# How many times frames are drawn at random, to be averaged.
DRAWS = 5
SURE = 0.99
CORRELATIONS = np.linspace(0, 1, 21)
# Breaks the ties of a majority, and no more.
SMALL = 1e-6

FrameOrder = Literal["first", "random"]
Method = Literal["fused", "mean", "product", "majority", "largest"]


@dataclass(frozen=True, slots=True)
class FusedResult:
    """How tracks are read by some of their frames. Counts of tracks, averaged over the draws where they are random.

    Attributes:
        method: "fused": `inference.track.fuse`. "mean": the mean of the probabilities. "product": their product.
            "majority": the class of most frames. "largest": the frame with the largest box alone.
        order: Whether the first frames were taken or any.
        frames: How many of each track.
        tracks: Number of tracks that have so many.
        errors: Tracks that are misread.
        sure_errors: Of these, with a probability of at least 99 %.
        known_errors: Of these, with the decision "known"; None where the model decides nothing.
        uncertain: Tracks that are called uncertain; likewise.
        unknown: Tracks that are called unknown; likewise.
        ece: Expected calibration error of the probabilities, a fraction.
        error_low: Lower end of the 95 % interval of the share of tracks that are misread; each track counts once.
        error_high: Upper end of it.
    """

    method: Method
    order: FrameOrder
    frames: int
    tracks: int
    errors: float
    sure_errors: float
    known_errors: float | None
    uncertain: float | None
    unknown: float | None
    ece: float
    error_low: float
    error_high: float


@dataclass(frozen=True, slots=True)
class FusedTracks:
    """How tracks are read by several of their frames.

    Attributes:
        results: By order, number of frames and method.
        correlation: That of frames of one sign, as `fuse` takes it.
        fitted_correlation: The one with the lowest negative log-likelihood of these tracks by their first frames, in
            steps of 0.05; None where no track has enough frames.
    """

    results: tuple[FusedResult, ...]
    correlation: float
    fitted_correlation: float | None

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON holds it."""
        return asdict(self)


class _Track(NamedTuple):
    """The frames of a track: outputs, shape (frames, num_classes + kinds), and qualities, shape (frames,)."""

    class_id: int
    outputs: Float32Array
    qualities: npt.NDArray[np.float64]

    def take(self, frames: Sequence[int] | npt.NDArray[np.intp]) -> "_Track":
        return _Track(self.class_id, self.outputs[frames], self.qualities[frames])


def evaluate_fused_tracks(outputs: Float32Array, samples: Sequence[Sample], rule: DecisionRule) -> FusedTracks:
    """Read each track by several of its frames.

    Args:
        outputs: What an engine gives for the samples, shape (samples, num_classes + kinds), float32.
        samples: Those of a track in the order of its frames. Those without a track do not count; where one has no box,
            all frames of its track count equally.
        rule: The model's.
    """
    tracks = _tracks_of(outputs, samples)
    results = []
    for count in FRAMES:
        enough = [track for track in tracks if len(track.outputs) >= count]
        if not enough:
            continue
        draws = {"first": [[track.take(np.arange(count)) for track in enough]], "random": _draws(enough, count)}
        for order, drawn in draws.items():
            results += [_result(method, order, count, drawn, rule) for method in METHODS]  # type: ignore[arg-type]
    return FusedTracks(tuple(results), CORRELATION, _fit_correlation(tracks, len(rule.classes)))


def _tracks_of(outputs: Float32Array, samples: Sequence[Sample]) -> list[_Track]:
    known = [(sample.track_key, index) for index, sample in enumerate(samples) if sample.track_key is not None]
    tracks = []
    for key, group in groupby(sorted(known), lambda pair: pair[0]):
        frames = [index for _, index in group]
        boxes = [samples[index].box for index in frames]
        sizes = [(box.x2 - box.x1, box.y2 - box.y1) for box in boxes if box is not None]
        qualities = [quality_of(*size) for size in sizes] if len(sizes) == len(frames) else [1.0] * len(frames)
        tracks.append(_Track(key.class_id, outputs[frames], np.array(qualities)))
    return tracks


def _draws(tracks: Sequence[_Track], count: int) -> list[list[_Track]]:
    random = np.random.default_rng(0)
    return [[track.take(random.permutation(len(track.outputs))[:count]) for track in tracks] for _ in range(DRAWS)]


def _result(
    method: Method, order: FrameOrder, frames: int, draws: Sequence[Sequence[_Track]], rule: DecisionRule
) -> FusedResult:
    rows = [METHODS[method](track, len(rule.classes)) for drawn in draws for track in drawn]
    labels = np.array([track.class_id for drawn in draws for track in drawn])
    outputs = np.stack(rows).astype(np.float32)
    predictions = decide(outputs, rule, top_k=1)
    wrong = np.array([prediction.class_id for prediction in predictions]) != labels
    confidence = np.array([prediction.probability for prediction in predictions])
    decisions = np.array([prediction.decision or "" for prediction in predictions])
    decides = rule.threshold is not None

    # A track counts once, however often its frames are drawn.
    right = coverage_interval(wrong.reshape(len(draws), -1).mean(axis=0), "track")

    def mean(which: npt.NDArray[np.bool_]) -> float:
        return float(which.sum()) / len(draws)

    return FusedResult(
        method=method,
        order=order,
        frames=frames,
        tracks=len(draws[0]),
        errors=mean(wrong),
        sure_errors=mean(wrong & (confidence >= SURE)),
        known_errors=mean(wrong & (decisions == "known")) if decides else None,
        uncertain=mean(decisions == "uncertain") if decides else None,
        unknown=mean(decisions == "unknown") if decides else None,
        ece=confidence_gap(confidence, ~wrong),
        error_low=1 - right.high,
        error_high=1 - right.low,
    )


def _fit_correlation(tracks: Sequence[_Track], num_classes: int) -> float | None:
    parts = [track.take(np.arange(count)) for count in FRAMES[1:] for track in tracks if len(track.outputs) >= count]
    if not parts:
        return None

    def loss(correlation: float) -> float:
        truth = [
            fuse(part.outputs, part.qualities, num_classes=num_classes, correlation=correlation)[part.class_id]
            for part in parts
        ]
        return -float(np.log(np.maximum(truth, SMALL)).mean())

    return float(min(CORRELATIONS, key=loss))


def _fused(track: _Track, num_classes: int) -> Float32Array:
    return fuse(track.outputs, track.qualities, num_classes=num_classes)


def _mean(track: _Track, num_classes: int) -> Float32Array:
    mean: Float32Array = track.outputs.mean(axis=0)
    return mean


def _product(track: _Track, num_classes: int) -> Float32Array:
    return fuse(track.outputs, num_classes=num_classes, correlation=0)


def _majority(track: _Track, num_classes: int) -> Float32Array:
    """Return the share of each class; of equally frequent ones the one of the higher mean probability is first."""
    outputs = _mean(track, num_classes)
    votes = np.bincount(track.outputs[:, :num_classes].argmax(axis=1), minlength=num_classes) / len(track.outputs)
    outputs[:num_classes] = (votes + SMALL * outputs[:num_classes]) / (1 + SMALL)
    return outputs


def _largest(track: _Track, num_classes: int) -> Float32Array:
    largest: Float32Array = track.outputs[track.qualities.argmax()]
    return largest


METHODS: dict[Method, Callable[[_Track, int], Float32Array]] = {
    "fused": _fused,
    "mean": _mean,
    "product": _product,
    "majority": _majority,
    "largest": _largest,
}
