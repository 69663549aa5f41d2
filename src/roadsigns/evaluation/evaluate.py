"""A model and a data folder to figures: choose the images, refuse those it has seen, predict, judge."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.folds import find_fold, fold_label
from roadsigns.datasets.reader import read_test, read_training
from roadsigns.datasets.spec import GTSRB_CLASSES, SUBSETS
from roadsigns.datasets.splits import SPLIT_LABELS, split_samples
from roadsigns.errors import DataError, ModelError
from roadsigns.evaluation.leakage import EVALUATION_SPLITS, EvaluationSplit, check_leakage
from roadsigns.evaluation.metrics import Metrics, compute_metrics
from roadsigns.inference.recognizer import Recognizer
from roadsigns.loading.crops import Crops
from roadsigns.loading.load import load_prepared
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import find_model, read_metadata
from roadsigns.progress import progress
from roadsigns.robustness.box_noise import BOX_LABELS, BoxUse, box_source
from roadsigns.types import DataSet, Sample, SignClass

__all__ = ["EVALUATION_SPLITS", "Evaluation", "EvaluationSplit", "evaluate"]

BATCH = 1024
# Beyond, naming them one by one hides everything else; the result names all.
NAMED_PROBLEMS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a model reads in a data set, and how right it is.

    Attributes:
        model: As it was asked for: a run folder, a file, or a name.
        model_file: The file it was found in.
        metadata: What that file says of itself.
        data: The data folder.
        source: Where the data come from, such as "GTSRB".
        split: Which of its images.
        boxes: Which boxes the model was given.
        split_label: What must stand beside every figure.
        seen: Whether the model was trained on frames of these signs; None where that cannot be told, because the
            images have no tracks and may come from where its training images came from.
        leaky: Whether validation was held out by single images.
        metrics: The figures.
        samples: The images, without those that did not decode.
        labels: Class ids, shape (images,).
        probabilities: Float32, shape (images, num_classes).
        undecodable: The images that did not decode, with the reason. They count in no figure.
    """

    model: str
    model_file: Path
    metadata: ModelMetadata
    data: Path
    source: str
    split: EvaluationSplit
    boxes: BoxUse
    split_label: str
    seen: bool | None
    leaky: bool
    metrics: Metrics
    samples: tuple[Sample, ...]
    labels: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float32]
    undecodable: tuple[tuple[Sample, str], ...]

    @property
    def title(self) -> str:
        """What was measured: model, data and the label of the split."""
        return f"{self.model} on {self.source}, {self.split_label}"

    @property
    def class_names(self) -> list[str]:
        """In label order."""
        return _names(self.metadata.classes)


def evaluate(
    model: str | Path,
    data: Path,
    *,
    split: EvaluationSplit = "test",
    boxes: BoxUse = "given",
    allow_seen: bool = False,
    cache_folder: Path | None = None,
) -> Evaluation:
    """Measure a model.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: A data folder; see `roadsigns.datasets.reader`.
        split: "test": the test images. "validation": those held out when the model was trained, found again by its
            record. "all": every labelled image outside the test set.
        boxes: Which boxes the model is given; see `roadsigns.robustness.box_noise`. Only models whose preparation
            wants boxes look at any.
        allow_seen: Judge also on signs that the model was trained on; the result then says so.
        cache_folder: Where decoded images are kept; None for no cache.

    Raises:
        ModelError: If the model cannot be used.
        DataError: If there are no such images, none decodes, or their classes are not the model's.
        DataLeakageError: If the model was trained on frames of these signs, unless `allow_seen`.
        MissingExtraError: If what computes the model is not installed: Keras, for a run.
    """
    model_file = find_model(model)
    metadata = read_metadata(model_file)
    chosen = _choose(data, split, metadata, model_file)
    _require_same_classes(metadata.classes, chosen.classes, data)
    seen = check_leakage(chosen, split, metadata, allow_seen=allow_seen)
    recognizer = Recognizer.load(model_file)
    _require_boxes(metadata, boxes, model)
    prepared = load_prepared(
        chosen.samples, metadata.as_preparation(), cache_folder=cache_folder, box_of=box_source(boxes)
    )
    _name_problems(prepared.problems)
    probabilities = predict_probabilities(recognizer, prepared.crops)
    if not np.isfinite(probabilities).all():
        raise ModelError(
            f"{model_file} answers with values that are not numbers. Its training went wrong; train it again."
        )
    metrics = compute_metrics(
        probabilities,
        prepared.labels,
        tracks=[sample.track_key for sample in prepared.samples],
        subsets=SUBSETS if _names(metadata.classes) == _names(GTSRB_CLASSES) else None,
    )
    return Evaluation(
        model=str(model),
        model_file=model_file,
        metadata=metadata,
        data=data,
        source=chosen.source,
        split=split,
        boxes=boxes,
        split_label=_label(split, metadata, boxes, seen=bool(seen)),
        seen=seen,
        leaky=_is_leaky(split, metadata),
        metrics=metrics,
        samples=prepared.samples,
        labels=prepared.labels,
        probabilities=probabilities,
        undecodable=prepared.problems,
    )


