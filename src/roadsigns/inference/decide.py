"""The decision: which class an image shows, if any, given what the network computed.

The only place where a network's outputs become predictions, and where they are called uncertain or unknown.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.arguments import as_float
from roadsigns.errors import ModelError
from roadsigns.inference.prediction import ClassProbability, Decision, Prediction
from roadsigns.inference.prediction_sets import prediction_set, set_members
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import Float32Array, SignClass

__all__ = [
    "NO_SETS",
    "NO_THRESHOLDS",
    "DecisionRule",
    "decide",
    "decision_numbers",
    "known_scores",
    "other_share",
    "require_numbers",
]

# What people are told of a rule without a threshold, and of one that has nothing else.
NO_THRESHOLDS = "The model has no thresholds: it names a class for any image, whatever it shows."
NO_SETS = "The model has no prediction sets, so it calls no sign uncertain."


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What a model's thresholds say of an image.

    Attributes:
        classes: In label order.
        unknown_kinds: What the network's outputs after the classes stand for; empty where it has none.
        threshold: The least known score of a known sign; None decides nothing.
        quantile: That of the prediction sets; None gives no sets.
        keep: The share of known signs that the threshold keeps, 0 to 1; None where that is not known.
        coverage: The promised probability of the prediction sets, 0 to 1; None where that is not known.
    """

    classes: tuple[SignClass, ...]
    unknown_kinds: tuple[str, ...] = ()
    threshold: float | None = None
    quantile: float | None = None
    keep: float | None = None
    coverage: float | None = None

    @classmethod
    def of(cls, metadata: ModelMetadata, *, keep: float | None = None, coverage: float | None = None) -> "DecisionRule":
        """Return a model's rule.

        Args:
            metadata: The model's.
            keep: The share of known signs that is not called unknown; None for 0.99, or the largest that there is.
                Between two shares of the model, the larger one is kept.
            coverage: The promised probability of prediction sets; None for 0.999, or the highest below it.

        Raises:
            DataError: If a share or a probability is not finite.
            TypeError: If it is no number.
            ModelError: If the model has no threshold for it.
        """
        keep, coverage = (
            None if value is None else as_float(value, name, above=-math.inf, below=math.inf)
            for value, name in ((keep, "keep"), (coverage, "coverage"))
        )
        threshold = quantile = share = level = None
        if known := metadata.known_thresholds:
            share = known.share_for(known.default if keep is None else keep)
            threshold = known.thresholds[share]
        elif keep is not None:
            raise _missing_thresholds(metadata)
        if metadata.conformal:
            level = metadata.conformal.default if coverage is None else coverage
            quantile = metadata.conformal.at(level)
        elif coverage is not None:
            raise ModelError(
                "The model has no prediction sets, so coverage means nothing.",
                hint="Leave coverage out, or compute them with `roadsigns calibrate`.",
            )
        return cls(metadata.classes, metadata.unknown_kinds, threshold, quantile, share, level)


def _missing_thresholds(metadata: ModelMetadata) -> ModelError:
    """Calibration alone gives thresholds to a network only if that tells unknown signs."""
    if metadata.unknown_kinds:
        problem, remedy = "it has no thresholds", "fit them with `roadsigns calibrate`"
    else:
        problem, remedy = "it was trained without negatives", "take a model that was trained with them"
    return ModelError(
        f"The model decides nothing: {problem}, so keep means nothing.", hint=f"Leave keep out, or {remedy}."
    )


def other_share(rule: DecisionRule, keep: float | None) -> str:
    """Say, in one sentence, which share of known signs is kept, if it is not the one that was asked for; else empty.

    Args:
        rule: The model's.
        keep: What was asked for; None for nothing.
    """
    if keep is None or rule.keep is None or rule.keep == keep:
        return ""
    return (
        f"The model has no threshold that keeps {100 * keep:g} % of the known signs; the one used keeps "
        f"{100 * rule.keep:g} %."
    )


