"""Wrong labels, wrong tracks and signs in two classes are found among hard signs that are labelled right."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.audits import made_up

from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.audit.labels import Judged, suspect_labels
from roadsigns.audit.twins import Thumbnails
from roadsigns.types import Sample, SignClass

CLASSES, TRACKS, FRAMES = 20, 20, 10


@dataclass
class Drive:
    """Signs as a camera passes them: 400 of them, 10 frames each, some of them hard to read."""

    truth: np.ndarray
    sign: np.ndarray
    thumbnails: np.ndarray
    probabilities: np.ndarray

    def judged(self, labels, tracks):
        """What the audit goes by, if the images have these labels and tracks."""
        classes = tuple(SignClass(number, f"class {number}") for number in range(CLASSES))
        samples = tuple(
            Sample(Path(f"{label}/{index}.png"), int(label), track=track)
            for index, (label, track) in enumerate(zip(labels, tracks, strict=True))
        )
        evidence = Evidence(samples, self.probabilities, None, "made up")
        paths = [str(sample.path) for sample in samples]
        return Judged(evidence, classes, paths, np.arange(len(samples)) % FRAMES, Thumbnails(self.thumbnails))


@pytest.fixture(scope="module")
def drive():
    rng = np.random.default_rng(0)
    sign = np.repeat(np.arange(CLASSES * TRACKS), FRAMES)
    truth = sign // TRACKS
    coarse = rng.integers(0, 256, (CLASSES * TRACKS, 144))
    thumbnails = (coarse[sign] + rng.normal(0, 12, (len(sign), 144))).clip(0, 255).astype(np.uint8)
    # In each twentieth sign, most frames are read as another class, which is like it.
    hard = (sign % 20 == 7) & (rng.random(len(sign)) < 0.7)
    probabilities = made_up(np.where(hard, (truth + 1) % CLASSES, truth), CLASSES)
    doubt = probabilities[hard] * 0.6
    doubt[np.arange(hard.sum()), truth[hard]] += 0.4
    probabilities[hard] = doubt
    return Drive(truth, sign, thumbnails, probabilities)


@pytest.fixture(scope="module")
def planted(drive):
    """100 images and 8 whole signs with another label, each under a track of its own."""
    rng = np.random.default_rng(1)
    labels, tracks = drive.truth.copy(), np.array([f"{number:05d}" for number in drive.sign])
    wrong_signs = rng.choice(CLASSES * TRACKS, 8, replace=False)
    for number in wrong_signs:
        labels[drive.sign == number] = (number // TRACKS + rng.integers(1, CLASSES)) % CLASSES
    free = np.flatnonzero(~np.isin(drive.sign, wrong_signs))
    images = rng.choice(free, 100, replace=False)
    labels[images] = (labels[images] + rng.integers(1, CLASSES, 100)) % CLASSES
    tracks[images] = [f"9{number:04d}" for number in range(100)]
    return labels, list(tracks), set(images.tolist()), {f"{number:05d}" for number in wrong_signs}


def found_images(suspects):
    return {int(Path(one.paths[0]).stem) for one in suspects if one.kind == "wrong-label"}


def require_found(found, planted):
    """At least nine in ten of the planted, and at most one in ten of the found is another."""
    assert len(found & planted) >= 0.9 * len(planted)
    assert len(found & planted) >= 0.9 * len(found)


def test_planted_images_and_tracks_are_found(drive, planted):
    """Nine in ten at a precision of nine in ten, with the right label as the suggestion."""
    labels, tracks, images, signs = planted

    suspects = suspect_labels(drive.judged(labels, tracks))

    require_found(found_images(suspects), images)
    require_found({one.track for one in suspects if one.kind == "wrong-track"}, signs)
    for one in suspects:
        index = int(Path(one.paths[0]).stem)
        if one.kind == "wrong-label" and index in images:
            assert one.suggested == drive.truth[index]
            assert one.class_id == labels[index]


def test_planted_images_are_found_without_tracks(drive, planted):
    """Hard frames are told by their look-alikes of the same label."""
    labels, _, images, _ = planted
    # Without tracks, the frames of a wrong sign are wrong images.
    labels = np.where(np.isin(np.arange(len(labels)), list(images)), labels, drive.truth)

    suspects = suspect_labels(drive.judged(labels, [None] * len(labels)))

    require_found(found_images(suspects), images)
    assert not [one for one in suspects if one.kind == "wrong-track"]


def test_nothing_is_suspected_of_right_labels_but_hard_signs(drive):
    """Of 400 signs, 20 are mostly misread, and at most these are named."""
    suspects = suspect_labels(drive.judged(drive.truth, [f"{number:05d}" for number in drive.sign]))

    assert len(suspects) <= 20
    assert {int(one.track) % 20 for one in suspects} <= {7}


def test_sign_in_two_classes_names_both_images(drive):
    """Half of a sign's frames stand in another class: the network reads the same in both, and they look alike."""
    labels = drive.truth.copy()
    half = (drive.sign == 45) & (np.arange(len(labels)) % FRAMES < 5)
    labels[half] = 9

    suspects = suspect_labels(drive.judged(labels, [f"{number:05d}" for number in drive.sign]))

    (pair,) = [one for one in suspects if one.kind == "sign-in-two-classes"]
    assert (pair.class_id, pair.suggested) == (9, 2)
    assert [Path(path).parts[0] for path in pair.paths] == ["9", "2"]
    assert "'class 9' here and 'class 2' there" in pair.reason


