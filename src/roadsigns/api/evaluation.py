"""Evaluation on labelled images, also in bad conditions."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.api._expected import MAX_SEED
from roadsigns.arguments import as_int, as_path, require_choice, require_texts

if TYPE_CHECKING:
    from roadsigns.evaluation.corruptions.result import CorruptionEvaluation
    from roadsigns.evaluation.evaluation import Evaluation
    from roadsigns.evaluation.leakage import EvaluationSplit
    from roadsigns.robustness.box_noise import BoxUse

__all__ = ["evaluate", "evaluate_corruptions"]


def evaluate(
    model: str | Path,
    data: str | Path,
    *,
    split: "EvaluationSplit" = "test",
    boxes: "BoxUse" = "given",
    fuse_tracks: bool = False,
    allow_seen: bool = False,
    cache: bool = True,
) -> "Evaluation":
    """Measure a model on images of signs that it was not trained on.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: A data folder with the model's classes.
        split: "test": the test images. "validation": those that were held out when the model was trained. "all": every
            labelled image outside the test set.
        boxes: "given": the annotated boxes. "none": no boxes. "jittered": boxes whose edges are off by up to 10 %.
        fuse_tracks: Also tell each sign from several of its frames, as `Recognizer.predict_track` does.
        allow_seen: Measure also on signs that the model was trained on; the result then says so.
        cache: Whether decoded images are kept in the user's cache folder.

    Returns:
        Metrics, probabilities and samples.

    Raises:
        ModelError: If the model cannot be used.
        DataError: If there are no such images, split or boxes, or their classes are not the model's.
        DataLeakageError: If the model was trained on these images, or on frames of these signs, unless `allow_seen`.
        OutputError: If the cache lies in the data folder.
        MissingExtraError: If what computes the model is not installed: Keras, for a run folder.

    Examples:
        >>> import roadsigns
        >>> evaluation = roadsigns.evaluate("fast", "signs", split="test")
        >>> evaluation.metrics.images
        129
        >>> evaluation.probabilities.shape
        (129, 43)
    """
    from roadsigns.evaluation.evaluate import evaluate as evaluate_model
    from roadsigns.evaluation.leakage import EVALUATION_SPLITS
    from roadsigns.loading.cache import default_cache_folder
    from roadsigns.robustness.box_noise import BOX_LABELS

    require_choice(split, "split", EVALUATION_SPLITS)
    require_choice(boxes, "boxes", tuple(BOX_LABELS))
    return evaluate_model(
        model,
        as_path(data, "data"),
        split=split,
        boxes=boxes,
        fuse_tracks=fuse_tracks,
        allow_seen=allow_seen,
        cache_folder=default_cache_folder() if cache else None,
    )


def evaluate_corruptions(
    model: str | Path,
    data: str | Path,
    *,
    split: "EvaluationSplit" = "test",
    boxes: "BoxUse" = "given",
    allow_seen: bool = False,
    kinds: Sequence[str] = (),
    frames: int | None = None,
    limit: int | None = None,
    seed: int = 0,
    baseline: str | Path | None = "tutorial-augmented",
) -> "CorruptionEvaluation":
    """Measure a model in bad conditions: noise, blur, weather, JPEG, boxes that are off, ... at five severities each.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: A data folder with the model's classes.
        split: See `evaluate`.
        boxes: See `evaluate`.
        allow_seen: Measure also on signs that the model was trained on; the result then says so.
        kinds: Names of corruptions, such as ["JPEG", "fog"]; none for all.
        frames: Read at most so many frames of each track; None for all.
        limit: Read at most so many images, whole tracks at random, the classes in turn; None for all.
        seed: The same seed corrupts the same images in the same way.
        baseline: The model whose errors are the unit of the mean corruption error (mCE); None for none.

    Returns:
        Accuracy, confidence and calibration for each kind and severity, and the mCE.

    Raises:
        ModelError: If a model cannot be used.
        DataError: If there are no such images, split, boxes or kinds, or their classes are not the model's.
        DataLeakageError: If the model was trained on these images, or on frames of these signs, unless `allow_seen`.
        MissingExtraError: If what computes a model is not installed: Keras, for a run folder.

    Examples:
        >>> import roadsigns
        >>> result = roadsigns.evaluate_corruptions("fast", "signs", kinds=["JPEG"], limit=5)
        >>> [(cell.severity, cell.strength) for cell in result.kinds[0].severities]
        [(1, 50), (2, 30), (3, 20), (4, 13), (5, 8)]
    """
    from roadsigns.evaluation.corruptions.evaluate import evaluate_corruptions as evaluate_model
    from roadsigns.evaluation.leakage import EVALUATION_SPLITS
    from roadsigns.robustness.box_noise import BOX_LABELS

    require_choice(split, "split", EVALUATION_SPLITS)
    require_choice(boxes, "boxes", tuple(BOX_LABELS))
    require_texts(kinds, "kinds", expected='a list such as ["JPEG", "fog"]')
    return evaluate_model(
        model,
        as_path(data, "data"),
        split=split,
        boxes=boxes,
        allow_seen=allow_seen,
        kinds=kinds,
        frames=None if frames is None else as_int(frames, "frames", least=1),
        limit=None if limit is None else as_int(limit, "limit", least=1),
        seed=as_int(seed, "seed", least=0, most=MAX_SEED),
        baseline=baseline,
    )
