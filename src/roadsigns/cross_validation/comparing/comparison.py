"""Compares two cross-validations, or two CSV files of predictions, track by track."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from roadsigns.cross_validation.comparing.sides import Side, class_names, match_images, read_sides
from roadsigns.cross_validation.record import CrossRecord
from roadsigns.errors import RunError
from roadsigns.evaluation.intervals import number_tracks
from roadsigns.evaluation.significance import PERMUTATIONS, PairedTracks, mcnemar_p, pair_tracks, sign_flip_p

__all__ = ["ClassChange", "Comparison", "TrackChange", "compare", "compare_sides"]


@dataclass(frozen=True, slots=True)
class TrackChange:
    """The errors of both sides in one track.

    Attributes:
        class_id: Its class.
        name: The name of its class.
        track: Its number within the class.
        frames: Number of frames.
        errors_a: Frames that A misreads.
        errors_b: Frames that B misreads.
    """

    class_id: int
    name: str
    track: str
    frames: int
    errors_a: int
    errors_b: int


@dataclass(frozen=True, slots=True)
class ClassChange:
    """The errors of both sides in one class.

    Attributes:
        class_id: The label.
        name: The class's name.
        tracks: Number of tracks.
        images: Number of images.
        errors_a: Images that A misreads.
        errors_b: Images that B misreads.
    """

    class_id: int
    name: str
    tracks: int
    images: int
    errors_a: int
    errors_b: int


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two sides on the same images.

    Attributes:
        a: The first.
        b: The second.
        pairs: The errors of both, track by track.
        tracks: All, in the order of `pairs`.
        classes: All that have images.
        errors_p: Of the sign-flip permutation test on the errors of each track.
        mostly_misread_p: Of McNemar's test on the mostly misread tracks.
        note: What differs between the two apart from the recipe; empty where nothing does.
        corruptions: Whether the images have corruptions.
    """

    a: Side
    b: Side
    pairs: PairedTracks
    tracks: tuple[TrackChange, ...]
    classes: tuple[ClassChange, ...]
    errors_p: float
    mostly_misread_p: float
    note: str
    corruptions: bool

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
    def mostly_misread_only_by_a(self) -> int:
        """Number of tracks that A mostly misreads and B does not."""
        return int((self.pairs.mostly_misread_a & ~self.pairs.mostly_misread_b).sum())

    @property
    def mostly_misread_only_by_b(self) -> int:
        """Number of tracks that B mostly misreads and A does not."""
        return int((self.pairs.mostly_misread_b & ~self.pairs.mostly_misread_a).sum())

    def as_dict(self) -> dict[str, object]:
        """Return everything but arrays as JSON holds it: fractions, not percent."""
        pairs = self.pairs
        images, tracks = int(pairs.frames.sum()), len(pairs.frames)
        sides = ((self.a, pairs.errors_a, pairs.mostly_misread_a), (self.b, pairs.errors_b, pairs.mostly_misread_b))
        a, b = (
            {
                "path": str(side.path),
                "recipe": side.record and side.record.recipe_name,
                "complete": not side.partial_label,
                "errors": side.errors,
                "accuracy": (images - side.errors) / images,
                "tracks_misread_at_least_once": int((errors > 0).sum()),
                "mostly_misread_tracks": int(mostly.sum()),
            }
            for side, errors, mostly in sides
        )
        return {
            "corruptions": self.corruptions,
            "images": images,
            "tracks": tracks,
            "a": a,
            "b": b,
            "errors_p": self.errors_p,
            "permutations": PERMUTATIONS,
            "mostly_misread_only_by_a": self.mostly_misread_only_by_a,
            "mostly_misread_only_by_b": self.mostly_misread_only_by_b,
            "mostly_misread_p": self.mostly_misread_p,
            "won": [asdict(track) for track in self.won],
            "lost": [asdict(track) for track in self.lost],
            "classes": [asdict(change) for change in self.classes],
            "note": self.note,
        }


def compare(a: Path, b: Path, *, corruptions: bool = False, classes: Sequence[str] | None = None) -> Comparison:
    """Compare two sets of predictions.

    Args:
        a: The folder of a cross-validation, or a CSV file of predictions: the state before.
        b: The same: the state after.
        corruptions: Compare the predictions for images with corruptions, in two folders.
        classes: Names in label order, for files that do not lie in the folder of a cross-validation; None where the
            numbers of the classes will do.

    Raises:
        RunError: If one of them cannot be read, or they are not of the same images, labels and corruptions.
    """
    return compare_sides(*read_sides(a, b, corruptions=corruptions), corruptions=corruptions, classes=classes)


def compare_sides(
    side_a: Side, side_b: Side, *, corruptions: bool = False, classes: Sequence[str] | None = None
) -> Comparison:
    """Compare two sides that are read already; see `compare`.

    Raises:
        RunError: If they are not of the same images, labels and corruptions.
    """
    order = match_images(side_a, side_b)
    keys = [row.sign_key for row in side_a.predictions.rows]
    numbers = number_tracks(keys)
    if numbers is None:
        raise RunError(
            f"{side_a.path} and {side_b.path} hold no predictions.", hint="Run the commands that started them again."
        )
    pairs = pair_tracks(side_a.predictions.wrong, side_b.predictions.wrong[order], numbers)
    tracks = _track_changes(list(dict.fromkeys(keys)), pairs, class_names(side_a, side_b, classes))
    only_a = int((pairs.mostly_misread_a & ~pairs.mostly_misread_b).sum())
    only_b = int((pairs.mostly_misread_b & ~pairs.mostly_misread_a).sum())
    return Comparison(
        side_a,
        side_b,
        pairs,
        tracks,
        _class_changes(tracks),
        errors_p=sign_flip_p(pairs.change),
        mostly_misread_p=mcnemar_p(only_a, only_b),
        note=_note(side_a.record, side_b.record),
        corruptions=corruptions,
    )


def _track_changes(
    keys: Sequence[tuple[int, str]], pairs: PairedTracks, names: Sequence[str]
) -> tuple[TrackChange, ...]:
    counts = (pairs.frames.tolist(), pairs.errors_a.tolist(), pairs.errors_b.tolist())
    return tuple(
        TrackChange(class_id, names[class_id], track, *values)
        for (class_id, track), *values in zip(keys, *counts, strict=True)
    )


def _class_changes(tracks: Sequence[TrackChange]) -> tuple[ClassChange, ...]:
    members: dict[tuple[int, str], list[TrackChange]] = {}
    for track in tracks:
        members.setdefault((track.class_id, track.name), []).append(track)
    changes = []
    for (class_id, name), own in sorted(members.items(), key=lambda item: item[0]):
        counts = (sum(getattr(track, field) for track in own) for field in ("frames", "errors_a", "errors_b"))
        changes.append(ClassChange(class_id, name, len(own), *counts))
    return tuple(changes)


def _note(a: CrossRecord | None, b: CrossRecord | None) -> str:
    """Describe the differences apart from the recipe, which may explain a part of the result."""
    if not a or not b:
        return ""
    if a.data_sha256 != b.data_sha256:
        return (
            "The data differ, although the images have the same names: either their boxes differ, or images of missing "
            "folds do."
        )
    if a.fold_sha256 != b.fold_sha256:
        return (
            f"The folds differ (A: {a.folds} by {a.by}, seed {a.seed}; B: {b.folds} by {b.by}, seed {b.seed}), so the "
            "models were trained on different images."
        )
    return ""
