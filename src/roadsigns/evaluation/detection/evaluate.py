"""A detector evaluated on labelled street scenes: from files to figures."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from roadsigns.datasets.fingerprint import fingerprint_of_scene, fingerprint_of_scenes
from roadsigns.datasets.scenes import Scene, SceneSet, read_scene_set, split_scenes
from roadsigns.detection.detected import DetectedImage, DetectedSign
from roadsigns.detection.detector import Detector
from roadsigns.errors import DataError, DataLeakageError, ImageError
from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.metrics import DetectionMetrics
from roadsigns.evaluation.detection.signs import DetectedSigns, LabelledSigns
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.progress import progress
from roadsigns.wording import counted, plain_name, some

__all__ = ["MIN_SCORE", "DetectorEvaluation", "SceneSplit", "detected_signs", "evaluate_detector"]

SceneSplit = Literal["validation", "all"]
# Boxes below are left out of the curves, too.
MIN_SCORE = 0.02
FLATTERED = (
    "If these are scenes of GTSDB: it was filmed on the drives of GTSRB, and 29 % of its signs have a near copy among "
    "the images that the built-in recognisers were trained on. What is named right is flattered by that; what is found "
    "is not."
)


@dataclass(frozen=True, slots=True)
class DetectorEvaluation:
    """The evaluation of a detector.

    Attributes:
        detector: Which one.
        recognizer: Which model named the signs.
        data: The scenes.
        label: Which of them, in words.
        scenes: Those that were evaluated.
        class_names: Of the recogniser, in label order.
        notes: What a reader must know to judge the figures.
        metrics: The figures.
        truth: The labelled signs of each scene, by the classes of the recogniser.
        detected: What was found in each scene, from a score of `MIN_SCORE` on.
        undecodable: Scenes that do not decode; they count in no figure.
        unknown_classes: Classes of labelled signs that the recogniser does not know.
        metadata: Of the detector's file.
        recognizer_metadata: Of the recogniser's.
    """

    detector: str
    recognizer: str
    data: str
    label: str
    scenes: tuple[Path, ...]
    class_names: tuple[str, ...]
    notes: tuple[str, ...]
    metrics: DetectionMetrics
    truth: tuple[LabelledSigns, ...] = field(repr=False)
    detected: tuple[DetectedImage, ...] = field(repr=False)
    undecodable: tuple[Path, ...]
    unknown_classes: tuple[str, ...]
    metadata: DetectorMetadata = field(repr=False)
    recognizer_metadata: ModelMetadata = field(repr=False)

    @property
    def found(self) -> list[DetectedSigns]:
        """The signs that were found in each scene, as arrays for `match_scenes`."""
        return [detected_signs(image.signs) for image in self.detected]

    def described(self) -> dict[str, Any]:
        """Return what stands before the figures in JSON."""
        return {
            "detector": self.detector,
            "recognizer": self.recognizer,
            "data": self.data,
            "split": self.label,
            "notes": list(self.notes),
        }


def evaluate_detector(
    detector: str | Path,
    data: Path,
    *,
    recognizer: str | Path,
    split: SceneSplit | None = None,
    allow_seen: bool = False,
) -> DetectorEvaluation:
    """Find and read the signs of labelled scenes, and compare them with the labels.

    Args:
        detector: See `Detector.load`.
        data: See `read_scene_set`.
        recognizer: See `Detector.load`.
        split: "validation": the fold that was held out when the detector was trained on these scenes. "all": every
            scene. None is the former for the scenes that it was trained on, and the latter for others.
        allow_seen: Allow scenes that it was trained on; the label then says so.

    Raises:
        DataError: If the scenes cannot be read, or none of them was held out.
        DataLeakageError: If the detector was trained on scenes that are to be evaluated.
        ModelError: If a model cannot be used.
    """
    scenes = read_scene_set(data)
    loaded = Detector.load(detector, recognizer=recognizer, expected_images=len(scenes.scenes), min_score=MIN_SCORE)
    chosen, runs, label = _choose(scenes, loaded.metadata, split, allow_seen=allow_seen)
    ids = _class_ids(scenes, loaded)
    unknown_classes = _unknown_classes(chosen, scenes.classes, ids)
    truth, detected, kept, undecodable = [], [], [], []
    for index, (scene, image) in enumerate(_detected(loaded, chosen)):
        if isinstance(image, ImageError):
            warnings.warn(f"Left out: {image}", stacklevel=2)
            undecodable.append(scene.path)
            continue
        kept.append(index)
        truth.append(_labelled(scene, ids))
        detected.append(image)
    if not kept:
        raise DataError("None of the scenes can be read.", hint="Look at the messages above.", subject=str(data))
    names = tuple(sign.name for sign in loaded.recognizer.classes)
    metrics = compute_detection(
        truth,
        [detected_signs(image.signs) for image in detected],
        runs=[runs[index] for index in kept],
        class_names=names,
        threshold=loaded.metadata.min_score,
    )
    notes = (FLATTERED,) if scenes.layout == "gtsdb" else ()
    paths = tuple(chosen[index].path for index in kept)
    return DetectorEvaluation(
        str(detector),
        str(recognizer),
        str(data),
        label,
        paths,
        names,
        notes,
        metrics,
        tuple(truth),
        tuple(detected),
        tuple(undecodable),
        unknown_classes,
        loaded.metadata,
        loaded.recognizer.metadata,
    )


def _choose(
    scenes: SceneSet, metadata: DetectorMetadata, split: SceneSplit | None, *, allow_seen: bool
) -> tuple[Sequence[Scene], Sequence[int | None], str]:
    """Return scenes, the run of each, and a label for them."""
    seen = set(metadata.trained_on)
    unseen = [index for index, scene in enumerate(scenes.scenes) if fingerprint_of_scene(scene) not in seen]
    number = len(scenes.scenes)
    count = counted(number, "scene")
    every = f"all {count}" if number > 1 else f"the {count.removeprefix('1 ')}"
    if len(unseen) == len(scenes.scenes):
        if split == "validation":
            raise DataError(
                "The detector was trained on other scenes, so that no part of these was held out.",
                hint="Leave out --split: all of them are then evaluated.",
            )
        return scenes.scenes, _runs_of(scenes), f"{every}; to judge by the labels, it was trained on none of them"
    if split == "all":
        if not allow_seen:
            raise DataLeakageError(
                f"The detector was trained on {len(scenes.scenes) - len(unseen):,} of these {count}.",
                hint="Leave out --split to evaluate the others, or allow it with --allow-seen: the figures then "
                "measure memory.",
            )
        return scenes.scenes, _runs_of(scenes), f"LEAKY {every}: it was trained on some of them"
    if metadata.held_out and metadata.folds and metadata.data_sha256 == fingerprint_of_scenes(scenes):
        fold = split_scenes(scenes.scenes, metadata.folds)[metadata.held_out - 1]
        return fold.validation, fold.runs, metadata.split
    if not unseen:
        raise DataLeakageError(
            f"The detector was trained on {every}.",
            hint="Allow it with --split all --allow-seen: the figures then measure memory.",
        )
    runs = _runs_of(scenes)
    label = f"the {len(unseen):,} of {count} that it was not trained on"
    return [scenes.scenes[index] for index in unseen], [runs[index] for index in unseen], label


def _runs_of(scenes: SceneSet) -> list[int | None]:
    """Return the run of neighbours that each scene is of, as folds have them; None where there are too few scenes."""
    try:
        folds = split_scenes(scenes.scenes)
    except DataError:
        return [None] * len(scenes.scenes)
    run_of = {scene.path: run for fold in folds for scene, run in zip(fold.validation, fold.runs, strict=True)}
    return [run_of[scene.path] for scene in scenes.scenes]


def _class_ids(scenes: SceneSet, detector: Detector) -> dict[int, int | None]:
    """Return the recogniser's class of each class of the scenes, by its name; None for one that it does not know."""
    own = {plain_name(sign.name): sign.class_id for sign in detector.recognizer.classes}
    return {number: own.get(plain_name(name)) for number, name in enumerate(scenes.classes)}


