"""Two cross-validations, or two files of predictions: read, put side by side, and paired track by track."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from roadsigns.cross_validation.store import CrossRecord, read_cross_validation
from roadsigns.datasets.spec import GTSRB_CLASSES
from roadsigns.errors import RunError
from roadsigns.evaluation.intervals import number_tracks
from roadsigns.evaluation.predictions import Predictions, read_predictions
from roadsigns.evaluation.significance import PairedTracks, mcnemar_p, pair_tracks, sign_flip_p
from roadsigns.types import LabelledImage

__all__ = ["ClassChange", "Comparison", "Side", "TrackChange", "compare"]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two.

    Attributes:
        path: As it was asked for.
        predictions: What was read.
        record: What the cross-validation was begun with; None for a single file.
        partial_label: Says which folds are missing; empty where none is.
    """

    path: Path
    predictions: Predictions
    record: CrossRecord | None
    partial_label: str

    @property
    def errors(self) -> int:
        """Misread images."""
        return int(self.predictions.wrong.sum())


@dataclass(frozen=True, slots=True)
class TrackChange:
    """A track that one of the two reads better: its class, its track, its frames, and how many each side misreads."""

    class_id: int
    name: str
    track: str
    frames: int
    errors_a: int
    errors_b: int


@dataclass(frozen=True, slots=True)
class ClassChange:
    """A class: its tracks, its images, and how many of them each side misreads."""

    class_id: int
    name: str
    tracks: int
    images: int
    errors_a: int
    errors_b: int


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two sides of the same images.

    Attributes:
        a: The first.
        b: The second.
        pairs: Both, track by track.
        tracks: All, in the order of `pairs`.
        classes: All that have images.
        errors_p: Of the sign-flip test on the errors of each track.
        wrong_tracks_p: Of McNemar's test on the wrong tracks.
        note: What else differs between the two; empty where nothing does.
        hard: Whether it is of what was read under hard conditions.
    """

    a: Side
    b: Side
    pairs: PairedTracks
    tracks: tuple[TrackChange, ...]
    classes: tuple[ClassChange, ...]
    errors_p: float
    wrong_tracks_p: float
    note: str
    hard: bool

    @property
    def won(self) -> list[TrackChange]:
        """Tracks of which B misreads fewer frames, the biggest gain first."""
        changes = [track for track in self.tracks if track.errors_b < track.errors_a]
        return sorted(changes, key=lambda track: track.errors_b - track.errors_a)

    @property
    def lost(self) -> list[TrackChange]:
        """Tracks of which B misreads more frames, the biggest loss first."""
        changes = [track for track in self.tracks if track.errors_b > track.errors_a]
        return sorted(changes, key=lambda track: track.errors_a - track.errors_b)

    @property
    def only_a_wrong(self) -> int:
        """Tracks of which A misreads more than half of the frames and B does not."""
        return int((self.pairs.wrong_a & ~self.pairs.wrong_b).sum())

    @property
    def only_b_wrong(self) -> int:
        """Tracks of which B misreads more than half of the frames and A does not."""
        return int((self.pairs.wrong_b & ~self.pairs.wrong_a).sum())


def compare(a: Path, b: Path, *, hard: bool = False) -> Comparison:
    """Compare two sets of predictions.

    Args:
        a: A folder of a cross-validation, or a file of predictions; what was before.
        b: The same; what came after.
        hard: Compare what was read under hard conditions, in two folders of one seed.

    Raises:
        RunError: If one of them cannot be read, or they are not of the same images and labels.
    """
    side_a, side_b = (_read_hard_side(path) if hard else _read_side(path) for path in (a, b))
    if hard:
        _require_same_conditions(side_a, side_b)
    order = _same_order(side_a, side_b)
    rows = side_a.predictions.rows
    keys = [_track_key(row) for row in rows]
    numbers = number_tracks(keys)
    if numbers is None:
        raise RunError(f"{a} and {b} hold no predictions. Go on with the commands that began them.")
    pairs = pair_tracks(side_a.predictions.wrong, side_b.predictions.wrong[order], numbers)
    names = _class_names(side_a, side_b)
    tracks = _track_changes(list(dict.fromkeys(keys)), pairs, names)
    return Comparison(
        side_a,
        side_b,
        pairs,
        tracks,
        _class_changes(tracks),
        errors_p=sign_flip_p(pairs.change),
        wrong_tracks_p=mcnemar_p(
            int((pairs.wrong_a & ~pairs.wrong_b).sum()), int((pairs.wrong_b & ~pairs.wrong_a).sum())
        ),
        note=_note(side_a.record, side_b.record),
        hard=hard,
    )


def _read_side(path: Path) -> Side:
    if path.is_file():
        return Side(path, read_predictions(path), None, "")
    cross = read_cross_validation(path)
    if cross.predictions is None:
        raise RunError(f"{path} holds no finished fold yet. Go on with the command that began it.")
    return Side(path, cross.predictions, cross.record, cross.partial_label)


def _read_hard_side(path: Path) -> Side:
    if path.is_file():
        raise RunError(f"{path} is one file. Give folders with --hard, or two hard files without it.")
    cross = read_cross_validation(path).corrupted
    if cross.predictions is None:
        raise RunError(
            f"{path} holds no fold that was read under hard conditions. "
            "Make some with `roadsigns cross-validate --hard`."
        )
    return Side(path, cross.predictions, cross.record, cross.partial_label)


def _require_same_conditions(a: Side, b: Side) -> None:
    if a.record and b.record and a.record.seed != b.record.seed:
        raise RunError(
            f"The seed of {a.path} is {a.record.seed} and that of {b.path} is {b.record.seed}: they put an image under "
            "two conditions. Compare hard predictions of one seed."
        )


def _same_order(a: Side, b: Side) -> list[int]:
    """Where each of A's images is in B."""
    place = {row: index for index, row in enumerate(b.predictions.rows)}
    ours, theirs = set(a.predictions.rows), set(place)
    if ours == theirs:
        return [place[row] for row in a.predictions.rows]
    images_a, images_b = ({row.image for row in rows} for rows in (ours, theirs))
    only_a, only_b = len(images_a - images_b), len(images_b - images_a)
    if only_a or only_b:
        parts = "".join(f" {side.path} is {side.partial_label}." for side in (a, b) if side.partial_label)
        raise RunError(
            f"{a.path} and {b.path} are not of the same images: {only_a:,} are only in the first and {only_b:,} only "
            f"in the second, {len(images_a & images_b):,} in both.{parts} Compare predictions of the same data."
        )
    raise RunError(
        f"{a.path} and {b.path} hold the same images, but {len(ours - theirs):,} of them with another class or track. "
        "Compare predictions of the same data."
    )


