"""A report's input from a model and data: the model reads the images."""

from dataclasses import replace
from pathlib import Path

from roadsigns.evaluation.corruptions.evaluate import evaluate_corruptions
from roadsigns.evaluation.evaluation import Evaluation, name_of_data
from roadsigns.evaluation.leakage import EvaluationSplit
from roadsigns.evaluation.predictions import top_of
from roadsigns.evaluation.rejection.evaluate import evaluate_unknown
from roadsigns.html_report.measured import FILE as FIGURES
from roadsigns.html_report.measured import HardConditions, MeasuredFile, UnknownSigns, read_measured
from roadsigns.html_report.report import About
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.sign_images import SampleImages
from roadsigns.html_report.sources.explained import explain_some
from roadsigns.inference.decide import DecisionRule
from roadsigns.types import labelled_image

__all__ = ["input_of", "read_model"]


def read_model(
    model: str | Path,
    data: Path,
    *,
    split: EvaluationSplit = "test",
    unknown: Path | None = None,
    background: Path | None = None,
    corruptions: bool = False,
    allow_seen: bool = False,
    cache_folder: Path | None = None,
    explain: bool = True,
) -> ReportInput:
    """Let a model read images.

    What `roadsigns evaluate` has written into a run folder for these images, on unknown signs and on corruptions, is
    taken from there unless it is measured again. A warning tells of such figures for other images or other weights.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        data: A data folder.
        split: See `roadsigns.evaluation.evaluate.evaluate`, as for errors.
        unknown: A folder of signs that the model does not know; None measures none.
        background: A folder of street scenes in GTSDB's layout; None measures none.
        corruptions: Whether to read one frame of each sign under every corruption.
        allow_seen: See there.
        cache_folder: See there.
        explain: Whether to explain some images by heat maps, which takes a while.
    """
    evaluation, judgements = evaluate_unknown(
        model,
        data,
        unknown=unknown,
        background=background,
        split=split,
        allow_seen=allow_seen,
        cache_folder=cache_folder,
    )
    made = input_of(evaluation)
    if explain:
        made = replace(made, heat_maps=explain_some(made, [evaluation.model_file] * len(made.rows)))
    written, others = _written(evaluation)
    made = replace(made, about=replace(made.about, warnings=(*made.about.warnings, *others)))
    told = tuple(signs for judgement in judgements for signs in UnknownSigns.of(judgement.as_dict()))
    hard = next((one.hard for one in written if one.hard), None)
    if corruptions:
        result = evaluate_corruptions(model, data, split=split, allow_seen=allow_seen, frames=1, baseline=None)
        hard = HardConditions.of(result.as_dict())
    return replace(
        made, unknown_signs=told or tuple(signs for one in written for signs in one.unknown_signs), hard=hard
    )


def _written(evaluation: Evaluation) -> tuple[list[MeasuredFile], list[str]]:
    """Return what earlier evaluations of this very model on these images have left in its run folder.

    Also why figures of others there are not shown.
    """
    folders = (Path(evaluation.model, f"evaluation-{evaluation.split}{part}") for part in ("", "-corruptions"))
    found = [read_measured(folder) for folder in folders if (folder / FIGURES).is_file()]
    taken, others = [], []
    for one in (one for one in found if one.unknown_signs or one.hard):
        if one.weights_sha256 != evaluation.metadata.weights_sha256:
            others.append(f"The figures of {one.path} are of other weights, and are not shown.")
        elif not one.is_of(evaluation.data, evaluation.split):
            others.append(f"The figures of {one.path} are of other images ({one.measured_on}), and are not shown.")
        else:
            taken.append(one)
    return taken, others


def input_of(evaluation: Evaluation) -> ReportInput:
    """Return the input of a report on an evaluation."""
    metadata = evaluation.metadata
    class_ids, top_probabilities = top_of(evaluation.probabilities)
    return ReportInput(
        about=About(
            subject="classifier",
            model=_name(evaluation.model),
            data=name_of_data(evaluation.data, evaluation.source),
            split=evaluation.split_label,
            warnings=_warnings(evaluation),
            facts=_facts(evaluation),
            spec=evaluation.spec,
        ),
        rows=tuple(map(labelled_image, evaluation.samples)),
        class_ids=class_ids,
        top_probabilities=top_probabilities,
        metrics=evaluation.metrics,
        source=evaluation.source,
        official_test=evaluation.split == "test"
        and evaluation.spec.is_official_test(evaluation.source, len(evaluation.samples) + len(evaluation.undecodable)),
        seen=bool(evaluation.leakage),
        probabilities=evaluation.probabilities,
        unknown=evaluation.unknown if metadata.unknown_kinds else None,
        rule=DecisionRule.of(metadata),
        samples=evaluation.samples,
        images=SampleImages(evaluation.samples),
        weights_sha256=metadata.weights_sha256,
        undecodable=tuple(labelled_image(sample).image for sample, _ in evaluation.undecodable),
    )


def _name(model: str) -> str:
    """Return a short name: of a path its last two parts, such as \"runs/mine\"; the facts have all of it."""
    return "/".join(Path(model).parts[-2:])


def _warnings(evaluation: Evaluation) -> tuple[str, ...]:
    warnings = []
    if evaluation.leakage:
        warnings.append("The model was trained on frames of these signs: the figures measure memory, not recognition.")
    elif evaluation.leakage is None:
        warnings.append("Not all tracks are known: the model may have been trained on these signs.")
    if evaluation.leaky_split:
        warnings.append("These images were held out one by one, so that frames of the same signs were trained on.")
    return tuple(warnings)


def _facts(evaluation: Evaluation) -> tuple[tuple[str, str], ...]:
    metadata = evaluation.metadata
    return (
        ("Model", evaluation.model),
        ("Network", f"{metadata.network}, {metadata.image_size} x {metadata.image_size} pixels"),
        ("Recipe", metadata.recipe),
        ("Trained on", f"{metadata.source}, {len(metadata.trained_on):,} signs, {metadata.epoch} epochs"),
        ("Temperature", "none" if metadata.temperature == 1 else f"{metadata.temperature:.3f}"),
        ("Decides known or unknown", "yes" if metadata.unknown_kinds and metadata.known_thresholds else "no"),
        ("Checksum of the weights", metadata.weights_sha256 or "none"),
        ("Data", str(evaluation.data)),
        ("Images", f"{evaluation.metrics.images:,} ({evaluation.split_label})"),
        ("Classes", f"{len(metadata.classes)}"),
    )
