"""Evaluates a model on a data folder: chooses the images, refuses leakage, predicts and computes the metrics."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.class_match import require_same_classes
from roadsigns.datasets.reader import read_test, read_training
from roadsigns.datasets.registry import spec_of
from roadsigns.errors import DataError, ModelError
from roadsigns.evaluation.compute_metrics import compute_metrics
from roadsigns.evaluation.decided_images import count_decisions
from roadsigns.evaluation.evaluation import Evaluation
from roadsigns.evaluation.fused_tracks import evaluate_fused_tracks
from roadsigns.evaluation.leakage import EVALUATION_SPLITS, EvaluationSplit, check_leakage
from roadsigns.inference.decide import require_numbers
from roadsigns.inference.recognizer import Recognizer
from roadsigns.loading.cache import check_cache_folder
from roadsigns.loading.crops import Crops
from roadsigns.loading.load import load_prepared
from roadsigns.loading.problems import warn_of_problems
from roadsigns.model_files.builtin import full_name
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import find_model, read_metadata
from roadsigns.progress import progress
from roadsigns.robustness.box_noise import BoxUse, box_source
from roadsigns.types import DataSet

__all__ = [
    "EVALUATION_SPLITS",
    "ChosenImages",
    "EvaluationSplit",
    "choose_images",
    "evaluate",
    "predict_outputs",
]

BATCH = 1024
# What to do without test images.
USE_VALIDATION = "Evaluate on the images that were held out in training: --split validation."
TRAIN_A_PART = "To evaluate on training images, train the model's recipe on a part of them: `roadsigns train` does."


class ChosenImages(NamedTuple):
    """What a model is evaluated on.

    Attributes:
        model_file: The file of the model.
        metadata: That of the model.
        images: Those of the split, at least one.
        leakage: Whether the model was trained on frames of these signs; None where that is unknown.
    """

    model_file: Path
    metadata: ModelMetadata
    images: DataSet
    leakage: bool | None


def evaluate(
    model: str | Path,
    data: Path,
    *,
    split: EvaluationSplit = "test",
    boxes: BoxUse = "given",
    fuse_tracks: bool = False,
    allow_seen: bool = False,
    cache_folder: Path | None = None,
) -> Evaluation:
    """Evaluate a model.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: A data folder; see `roadsigns.datasets.reader`.
        split: "test": the test images. "validation": those held out when the model was trained, found again by its
            record. "all": every labelled image outside the test set.
        boxes: Which boxes the model is given; see `roadsigns.robustness.box_noise`. Only models whose preparation
            uses boxes use them.
        fuse_tracks: Also read each sign by several of its frames, see `fused_tracks`.
        allow_seen: Evaluate on signs that the model was trained on, too; the result then says so.
        cache_folder: Folder of the cache of decoded images; None for no cache.

    Raises:
        ModelError: If the model cannot be used.
        DataError: If there are no such images, none decodes, or their classes are not the model's.
        DataLeakageError: If the model was trained on these images, or on frames of these signs, unless `allow_seen`.
        OutputError: If the cache lies in the data folder.
        MissingExtraError: If the engine of the model is not installed, such as Keras for a run.
    """
    check_cache_folder(cache_folder, data)
    model_file, metadata, chosen, leakage = choose_images(model, data, split=split, boxes=boxes, allow_seen=allow_seen)
    recognizer = Recognizer.load(model_file)
    prepared = load_prepared(
        chosen.samples, metadata.as_preparation(), cache_folder=cache_folder, box_of=box_source(boxes)
    )
    warn_of_problems([message for _, message in prepared.problems])
    outputs = predict_outputs(recognizer, prepared.crops)
    probabilities = outputs[:, : len(metadata.classes)]
    require_numbers(outputs, str(model))
    metrics = compute_metrics(
        probabilities,
        prepared.labels,
        tracks=[sample.track_key for sample in prepared.samples],
        subsets=spec_of(metadata.classes).subsets,
    )
    return Evaluation(
        model=full_name(model),
        model_file=model_file,
        metadata=metadata,
        data=data,
        source=chosen.source,
        split=split,
        boxes=boxes,
        leakage=leakage,
        metrics=metrics,
        samples=prepared.samples,
        labels=prepared.labels,
        probabilities=probabilities,
        unknown=outputs[:, len(metadata.classes) :],
        undecodable=prepared.problems,
        decisions=count_decisions(outputs, probabilities.argmax(axis=1) != prepared.labels, recognizer.rule),
        fused_tracks=evaluate_fused_tracks(outputs, prepared.samples, recognizer.rule) if fuse_tracks else None,
    )


def choose_images(
    model: str | Path, data: Path, *, split: EvaluationSplit, boxes: BoxUse, allow_seen: bool
) -> ChosenImages:
    """Choose the images to evaluate a model on, and refuse those that would not measure it. See `evaluate`."""
    model_file = find_model(model)
    metadata = read_metadata(model_file)
    chosen = _choose(data, split, metadata, model)
    require_same_classes(
        [sign.name for sign in metadata.classes],
        [sign.name for sign in chosen.classes],
        us="the model",
        them=str(data),
        hint="Give a data folder with the model's classes, in folders of the same names.",
    )
    leakage = check_leakage(chosen, split, metadata, allow_seen=allow_seen)
    _require_boxes(metadata, boxes, model)
    return ChosenImages(model_file, metadata, chosen, leakage)


def predict_outputs(recognizer: Recognizer, crops: Crops) -> npt.NDArray[np.float32]:
    """Run a model's network on prepared images. Returns what `Recognizer.outputs` does, shape (images, outputs)."""
    rows = []
    with progress("Reading signs", total=len(crops)) as advance:
        for start in range(0, len(crops), BATCH):
            batch = crops.unscaled_batch(range(start, min(start + BATCH, len(crops))))
            rows.append(recognizer.outputs(batch))
            advance(len(batch))
    return np.concatenate(rows)


def _choose(data: Path, split: EvaluationSplit, metadata: ModelMetadata, model: str | Path) -> DataSet:
    saw_all = metadata.split is not None and metadata.split.by == "none"
    if split == "test":
        return read_test(data, instead=TRAIN_A_PART if saw_all else USE_VALIDATION)
    if split == "validation" and saw_all:
        raise DataError(
            "The model was trained on every image, so there is no validation split.",
            hint=f"Use --split test, or --split all with images that it has not seen. {TRAIN_A_PART}",
            subject=str(model),
        )
    labelled = read_training(data)
    if split == "all":
        return labelled
    if metadata.split is None:
        raise ModelError(
            "The model does not record how its validation images were held out.",
            hint="Use --split test.",
            subject=str(model),
        )
    return DataSet(metadata.split.split(labelled.samples).validation, labelled.classes, labelled.source)


def _require_boxes(metadata: ModelMetadata, boxes: BoxUse, model: str | Path) -> None:
    if boxes != "given" and not metadata.as_preparation().wants_boxes:
        raise ModelError(
            f"Its preparation '{metadata.preparation}' uses no boxes, so the results would be the same.",
            hint="Leave --boxes out.",
            subject=str(model),
        )
