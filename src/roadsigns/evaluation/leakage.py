"""Data leakage: a model must not be evaluated on signs that it was trained on."""

from typing import Literal

from roadsigns.datasets.image_checksums import remembered
from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.datasets.splits import tracks_of
from roadsigns.errors import DataLeakageError
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import DataSet, TrackKey
from roadsigns.wording import counted

__all__ = ["EVALUATION_SPLITS", "EvaluationSplit", "check_leakage"]

EvaluationSplit = Literal["test", "validation", "all"]
EVALUATION_SPLITS: tuple[EvaluationSplit, ...] = ("test", "validation", "all")


def check_leakage(chosen: DataSet, split: EvaluationSplit, metadata: ModelMetadata, *, allow_seen: bool) -> bool | None:
    """Check whether a model was trained on the images that it is to be evaluated on, or on frames of their signs.

    Tracks identify the signs. A model that was trained on images without tracks remembers the images themselves.

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
    seen = _seen_signs(chosen, learned or frozenset()) or _seen_images(chosen, metadata)
    if not seen:
        return None if learned is not None and _is_unknown(chosen, split, metadata) else False
    if not allow_seen:
        raise DataLeakageError(
            f"The model was trained on {seen}: the metrics would measure memory, not recognition. "
            f"{_cause(chosen, split, metadata)}".rstrip(),
            hint=f"{_advice(chosen, split, metadata)} Or add --allow-seen, and the results will be labelled as seen.",
        )
    return True


def _seen_signs(chosen: DataSet, learned: frozenset[TrackKey]) -> str:
    """Say how many of the signs the model has seen frames of; empty for none."""
    tracks = tracks_of(chosen.samples)
    seen = tracks & learned
    if not seen:
        return ""
    first = min(seen)
    name = chosen.classes[first.class_id].name
    return f"frames of {len(seen)} of these {len(tracks)} signs, such as track {first.track} of '{name}'"


def _seen_images(chosen: DataSet, metadata: ModelMetadata) -> str:
    """Say how many of the images the model has seen; empty for none."""
    seen = remembered(chosen.samples, metadata.learned_images)
    images = len({sample.path for sample in chosen.samples})
    return f"{len(seen)} of these {counted(images, 'image')}, such as {seen[0]}" if seen else ""


def _is_unknown(chosen: DataSet, split: EvaluationSplit, metadata: ModelMetadata) -> bool:
    """Whether nothing tells what the model has seen of images that may be from its training's source."""
    # The test images of a data set have no tracks to compare, and show other signs than its training images.
    if split == "test" and chosen.source != OWN_SOURCE:
        return False
    if all(sample.track is not None for sample in chosen.samples):
        return False
    # Held out one by one, so that their signs may have trained.
    by_image = split == "validation" and metadata.split is not None and metadata.split.by == "random"
    return by_image or not metadata.remembers_images(chosen.source, [sign.name for sign in chosen.classes])


def _cause(chosen: DataSet, split: EvaluationSplit, metadata: ModelMetadata) -> str:
    if split != "validation":
        return ""
    if metadata.split and metadata.split.by == "random":
        return "Its validation was split by single images, which puts frames of one sign on both sides."
    if _is_own(chosen):
        return "The data's own validation images show signs that its training images show too."
    if metadata.learned_images:
        return "The data folder is not the one that it was trained on, or holds copies of images."
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
    if split == "test":
        return "Give test images that it was not trained on."
    return "Use --split test." if by == "none" else "Use --split test or --split validation."
