"""What an audit goes by: predictions for the images of data, by networks that have not seen them."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.store import CrossValidation, read_cross_validation
from roadsigns.datasets.class_match import require_same_classes
from roadsigns.datasets.fingerprint import fingerprint
from roadsigns.errors import RunError
from roadsigns.evaluation.evaluation import name_of_data
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.predictions_csv import read_predictions
from roadsigns.evaluation.probabilities import probabilities_file, read_probabilities, read_unknown
from roadsigns.model_files.builtin import builtin_detectors, builtin_models, full_name
from roadsigns.types import DataSet, Sample, labelled_image
from roadsigns.wording import counted, percent

__all__ = ["Evidence", "evidence_of_cross_validation", "evidence_of_csv", "read_evidence"]

# With fewer of the images the predictions are taken for those of other data.
LEAST_SHARE = 0.5
# Where more images have another label than when they were predicted, likewise.
MOST_RELABELLED = 0.1
# Where networks misread more of the images, most of what they suspect is hard for them, not labelled wrong: few data
# have so many wrong labels that they could be the reason. With 4 % misread, planted wrong labels were found at a
# precision of 100 % (docs/experiments/0047-suspected-labels.md); with 25 %, one of 35 suspicions was true.
MOST_MISREAD = 0.05
# Networks that read so many images without an error have probably been trained on them.
SUSPICIOUSLY_MANY = 1000
MODEL_SUFFIXES = (".keras", ".onnx", ".tflite")
MAKE_SOME = "Make some with `roadsigns cross-validate --data {data}`, or leave --predictions out."


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Predictions for images, by networks that have not seen them.

    Attributes:
        samples: The images that are predicted, in the order of the data.
        probabilities: Of the classes, float32, shape (images, num_classes).
        unknown: Of the kinds of unknown, float32, shape (images, kinds); None where the networks have none.
        made_by: By what, for people.
        notes: What must be said beside every result, as whole sentences.
    """

    samples: tuple[Sample, ...]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.float32] | None
    made_by: str
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> npt.NDArray[np.intp]:
        """The labels that the data give, shape (images,)."""
        return np.array([sample.class_id for sample in self.samples], np.intp)

    @property
    def accuracy(self) -> float:
        """How many of the images are read as labelled, a fraction."""
        return float((self.probabilities.argmax(axis=1) == self.labels).mean())


def read_evidence(predictions: Path, data_set: DataSet, data: Path) -> Evidence:
    """Read the predictions for data: the folder of a cross-validation, or a CSV file.

    Args:
        predictions: See `evidence_of_cross_validation` and `evidence_of_csv`.
        data_set: The labelled images.
        data: Where they are from, for messages.

    Raises:
        RunError: If there are none, they are broken, or they are for other data.
    """
    if _is_model(predictions):
        raise RunError(
            "This is a model, not predictions. A network that was trained on these images has learned their wrong "
            "labels too.",
            expected="predictions by networks that have not seen the images",
            hint=MAKE_SOME.format(data=data),
            subject=str(predictions),
        )
    if predictions.is_dir():
        return evidence_of_cross_validation(read_cross_validation(predictions), data_set, data)
    if predictions.name.endswith((".csv", ".csv.xz")):
        return evidence_of_csv(predictions, data_set, data)
    raise RunError(
        "These are not predictions." if predictions.exists() else "There is no such file or folder.",
        expected="the folder of a cross-validation, or a .csv file as a cross-validation writes it",
        hint=MAKE_SOME.format(data=data),
        subject=str(predictions),
    )


def _is_model(path: Path) -> bool:
    """Whether it is a model file, a run folder, or the name of a built-in model where no file is called so."""
    if path.suffix in MODEL_SUFFIXES or any((path / f"model{end}").is_file() for end in MODEL_SUFFIXES):
        return True
    return not path.exists() and full_name(path) in {*builtin_models(), *builtin_detectors()}