def _track_key(row: LabelledImage) -> tuple[int, str]:
    return row.track_key or (row.class_id, row.image)


def _class_names(a: Side, b: Side) -> Sequence[str]:
    if a.record and b.record and a.record.classes != b.record.classes:
        raise RunError(f"{a.path} and {b.path} have classes of other names. Compare predictions of the same data.")
    record = a.record or b.record
    if record:
        return record.classes
    count = 1 + max(int(side.predictions.labels.max(initial=0)) for side in (a, b))
    if count <= len(GTSRB_CLASSES):
        return [sign.name for sign in GTSRB_CLASSES]
    return [f"class {class_id}" for class_id in range(count)]


def _track_changes(
    keys: Sequence[tuple[int, str]], pairs: PairedTracks, names: Sequence[str]
) -> tuple[TrackChange, ...]:
    counts = (pairs.frames.tolist(), pairs.errors_a.tolist(), pairs.errors_b.tolist())
    return tuple(
        TrackChange(class_id, names[class_id], track, *figures)
        for (class_id, track), *figures in zip(keys, *counts, strict=True)
    )


def _class_changes(tracks: Sequence[TrackChange]) -> tuple[ClassChange, ...]:
    changes = []
    for class_id, name in sorted({(track.class_id, track.name) for track in tracks}):
        own = [track for track in tracks if track.class_id == class_id]
        counts = (sum(getattr(track, field) for track in own) for field in ("frames", "errors_a", "errors_b"))
        changes.append(ClassChange(class_id, name, len(own), *counts))
    return tuple(changes)


def _note(a: CrossRecord | None, b: CrossRecord | None) -> str:
    """What else differs than the recipe: then the difference is not the recipe's alone."""
    if not a or not b:
        return ""
    if a.data_sha256 != b.data_sha256:
        return "The data differ, though the images have the same names: the boxes, or images of folds that are missing."
    if a.fold_sha256 != b.fold_sha256:
        return (
            f"The folds differ (A: {a.folds} by {a.by}, seed {a.seed}; B: {b.folds} by {b.by}, seed {b.seed}): "
            "part of the difference is what each model was trained on."
        )
    return ""
