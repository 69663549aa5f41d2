"""A video is opened from a file, a camera or an address."""

from fixtures.clips import VIDEOS, moving_noise, write_clip
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.video.open_video import open_video


def test_a_video_is_opened(tmp_path):
    """With what it says of itself."""
    video = open_video(str(write_clip(tmp_path / "clip.mp4", moving_noise(4), frames_per_second=20)))

    assert (video.count, video.frames_per_second) == (4, 20)
    video.close()


def test_what_cannot_be_opened_is_an_error():
    """A camera that is not there too."""
    with raises(DataError, subject="sound.mp4"):
        open_video(str(VIDEOS / "sound.mp4"))
    with raises(DataError, problem="no camera 97"):
        open_video("97")