def evidence_of_cross_validation(cross: CrossValidation, data_set: DataSet, data: Path) -> Evidence:
    """Return the out-of-fold predictions of a cross-validation.

    Folds whose file of all probabilities is not there count with the five best classes of their CSV file.

    Raises:
        RunError: If no fold is finished, a file is broken, or the predictions are for other data.
    """
    record = cross.record
    require_same_classes(
        [sign.name for sign in data_set.classes],
        record.classes,
        us=str(data),
        them=str(cross.folder),
        hint=MAKE_SOME.format(data=data),
        error=RunError,
    )
    if record.source != data_set.source:
        raise RunError(
            f"These predictions are for images of {record.source}, and {data} holds images of {data_set.source}.",
            hint=MAKE_SOME.format(data=data),
            subject=str(cross.folder),
        )
    if not any(part.rows for part in cross.parts.values()):
        raise RunError(
            "No fold is finished yet.", hint="Run the command that started it again.", subject=str(cross.folder)
        )
    parts = [_complete(cross, number, part) for number, part in sorted(cross.parts.items()) if part.rows]
    notes = [f"{cross.partial_label}."] if cross.partial_label else []
    if record.data_sha256 != fingerprint(data_set):
        notes.append(_note_on_change(parts, data_set))
    start = tomllib.loads(record.recipe).get("model", {}).get("init", "")
    if start:
        notes.append(
            f"The networks were fine-tuned from {start}. If that was trained on these images, wrong labels are found "
            "less."
        )
    titled = replace(record, source=name_of_data(data, record.source))
    return _matched(parts, data_set, data, made_by=titled.title, notes=notes, subject=cross.folder)


def _note_on_change(parts: Sequence[Predictions], data_set: DataSet) -> str:
    """Return what has changed since data were predicted, as far as the names and labels of images tell."""
    labels = {row.image: row.class_id for part in parts for row in (*part.rows, *part.undecodable)}
    here = {labelled_image(sample).image: sample.class_id for sample in data_set.samples}
    gone = len(labels.keys() - here.keys())
    # A class is the folder of an image: one that was moved is gone, and there is a new one.
    if gone and here.keys() <= labels.keys() and all(labels[name] == class_id for name, class_id in here.items()):
        return f"The predictions also cover {counted(gone, 'image')} that {'is' if gone == 1 else 'are'} not here."
    return "The labels or boxes have changed since these predictions were made."


def _complete(cross: CrossValidation, number: int, part: Predictions) -> Predictions:
    """Add all probabilities to the predictions of a fold, as far as they are kept."""
    path = probabilities_file(cross.folder, number)
    num_classes = len(cross.record.classes)
    if not path.is_file():
        return _with_full(part, spread_rest(part, num_classes), None)
    return _with_full(part, read_probabilities(path, part, num_classes=num_classes), read_unknown(path))


def _with_full(
    part: Predictions, full: npt.NDArray[np.float32], unknown: npt.NDArray[np.float32] | None
) -> Predictions:
    return Predictions(part.rows, part.class_ids, part.probabilities, part.undecodable, full, unknown)


def spread_rest(predictions: Predictions, num_classes: int) -> npt.NDArray[np.float32]:
    """Return the probabilities of all classes where only the best are known: the others share equally what is left.

    Returns:
        Shape (images, num_classes), float32.
    """
    count, top_k = predictions.class_ids.shape
    left = np.maximum(1 - predictions.probabilities.sum(axis=1), 0)
    # None of the others is above the last that is known.
    share = np.minimum(left / max(1, num_classes - top_k), predictions.probabilities[:, -1])
    full = np.repeat(share[:, None], num_classes, axis=1)
    np.put_along_axis(full, predictions.class_ids.astype(np.intp), predictions.probabilities, axis=1)
    return full.reshape(count, num_classes).astype(np.float32)


def evidence_of_csv(path: Path, data_set: DataSet, data: Path) -> Evidence:
    """Return predictions in the format of a cross-validation's CSV files, by any network.

    Nothing tells whether the network has seen the images; only whoever made the file knows. The notes say so.

    Raises:
        RunError: If the file is broken or names classes that the data do not have.
    """
    predictions = read_predictions(path)
    num_classes = len(data_set.classes)
    if not predictions.rows:
        raise RunError("The file holds no prediction.", hint=MAKE_SOME.format(data=data), subject=str(path))
    largest = max(int(predictions.class_ids.max()), int(predictions.labels.max()))
    if largest >= num_classes:
        raise RunError(
            f"The file names class {largest}.",
            expected=f"the classes of {data}, 0 to {num_classes - 1}",
            hint=MAKE_SOME.format(data=data),
            subject=str(path),
        )
    part = _with_full(predictions, spread_rest(predictions, num_classes), None)
    notes = ["An audit is worth something only if the network that made these predictions has not seen the images."]
    return _matched([part], data_set, data, made_by=path.name, notes=notes, subject=path)