def _unknown_classes(scenes: Sequence[Scene], names: Sequence[str], ids: dict[int, int | None]) -> tuple[str, ...]:
    """Return the classes of labelled signs that the recogniser does not know, and warn of them."""
    occurring = {sign.class_id for scene in scenes for sign in scene.signs if sign.class_id is not None}
    unknown = tuple(names[number] for number in sorted(occurring) if ids[number] is None)
    if unknown:
        warnings.warn(
            f"Boxes labelled {some([f'`{name}`' for name in unknown])} are of none of the recogniser's classes: they "
            "are to be found and called unknown; to name one counts as false.",
            stacklevel=3,
        )
    return unknown


def _detected(detector: Detector, scenes: Sequence[Scene]) -> Iterator[tuple[Scene, DetectedImage | ImageError]]:
    with progress("Finding and reading signs", total=len(scenes), unit="scenes") as advance:
        images = detector.detect_each(scene.path for scene in scenes)
        for scene, image in zip(scenes, images, strict=True):
            advance()
            yield scene, image


def _labelled(scene: Scene, ids: dict[int, int | None]) -> LabelledSigns:
    labels = [None if sign.class_id is None else ids[sign.class_id] for sign in scene.signs]
    return LabelledSigns.of(scene.boxes, labels, [sign.ignored for sign in scene.signs])


def detected_signs(signs: Sequence[DetectedSign]) -> DetectedSigns:
    """Return arrays: `unknown` signs are not named, `uncertain` ones by their most probable class."""
    named = [None if sign.prediction.decision == "unknown" else sign.prediction.class_id for sign in signs]
    ranks = [sign.score * sign.prediction.probability for sign in signs]
    return DetectedSigns.of([sign.box for sign in signs], [sign.score for sign in signs], named, ranks)
