"""Which clips are measured, and how what is told of them is counted."""

import numpy as np
import pytest
from fixtures.errors import raises
from fixtures.stand_in_detector import detected_sign

from bench import videos
from roadsigns.datasets.fingerprint import fingerprint_of_scenes
from roadsigns.datasets.scenes import Scene, SceneSet, SceneSign, split_scenes
from roadsigns.detection.detected import FloatBox
from roadsigns.errors import DataError, OutputError
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.synthesis.scenes.drive import Drive
from roadsigns.types import Box
from roadsigns.video.signs import SeenBox, VideoSign

STOP = SceneSign(Box(10, 10, 60, 60), 14, "stop")
NO_CLASS = SceneSign(Box(100, 10, 160, 60), None, "", ignored=True)
FRAMES = 10


@pytest.fixture
def scenes(tmp_path):
    """A hundred scenes: with a sign, with one that has no class, and with none."""
    signs = [(STOP,), (NO_CLASS,), ()]
    paths = [tmp_path / f"{number:05}.png" for number in range(100)]
    chosen = tuple(Scene(path, signs[number % 3]) for number, path in enumerate(paths))
    return SceneSet(("stop",), chosen, "gtsdb", tmp_path)


def metadata(scenes, held_out):
    """That of a detector for which a fold of two was held out."""
    split = {"folds": 2, "held_out": held_out, "data_sha256": fingerprint_of_scenes(scenes)}
    return DetectorMetadata("detector", "detector", "drawn", scenes=50, epoch=1, **split)


def test_held_out_scenes_with_a_sign_are_chosen(scenes):
    """None that trained the detector."""
    chosen = videos.choose_scenes(scenes, metadata(scenes, held_out=2))

    fold = split_scenes(scenes.scenes, 2)[1]
    assert chosen == [scene for scene in fold.validation if scene.signs == (STOP,)]
    assert chosen


@pytest.mark.parametrize("change", [{"held_out": None}, {"folds": None}, {"data_sha256": "of others"}])
def test_scenes_are_refused_if_none_was_held_out(scenes, change):
    """As those of a detector that was trained on all of them."""
    values = metadata(scenes, held_out=1).as_dict() | change

    with raises(DataError, problem="held out", hint="--held-out"):
        videos.choose_scenes(scenes, DetectorMetadata.from_dict(values))


def told(x, decision, class_id=14, frames=FRAMES):
    """A sign that is told at a place."""
    box = FloatBox(float(x), 10.0, x + 50.0, 60.0)
    boxes = tuple(SeenBox(number, number / 30, box) for number in range(frames))
    return VideoSign(0.0, frames / 30, 0, box, frames, boxes, 0.9, detected_sign(class_id, decision).prediction)


@pytest.mark.parametrize(
    ("signs", "found", "counts"),
    [
        ([told(10, "known")], 10, {"right, known": 1}),
        ([told(10, "known", 13)], 10, {"wrong, known": 1}),
        ([told(10, "known", 13, frames=3), told(12, "known")], 10, {"right, known": 1, "told twice": 1}),
        ([], 2, {"missed by the detector": 1}),
        ([], 3, {"missed by following": 1}),
        ([told(10, "known"), told(100, "unknown")], 10, {"right, known": 1, "beside the signs, unknown": 1}),
        ([told(10, "known"), told(300, "known")], 10, {"right, known": 1, "beside the signs, known": 1}),
    ],
)
def test_each_sign_counts_once(tmp_path, signs, found, counts):
    """Where its longest track was read so; signs without a class do not count, but to name one does."""
    scene = Scene(tmp_path / "0.png", (STOP, NO_CLASS))
    views = np.tile([1.0, 0.0, 0.0], (FRAMES, 1))
    drive = Drive((640, 360), views, np.zeros_like(views), 0.0, 16.0)
    boxes = [np.array([STOP.box if number < found else (500, 300, 520, 320)], np.float32) for number in range(FRAMES)]

    judged = videos.judge(signs, scene, scene.boxes, drive, boxes)

    assert +judged == {"signs": 1, **counts}


def test_a_missing_ffmpeg_is_named(monkeypatch, tmp_path):
    """Before the work, and with how to install it."""
    monkeypatch.setattr("sys.argv", ["videos", str(tmp_path), "--bit-rate", "6", "--ffmpeg", "no-such-ffmpeg"])

    with pytest.raises(SystemExit, match=r"no-such-ffmpeg is not installed.*apt-get install ffmpeg"):
        videos.main()


def test_a_program_that_fails_is_no_clip(tmp_path):
    """Such as an ffmpeg without libx264, which ends before the first frame."""
    images = iter([np.zeros((720, 1280, 3), np.uint8)] * 3)

    with raises(OutputError, problem="ffmpeg", expected="libx264", subject="clip.mp4"):
        videos.encode_h264(tmp_path / "clip.mp4", images, megabits=6, ffmpeg="false")
