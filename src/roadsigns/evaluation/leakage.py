"""Refusing to judge a model by signs that it has learned."""

from typing import Literal

from roadsigns.datasets.splits import tracks_of
from roadsigns.errors import DataLeakageError
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import DataSet

__all__ = ["EVALUATION_SPLITS", "EvaluationSplit", "check_leakage"]

EvaluationSplit = Literal["test", "validation", "all"]
EVALUATION_SPLITS: tuple[EvaluationSplit, ...] = ("test", "validation", "all")


def check_leakage(chosen: DataSet, split: EvaluationSplit, metadata: ModelMetadata, *, allow_seen: bool) -> bool | None:
    """Tell whether a model was trained on frames of the signs that are to judge it.

    Args:
        chosen: What is to judge.
        split: Which split that is.
        metadata: What the model says of itself.
        allow_seen: Whether it may.

    Returns:
        None where it cannot be told.

    Raises:
        DataLeakageError: If it was, unless it may.
    """
    learned = metadata.learned_tracks(chosen.source, [sign.name for sign in chosen.classes])
    if learned is None:
        return False
    tracks = tracks_of(chosen.samples)
    seen = tracks & learned
    if not seen:
        # Test images have no tracks to compare, and show other signs than the training images of their source.
        unknown = split != "test" and any(sample.track is None for sample in chosen.samples)
        return None if unknown else False
    if not allow_seen:
        first = min(seen)
        name = chosen.classes[first.class_id].name
        raise DataLeakageError(
            f"The model was trained on frames of {len(seen)} of these {len(tracks)} signs, such as "
            f"track {first.track} of '{name}': the figures would measure its memory. {_advice(split, metadata)} "
            "Or add --allow-seen, and the figures will be labelled as seen."
        )
    return True


def _advice(split: EvaluationSplit, metadata: ModelMetadata) -> str:
    by = metadata.split.get("by")
    if split == "validation" and by == "random":
        return "It was validated on single images, which leaks. Use --split test, or train with data.split=group."
    if split == "validation":
        return "The data folder is not the one that it was trained on. Give that one, or use --split test."
    return "Use --split test." if by == "none" else "Use --split test or --split validation."
