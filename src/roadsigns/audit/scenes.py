"""The audit of labelled street scenes: their boxes beside what a detector and a recogniser say.

A detector that was trained on the scenes has learned from their labels, so it confirms them more than it should; the
result says so. Boxes to be ignored are not judged, and a sign in one has its box.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.audit.audit import Audit
from roadsigns.audit.suspect import Suspect
from roadsigns.datasets.fingerprint import fingerprint_of_scene
from roadsigns.datasets.scenes import Scene, SceneSet, read_scene_set
from roadsigns.datasets.scenes.find import find_candidates, inner_folder, is_coco
from roadsigns.datasets.scenes.gtsdb import TABLE
from roadsigns.detection.detector import Detector
from roadsigns.errors import ImageError
from roadsigns.evaluation.detection.evaluate import FLATTERED
from roadsigns.evaluation.detection.matching import overlaps_of
from roadsigns.inference.prediction import Prediction
from roadsigns.preprocessing.decode import read_image
from roadsigns.printable import printable
from roadsigns.progress import progress
from roadsigns.types import Box, SignClass, UInt8Image
from roadsigns.wording import counted, percent, plain_name

__all__ = ["are_scenes", "audit_scenes"]

# A detection and a box that overlap so much (intersection over union) may mean one sign.
SAME_PLACE = 0.3
# Of the detector's score: below this it sees nothing at all.
NOTHING_SEEN = 0.1
# Of the recogniser's probability for another class than the label's, beside its decision `known`.
SURE = 0.9
NO_SIGN = "no sign"


def are_scenes(data: Path) -> bool:
    """Whether data are labelled street scenes, and not images of single signs."""
    if data.is_file():
        return data.name == TABLE or (data.suffix.lower() == ".json" and is_coco(data))
    folder: Path | None = data
    while folder is not None and folder.is_dir():
        try:
            if find_candidates(folder):
                return True
            folder = inner_folder(folder)
        except OSError:
            return False
    return False


def audit_scenes(data: Path, *, detector: str | Path = "detector", recognizer: str | Path = "best") -> Audit:
    """Audit labelled street scenes.

    Args:
        data: See `read_scene_set`. Nothing in it is changed.
        detector: See `Detector.load`.
        recognizer: See `Detector.load`.

    Raises:
        DataError: If the scenes cannot be read.
        ModelError: If a model cannot be used.
    """
    scenes = read_scene_set(data)
    loaded = Detector.load(detector, recognizer=recognizer, expected_images=len(scenes.scenes), min_score=NOTHING_SEEN)
    known = _Classes(scenes, [sign.name for sign in loaded.recognizer.classes])
    # What the detector takes for a sign by itself.
    least = loaded.metadata.min_score or 0.5
    suspects: list[Suspect] = []
    readings: list[tuple[int, int]] = []
    notes = _notes(scenes, loaded, str(detector))
    root = scenes.source if scenes.source.is_dir() else scenes.source.parent
    with progress("Finding and reading signs", total=len(scenes.scenes), unit="scenes") as advance:
        for scene in scenes.scenes:
            try:
                image = read_image(scene.path)
            except ImageError as error:
                notes.append(f"Not judged: {error}")
            else:
                judged = _Judged.of(scene, image, loaded, _relative(scene.path, root))
                suspects.extend(_suspects(judged, known, least=least))
                readings.extend(_readings(judged, known))
            advance()
    return Audit(
        data,
        root,
        known.classes,
        scenes.describe(),
        sum(not sign.ignored for scene in scenes.scenes for sign in scene.signs),
        len(readings),
        sum(label == read for label, read in readings) / len(readings) if readings else None,
        f"{detector} and {recognizer}",
        tuple(notes),
        tuple(sorted(suspects, key=lambda suspect: (suspect.rule, -suspect.score))),
    )


def _relative(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path.absolute())


def _notes(scenes: SceneSet, detector: Detector, name: str) -> list[str]:
    seen = set(detector.metadata.trained_on)
    count = sum(fingerprint_of_scene(scene) in seen for scene in scenes.scenes)
    notes = []
    if count:
        notes.append(
            f"The detector {name} was trained on {count:,} of these {counted(len(scenes.scenes), 'scene')}: there it "
            "has learned from the labels, and finds fewer faults in them."
        )
    if scenes.layout == "gtsdb":
        notes.append(FLATTERED)
    return notes


class _Classes:
    """The classes of the scenes, and after them those that only the recogniser has."""

    def __init__(self, scenes: SceneSet, names: Sequence[str]) -> None:
        own = {plain_name(name): number for number, name in enumerate(scenes.classes)}
        joint = list(scenes.classes)
        self.of_recognizer: list[int] = []
        for name in names:
            if plain_name(name) not in own:
                own[plain_name(name)] = len(joint)
                joint.append(name)
            self.of_recognizer.append(own[plain_name(name)])
        # Labels of other classes cannot be judged by it.
        self.readable = {own[plain_name(name)] for name in names}
        self.classes = tuple(SignClass(number, name) for number, name in enumerate(joint))

    def read_as(self, prediction: Prediction) -> int:
        """Return which of the classes a prediction names."""
        return self.of_recognizer[prediction.class_id]

    def called(self, class_id: int | None) -> str:
        """Return a class's name as it stands in sentences."""
        return "a sign" if class_id is None else f"'{printable(self.classes[class_id].name)}'"


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """A scene with what the networks say of it.

    Attributes:
        scene: With its labels.
        path: Relative to the root of the data.
        read: The recogniser's prediction for each labelled box.
        found: The boxes of the detector, as whole pixels.
        scores: Of these boxes.
        found_read: The recogniser's prediction for each of them.
        overlaps: Of detections and labelled boxes, shape (detections, signs).
    """

    scene: Scene
    path: str
    read: Sequence[Prediction]
    found: Sequence[Box]
    scores: Sequence[float]
    found_read: Sequence[Prediction]
    overlaps: npt.NDArray[np.float64]

    @classmethod
    def of(cls, scene: Scene, image: UInt8Image, detector: Detector, path: str) -> "_Judged":
        """Let the networks look at a scene."""
        boxes, scores = detector.find(image)
        height, width = image.shape[:2]
        found = [_whole(box, width, height) for box in boxes.tolist()]
        every = [*scene.boxes, *found]
        read = detector.recognizer.predict([image] * len(every), boxes=every, top_k=1) if every else []
        labelled = np.array([tuple(box) for box in scene.boxes], np.float64).reshape(-1, 4)
        ignored = np.array([sign.ignored for sign in scene.signs], np.bool_)
        overlaps = overlaps_of(np.asarray(boxes, np.float64).reshape(-1, 4), labelled, ignored)
        count = len(scene.boxes)
        return cls(scene, path, read[:count], found, scores.tolist(), read[count:], overlaps)


