"""The training of a detector from recipe and scenes to the files of a run folder."""

import sys

import keras

from roadsigns.datasets.fingerprint import fingerprint_of_scene, fingerprint_of_scenes
from roadsigns.datasets.scenes import SceneFold, SceneSet
from roadsigns.errors import MissingExtraError
from roadsigns.evaluation.detection.report import write_detection_report
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.recipe import Recipe
from roadsigns.reporting.learning_curves import draw_detector_curves
from roadsigns.training.detector.batches import SceneBatches
from roadsigns.training.detector.fit import DetectorFit
from roadsigns.training.detector.load_scenes import LoadedScenes, fold_of, load_scenes
from roadsigns.training.detector.result import DetectorResult, SceneCounts
from roadsigns.training.detector.scene_crops import SceneCrops
from roadsigns.training.detector.validate import HeldOutScenes
from roadsigns.training.environment import peak_memory_mb
from roadsigns.training.optimization.device import find_device, tell_device
from roadsigns.training.optimization.precision import choose_precision, make_deterministic
from roadsigns.training.record_environment import DataRecord, record_environment
from roadsigns.training.run_folder import RunFolder
from roadsigns.training.timings import Clock
from roadsigns.wording import counted

__all__ = ["run_detector_training"]


def run_detector_training(
    recipe: Recipe, scenes: SceneSet, run: RunFolder, *, name: str, seed: int, clock: Clock
) -> DetectorResult:
    """Train a detector. A run folder that holds a checkpoint is resumed.

    Args:
        recipe: One of a detector.
        scenes: What to train on; when a run is resumed, the same as at its start.
        run: Where everything is written; see `roadsigns.training.run_folder`.
        name: The recipe's name, for the record.
        seed: Decides initial weights, crops and drawn signs.
        clock: Continues the caller's timings.

    Returns:
        What figures.json holds; not complete after Ctrl-C.

    Raises:
        DataError: If nothing can be trained on.
        RecipeError: If the recipe holds out a fold that does not exist.
        RunError: If the run cannot be written or resumed, or the loss is no longer a number.
    """
    if recipe.training.deterministic:
        make_deterministic()
    fold = fold_of(recipe, scenes)
    precision = choose_precision(recipe.training.precision)
    if told := tell_device(find_device(), backend=keras.backend.backend(), precision=precision):
        print(told, file=sys.stderr)
    record_environment(run, DataRecord.of_scenes(scenes), name=name, seed=seed, precision=precision)
    with clock.measure("images"):
        loaded = load_scenes(recipe, fold.train, seed=seed)
    fit = DetectorFit(
        run=run,
        settings=recipe.training,
        seed=seed,
        clock=clock,
        recipe=recipe,
        metadata=DetectorMetadata(
            network=recipe.model.name,
            width=recipe.model.width,
            recipe=name,
            source=scenes.source.resolve().name,
            scenes=len(loaded.train) - loaded.copies,
            epoch=0,
            split=_label(fold),
            folds=fold.folds if fold.number else None,
            held_out=fold.number or None,
            data_sha256=fingerprint_of_scenes(scenes),
            trained_on=tuple(fingerprint_of_scene(scene) for scene in fold.train),
        ),
        batches=SceneBatches(
            SceneCrops(loaded.train, recipe.scenes, recipe.augmentation),
            recipe.training.batch_size,
            max(1, round(recipe.training.epoch_images / recipe.training.batch_size)),
            seed,
        ),
        held_out=HeldOutScenes.of(fold),
        precision=precision,
    )
    finished = fit.run_epochs()
    if finished:
        fit.measure_if_not_yet()
    with clock.measure("pictures"):
        _draw(fit)
    result = _result(fit, loaded, complete=finished)
    run.write_json("figures.json", result.as_dict())
    if finished:
        run.remove_checkpoint()
    return result


def _label(fold: SceneFold) -> str:
    if not fold.number:
        return ""
    return (
        f"fold {fold.number} of {fold.folds} held out, {counted(len(fold.validation), 'scene')}, by runs of neighbours"
    )


def _draw(fit: DetectorFit) -> None:
    """Draw the curves, and what was found, missed and false in the held-out scenes."""
    if not fit.history:
        return
    try:
        draw_detector_curves(fit.history, fit.run.curves)
        if fit.measured:
            write_detection_report(
                fit.measured,
                fit.run.path / "validation",
                scenes=[scene.path for scene in fit.held_out.scenes],
                title=f"{fit.recipe.model.name}, {fit.metadata.split}",
            )
    except MissingExtraError as error:
        print(f"Pictures were not drawn: {error}", file=sys.stderr)


def _result(fit: DetectorFit, loaded: LoadedScenes, *, complete: bool) -> DetectorResult:
    timed = fit.history[1:] or fit.history
    seconds = sum(line.seconds for line in timed)
    crops = len(timed) * len(fit.batches) * fit.batches.batch_size
    return DetectorResult(
        complete=complete,
        model_epoch=fit.model_epoch,
        split=fit.metadata.split,
        scenes=SceneCounts(len(loaded.train) - loaded.copies, loaded.copies, len(fit.held_out.scenes)),
        undecodable=tuple(str(error) for error in loaded.undecodable),
        precision=fit.precision,
        crops_per_second=round(crops / seconds, 1) if seconds else None,
        waited_for_data_seconds=round(sum(line.waited_seconds for line in fit.history), 3),
        peak_memory_mb=peak_memory_mb(),
        validation=fit.measured,
        validation_epoch=fit.measured_epoch,
        seconds=fit.clock.seconds(),
    )
