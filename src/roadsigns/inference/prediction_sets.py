"""Prediction sets: the classes that an image may show, given its probabilities and a conformal quantile. Pure arrays.

A set holds every class whose nonconformity score is at most the quantile. The score is 1 - the ratio of the class's
probability to the largest one: 0 for the most probable class, so that no set is empty. The ratio is a difference of
logits, which a temperature only scales, so sets are the same at any temperature. With LAC, whose score is 1 -
probability (Sadinle, Lei and Wasserman 2019, "Least ambiguous set-valued classifiers with bounded error levels"), they
grow at one that suits bad conditions. APS and RAPS, which add up probabilities from the largest down, would list
several classes for images that are read rightly with little confidence, even at a level that the most probable class
reaches alone.

`roadsigns.evaluation.conformal` computes the quantile.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["nonconformity_scores", "prediction_set", "set_members"]


def nonconformity_scores(
    probabilities: npt.NDArray[np.floating], class_ids: npt.NDArray[np.integer]
) -> npt.NDArray[np.float64]:
    """Return the nonconformity score of one class of each image.

    Args:
        probabilities: Shape (images, num_classes).
        class_ids: The class, shape (images,).

    Returns:
        Shape (images,), 0 to 1: 0 for the most probable class and any as probable.
    """
    scores: npt.NDArray[np.float64] = _scores(probabilities)[np.arange(len(class_ids)), class_ids]
    return scores


def set_members(probabilities: npt.NDArray[np.floating], quantile: float) -> npt.NDArray[np.bool_]:
    """Return which classes are in the set of each image.

    Args:
        probabilities: Shape (images, num_classes).
        quantile: 0 to 1. 0 leaves the most probable class, and any as probable.

    Returns:
        Shape (images, num_classes); in each row at least one is True.

    Raises:
        ValueError: If the quantile is out of range or NaN.
    """
    if not 0 <= quantile <= 1:
        raise ValueError(f"the quantile is {quantile}, and must be from 0 to 1")
    members: npt.NDArray[np.bool_] = _scores(probabilities) <= quantile
    return members


def _scores(probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the nonconformity score of every class of each image, shape (images, num_classes)."""
    wide = probabilities.astype(np.float64)
    scores: npt.NDArray[np.float64] = 1 - wide / wide.max(axis=1, keepdims=True, initial=0)
    return scores


def prediction_set(probabilities: npt.NDArray[np.floating], quantile: float) -> list[list[int]]:
    """Return the set of each image: class ids, best first, at least one.

    Args:
        probabilities: Shape (images, num_classes), as calibrated by the model's temperature.
        quantile: Of the level, from the model's metadata; see `set_members` for the range and errors.

    Returns:
        One list for each image. Of equally probable classes the lower one comes first.
    """
    sizes = set_members(probabilities, quantile).sum(axis=1)
    sets = [[best] for best in probabilities.argmax(axis=1).tolist()]
    rows = np.flatnonzero(sizes > 1)
    if not rows.size:
        return sets
    # Few have more than one class, so only these are sorted. Members are more probable than all others.
    order = np.argsort(-probabilities[rows], axis=1, kind="stable")
    for row, size, class_ids in zip(rows.tolist(), sizes[rows].tolist(), order.tolist(), strict=True):
        sets[row] = class_ids[:size]
    return sets
