"""A report's input from a cross-validation: every image once, read by a model that has seen no frame of its sign."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.fold_outputs import read_fold_outputs
from roadsigns.cross_validation.metrics import CrossMetrics, compute_cross_metrics
from roadsigns.cross_validation.store import CrossValidation, read_cross_validation
from roadsigns.errors import RoadsignsError
from roadsigns.evaluation.probabilities import probabilities_file
from roadsigns.html_report.measured import HardCondition, HardConditions
from roadsigns.html_report.report import About
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured
from roadsigns.html_report.sources.classes import spec_named
from roadsigns.html_report.sources.explained import explain_some
from roadsigns.html_report.sources.find_images import find_images
from roadsigns.training.run_folder import RunFolder

__all__ = ["read_cross"]

Outputs = npt.NDArray[np.float32]


def read_cross(folder: Path, *, data: Path | None = None, explain: bool = True) -> ReportInput:
    """Read the finished folds of a cross-validation.

    Args:
        folder: Its folder.
        data: The data folder with its images; None for a report without pictures.
        explain: Whether to explain some images by heat maps, where the models of the folds were kept.

    Raises:
        RunError: If it cannot be read, or no fold is finished.
        DataError: If the data cannot be read, or are others.
    """
    cross = read_cross_validation(folder)
    result = compute_cross_metrics(cross)
    predictions = cross.predictions
    if predictions is None:
        raise AssertionError("compute_cross_metrics has raised")  # pragma: no cover - for the type checker
    spec = spec_named(cross.record.classes)
    probabilities, unknown = _outputs(cross)
    found = find_images(predictions.rows, data, spec) if data else None
    made = ReportInput(
        about=About(
            subject="classifier",
            model=cross.record.recipe_name,
            data=cross.record.source,
            split=f"{cross.record.folds}-fold cross-validation, seed {cross.record.seed}",
            warnings=_warnings(result) + (found.warnings if found else ()),
            facts=_facts(result, data),
            spec=spec,
        ),
        rows=predictions.rows,
        class_ids=predictions.class_ids,
        top_probabilities=predictions.probabilities,
        metrics=result.metrics,
        source=cross.record.source,
        probabilities=probabilities,
        unknown=unknown,
        samples=found.samples if found else None,
        images=found.images if found else None,
        undecodable=tuple(row.image for row in predictions.undecodable),
        hard=_hard(result),
    )
    return _explained(made, cross) if explain else made


def _outputs(cross: CrossValidation) -> tuple[Outputs | None, Outputs | None]:
    """Return the probabilities of all classes and of the kinds of unknown; None where a fold kept none."""
    files = {number: probabilities_file(cross.folder, number) for number in sorted(cross.parts)}
    if not all(file.is_file() for file in files.values()):
        return None, None
    folds = [read_fold_outputs(cross, number) for number in files]
    kinds = [fold.unknown for fold in folds if fold.unknown is not None]
    known = np.concatenate([fold.probabilities for fold in folds])
    return known, np.concatenate(kinds) if len(kinds) == len(folds) else None


def _explained(made: ReportInput, cross: CrossValidation) -> ReportInput:
    """Add heat maps by the models of the folds, or why there are none."""
    files = {number: RunFolder(cross.folder / f"fold-{number}").model for number in sorted(cross.parts)}
    gone = [str(number) for number, file in files.items() if not file.is_file()]
    if gone:
        why = (
            f"It takes the model of every fold, and that of fold {', '.join(gone)} was not kept: "
            "“roadsigns cross-validate --keep-models” keeps those that it trains."
        )
    elif made.images is None:
        why = "It takes the images: name their folder with --data."
    else:
        # In the order of the rows.
        model_files = [file for number, file in files.items() for _ in cross.parts[number].rows]
        try:
            maps = explain_some(made, model_files)
        except RoadsignsError as error:
            why = f"The models of the folds cannot be used. {error}"
        else:
            return replace(made, heat_maps=maps, explained_by="the model of the fold that held it out")
    return replace(made, heat_maps=NotMeasured(why))


def _hard(result: CrossMetrics) -> HardConditions | None:
    """Each image has one corruption of a random strength."""
    corrupted = result.corrupted
    if corrupted is None:
        return None
    kinds = [
        HardCondition(one.corruption, (one.images - one.errors) / one.images, ())
        for one in corrupted.corruptions
        if one.images
    ]
    return HardConditions(
        corrupted.metrics.images,
        result.metrics.accuracy,
        corrupted.metrics.accuracy,
        None,
        None,
        tuple(sorted(kinds, key=lambda kind: kind.accuracy)),
    )


def _warnings(result: CrossMetrics) -> tuple[str, ...]:
    warnings = []
    if result.cross.partial_label:
        warnings.append(f"{result.cross.partial_label}.")
    if result.epoch_chosen_on_these_images:
        warnings.append("The epoch that was kept was chosen on the images that are read, which flatters the figures.")
    return tuple(warnings)


def _facts(result: CrossMetrics, data: Path | None) -> tuple[tuple[str, str], ...]:
    record = result.cross.record
    return (
        ("Cross-validation", str(result.cross.folder)),
        ("Recipe", record.recipe_name),
        ("Folds", f"{record.folds} by {record.by}, seed {record.seed}"),
        ("Errors of each fold", ", ".join(f"{fold.errors:,} of {fold.images:,}" for fold in result.folds)),
        ("Data", str(data) if data else record.source),
        ("Checksum of the data", record.data_sha256),
        ("Images", f"{result.metrics.images:,}"),
        ("Classes", f"{len(record.classes)}"),
        ("Made with", f"roadsigns {record.roadsigns}"),
    )
