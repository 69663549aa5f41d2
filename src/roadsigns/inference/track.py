"""Several frames of one sign, told as one: what the network says of each is fused into one decision.

The outputs of the frames are pooled logarithmically: the fused log-probabilities are the mean of the frames', weighted
by quality, times the number of frames that count as independent. Frames of one sign are hardly that: a sticker, a
shadow, or a class that the network takes for another is in all of them. With a correlation r, n equally good frames
count as n / (1 + (n - 1) r), as in cluster samples (Kish 1965, "Survey sampling"), so never as more than 1 / r.

Which class a sign is and whether it is one of the classes at all are two questions, pooled apart: frames that
contradict each other on the class do not make the sign an unknown one. The second is the weighted mean alone, as if the
correlation were 1. Its threshold was set on single images, and any more would let unknown signs pass that stay near it.

Measured in docs/experiments/0044-frames-of-one-sign.md.
"""

import numpy as np
import numpy.typing as npt

from roadsigns.inference.decide import DecisionRule, decide
from roadsigns.inference.prediction import Prediction
from roadsigns.types import Float32Array

__all__ = ["CORRELATION", "TrackFusion", "fuse", "quality_of"]

# Measured on GTSRB's held-out tracks. In the two halves, 0.85 and 0.85 fit `best`, 0.70 and 1.00 `tiny`, 0.75 and 0.75
# `fast`.
CORRELATION = 0.8
# A probability below this says more of the network's arithmetic than of the sign, and would rule out a class alone.
SMALLEST_PROBABILITY = 1e-6

Float64Array = npt.NDArray[np.float64]


def quality_of(width: float, height: float) -> float:
    """Return how much a frame counts beside the others of its sign: the square root of the sign's side in pixels.

    Args:
        width: Of the sign's box in pixels, above 0.
        height: Likewise.
    """
    return float((width * height) ** 0.25)


def fuse(
    outputs: Float32Array,
    qualities: npt.ArrayLike | None = None,
    *,
    num_classes: int,
    correlation: float = CORRELATION,
) -> Float32Array:
    """Fuse the outputs of a sign's frames. Their order does not matter.

    Args:
        outputs: What an engine gives, shape (frames, num_classes + kinds), float32, at least one frame.
        qualities: How much each frame counts, shape (frames,), above 0; see `quality_of`. None for equally much.
        num_classes: How many of the columns are classes; they come first.
        correlation: Of what the frames say of the class, 0 to 1. At 0 they count as independent, at 1 all as one.

    Returns:
        Outputs like those of one image, shape (num_classes + kinds,), float32. Those of a single frame are its own.

    Raises:
        ValueError: If there is no frame, or a quality is not above 0.
    """
    if len(outputs) == 0:
        raise ValueError("There are no frames to fuse. Expected at least one.")
    weights = np.ones(len(outputs)) if qualities is None else np.asarray(qualities, np.float64)
    _require_qualities(weights)
    if len(outputs) == 1:
        only: Float32Array = outputs[0]
        return only
    sums = weights @ _log_probabilities(outputs, num_classes)
    return _fused(sums, float(weights.sum()), float(np.square(weights).sum()), num_classes, correlation)


class TrackFusion:
    """One sign whose frames come one by one. Its memory does not grow.

    Attributes:
        frames: How many there were.
    """

    def __init__(self, rule: DecisionRule) -> None:
        self.frames = 0
        self._rule = rule
        self._first: Float32Array | None = None
        self._sums: Float64Array | float = 0.0
        self._weight = 0.0
        self._squares = 0.0

    def add(self, outputs: Float32Array, quality: float = 1.0) -> None:
        """Add a frame.

        Args:
            outputs: What an engine gives for it, shape (num_classes + kinds,), float32.
            quality: How much it counts beside the others, above 0; see `quality_of`.

        Raises:
            ValueError: If the quality is not above 0.
        """
        _require_qualities(np.array([quality]))
        if self._first is None:
            self._first = outputs.copy()
        self.frames += 1
        self._sums = self._sums + quality * _log_probabilities(outputs[np.newaxis], len(self._rule.classes))[0]
        self._weight += quality
        self._squares += quality**2

    def outputs(self) -> Float32Array:
        """Return what `fuse` does of the frames so far.

        Raises:
            ValueError: If there is none yet.
        """
        if self._first is None:
            raise ValueError("There is no frame yet. Add one first.")
        if self.frames == 1:
            return self._first
        sums = np.asarray(self._sums)
        return _fused(sums, self._weight, self._squares, len(self._rule.classes), CORRELATION)

    def prediction(self, top_k: int = 1) -> Prediction:
        """Decide by the frames so far. See `steady.SteadyPrediction` for what to show while more are coming.

        Args:
            top_k: How many classes to list, at least 1; more than there are lists all.

        Raises:
            ValueError: If there is no frame yet.
        """
        return decide(self.outputs()[np.newaxis], self._rule, top_k=top_k)[0]


def _require_qualities(qualities: Float64Array) -> None:
    bad = qualities[~(np.isfinite(qualities) & (qualities > 0))]
    if len(bad):
        raise ValueError(f"The quality of a frame is {bad[0]}. Expected a number above 0.")


def _log_probabilities(outputs: Float32Array, num_classes: int) -> Float64Array:
    """Return the logarithms for the classes, for being one of them, and for the kinds of unknown.

    Returns:
        Shape (frames, num_classes + 1 + kinds).
    """
    unknown = outputs[:, num_classes:].astype(np.float64)
    known = 1 - unknown.sum(axis=1, keepdims=True)
    probabilities = np.concatenate([outputs[:, :num_classes], known, unknown], axis=1)
    logs: Float64Array = np.log(np.maximum(probabilities, SMALLEST_PROBABILITY))
    return logs


def _fused(sums: Float64Array, weight: float, squares: float, num_classes: int, correlation: float) -> Float32Array:
    """Return the fused outputs.

    Args:
        sums: Of the log-probabilities times their weights, shape (classes + 1 + kinds,).
        weight: Sum of the weights.
        squares: Sum of their squares.
        num_classes: How many classes there are.
        correlation: See `fuse`.
    """
    frames = weight**2 / squares
    independent = frames / (1 + (frames - 1) * correlation)
    mean = sums / weight
    classes, known = _softmax(mean[:num_classes] * independent), _softmax(mean[num_classes:])
    return np.concatenate([classes, known[1:]], dtype=np.float32, casting="same_kind")


def _softmax(logits: Float64Array) -> Float64Array:
    powers = np.exp(logits - logits.max())
    probabilities: Float64Array = powers / powers.sum()
    return probabilities
