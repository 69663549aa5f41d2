"""A recipe and a data set to a trained model in a run folder."""

import hashlib
import resource
import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from roadsigns.data.batches import TrainingBatches
from roadsigns.data.load import PreparedImages, load_prepared
from roadsigns.data.samples import DataSet, Sample
from roadsigns.data.split import SPLIT_LABELS, Split, split_samples, tracks_of
from roadsigns.errors import DataError, MissingExtraError, RunError
from roadsigns.evaluation.figures import draw_curves
from roadsigns.images.augment import Augmentation
from roadsigns.inference.model_file import ModelMetadata, load_network
from roadsigns.recipe import Recipe
from roadsigns.training.environment import describe_environment
from roadsigns.training.fit import Fit
from roadsigns.training.precision import choose_precision, cpu_name, make_deterministic
from roadsigns.training.run import RunFolder
from roadsigns.training.validate import ValidationImages, measure

__all__ = ["train"]

ENVIRONMENT = "environment.json"


def train(
    recipe: Recipe, data: DataSet, run: RunFolder, *, name: str, seed: int, cache_folder: Path | None
) -> dict[str, Any]:
    """Train by a recipe. A run folder that holds a checkpoint is gone on with.

    Args:
        recipe: What to do.
        data: What to train on; for a run to go on with, the same as at its start.
        run: Where everything is written; see `roadsigns.training.run`.
        name: The recipe's name, for the record.
        seed: Decides split, initial weights, order and augmentation.
        cache_folder: Where decoded images are kept; None for no cache.

    Returns:
        What figures.json holds; "complete" is false after Ctrl-C.

    Raises:
        DataError: If no image decodes or the split leaves nothing.
        RunError: If the run cannot be written or resumed, or the loss is no longer a number.
    """
    if recipe.training.deterministic:
        make_deterministic()
    start = time.perf_counter()
    settings = recipe.data
    split = split_samples(data.samples, by=settings.split, validation_fraction=settings.validation_fraction, seed=seed)
    precision = choose_precision(recipe.training.precision)
    _record_environment(run, data, name=name, seed=seed, precision=precision)
    prepared = load_prepared(
        data.samples, preparation=settings.preparation, image_size=settings.image_size, cache_folder=cache_folder
    )
    for _, problem in prepared.problems:
        print(f"Left out: {problem}", file=sys.stderr)
    fit = Fit(
        recipe=recipe,
        run=run,
        metadata=_metadata(recipe, data, split, prepared, name=name, seed=seed),
        batches=_training_batches(recipe, split, prepared, seed),
        validation=_validation_images(split, prepared),
        precision=precision,
        seed=seed,
    )
    if not len(fit.batches):
        raise DataError(f"None of the {len(split.train)} images to train on decodes. See the list above.")
    prepare_seconds = time.perf_counter() - start
    finished = fit.run_epochs()
    _draw_curves(fit)
    figures = _figures(fit, split, prepared, prepare_seconds=prepare_seconds, complete=finished)
    run.write_json("figures.json", figures)
    if finished:
        run.remove_checkpoint()
    return figures


def _draw_curves(fit: Fit) -> None:
    if not fit.history:
        return
    try:
        draw_curves(fit.history, fit.run.curves)
    except MissingExtraError as error:
        print(f"No {fit.run.curves.name}: {error}", file=sys.stderr)


def _metadata(
    recipe: Recipe, data: DataSet, split: Split, prepared: PreparedImages, *, name: str, seed: int
) -> ModelMetadata:
    undecodable = {sample.path for sample, _ in prepared.problems}
    seen = tuple(sample for sample in split.train if sample.path not in undecodable)
    return ModelMetadata(
        network=recipe.model.name,
        recipe=name,
        preparation=recipe.data.preparation,
        image_size=recipe.data.image_size,
        classes=data.classes,
        source=data.source,
        trained_on=tracks_of(seen),
        split={"by": recipe.data.split, "validation_fraction": recipe.data.validation_fraction, "seed": seed},
        epoch=0,
    )


def _training_batches(recipe: Recipe, split: Split, prepared: PreparedImages, seed: int) -> TrainingBatches:
    return TrainingBatches(
        prepared.images,
        prepared.labels,
        _positions(split.train, prepared),
        recipe.training.batch_size,
        Augmentation(**recipe.augmentation.model_dump()),
        seed,
    )


def _validation_images(split: Split, prepared: PreparedImages) -> ValidationImages:
    return ValidationImages(prepared.images, prepared.labels, _positions(split.validation, prepared))


def _positions(samples: tuple[Sample, ...], prepared: PreparedImages) -> "np.typing.NDArray[np.intp]":
    wanted = {sample.path for sample in samples}
    return np.flatnonzero([sample.path in wanted for sample in prepared.samples])


def _record_environment(run: RunFolder, data: DataSet, *, name: str, seed: int, precision: str) -> None:
    record = {
        "recipe": name,
        "seed": seed,
        "data": {
            "folder": str(_common_folder(data)),
            "source": data.source,
            "images": len(data.samples),
            "sha256": _fingerprint(data),
        },
        **describe_environment(cpu=cpu_name(), backend=keras.backend.backend(), precision=precision),
    }
    if (run.path / ENVIRONMENT).is_file():
        before = run.read_json(ENVIRONMENT)
        for key, meaning in (("data", "the data"), ("precision", "the precision"), ("backend", "the back-end")):
            was, now = (entry[key]["sha256"] if key == "data" else entry[key] for entry in (before, record))
            if was != now:
                raise RunError(
                    f"{run.path} cannot be resumed: {meaning} is not the same as at its start ({was}, now {now}). "
                    "Give what it was started with, or start anew with another --run folder."
                )
    run.write_json(ENVIRONMENT, record)


def _common_folder(data: DataSet) -> Path:
    return data.samples[0].path.absolute().parent.parent


def _fingerprint(data: DataSet) -> str:
    digest = hashlib.sha256()
    for sample in data.samples:
        digest.update(f"{sample.class_id}/{sample.path.name} {sample.box}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _figures(
    fit: Fit, split: Split, prepared: PreparedImages, *, prepare_seconds: float, complete: bool
) -> dict[str, Any]:
    # The first epoch compiles; it counts only where there is no other.
    timed = fit.history[1:] or fit.history
    seconds = sum(line.seconds for line in timed)
    figures: dict[str, Any] = {
        "complete": complete,
        "model_epoch": fit.model_epoch,
        "split": SPLIT_LABELS[fit.recipe.data.split],
        "images": {"train": len(fit.batches.index), "validation": len(fit.validation.index)},
        "undecodable": [str(sample.path) for sample, _ in prepared.problems],
        "precision": fit.precision,
        "seconds": {"prepare": round(prepare_seconds, 2), "train": round(sum(line.seconds for line in fit.history), 2)},
        "training_images_per_second": round(len(timed) * len(fit.batches.index) / seconds, 1) if seconds else None,
        "waited_for_data_seconds": round(sum(line.waited_seconds for line in fit.history), 3),
        # Linux counts in KiB.
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6),
    }
    if len(fit.validation.index):
        # From the file, in float32: what a user will have, not what was measured on the way.
        result = measure(load_network(fit.run.model), fit.validation)
        figures["validation"] = {
            "images": result.images,
            "errors": result.errors,
            "accuracy": result.accuracy,
            "loss": result.loss,
        }
    return figures