def _whole(box: Sequence[float], width: int, height: int) -> Box:
    x1, y1, x2, y2 = (round(value) for value in box)
    x1, y1 = min(max(x1, 0), width - 1), min(max(y1, 0), height - 1)
    return Box(x1, y1, min(max(x2, x1 + 1), width), min(max(y2, y1 + 1), height))


def _readings(judged: _Judged, known: _Classes) -> Iterator[tuple[int, int]]:
    """Yield label and reading of each sign whose class the recogniser knows."""
    for sign, prediction in zip(judged.scene.signs, judged.read, strict=True):
        if not sign.ignored and sign.class_id in known.readable and sign.class_id is not None:
            yield sign.class_id, known.read_as(prediction)


def _suspects(judged: _Judged, known: _Classes, *, least: float) -> Iterator[Suspect]:
    nearest = judged.overlaps.max(axis=0, initial=0.0)
    for place, (sign, prediction) in enumerate(zip(judged.scene.signs, judged.read, strict=True)):
        if sign.ignored:
            continue
        named = known.called(sign.class_id)
        box = sign.box
        if nearest[place] < SAME_PLACE and prediction.unknown_kind == NO_SIGN:
            yield Suspect(
                "box-without-sign",
                f"Labelled {named}; the detector finds nothing here, and the recogniser sees no sign.",
                (judged.path,),
                sign.class_id,
                score=1 - (prediction.known_score or 0),
                box=box,
            )
        elif sign.class_id in known.readable and known.read_as(prediction) != sign.class_id and _is_sure(prediction):
            suggested = known.read_as(prediction)
            yield Suspect(
                "wrong-scene-label",
                f"Labelled {named} and read as {known.called(suggested)} with {percent(prediction.probability)}.",
                (judged.path,),
                sign.class_id,
                suggested,
                prediction.probability,
                score=prediction.probability,
                box=box,
            )
    own = judged.overlaps.max(axis=1, initial=0.0)
    for found, score, prediction, overlap in zip(judged.found, judged.scores, judged.found_read, own, strict=True):
        if score >= least and overlap < SAME_PLACE and _is_sure(prediction):
            suggested = known.read_as(prediction)
            yield Suspect(
                "sign-without-box",
                f"{known.called(suggested)} is found, score {score:.2f}, and read with "
                f"{percent(prediction.probability)}. No box is here.",
                (judged.path,),
                None,
                suggested,
                prediction.probability,
                score=score,
                box=found,
            )


def _is_sure(prediction: Prediction) -> bool:
    return prediction.decision in ("known", None) and prediction.probability >= SURE
