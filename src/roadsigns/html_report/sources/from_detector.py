"""A report's input from a detector and street scenes: the detector finds, a recogniser names."""

from pathlib import Path

from roadsigns.evaluation.detection.evaluate import DetectorEvaluation, SceneSplit, evaluate_detector
from roadsigns.evaluation.detection.table import threshold_text
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections.populations import populations_of
from roadsigns.html_report.report import About
from roadsigns.html_report.scene_origin import SceneOrigin, origin_of
from roadsigns.html_report.sources.classes import spec_named
from roadsigns.printable import as_text
from roadsigns.wording import counted, some

__all__ = ["detector_input_of", "read_detector"]

LEAKY = "LEAKY"
NOT_SEEN = "; to judge by the labels, it was trained on none of them"
ORIGINS: dict[SceneOrigin, str] = {
    "drawn": "drawn by roadsigns itself",
    "gtsdb": "GTSDB, by layout and size",
    "other": "neither drawn by roadsigns nor of GTSDB, by layout and size",
}


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
        split=_split(evaluation.label),
        warnings=_warnings(evaluation),
        facts=_facts(evaluation),
        spec=spec_named(evaluation.class_names),
    )
    return DetectorReportInput(about, evaluation)


def _name(path: str) -> str:
    """Return what a person calls a model or a folder: the last part of its path."""
    return as_text(Path(path).resolve().name) if "/" in path or "\\" in path or path in {".", ".."} else path


def _split(label: str) -> str:
    """Return which scenes a label names, without what it says about training."""
    return label.removeprefix(f"{LEAKY} ").removesuffix(NOT_SEEN)


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
    signs, not_seen = populations_of(metrics), evaluation.label.endswith(NOT_SEEN)
    split = _split(evaluation.label)
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
        ("Scenes", split if split.startswith("all ") else f"{metrics.images:,} ({split})"),
        *([("Of these, the detector was trained on", "none, to judge by the labels")] if not_seen else []),
        ("Origin of the scenes", ORIGINS[origin_of(evaluation)]),
        ("Signs to be found", f"{signs.signs:,}{signs.kinds}" if signs.others else f"{signs.signs:,}"),
        ("Classes", f"{len(evaluation.class_names)}"),
    )
