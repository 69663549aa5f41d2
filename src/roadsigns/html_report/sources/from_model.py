"""A report's input from a model and data: the model reads the images."""

from pathlib import Path

from roadsigns.evaluation.evaluate import evaluate
from roadsigns.evaluation.evaluation import Evaluation, name_of_data
from roadsigns.evaluation.leakage import EvaluationSplit
from roadsigns.evaluation.predictions import top_of
from roadsigns.html_report.report import About
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.sign_images import SampleImages
from roadsigns.inference.decide import DecisionRule
from roadsigns.types import labelled_image

__all__ = ["input_of", "read_model"]


def read_model(
    model: str | Path,
    data: Path,
    *,
    split: EvaluationSplit = "test",
    allow_seen: bool = False,
    cache_folder: Path | None = None,
) -> ReportInput:
    """Let a model read images. Arguments and errors are those of `roadsigns.evaluation.evaluate.evaluate`."""
    evaluation = evaluate(model, data, split=split, allow_seen=allow_seen, cache_folder=cache_folder)
    return input_of(evaluation)


def input_of(evaluation: Evaluation) -> ReportInput:
    """Return the input of a report on an evaluation."""
    metadata = evaluation.metadata
    class_ids, top_probabilities = top_of(evaluation.probabilities)
    return ReportInput(
        about=About(
            subject="classifier",
            model=evaluation.model,
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
        official_test=evaluation.split == "test" and evaluation.source == evaluation.spec.name,
        probabilities=evaluation.probabilities,
        unknown=evaluation.unknown if metadata.unknown_kinds else None,
        rule=DecisionRule.of(metadata),
        samples=evaluation.samples,
        images=SampleImages(evaluation.samples),
        undecodable=tuple(labelled_image(sample).image for sample, _ in evaluation.undecodable),
    )


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
