"""Suspected labels: of whole tracks, of single images, and of signs that stand in two classes.

The unit of a label is the physical sign: its frames are labelled at once. So the frames of a track are judged together
first: where none of them gives the label a chance, all is wrong, though no other class may be clear. A frame of a track
that is right as a whole is suspected only if it looks less like its own class than like another: otherwise it is a hard
frame, small or blurred, and networks misread many of those.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.audit.confident import confident_classes, margins, ruled_out
from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.audit.suspect import Suspect
from roadsigns.audit.twins import Thumbnails, Twin
from roadsigns.printable import printable
from roadsigns.types import Sample, SignClass
from roadsigns.wording import counted, percent

__all__ = ["Judged", "suspect_labels"]

# From here on two thumbnails mostly show one sign before one background.
LOOK_ALIKE = 0.9
# From here on, where the network reads the same class in both, they are taken for one physical sign.
SAME_SIGN = 0.97
# A track of so many frames is wrong if its label is ruled out. In a shorter one, another class must be clear too.
MANY_FRAMES = 5

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What labels are judged by.

    Attributes:
        evidence: The predictions.
        classes: In label order.
        paths: Of the images that are predicted, relative to the data.
        sides: Shorter side of each of these images in pixels, shape (images,).
        thumbnails: Of these images.
    """

    evidence: Evidence
    classes: tuple[SignClass, ...]
    paths: Sequence[str]
    sides: npt.NDArray[np.integer]
    thumbnails: Thumbnails

    def called(self, class_id: int) -> str:
        """Return the name of a class as it stands in sentences."""
        return f"'{printable(self.classes[class_id].name)}'"

    def like(self, twin: Twin | None) -> str:
        """Return what an image resembles, as the end of a reason; empty where it resembles nothing."""
        if twin is None or twin.correlation < LOOK_ALIKE:
            return ""
        name = self.called(self.evidence.samples[twin.index].class_id)
        return f" It looks like {printable(self.paths[twin.index])}, which is labelled {name}."

    def beside(self, twin: Twin | None, suggested: int) -> list[str]:
        """Return the image to look at beside a suspect: what it resembles, or the clearest of the suggested class."""
        if twin is not None and twin.correlation >= LOOK_ALIKE:
            return [self.paths[twin.index]]
        own = np.flatnonzero(self.evidence.labels == suggested)
        return [self.paths[own[self.evidence.probabilities[own, suggested].argmax()]]] if len(own) else []


def suspect_labels(judged: Judged) -> list[Suspect]:
    """Return the suspected tracks, images, and signs in two classes, the most suspicious of each kind first."""
    labels = judged.evidence.labels
    if len(np.unique(labels)) == 1:
        # There is no other class to belong to.
        return []
    confident = confident_classes(labels, judged.evidence.probabilities)
    # A suspected label vouches for no other.
    trusted = [np.flatnonzero((labels == one.class_id) & (confident == labels)) for one in judged.classes]
    wrong_tracks = list(_wrong_tracks(judged))
    in_wrong_track = {index for track in wrong_tracks for index in track.frames}
    tracks, images, pairs = [], [], []
    for track in wrong_tracks:
        found = judged.thumbnails.nearest_pair(np.array(track.frames, np.intp), trusted[track.suggested])
        tracks.append(_suspect_track(judged, track, found[1] if found else None))
        if found and found[1].correlation >= SAME_SIGN:
            pairs.append(_in_two_classes(judged, found[0], found[1], track.suggested, track.score))
    scores = margins(labels, confident, judged.evidence.probabilities)
    for index in np.flatnonzero((confident != labels) & ruled_out(labels, judged.evidence.probabilities)).tolist():
        suggested, score = int(confident[index]), float(scores[index])
        own = judged.thumbnails.nearest(index, trusted[int(labels[index])])
        other = judged.thumbnails.nearest(index, trusted[suggested])
        if index in in_wrong_track or _is_hard_frame(own, other):
            continue
        images.append(_suspect_image(judged, index, suggested, score, other))
        if other and other.correlation >= SAME_SIGN:
            pairs.append(_in_two_classes(judged, index, other, suggested, score))
    return [*_by_score(tracks), *_by_score(images), *_by_score(pairs)]


def _by_score(suspects: Iterable[Suspect]) -> list[Suspect]:
    return sorted(suspects, key=lambda suspect: -suspect.score)


