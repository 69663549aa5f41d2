"""Signs out of videos: told once each, by a detector that knows them and makes mistakes."""

import tracemalloc

import numpy as np
import pytest
from fixtures.clips import KnowingDetector, drawn_drive, moving_noise, write_clip
from fixtures.drives import detect_badly

from roadsigns.video.detect import Following, detect_signs
from roadsigns.video.open_video import open_video
from roadsigns.video.source import Frame

FRAMES = 45


class PlayedVideo:
    """A video of frames that are made when they are asked for."""

    count = None
    problem = None
    frames_per_second = 30.0

    def __init__(self, images):
        self.name = "played"
        self.read = self.used = 0
        self._images = images

    def frames(self, *, every=1, stop=lambda: False):
        for number, image in enumerate(self._images):
            if stop():
                return
            self.read += 1
            if number % every == 0:
                self.used += 1
                yield Frame(number, number / 30, image)

    def close(self):
        """Nothing."""


@pytest.fixture(scope="module")
def drive(tmp_path_factory):
    """A clip of a drive towards a drawn scene with several signs, and the boxes in each of its frames."""
    frames = drawn_drive(28, frames=FRAMES)
    path = write_clip(tmp_path_factory.mktemp("drive") / "drive.mp4", [frame.image for frame in frames])
    return path, [frame.boxes for frame in frames]


def signs_in_view(boxes):
    """The signs that are in the picture for five frames or more."""
    frames = [number for one in boxes for number in one]
    return {number for number in frames if frames.count(number) >= 5}


def told(path, found, **following):
    """The signs that are told of a clip in whose frames these boxes are found."""
    video = open_video(str(path))
    signs = list(detect_signs(KnowingDetector(found), video, Following(**following)))
    video.close()
    return signs


def shown_by(sign, boxes):
    """Which of the true signs a told one is, by the middles of its boxes."""
    votes = []
    for one in sign.boxes:
        middle = np.array([one.box.x1 + one.box.x2, one.box.y1 + one.box.y2]) / 2
        for number, box in boxes[one.frame].items():
            if (box[:2] < middle).all() and (middle < box[2:]).all():
                votes.append(number)
    return max(set(votes), key=votes.count) if votes else None


@pytest.mark.parametrize("seed", range(3))
def test_each_sign_of_a_clip_is_told_once(drive, seed):
    """None is missed, none told twice, none invented, although boxes are missing, moved and made up."""
    path, boxes = drive
    rng = np.random.default_rng(seed)
    found = [detect_badly(one, rng, missed=0.15, jitter=0.04)[0] for one in boxes]
    # What is made up lies in the picture.
    found = [np.clip(one, 0, (640, 360, 640, 360)) for one in found]

    signs = told(path, found)

    assert len(signs_in_view(boxes)) >= 3
    assert sorted(shown_by(sign, boxes) for sign in signs) == sorted(signs_in_view(boxes))


def test_a_sign_knows_when_and_where_it_was_seen(drive):
    """By the frames of the clip."""
    path, boxes = drive

    signs = told(path, [list(one.values()) for one in boxes], top_k=3)

    for sign in signs:
        number = shown_by(sign, boxes)
        frames = [frame for frame, one in enumerate(boxes) if number in one]
        assert sign.first_seconds == pytest.approx(frames[0] / 30, abs=0.01)
        assert sign.last_seconds == pytest.approx(frames[-1] / 30, abs=0.01)
        assert sign.frames == len(frames)
        assert np.allclose(sign.box, boxes[sign.best_frame][number], atol=0.01)
        assert len(sign.prediction.top_k) == 3


def test_a_sign_that_is_found_too_seldom_is_a_mistake():
    """In fewer frames than are asked for; it may have been found in frames that do not follow each other."""
    box = [10, 10, 40, 40]
    found = [[box], [], [box], *[[]] * 27]

    def signs(least):
        video = PlayedVideo(moving_noise(30))
        return list(detect_signs(KnowingDetector(found), video, Following(min_frames=least)))

    assert len(signs(3)) == 0
    assert [sign.frames for sign in signs(2)] == [2]


def test_signs_are_told_when_they_have_left_the_picture():
    """Not before, and not at the end of the video only."""
    found = [[[10, 10, 40, 40]]] * 10 + [[]] * 60
    detector = KnowingDetector(found)

    signs = detect_signs(detector, PlayedVideo(moving_noise(70)), Following())
    next(signs)

    assert 10 + 0.7 * 30 < detector.looked < 40
    assert list(signs) == []


def test_stopping_tells_what_was_seen():
    """The signs that are still in the picture too."""
    detector = KnowingDetector([[[10, 10, 40, 40]]])
    video = PlayedVideo(moving_noise(30))

    signs = list(detect_signs(detector, video, Following(), stop=lambda: video.read == 12))

    assert [(sign.frames, sign.last_seconds) for sign in signs] == [(12, pytest.approx(11 / 30))]


def test_a_change_of_size_ends_all_signs():
    """What was at a place before has nothing to do with what is there now."""
    images = [*moving_noise(5, (96, 64)), *moving_noise(5, (64, 96))]

    signs = list(detect_signs(KnowingDetector([[[10, 10, 40, 40]]]), PlayedVideo(images), Following()))

    assert [(sign.boxes[0].frame, sign.frames) for sign in signs] == [(0, 5), (5, 5)]


def test_frames_are_shown_with_the_signs_that_are_sure():
    """Each used frame once, with what is known by then."""
    shown = []
    detector = KnowingDetector([[[10, 10, 40, 40]], [[10, 10, 40, 40], [50, 10, 80, 40]]])

    list(
        detect_signs(
            detector,
            PlayedVideo(moving_noise(6)),
            Following(every=1),
            show=lambda frame, signs: shown.append((frame.number, len(signs))),
        )
    )

    assert shown == [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 2)]


def test_boxes_beyond_the_picture_are_read():
    """A detector may look a little over the edge; a box without any area is nothing to stumble over."""
    boxes = [[-5.0, -3.0, 30.0, 30.0], [80.0, 50.0, 99.0, 70.0], [40.2, 40.3, 40.4, 40.4]]

    signs = list(detect_signs(KnowingDetector([boxes]), PlayedVideo(moving_noise(5)), Following()))

    assert len(signs) == 3


def test_memory_does_not_grow_with_the_length():
    """Five times as many frames take no more, although signs come and go and one stays."""
    image = moving_noise(1, (64, 48))[0]
    stays = [2, 2, 20, 20]
    found = [[stays, [30, 20, 50, 40]]] * 20 + [[stays]] * 30

    def peak(frames):
        detector = KnowingDetector(found * (frames // 50))
        detector.recognizer = StandInRecognizer()
        video = PlayedVideo(image for _ in range(frames))
        tracemalloc.start()
        told = sum(1 for _ in detect_signs(detector, video, Following()))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return told, most

    class StandInRecognizer:
        """Says the same of every crop, in no time."""

        def __init__(self):
            self.__dict__.update({name: getattr(real, name) for name in ("rule", "preparation", "metadata", "classes")})

        def outputs(self, crops):
            return np.full((len(crops), real.metadata.outputs), 1 / real.metadata.outputs, np.float32)

    real = KnowingDetector([]).recognizer
    peak(100)
    few, short = peak(200)
    many, long = peak(1000)

    # The boxes of the one that stays, until they are thinned out.
    assert (few, many) == (5, 21)
    assert long - short < 300_000
