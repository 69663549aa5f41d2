"""A report's input from a detector and street scenes: the detector finds, a recogniser names."""

from pathlib import Path

from roadsigns.evaluation.detection.evaluate import DetectorEvaluation, SceneSplit, evaluate_detector
from roadsigns.evaluation.detection.table import threshold_text
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.report import About
from roadsigns.html_report.sources.classes import spec_named
from roadsigns.printable import as_text
from roadsigns.wording import counted, some

__all__ = ["detector_input_of", "read_detector"]

LEAKY = "LEAKY"


def read_detector(
    detector: str | Path,
    data: Path,
    *,
    recognizer: str | Path,
    split: SceneSplit | None = None,
    allow_seen: bool = False,
) -> DetectorReportInput:
    """Find and name the signs of scenes. Arguments and errors are those of `evaluate_detector`."""
    return detector_input_of(
        evaluate_detector(detector, data, recognizer=recognizer, split=split, allow_seen=allow_seen)
    )


def detector_input_of(evaluation: DetectorEvaluation) -> DetectorReportInput:
    """Return the input of a report on an evaluation."""
    about = About(
        subject="detector",
        model=f"{_name(evaluation.detector)} with {_name(evaluation.recognizer)}",
        data=_name(evaluation.data),
        split=evaluation.label.removeprefix(f"{LEAKY} "),
        warnings=_warnings(evaluation),
        facts=_facts(evaluation),
        spec=spec_named(evaluation.class_names),
    )
    return DetectorReportInput(about, evaluation)


def _name(path: str) -> str:
    """Return what a person calls a model or a folder: the last part of its path."""
    return as_text(Path(path).resolve().name) if "/" in path or "\\" in path or path in {".", ".."} else path


def _warnings(evaluation: DetectorEvaluation) -> tuple[str, ...]:
    warnings = []
    if evaluation.label.startswith(LEAKY):
        warnings.append("The detector was trained on some of these scenes: the figures measure memory.")
    if evaluation.undecodable:
        names = some([as_text(path.name) for path in evaluation.undecodable])
        number = len(evaluation.undecodable)
        left_out = f"{counted(number, 'scene')} could not be read, and {'counts' if number == 1 else 'count'}"
        warnings.append(f"{left_out} in no figure: {names}.")
    return tuple(warnings)


def _facts(evaluation: DetectorEvaluation) -> tuple[tuple[str, str], ...]:
    detector, recognizer, metrics = evaluation.metadata, evaluation.recognizer_metadata, evaluation.metrics
    return (
        ("Detector", evaluation.detector),
        ("Detector's network", detector.network),
        ("Detector's recipe", detector.recipe),
        (
            "Detector was trained on",
            f"{detector.source}, {counted(detector.scenes, 'scene')}, {counted(detector.epoch, 'epoch')}",
        ),
        ("Reports signs", threshold_text(metrics.threshold)),
        ("Checksum of the detector's weights", detector.weights_sha256 or "none"),
        ("Recogniser", evaluation.recognizer),
        ("Recogniser's network", f"{recognizer.network}, {recognizer.image_size} x {recognizer.image_size} pixels"),
        ("Decides known or unknown", "yes" if recognizer.unknown_kinds and recognizer.known_thresholds else "no"),
        ("Checksum of the recogniser's weights", recognizer.weights_sha256 or "none"),
        ("Data", evaluation.data),
        ("Scenes", f"{metrics.images:,} ({evaluation.label})"),
        ("Signs to be found", f"{metrics.finding.signs:,}"),
        ("Classes", f"{len(evaluation.class_names)}"),
    )