def predict_probabilities(recognizer: Recognizer, crops: Crops) -> npt.NDArray[np.float32]:
    """Run a model's network over its inputs. Returns probabilities, shape (images, num_classes)."""
    rows = []
    with progress("Reading signs", total=len(crops)) as advance:
        for start in range(0, len(crops), BATCH):
            batch = crops.squares(range(start, min(start + BATCH, len(crops))))
            rows.append(recognizer.probabilities(batch))
            advance(len(batch))
    return np.concatenate(rows)


def _choose(data: Path, split: EvaluationSplit, metadata: ModelMetadata, model_file: Path) -> DataSet:
    if split == "test":
        return read_test(data)
    if split == "validation" and metadata.split.get("by") == "none":
        raise DataError(
            f"{model_file} was trained on every image, so there is no validation split. "
            "Use --split test, or --split all on images that it has not seen."
        )
    labelled = read_training(data)
    if split == "all":
        return labelled
    try:
        held_out = _held_out(labelled.samples, metadata.split)
    except KeyError as error:
        raise ModelError(f"{model_file} does not record how its validation was held out. Use --split test.") from error
    return DataSet(held_out, labelled.classes, labelled.source)


def _held_out(samples: tuple[Sample, ...], record: dict[str, Any]) -> tuple[Sample, ...]:
    if "folds" in record:
        return find_fold(samples, record).validation
    by, fraction, seed = (record[key] for key in ("by", "validation_fraction", "seed"))
    return split_samples(samples, by=by, validation_fraction=fraction, seed=seed).validation


def _names(classes: Iterable[SignClass]) -> list[str]:
    return [sign.name for sign in classes]


def _require_same_classes(of_model: tuple[SignClass, ...], of_data: tuple[SignClass, ...], data: Path) -> None:
    if _names(of_model) == _names(of_data):
        return
    if len(of_model) != len(of_data):
        raise DataError(
            f"The model knows {len(of_model)} classes ({_first(of_model)}), {data} has {len(of_data)} "
            f"({_first(of_data)}). Give a data folder with the model's classes, in folders of the same names."
        )
    ours, theirs = next(pair for pair in zip(of_model, of_data, strict=True) if pair[0].name != pair[1].name)
    raise DataError(
        f"Class {ours.class_id} is '{ours.name}' to the model and '{theirs.name}' in {data}. "
        "Give a data folder with the model's classes, in folders of the same names."
    )


def _first(classes: tuple[SignClass, ...]) -> str:
    return ", ".join(_names(classes[:3])) + (", ..." if len(classes) > 3 else "")  # noqa: PLR2004


def _is_leaky(split: EvaluationSplit, metadata: ModelMetadata) -> bool:
    return split == "validation" and metadata.split.get("by") == "random"


def _require_boxes(metadata: ModelMetadata, boxes: BoxUse, model: str | Path) -> None:
    if boxes != "given" and not metadata.as_preparation().wants_boxes:
        raise ModelError(
            f"{model} prepares its images by '{metadata.preparation}', which looks at no box: its figures with boxes "
            f"{boxes} would be the same. Leave --boxes out."
        )


def _label(split: EvaluationSplit, metadata: ModelMetadata, boxes: BoxUse, *, seen: bool) -> str:
    if split == "validation":
        by = metadata.split["by"]
        label = fold_label(metadata.split) if "folds" in metadata.split else SPLIT_LABELS[by]
    else:
        label = {"test": "test images", "all": "all labelled images"}[split]
    return ", ".join(part for part in (label, BOX_LABELS[boxes], "SEEN IN TRAINING" if seen else "") if part)


def _name_problems(problems: tuple[tuple[Sample, str], ...]) -> None:
    for _, message in problems[:NAMED_PROBLEMS]:
        warnings.warn(f"Left out: {message}", stacklevel=3)
    if len(problems) > NAMED_PROBLEMS:
        warnings.warn(f"Left out: {len(problems) - NAMED_PROBLEMS} more images that do not decode.", stacklevel=3)