def _matched(
    parts: Sequence[Predictions], data_set: DataSet, data: Path, *, made_by: str, notes: list[str], subject: Path
) -> Evidence:
    """Bring predictions into the order of the data, by the names of the images."""
    place: dict[str, tuple[int, int]] = {
        row.image: (number, index) for number, part in enumerate(parts) for index, row in enumerate(part.rows)
    }
    undecodable = {row.image for part in parts for row in part.undecodable}
    counts = Counter(labelled_image(sample).image for sample in data_set.samples)
    chosen = [
        sample for sample in data_set.samples if counts[name := labelled_image(sample).image] == 1 and name in place
    ]
    places = [place[labelled_image(sample).image] for sample in chosen]
    relabelled = sum(
        parts[part].rows[index].class_id != sample.class_id
        for sample, (part, index) in zip(chosen, places, strict=True)
    )
    _require_match(data_set, chosen, undecodable, data=data, subject=subject)
    if relabelled > MOST_RELABELLED * len(chosen):
        raise RunError(
            f"These predictions do not fit {data}: {relabelled:,} of {counted(len(chosen), 'image')} have another "
            "label there.",
            expected="predictions for the same images with the same classes",
            hint=MAKE_SOME.format(data=data),
            subject=str(subject),
        )
    missing = len(data_set.samples) - len(chosen) - sum(name in undecodable for name in counts)
    if missing > 0:
        notes = [*notes, f"Without a prediction, and judged by `check` alone: {counted(missing, 'image')}."]
    full = np.stack([_full(parts[part])[index] for part, index in places])
    unknowns = [part.unknown for part in parts]
    unknown = (
        np.stack([np.asarray(unknowns[part])[index] for part, index in places])
        if all(one is not None and one.shape[1] for one in unknowns)
        else None
    )
    evidence = Evidence(tuple(chosen), full, unknown, made_by)
    return Evidence(evidence.samples, full, unknown, made_by, (*notes, *_doubts(evidence)))


def _full(part: Predictions) -> npt.NDArray[np.float32]:
    if part.full is None:
        raise TypeError("predictions without all probabilities")
    return part.full


def _require_match(
    data_set: DataSet, chosen: Sequence[Sample], undecodable: set[str], *, data: Path, subject: Path
) -> None:
    known = len(chosen) + len(undecodable)
    total = len(data_set.samples)
    if known < LEAST_SHARE * total or not chosen:
        predicted = {labelled_image(sample).image for sample in chosen}
        names = (labelled_image(sample).image for sample in data_set.samples)
        example = next((name for name in names if name not in predicted and name not in undecodable), "")
        raise RunError(
            f"These predictions do not fit {data}: they name {len(chosen):,} of its {counted(total, 'image')}, and not "
            f"{example}.",
            expected="predictions for the same images, named by folder and file",
            hint=MAKE_SOME.format(data=data),
            subject=str(subject),
        )


def _doubts(evidence: Evidence) -> list[str]:
    accuracy, count = evidence.accuracy, len(evidence.samples)
    if accuracy < 1 - MOST_MISREAD:
        return [
            f"These networks misread {percent(1 - accuracy)} of the images, so most suspicions will be images that are "
            "hard for them: use predictions of a better recipe (--recipe best with another --out, or --predictions of "
            "a cross-validation of best), or add images of other signs."
        ]
    if accuracy == 1 and count >= SUSPICIOUSLY_MANY:
        return [
            f"Every one of {counted(count, 'image')} is read as it is labelled. Perhaps the network was trained on "
            "them: then it has learned the wrong labels too, and nothing can be found."
        ]
    return []


def tracks_of_images(samples: Sequence[Sample]) -> Mapping[tuple[int, str], list[int]]:
    """Return the places of the images of each track, by class and track; images without a track are left out."""
    tracks: dict[tuple[int, str], list[int]] = {}
    for index, sample in enumerate(samples):
        if sample.track is not None:
            tracks.setdefault((sample.class_id, sample.track), []).append(index)
    return tracks
