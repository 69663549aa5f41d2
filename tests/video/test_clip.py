"""Videos that are written."""

import numpy as np
import pytest
from fixtures.clips import moving_noise
from fixtures.errors import raises

from roadsigns.errors import OutputError
from roadsigns.video.clip import ClipWriter, check_clip
from roadsigns.video.video_file import VideoFile


def frames_of(path):
    """The frames of a video file."""
    video = VideoFile(path)
    frames = [frame.image for frame in video.frames()]
    video.close()
    return frames


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi", ".webm"])
def test_frames_are_as_they_were(tmp_path, suffix):
    """Up to what the codec changes."""
    images = moving_noise(6)
    with ClipWriter(tmp_path / f"clip{suffix}", 30) as clip:
        for number, image in enumerate(images):
            clip.write(image, number / 30)

    read = frames_of(tmp_path / f"clip{suffix}")

    assert len(read) == clip.count == 6
    assert max(float(np.abs(a.astype(int) - b).mean()) for a, b in zip(read, images, strict=True)) < 12


def test_each_frame_is_written_at_its_time(tmp_path):
    """One that was seen for long is repeated; none is left out, however near they are."""
    images = [np.full((32, 32, 3), 40 * number, np.uint8) for number in range(1, 6)]
    with ClipWriter(tmp_path / "clip.mp4", 10) as clip:
        for image, seconds in zip(images, (3.0, 3.1, 3.5, 3.52, 3.6), strict=True):
            clip.write(image, seconds)

    levels = [round(float(frame.mean()) / 40) for frame in frames_of(tmp_path / "clip.mp4")]

    assert levels == [1, 2, 2, 2, 2, 3, 4, 5]


def test_a_long_pause_is_cut(tmp_path):
    """A camera that was silent for an hour does not fill the disk; afterwards frames have their times again."""
    image = np.full((32, 32, 3), 90, np.uint8)
    with ClipWriter(tmp_path / "clip.mp4", 10) as clip:
        for seconds in (0.0, 3600.0, 3600.1, 3600.2):
            clip.write(image, seconds)

    assert clip.count == 100 + 4


def test_odd_and_changing_sizes_are_written(tmp_path):
    """All frames have the even size below that of the first."""
    with ClipWriter(tmp_path / "clip.mp4", 30) as clip:
        for number, (width, height) in enumerate([(33, 47), (64, 64), (10, 90)]):
            clip.write(np.full((height, width, 3), 90, np.uint8), number / 30)

    assert [frame.shape for frame in frames_of(tmp_path / "clip.mp4")] == [(46, 32, 3)] * 3


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    """Before the work."""
    with raises(OutputError, problem="not the name of a video", expected=".webm", subject="clip.gif"):
        check_clip(tmp_path / "clip.gif")
    with raises(OutputError, problem="no folder", hint="--annotate"):
        check_clip(tmp_path / "none" / "clip.mp4")
    check_clip(tmp_path / "clip.MP4")


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path):
    """At the first frame."""
    with (
        raises(OutputError, problem="cannot be written", hint="Free some space"),
        ClipWriter(tmp_path / "none" / "clip.mp4", 30) as clip,
    ):
        clip.write(moving_noise(1)[0], 0.0)


def test_a_file_that_is_not_whole_is_an_error(tmp_path, monkeypatch):
    """OpenCV's writer does not say that the disk is full."""
    clip = ClipWriter(tmp_path / "clip.mp4", 30)
    with raises(OutputError, problem="could not be written whole", subject="clip.mp4"), clip:
        clip.write(moving_noise(1)[0], 0.0)
        released = clip._writer.release

        def lose():
            released()
            (tmp_path / "clip.mp4").write_bytes(b"")

        monkeypatch.setattr(clip, "_writer", type("Lost", (), {"release": staticmethod(lose)}))
