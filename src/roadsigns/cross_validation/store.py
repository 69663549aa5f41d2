"""The folder of a cross-validation.

    cross-validation.json      recipe, seed, folds, data and corruptions; resuming requires the same
    fold-1.csv, ...            the predictions of each finished fold; see `roadsigns.evaluation.predictions`
    fold-1-probabilities.npz   the probabilities of all classes, which only `roadsigns calibrate` needs
    fold-1-hard.csv, ...       with --corruptions: the predictions of the same model for the same images, corrupted;
                               and fold-1-hard-probabilities.npz
    fold-1/, ...               the run folder of a fold that is being trained, or whose model is kept
    misread-tracks.png         with --sheet
    fold-1-scores.csv, ...     with --leave-classes-out: how known each image looks; see `left_out.scores_file`
    left-out.png               with --leave-classes-out and --sheet

The JSON and CSV files alone are enough to resume, and to compute all metrics. A CSV file may be packed: fold-1.csv.xz.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from roadsigns.cross_validation.record import RECORD, CrossRecord, checksum_of_names, read_record
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import TOP_K, Predictions, join_predictions
from roadsigns.evaluation.predictions_csv import read_predictions
from roadsigns.wording import counted

__all__ = ["CrossValidation", "corrupted_file", "fold_file", "read_cross_validation"]


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """A cross-validation with its finished folds.

    Attributes:
        folder: Its folder.
        record: What it was begun with.
        parts: Predictions of the finished folds by number, from 1.
        corrupted_parts: Predictions of these folds for their images with corruptions, as far as they were made.
    """

    folder: Path
    record: CrossRecord
    parts: dict[int, Predictions]
    corrupted_parts: dict[int, Predictions] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether every fold is there."""
        return len(self.parts) == self.record.folds

    @property
    def predictions(self) -> Predictions | None:
        """Those of all finished folds; None where there is none."""
        return join_predictions([self.parts[number] for number in sorted(self.parts)]) if self.parts else None

    @property
    def partial_label(self) -> str:
        """What must stand beside every metric while folds are missing; empty where none is."""
        if self.is_complete:
            return ""
        done = ", ".join(map(str, sorted(self.parts))) or "none"
        images = sum(self.record.fold_images[number - 1] for number in self.parts)
        folds = f"fold{'s' if len(self.parts) != 1 else ''} {done} of {self.record.folds}"
        return f"PARTIAL: {folds}, {images:,} of {sum(self.record.fold_images):,} images"

    @property
    def title(self) -> str:
        """Title of the record, and which folds are missing."""
        return ". ".join(filter(None, (self.record.title, self.partial_label)))

    @property
    def corrupted(self) -> "CrossValidation":
        """The same cross-validation, with the predictions for corrupted images as its predictions."""
        return CrossValidation(self.folder, self.record, self.corrupted_parts)


def fold_file(folder: Path, number: int) -> Path:
    """Return the file for the predictions of a fold."""
    return _packed_or_plain(folder / f"fold-{number}.csv")


def corrupted_file(folder: Path, number: int) -> Path:
    """Return the file for the predictions of a fold with corruptions."""
    return _packed_or_plain(folder / f"fold-{number}-hard.csv")


def _packed_or_plain(path: Path) -> Path:
    """Return the packed file where only that one is there."""
    packed = path.with_name(f"{path.name}.xz")
    return packed if packed.is_file() and not path.is_file() else path


def read_cross_validation(folder: Path, *, left_out: bool = False) -> CrossValidation:
    """Read the folder of a cross-validation.

    Args:
        folder: Its folder.
        left_out: Whether it is to be one that leaves classes out, whose models cannot read every image.

    Raises:
        RunError: If the folder holds none or one of the other kind, or one of its files is broken or of other images.
    """
    record = read_record(folder)
    if record is None:
        raise RunError(
            f"This is not a cross-validation: {f'it holds no {RECORD}' if folder.is_dir() else 'it is not a folder'}.",
            hint=f"Make one with `roadsigns cross-validate --out {folder}`.",
            subject=str(folder),
        )
    if bool(record.left_out) != left_out:
        raise RunError(
            f"Each of its models was trained {'without some classes' if record.left_out else 'on all classes'}.",
            expected=f"a cross-validation made {'with' if left_out else 'without'} --leave-classes-out",
            subject=str(folder),
        )
    parts = _read_parts(record, {number: fold_file(folder, number) for number in range(1, record.folds + 1)})
    # Without its fold's file, one is left over from a model whose fold was not finished.
    corrupted = _read_parts(record, {number: corrupted_file(folder, number) for number in parts})
    return CrossValidation(
        folder, record, parts, {number: _with_corruptions(part, record) for number, part in corrupted.items()}
    )


def _read_parts(record: CrossRecord, files: dict[int, Path]) -> dict[int, Predictions]:
    return {number: _read_fold(path, record, number) for number, path in files.items() if path.is_file()}


def _read_fold(path: Path, record: CrossRecord, number: int) -> Predictions:
    predictions = read_predictions(path)
    names, expected = predictions.names, record.fold_images[number - 1]
    labels = [row.class_id for row in predictions.rows] + predictions.class_ids.ravel().tolist()
    unknown = set(predictions.corruptions or ()) - {one.name for one in record.corruptions}
    if len(names) != expected:
        problem = f"The file holds {len(names):,} of {counted(expected, 'image')}."
    elif checksum_of_names(names) != record.fold_sha256[number - 1]:
        problem = "The file holds images of other folds or data."
    elif max(labels, default=0) >= len(record.classes):
        problem = f"The file names class {max(labels)}, and the classes are 0 to {len(record.classes) - 1}."
    elif predictions.class_ids.shape[1] != min(TOP_K, len(record.classes)):
        problem = f"The file holds {counted(predictions.class_ids.shape[1], 'prediction')} for each image."
    elif unknown:
        problem = f"The file names the corruption '{min(unknown)}', which is not in {RECORD}."
    else:
        return predictions
    raise RunError(
        problem,
        expected=f"the predictions of fold {number}",
        hint="Move it away and run `roadsigns cross-validate` again, which repeats that fold.",
        subject=str(path),
    )


def _with_corruptions(predictions: Predictions, record: CrossRecord) -> Predictions:
    """Fill in the corruptions that a file from before version 0.2.0 does not name."""
    if predictions.corruptions is not None:
        return predictions
    names = tuple(record.assignment.corruption_of(row).name for row in predictions.rows)
    return replace(predictions, corruptions=names)
