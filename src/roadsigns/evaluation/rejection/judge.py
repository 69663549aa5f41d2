"""Judges how well a model tells unknown images from the known ones of an evaluation."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.evaluation.evaluation import Evaluation
from roadsigns.evaluation.rejection.metrics import KEEP, Rejection, compute_rejection
from roadsigns.evaluation.rejection.scores import DECIDING_SCORE, NetworkOutputs, choose_scores
from roadsigns.evaluation.rejection.unknown_images import UnknownImage, UnknownImages
from roadsigns.inference.decide import require_numbers
from roadsigns.inference.prepared_batch import prepare_batch
from roadsigns.inference.recognizer import Recognizer
from roadsigns.loading.problems import warn_of_problems
from roadsigns.progress import progress
from roadsigns.types import Float32Array
from roadsigns.wording import counted, some

__all__ = ["Judgement", "OwnThreshold", "judge_unknown"]

# Prepared together: their pixels are dropped before the next ones are read.
BATCH = 256

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OwnThreshold:
    """What the threshold does by which the model itself decides. All are fractions.

    Attributes:
        threshold: The least known score of a known sign.
        keep: The share of known signs that it was made to keep.
        kept: The share of these known images that it keeps.
        accepted: The share of these unknown images that it lets through.
    """

    threshold: float
    keep: float
    kept: float
    accepted: float


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """How well a model tells the known images of an evaluation from unknown ones.

    Attributes:
        evaluation: Of the known images, with the label of their split.
        source: "unknown" or "background".
        folder: Where the unknown images come from.
        images: The unknown images, without those that do not decode.
        class_ids: The class that each is taken for, int64, shape (images,).
        probabilities: The probability of that class, float32, shape (images,).
        known_scores: The scores of the known images by name, each of shape (known,), float64.
        unknown_scores: Those of the unknown images.
        called: The kind of unknown that the model would call each of them, see `UNKNOWN_KINDS`; None if it tells none.
        results: The figures of each score.
        known_names: Kinds, or images, that are named after classes of the model, and may be no unknown signs.
        undecodable: The unknown images that do not decode, with the reason. They count in no figure.
    """

    evaluation: Evaluation
    source: str
    folder: Path
    images: tuple[UnknownImage, ...]
    class_ids: npt.NDArray[np.intp]
    probabilities: Float32Array
    known_scores: dict[str, Float64Array]
    unknown_scores: dict[str, Float64Array]
    called: tuple[str, ...] | None
    results: tuple[Rejection, ...]
    known_names: tuple[str, ...]
    undecodable: tuple[tuple[str, str], ...]

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """Which unknown images the first score accepts, shape (images,)."""
        first = self.results[0]
        return self.unknown_scores[first.score] >= first.threshold

    @property
    def own_threshold(self) -> OwnThreshold | None:
        """What the model's own threshold does; None where it has none, or its score was not asked for."""
        thresholds = self.evaluation.metadata.known_thresholds
        if thresholds is None or DECIDING_SCORE not in self.known_scores:
            return None
        threshold = thresholds.at(thresholds.default)
        kept, accepted = (
            float((scores[DECIDING_SCORE] >= threshold).mean()) for scores in (self.known_scores, self.unknown_scores)
        )
        return OwnThreshold(threshold, thresholds.default, kept, accepted)

    @property
    def unknown_kinds(self) -> tuple[str | None, ...]:
        """The kind that each unknown image is called; None where it is accepted, or no kind is told."""
        if self.called is None or self.results[0].score != DECIDING_SCORE:
            return (None,) * len(self.images)
        pairs = zip(self.called, self.accepted.tolist(), strict=True)
        return tuple(None if accepted else kind for kind, accepted in pairs)

    @property
    def title(self) -> str:
        """What was told from what, and the label of the known images."""
        kind = "unknown image" if self.source == "unknown" else "background window"
        where = self.folder.name or str(self.folder)
        known = f"{counted(self.evaluation.metrics.images, 'known image')} ({self.evaluation.split_label})"
        return f"{counted(len(self.images), kind)} from '{where}' against {known}"

    def as_dict(self) -> dict[str, object]:
        """Return everything but arrays as JSON holds it: fractions, not percent; None where there is nothing."""
        return {
            "source": self.source,
            "folder": str(self.folder),
            "scores": [result.as_dict() for result in self.results],
            "own_threshold": self.own_threshold and asdict(self.own_threshold),
            "known_names": list(self.known_names),
            "undecodable": len(self.undecodable),
            "undecodable_images": [{"path": path, "problem": problem} for path, problem in self.undecodable],
        }


