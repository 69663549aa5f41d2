"""A training from recipe and data set to the files of a run folder."""

import sys
from collections.abc import Sequence
from pathlib import Path

import keras

from roadsigns.augmentation.own_augmentation import OwnAugmentation, own_augmentation
from roadsigns.datasets.folds import Fold
from roadsigns.datasets.image_checksums import checksums_of
from roadsigns.datasets.registry import spec_of
from roadsigns.datasets.split_record import SplitRecord
from roadsigns.datasets.splits import HoldOutRecord, Split, SplitName, split_label, split_samples, tracks_of
from roadsigns.errors import MissingExtraError
from roadsigns.inference.load_network import load_network
from roadsigns.loading.batches import TrainingBatches
from roadsigns.loading.problems import left_out_lines
from roadsigns.model_files.metadata import Ancestor, ModelMetadata
from roadsigns.models.own_network import NetworkBuilder, own_network, require_usable
from roadsigns.recipe import Recipe
from roadsigns.reporting.learning_curves import draw_curves
from roadsigns.training.decision_thresholds import add_thresholds
from roadsigns.training.distillation import read_teacher
from roadsigns.training.environment import peak_memory_mb
from roadsigns.training.loop import Fit
from roadsigns.training.optimization.data_parallel import choose_parts, in_parts
from roadsigns.training.optimization.device import find_device, tell_device
from roadsigns.training.optimization.precision import choose_precision, make_deterministic
from roadsigns.training.optimization.steps import STEPS_TOGETHER
from roadsigns.training.pretrained import check_pretrained_leakage, read_pretrained
from roadsigns.training.record_environment import DataRecord, record_environment
from roadsigns.training.require_classes import warn_of_missing_classes
from roadsigns.training.result import ImageCounts, TrainingResult, ValidationMetrics
from roadsigns.training.run_folder import RunFolder
from roadsigns.training.timings import Clock
from roadsigns.training.training_images import TrainingImages, load_images
from roadsigns.training.validate import ValidationImages, compare, predict
from roadsigns.types import UNKNOWN_KINDS, DataSet, Float32Array
from roadsigns.user_functions import is_reference
from roadsigns.wording import counted

__all__ = ["run_training"]


def run_training(
    recipe: Recipe,
    data: DataSet,
    run: RunFolder,
    *,
    name: str,
    seed: int,
    cache_folder: Path | None,
    fold: Fold | None = None,
    clock: Clock | None = None,
) -> TrainingResult:
    """Train by a recipe. A run folder that holds a checkpoint is resumed.

    Args:
        recipe: What to do; see `complete_recipe` for one that fine-tunes a model.
        data: What to train on; when a run is resumed, the same as at its start.
        run: Where everything is written; see `roadsigns.training.run_folder`.
        name: The recipe's name, for the record.
        seed: Decides split, initial weights, order and augmentation.
        cache_folder: Where decoded images are kept; None for no cache.
        fold: Which images train and which validate, in place of the recipe's split.
        clock: Continues the caller's timings; None starts new ones.

    Returns:
        What figures.json holds; not complete after Ctrl-C.

    Raises:
        DataError: If no image decodes or the split leaves nothing.
        ModelError: If the model to fine-tune cannot be used.
        DataLeakageError: If that has seen signs of the fold that validates.
        RecipeError: If a function of the user's own does not give what it should.
        RunError: If the run cannot be written or resumed, or the loss is no longer a number.
    """
    if recipe.training.deterministic:
        make_deterministic()
    clock = clock or Clock()
    split = fold.split if fold else _split(recipe, data, seed)
    precision = _precision(recipe)
    parts = choose_parts(recipe.training.batch_size)
    build_own = _own_network(recipe, data)
    augment = own_augmentation(recipe.augmentation.function, image_size=recipe.data.image_size)
    initial = read_pretrained(recipe)
    teacher = read_teacher(recipe, data)
    seen_before = [
        check_pretrained_leakage(model, split.validation, data, refuse=fold is not None) for model in (initial, teacher)
    ]
    warn_of_missing_classes(split, data, are_drawn=recipe.data.train_on != "real")
    record_environment(
        run, DataRecord.of(data), name=name, seed=seed, precision=precision, initial=initial, teacher=teacher
    )
    with clock.measure("images"):
        loaded = load_images(recipe, data, split, seed=seed, cache_folder=cache_folder)
    for line in left_out_lines([message for _, message in loaded.problems]):
        print(line, file=sys.stderr)
    fit = Fit(
        recipe=recipe,
        settings=recipe.training,
        run=run,
        metadata=_metadata(
            recipe,
            data,
            loaded,
            name=name,
            split=fold.record if fold else _split_record(recipe, seed),
            ancestors=[ancestor for model in (initial, teacher) if model for ancestor in model.ancestors],
        ),
        batches=_batches(recipe, data, loaded, augment, seed=seed),
        validation=ValidationImages(loaded.crops, loaded.labels, loaded.validation, len(data.classes)),
        precision=precision,
        seed=seed,
        own_network=build_own,
        initial=initial,
        teacher=teacher,
        parts=parts,
        clock=clock,
    )
    finished = fit.run_epochs()
    with clock.measure("curves"):
        _draw_curves(fit)
    outputs = _outputs_of_the_file(fit)
    if finished:
        add_thresholds(run.model, outputs, loaded.validated, source=fit.metadata.source)
    label, leaky = (fold.label, False) if fold else _label(split, recipe.data.split)
    result = _result(
        fit, loaded, outputs, split=label, leaky_split=leaky, seen_by_init=any(seen_before), complete=finished
    )
    run.write_json("figures.json", result.as_dict())
    if finished:
        run.remove_checkpoint()
    return result