def _is_hard_frame(own: Twin | None, other: Twin | None) -> bool:
    """Whether an image resembles one with its own label, more than any with the label that the network suggests."""
    if own is None or own.correlation < LOOK_ALIKE:
        return False
    return other is None or own.correlation > other.correlation


@dataclass(frozen=True, slots=True)
class _WrongTrack:
    """A track of several frames that belongs to another class."""

    class_id: int
    track: str
    frames: Sequence[int]
    suggested: int
    probability: float
    given_probability: float
    score: float


def _wrong_tracks(judged: Judged) -> Iterator[_WrongTrack]:
    """Judge the frames of each track together; images that stand alone are units too, by which classes are known."""
    probabilities = judged.evidence.probabilities
    tracks = {key: frames for key, frames in _tracks_of_images(judged.evidence.samples).items() if len(frames) > 1}
    if not tracks:
        return
    together = {index for frames in tracks.values() for index in frames}
    alone = np.array([index for index in range(len(probabilities)) if index not in together], np.intp)
    fused = np.concatenate([[probabilities[frames].mean(axis=0) for frames in tracks.values()], probabilities[alone]])
    labels = np.concatenate([[class_id for class_id, _ in tracks], judged.evidence.labels[alone]]).astype(np.intp)
    confident, likeliest, is_out = confident_classes(labels, fused), fused.argmax(axis=1), ruled_out(labels, fused)
    scores = margins(labels, likeliest, fused)
    for place, ((class_id, track), frames) in enumerate(tracks.items()):
        suggested = int(likeliest[place])
        is_clear = len(frames) >= MANY_FRAMES or suggested == confident[place]
        if suggested != class_id and is_out[place] and is_clear:
            both = float(fused[place, suggested]), float(fused[place, class_id])
            yield _WrongTrack(class_id, track, frames, suggested, *both, float(scores[place]))


def _tracks_of_images(samples: Sequence[Sample]) -> Mapping[tuple[int, str], list[int]]:
    """Return the places of the images of each track, by class and track; images without a track are left out."""
    tracks: dict[tuple[int, str], list[int]] = {}
    for index, sample in enumerate(samples):
        if sample.track is not None:
            tracks.setdefault((sample.class_id, sample.track), []).append(index)
    return tracks


def _suspect_track(judged: Judged, track: _WrongTrack, twin: Twin | None) -> Suspect:
    read = judged.evidence.probabilities[track.frames].argmax(axis=1)
    so = int((read == track.suggested).sum())
    clearest = max(track.frames, key=lambda index: int(judged.sides[index]))
    return Suspect(
        "wrong-track",
        f"{so:,} of {counted(len(track.frames), 'frame')} are read as {judged.called(track.suggested)}, in the mean "
        f"with {percent(track.probability)}; the label {judged.called(track.class_id)} gets "
        f"{percent(track.given_probability)}.{judged.like(twin)} Move the whole track if the label is wrong.",
        (judged.paths[clearest], *judged.beside(twin, track.suggested)),
        track.class_id,
        track.suggested,
        track.probability,
        track.given_probability,
        track.score,
        track.track,
        len(track.frames),
    )


def _suspect_image(judged: Judged, index: int, suggested: int, score: float, twin: Twin | None) -> Suspect:
    sample, row = judged.evidence.samples[index], judged.evidence.probabilities[index]
    probability, given = float(row[suggested]), float(row[sample.class_id])
    return Suspect(
        "wrong-label",
        f"Read as {judged.called(suggested)} with {percent(probability)}; the label {judged.called(sample.class_id)} "
        f"gets {percent(given)}.{judged.like(twin)} Move the image if the label is wrong.",
        (judged.paths[index], *judged.beside(twin, suggested)),
        sample.class_id,
        suggested,
        probability,
        given,
        score,
        sample.track or "",
    )


def _in_two_classes(judged: Judged, index: int, twin: Twin, suggested: int, score: float) -> Suspect:
    sample, other = judged.evidence.samples[index], judged.evidence.samples[twin.index]
    row = judged.evidence.probabilities[index]
    return Suspect(
        "sign-in-two-classes",
        f"Nearly the same image is labelled {judged.called(sample.class_id)} here and {judged.called(other.class_id)} "
        f"there (correlation {twin.correlation:.3f}), and both are read as {judged.called(suggested)}. Give both the "
        "right label.",
        (judged.paths[index], judged.paths[twin.index]),
        sample.class_id,
        suggested,
        float(row[suggested]),
        float(row[sample.class_id]),
        score,
        sample.track or "",
        2,
    )