def judge_unknown(
    evaluation: Evaluation,
    recognizer: Recognizer,
    unknown: UnknownImages,
    *,
    score: str | None = None,
    keep: float = KEEP,
) -> Judgement:
    """Read unknown images with the model of an evaluation, and compare their scores with those of its known images.

    Args:
        evaluation: Of the model, on the known images.
        recognizer: The same model.
        unknown: The unknown images.
        score: Name of a score, see `scores.SCORES`; None for all that the model has.
        keep: The share of the known images that is to be kept.

    Raises:
        ModelError: If the model does not have the outputs that the score needs.
        DataError: If none of the unknown images decodes.
    """
    if unknown.known_names:
        warnings.warn(
            f"Folders or images of {unknown.folder} are named after classes that the model knows: "
            f"{some(unknown.known_names)}. Known signs among the unknown ones make every figure too bad. "
            "Take them out if they show these classes.",
            stacklevel=2,
        )
    known_scores = choose_scores(NetworkOutputs(evaluation.probabilities, evaluation.unknown), score)
    images, outputs, problems = _read(recognizer, unknown)
    warn_of_problems([message for _, message in problems], "unknown image")
    if not images:
        raise DataError(
            f"No unknown image can be read. The first: {problems[0][1]}"
            if problems
            else "No background window could be cut.",
            hint=""
            if problems
            else "Scenes that do not decode, or whose signs leave no room, give none: see the warnings.",
            subject=str(unknown.folder),
        )
    unknown_scores = choose_scores(outputs, score)
    called = _kinds_called(outputs, recognizer.metadata.unknown_kinds)
    results = tuple(
        compute_rejection(
            name,
            values,
            unknown_scores[name],
            wrong=evaluation.probabilities.argmax(axis=1) != evaluation.labels,
            known_tracks=[sample.track_key for sample in evaluation.samples],
            unknown_units=[image.unit for image in images],
            unit=unknown.unit,
            kinds=[image.kind for image in images],
            called=called if name == DECIDING_SCORE else None,
            keep=keep,
        )
        for name, values in known_scores.items()
    )
    return Judgement(
        evaluation=evaluation,
        source=unknown.kind,
        folder=unknown.folder,
        images=images,
        class_ids=outputs.probabilities.argmax(axis=1),
        probabilities=outputs.probabilities.max(axis=1),
        known_scores=known_scores,
        unknown_scores=unknown_scores,
        called=called,
        results=results,
        known_names=unknown.known_names,
        undecodable=problems,
    )


def _read(
    recognizer: Recognizer, unknown: UnknownImages
) -> tuple[tuple[UnknownImage, ...], NetworkOutputs, tuple[tuple[str, str], ...]]:
    """Read the images batch by batch, in memory that does not grow with their size."""
    images: list[UnknownImage] = []
    rows: list[Float32Array] = [np.empty((0, recognizer.metadata.outputs), np.float32)]
    problems: list[tuple[str, str]] = []
    with progress("Reading unknown images", total=unknown.count) as advance:
        for batch in _batches(unknown):
            prepared = prepare_batch([image.as_input() for image in batch], recognizer.preparation)
            for image, error in zip(batch, prepared.errors, strict=True):
                if error is None:
                    images.append(image._replace(window=None))
                else:
                    problems.append((str(image.path), str(error)))
            if prepared.crops is not None:
                rows.append(recognizer.outputs(prepared.crops))
            advance(len(batch))
    outputs = np.concatenate(rows)
    require_numbers(outputs)
    classes = len(recognizer.classes)
    return tuple(images), NetworkOutputs(outputs[:, :classes], outputs[:, classes:]), tuple(problems)


def _kinds_called(outputs: NetworkOutputs, kinds: Sequence[str]) -> tuple[str, ...] | None:
    """Return the most probable kind of unknown of each image, as `roadsigns.inference.decide` tells it."""
    if not kinds:
        return None
    return tuple(kinds[number] for number in outputs.unknown.argmax(axis=1).tolist())


def _batches(unknown: UnknownImages) -> Iterator[Sequence[UnknownImage]]:
    images = iter(unknown.images)
    while batch := list(islice(images, BATCH)):
        yield batch