def test_reason_says_what_speaks_for_it(drive):
    """Names, probabilities, how many frames, and what it looks like."""
    labels = drive.truth.copy()
    labels[drive.sign == 45] = 9
    labels[1000] = 9
    tracks = [f"{number:05d}" for number in drive.sign]
    tracks[1000] = "90000"

    track, image = suspect_labels(drive.judged(labels, tracks))[:2]

    assert (track.kind, track.images, track.rule) == ("wrong-track", 10, "RS402")
    assert "10 of 10 frames are read as 'class 2'" in track.reason
    assert (image.kind, image.rule, image.level) == ("wrong-label", "RS401", "warning")
    assert image.reason.startswith("Read as 'class 5' with ")
    assert "It looks like 5/100" in image.reason
    assert 0.5 < image.probability <= 1
    assert image.given_probability < 0.1


def test_worst_of_each_rule_comes_first(drive, planted):
    """Whoever looks at a few looks at these."""
    labels, tracks, *_ = planted

    suspects = suspect_labels(drive.judged(labels, tracks))

    for kind in ("wrong-track", "wrong-label"):
        scores = [one.score for one in suspects if one.kind == kind]
        assert scores == sorted(scores, reverse=True)
        assert scores


def test_one_class_has_no_wrong_label(drive):
    """There is no other class that an image could be of."""
    judged = drive.judged(np.zeros(len(drive.truth), int), [None] * len(drive.truth))

    assert suspect_labels(judged) == []


def test_grey_images_resemble_nothing(drive):
    """Of blank images, only the network is a witness."""
    blank = replace(drive, thumbnails=np.full_like(drive.thumbnails, 90))
    labels = drive.truth.copy()
    labels[1000] = 9

    suspects = suspect_labels(blank.judged(labels, [None] * len(labels)))

    assert 1000 in found_images(suspects)
    assert all("looks like" not in one.reason for one in suspects)
    # What it is to be compared with is an image of the suggested class.
    assert {Path(one.paths[1]).parts[0] for one in suspects} == {str(one.suggested) for one in suspects}


def test_long_track_is_wrong_though_no_class_is_clear(drive):
    """Its label has no chance in any frame; which class it is, the frames do not agree on."""
    labels = drive.truth.copy()
    labels[drive.sign == 45] = 9
    probabilities = drive.probabilities.copy()
    frames = np.flatnonzero(drive.sign == 45)
    probabilities[frames] = 0
    probabilities[frames, np.arange(len(frames)) % 2 + 12] = 1
    unclear = replace(drive, probabilities=probabilities)

    (track,) = [
        one
        for one in suspect_labels(unclear.judged(labels, [f"{number:05d}" for number in drive.sign]))
        if one.kind == "wrong-track" and one.track == "00045"
    ]

    assert track.probability == pytest.approx(0.5)
    assert track.given_probability == 0
