"""Evaluates a model on known and unknown images: what is asked for is checked first, then the model reads both."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from roadsigns.evaluation.evaluate import evaluate
from roadsigns.evaluation.evaluation import Evaluation
from roadsigns.evaluation.leakage import EvaluationSplit
from roadsigns.evaluation.rejection.judge import Judgement, judge_unknown
from roadsigns.evaluation.rejection.metrics import KEEP
from roadsigns.evaluation.rejection.scores import NetworkOutputs, choose_scores
from roadsigns.evaluation.rejection.unknown_images import background_of, unknown_folder
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.model_file import find_model, read_metadata
from roadsigns.robustness.box_noise import BoxUse

__all__ = ["WINDOWS", "evaluate_unknown", "with_judgements"]

WINDOWS = 5000


def evaluate_unknown(
    model: str | Path,
    data: Path,
    *,
    unknown: Path | None = None,
    background: Path | None = None,
    score: str | None = None,
    keep: float = KEEP,
    windows: int = WINDOWS,
    seed: int = 0,
    split: EvaluationSplit = "test",
    boxes: BoxUse = "given",
    fuse_tracks: bool = False,
    allow_seen: bool = False,
    cache_folder: Path | None = None,
) -> tuple[Evaluation, tuple[Judgement, ...]]:
    """Evaluate a model on known images, and compare their scores with those of unknown images.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: Of the known images, which are chosen as `evaluate` chooses them.
        unknown: A folder, archive or file of images that show none of the classes; None for none.
        background: A folder of street scenes in GTSDB's layout, to cut windows from; None for none.
        score: Name of a score, see `scores.SCORES`; None for all that the model has.
        keep: The share of the known images that is to be kept, more than 0, at most 1.
        windows: Number of background windows.
        seed: Of their choice.
        split: See `evaluate`.
        boxes: See `evaluate`.
        fuse_tracks: See `evaluate`.
        allow_seen: See `evaluate`.
        cache_folder: See `evaluate`.

    Returns:
        The evaluation of the known images, and a judgement of the unknown and one of the background, as asked for.

    Raises:
        DataError: If there are no unknown images or scenes, or none can be read.
        ModelError: If the model does not have the outputs that the score needs.
        RoadsignsError: As `evaluate`.
    """
    metadata = read_metadata(find_model(model))
    nothing = (np.empty((0, len(part)), np.float32) for part in (metadata.classes, metadata.unknown_kinds))
    choose_scores(NetworkOutputs(*nothing), score)
    sources = []
    if unknown is not None:
        sources.append(unknown_folder(unknown, metadata.classes))
    if background is not None:
        sources.append(background_of(background, count=windows, seed=seed))
    evaluation = evaluate(
        model,
        data,
        split=split,
        boxes=boxes,
        fuse_tracks=fuse_tracks,
        allow_seen=allow_seen,
        cache_folder=cache_folder,
    )
    if not sources:
        return evaluation, ()
    recognizer = Recognizer.load(evaluation.model_file)
    return evaluation, tuple(
        judge_unknown(evaluation, recognizer, source, score=score, keep=keep) for source in sources
    )


def with_judgements(evaluation: Evaluation, judgements: Sequence[Judgement]) -> dict[str, object]:
    """Return an evaluation as JSON holds it, with the key "unknown" where unknown images were judged too."""
    extra = {"unknown": [judgement.as_dict() for judgement in judgements]} if judgements else {}
    return evaluation.as_dict() | extra
