"""Data leakage: a model must not be evaluated on signs that it was trained on."""

from typing import Literal

from roadsigns.datasets.splits import tracks_of
from roadsigns.errors import DataLeakageError
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import DataSet

__all__ = ["EVALUATION_SPLITS", "EvaluationSplit", "check_leakage"]

EvaluationSplit = Literal["test", "validation", "all"]
EVALUATION_SPLITS: tuple[EvaluationSplit, ...] = ("test", "validation", "all")


def check_leakage(chosen: DataSet, split: EvaluationSplit, metadata: ModelMetadata, *, allow_seen: bool) -> bool | None:
    """Check whether a model was trained on frames of the signs that it is to be evaluated on.

    Args:
        chosen: The images to evaluate on.
        split: Which split that is.
        metadata: That of the model.
        allow_seen: Return True instead of raising.

    Returns:
        Whether it was; None where that is unknown.

    Raises:
        DataLeakageError: If it was, unless that is allowed.
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
        name, cause = chosen.classes[first.class_id].name, _cause(chosen, split, metadata)
        raise DataLeakageError(
            f"The model was trained on frames of {len(seen)} of these {len(tracks)} signs, such as track {first.track} "
            f"of '{name}': the metrics would measure memory, not recognition. {cause}".rstrip(),
            hint=f"{_advice(chosen, split, metadata)} Or add --allow-seen, and the results will be labelled as seen.",
        )
    return True


def _cause(chosen: DataSet, split: EvaluationSplit, metadata: ModelMetadata) -> str:
    if split != "validation":
        return ""
    if metadata.split and metadata.split.by == "random":
        return "Its validation was split by single images, which puts frames of one sign on both sides."
    if _is_own(chosen):
        return "The data's own validation images show signs that its training images show too."
    return "The data folder is not the one that it was trained on."


def _is_own(chosen: DataSet) -> bool:
    return all(sample.held_out for sample in chosen.samples)


def _advice(chosen: DataSet, split: EvaluationSplit, metadata: ModelMetadata) -> str:
    by = metadata.split and metadata.split.by
    if split == "validation" and by == "random":
        return "Use --split test, or train with data.split=group."
    if split == "validation" and _is_own(chosen):
        return "Move all images of a sign to one side, and train again."
    if split == "validation":
        return "Give the data folder that it was trained on, or use --split test."
    return "Use --split test." if by == "none" else "Use --split test or --split validation."