def decide(outputs: Float32Array, rule: DecisionRule, *, top_k: int) -> list[Prediction]:
    """Turn each image's outputs into a prediction.

    Args:
        outputs: What an engine gives, shape (count, num_classes + kinds), float32.
        rule: The model's.
        top_k: How many classes to list, at least 1; more than there are lists all.

    Returns:
        One prediction per image, in order. Of equally probable classes the lower label comes first.

    Raises:
        ModelError: If an output is not a number.
    """
    require_numbers(outputs)
    probabilities = outputs[:, : len(rule.classes)]
    # Stable, so that of equal probabilities the lower label comes first, as with argmax.
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :top_k]
    values = probabilities[np.arange(len(best))[:, None], best]
    names = [sign.name for sign in rule.classes]
    # `tolist` converts a whole batch to Python numbers at once; number by number takes several times as long.
    tops = [_top(ids, row, names) for ids, row in zip(best.tolist(), values.tolist(), strict=True)]
    if not rule.unknown_kinds and rule.quantile is None:
        return [Prediction(top[0].class_id, top[0].name, top[0].probability, top) for top in tops]
    return [
        Prediction(top[0].class_id, top[0].name, top[0].probability, top, *verdict)
        for top, verdict in zip(tops, _verdicts(outputs, rule), strict=True)
    ]


def require_numbers(outputs: Float32Array, subject: str | None = None) -> None:
    """Raise a ModelError about a model if one of its outputs is not a number: any comparison would decide something."""
    if not np.isfinite(outputs).all():
        raise ModelError(
            "Some outputs are not numbers: the training diverged.",
            hint="Train again, with a lower learning rate.",
            subject=subject,
        )


def known_scores(unknown: Float32Array) -> npt.NDArray[np.float64]:
    """Return how sure a network is that each image shows one of the classes: what the kinds of unknown leave of 1.

    Args:
        unknown: Their probabilities, shape (count, kinds).

    Returns:
        Shape (count,), float64, 0 to 1.
    """
    # A softmax of float32 can add up to a little more than 1.
    scores: npt.NDArray[np.float64] = np.maximum(1 - unknown.sum(axis=1, dtype=np.float64), 0)
    return scores


def decision_numbers(outputs: Float32Array, rule: DecisionRule) -> npt.NDArray[np.intp]:
    """Return the decision on each image as a number, which is computed sooner than predictions are.

    Args:
        outputs: What an engine gives, shape (count, num_classes + kinds), float32.
        rule: The model's.

    Returns:
        Shape (count,): 0 for unknown, 1 for known, 2 for uncertain; throughout 0 if the rule has no threshold.
    """
    count, classes = len(outputs), len(rule.classes)
    if rule.threshold is None:
        return np.zeros(count, np.intp)
    sizes = np.ones(count, np.intp)
    if rule.quantile is not None:
        sizes = set_members(outputs[:, :classes], rule.quantile).sum(axis=1)
    return np.where(known_scores(outputs[:, classes:]) < rule.threshold, 0, np.minimum(sizes, 2))


def _top(class_ids: list[int], probabilities: list[float], names: list[str]) -> tuple[ClassProbability, ...]:
    return tuple(ClassProbability(i, names[i], value) for i, value in zip(class_ids, probabilities, strict=True))


def _verdicts(
    outputs: Float32Array, rule: DecisionRule
) -> list[tuple[Decision | None, float | None, str | None, tuple[int, ...]]]:
    """Return decision, known score, kind of unknown and candidates of each image."""
    count, classes = len(outputs), len(rule.classes)
    sets: list[list[int]] = [[]] * count
    if rule.quantile is not None:
        sets = prediction_set(outputs[:, :classes], rule.quantile)
    if not rule.unknown_kinds:
        return [(None, None, None, tuple(some)) for some in sets]
    scores = known_scores(outputs[:, classes:]).tolist()
    kinds = outputs[:, classes:].argmax(axis=1).tolist()
    return [
        (*_verdict(score, rule.unknown_kinds[kind], len(some), rule.threshold), tuple(some))
        for score, kind, some in zip(scores, kinds, sets, strict=True)
    ]


def _verdict(
    score: float, kind: str, candidates: int, threshold: float | None
) -> tuple[Decision | None, float, str | None]:
    if threshold is None:
        return None, score, None
    if score < threshold:
        return "unknown", score, kind
    return "uncertain" if candidates > 1 else "known", score, None