def _precision(recipe: Recipe) -> str:
    """Choose the arithmetic, and tell which device computes in it."""
    precision = choose_precision(recipe.training.precision)
    if told := tell_device(find_device(), backend=keras.backend.backend(), precision=precision):
        print(told, file=sys.stderr)
    return precision


def _batches(
    recipe: Recipe, data: DataSet, loaded: TrainingImages, augment: OwnAugmentation | None, *, seed: int
) -> TrainingBatches:
    return TrainingBatches(
        loaded.crops,
        loaded.labels,
        loaded.train,
        recipe.training.batch_size,
        recipe.augmentation,
        seed,
        fraction=recipe.training.epoch_fraction,
        balance=recipe.training.class_balance,
        min_images=recipe.training.epoch_images,
        max_stack=STEPS_TOGETHER,
        flips=spec_of(data.classes).flips,
        own_augmentation=augment,
        negatives=loaded.negatives,
        negative_share=recipe.negatives.share,
    )


def _own_network(recipe: Recipe, data: DataSet) -> NetworkBuilder | None:
    """Return the function that a recipe names, once it has built a network that can be used."""
    name = recipe.model.name
    if not is_reference(name):
        return None
    build = own_network(name)
    outputs = len(data.classes) + (len(UNKNOWN_KINDS) if recipe.negatives.share else 0)
    require_usable(build(num_classes=outputs, image_size=recipe.data.image_size, dtype="float32"), name)
    return build


def _split(recipe: Recipe, data: DataSet, seed: int) -> Split:
    settings = recipe.data
    return split_samples(data.samples, by=settings.split, validation_fraction=settings.validation_fraction, seed=seed)


def _label(split: Split, by: SplitName) -> tuple[str, bool]:
    """Return the label of a split, and whether it is leaky; the label then says how many signs are on both sides."""
    label = split_label(by, split.validation)
    shared = len(tracks_of(split.train) & tracks_of(split.validation))
    if by == "random":
        return label, True
    return (f"LEAKY {label}: {counted(shared, 'sign')} of it trained too", True) if shared else (label, False)


def _split_record(recipe: Recipe, seed: int) -> HoldOutRecord:
    return HoldOutRecord(recipe.data.split, recipe.data.validation_fraction, seed)


def _draw_curves(fit: Fit) -> None:
    if not fit.history:
        return
    try:
        draw_curves(fit.history, fit.run.curves)
    except MissingExtraError as error:
        print(f"{fit.run.curves.name} was not drawn: {error}", file=sys.stderr)


def _metadata(
    recipe: Recipe,
    data: DataSet,
    loaded: TrainingImages,
    *,
    name: str,
    split: SplitRecord,
    ancestors: Sequence[Ancestor],
) -> ModelMetadata:
    return ModelMetadata(
        network=recipe.model.name,
        width=recipe.model.width,
        recipe=name,
        preparation=recipe.data.preparation,
        image_size=recipe.data.image_size,
        margin=recipe.data.margin,
        classes=data.classes,
        source=data.source,
        trained_on=tracks_of(loaded.trained_on),
        trained_images=checksums_of(loaded.trained_on),
        split=split,
        epoch=0,
        ancestors=tuple(ancestors),
        unknown_kinds=UNKNOWN_KINDS if recipe.negatives.share else (),
    )


def _result(
    fit: Fit,
    loaded: TrainingImages,
    outputs: Float32Array | None,
    *,
    split: str,
    leaky_split: bool,
    seen_by_init: bool,
    complete: bool,
) -> TrainingResult:
    # The first epoch compiles; it counts only where there is no other.
    timed = fit.history[1:] or fit.history
    seconds = sum(line.seconds for line in timed)
    return TrainingResult(
        complete=complete,
        model_epoch=fit.model_epoch,
        split=split,
        leakage=leaky_split or seen_by_init,
        leaky_split=leaky_split,
        seen_by_init=seen_by_init,
        images=ImageCounts(
            train=len(loaded.train),
            drawn=loaded.drawn,
            validation=len(loaded.validation),
            negatives=len(loaded.negatives),
        ),
        undecodable=tuple(str(sample.path) for sample, _ in loaded.problems),
        precision=fit.precision,
        parts_of_a_batch=fit.parts,
        training_images_per_second=round(len(timed) * fit.batches.images_per_epoch / seconds, 1) if seconds else None,
        waited_for_data_seconds=round(sum(line.waited_seconds for line in fit.history), 3),
        augmenting_cpu_seconds=round(fit.batches.waiting.making_seconds, 2),
        peak_memory_mb=peak_memory_mb(),
        validation=_validate(fit, outputs),
        seconds=fit.clock.seconds(),
    )


def _outputs_of_the_file(fit: Fit) -> Float32Array | None:
    """Predict the held-out images by the saved file, in float32: the model that users get, not the one in training."""
    if not fit.has_validation:
        return None
    with fit.clock.measure("evaluation"):
        return predict(in_parts(load_network(fit.run.model), fit.parts), fit.validation)


def _validate(fit: Fit, outputs: Float32Array | None) -> ValidationMetrics | None:
    if outputs is None:
        return None
    result = compare(outputs, fit.validation)
    return ValidationMetrics(result.images, result.errors, result.accuracy, result.loss)
