"""Evaluates a model on corrupted images, and a baseline on the same ones."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from roadsigns.errors import DataError
from roadsigns.evaluation.corruptions.answers import Answers, Task, collect_answers
from roadsigns.evaluation.corruptions.result import (
    Cell,
    CorruptionEvaluation,
    KindResult,
    measure_cell,
    measure_kind,
)
from roadsigns.evaluation.corruptions.subset import choose_subset
from roadsigns.evaluation.evaluate import ChosenImages, choose_images
from roadsigns.evaluation.leakage import EvaluationSplit, check_leakage
from roadsigns.loading.problems import warn_of_problems
from roadsigns.model_files.builtin import full_name
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import find_model, read_metadata
from roadsigns.robustness.box_noise import BoxUse
from roadsigns.robustness.corruption import SEVERITIES, Corruption
from roadsigns.robustness.corruptions import graded_corruptions
from roadsigns.types import Sample
from roadsigns.wording import counted_of, one_of

__all__ = ["BASELINE", "choose_kinds", "evaluate_corruptions"]

# The tutorial's network, as ImageNet-C takes AlexNet: a plain one that stays the same.
BASELINE = "tutorial-augmented"


def evaluate_corruptions(
    model: str | Path,
    data: Path,
    *,
    split: EvaluationSplit = "test",
    boxes: BoxUse = "given",
    allow_seen: bool = False,
    kinds: Sequence[str] = (),
    frames: int | None = None,
    limit: int | None = None,
    seed: int = 0,
    baseline: str | Path | None = BASELINE,
) -> CorruptionEvaluation:
    """Evaluate a model on corrupted images.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: A data folder; see `roadsigns.datasets.reader`.
        split: See `roadsigns.evaluation.evaluate`.
        boxes: Which boxes the models are given; those of a corrupted image are its own, also where the sign has moved.
        allow_seen: Evaluate on signs that the model was trained on, too; the result then says so.
        kinds: Names of corruptions; none for all that have severities.
        frames: At most so many frames of each track; None for all.
        limit: At most so many images, whole tracks; None for all. See `choose_subset`.
        seed: Not negative. Decides places, directions and noise, together with the names of image and kind.
        baseline: The model whose errors are the unit of the corruption error; None for none. One that knows other
            classes is left out, with a warning.

    Raises:
        ModelError: If a model cannot be used.
        DataError: If there are no such images or kinds, no image decodes, or the classes are not the model's.
        DataLeakageError: If the model was trained on frames of these signs, unless `allow_seen`.
        MissingExtraError: If the engine of a model is not installed, such as Keras for a run.
    """
    corruptions = choose_kinds(kinds)
    chosen = choose_images(model, data, split=split, boxes=boxes, allow_seen=allow_seen)
    baseline_file = _baseline_file(baseline, chosen)
    files = tuple(dict.fromkeys(filter(None, (chosen.model_file, baseline_file))))
    if frames is not None and not any(sample.track for sample in chosen.images.samples):
        warnings.warn("The images have no tracks, so 'frames' leaves none out.", stacklevel=2)
    samples = choose_subset(chosen.images.samples, frames=frames, limit=limit, seed=seed)
    _warn_of_classes_left_out(chosen.images.samples, samples)
    task = Task(files, tuple(one.name for one in corruptions), seed, boxes)
    answers = collect_answers(samples, task)
    warn_of_problems([message for _, message in answers.undecodable])
    uncorrupted, measured = _measure(answers, corruptions, with_baseline=baseline_file is not None)
    return CorruptionEvaluation(
        model=full_name(model),
        model_file=chosen.model_file,
        metadata=chosen.metadata,
        data=data,
        source=chosen.images.source,
        split=split,
        boxes=boxes,
        leakage=chosen.leakage,
        baseline=None if baseline_file is None else full_name(str(baseline)),
        baseline_leakage=None if baseline_file is None else _leakage(baseline_file, chosen, split),
        seed=seed,
        frames=frames,
        limit=limit,
        uncorrupted=uncorrupted,
        kinds=measured,
        samples=answers.samples,
        undecodable=answers.undecodable,
    )


def choose_kinds(names: Sequence[str]) -> tuple[Corruption, ...]:
    """Return the corruptions of these names, in the registry's order; all that have severities where none is given.

    Upper and lower case are the same.

    Raises:
        DataError: If there is no such corruption with severities.
    """
    known = {one.name.lower(): one for one in graded_corruptions()}
    for name in names:
        if name.lower() not in known:
            expected = one_of(one.name for one in known.values())
            raise DataError(f"There is no kind of corruption '{name}'.", expected=expected)
    wanted = {name.lower() for name in names}
    return tuple(one for name, one in known.items() if name in wanted or not wanted)


def _baseline_file(baseline: str | Path | None, chosen: ChosenImages) -> Path | None:
    if baseline is None:
        return None
    file = find_model(baseline)
    if _names(read_metadata(file)) != _names(chosen.metadata):
        warnings.warn(f"The baseline {baseline} knows other classes than the model, so there is no mCE.", stacklevel=3)
        return None
    return file


def _names(metadata: ModelMetadata) -> list[str]:
    return [sign.name for sign in metadata.classes]


def _warn_of_classes_left_out(all_there_are: Sequence[Sample], samples: Sequence[Sample]) -> None:
    some, every = (len({sample.class_id for sample in part}) for part in (samples, all_there_are))
    if some < every:
        warnings.warn(
            f"The limit leaves images of {counted_of(some, every, 'class')}. With 'frames', a few of each track, there "
            "are more signs among as many images.",
            stacklevel=3,
        )


def _leakage(baseline_file: Path, chosen: ChosenImages, split: EvaluationSplit) -> bool | None:
    leakage = check_leakage(chosen.images, split, read_metadata(baseline_file), allow_seen=True)
    if leakage and chosen.leakage is False:
        warnings.warn(
            "The baseline was trained on these signs and the model was not: the baseline's errors are too few, and the "
            "mCE is too high. Use --split test, or name a --baseline that has not seen them.",
            stacklevel=3,
        )
    return leakage


def _measure(
    answers: Answers, corruptions: Sequence[Corruption], *, with_baseline: bool
) -> tuple[Cell, tuple[KindResult, ...]]:
    """Return the metrics of the uncorrupted images and of each kind."""
    labels = np.array([sample.class_id for sample in answers.samples])
    correct = answers.predicted == labels

    def cell(version: int, severity: int, strength: float | None) -> Cell:
        return measure_cell(
            correct[0, version],
            answers.confidence[0, version],
            # The last model is the baseline; it may be the first, too.
            baseline_correct=correct[-1, version] if with_baseline else None,
            severity=severity,
            strength=strength,
        )

    kinds = []
    for number, one in enumerate(corruptions):
        first = 1 + number * len(SEVERITIES)
        cells = [
            cell(first + place, severity, strength)
            for place, (severity, strength) in enumerate(zip(SEVERITIES, one.strengths, strict=True))
        ]
        kinds.append(measure_kind(one.name, one.version, cells))
    return cell(0, 0, None), tuple(kinds)
