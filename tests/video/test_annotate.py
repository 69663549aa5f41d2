"""Annotated copies of videos."""

import pytest
from fixtures.clips import moving_noise
from fixtures.errors import raises
from fixtures.stand_in_detector import detected_sign

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import OutputError
from roadsigns.video import clip
from roadsigns.video.annotate import annotated
from roadsigns.video.source import Frame
from roadsigns.video.video_file import VideoFile


class At30:
    """A video of which only its frame rate is asked."""

    frames_per_second = 30.0


def test_signs_are_drawn_into_frames(tmp_path):
    """Of a copy, which appears when it is whole."""
    path = tmp_path / "seen.mp4"
    path.write_text("from before")
    image = moving_noise(1, (320, 180))[0]
    with annotated(path, At30(), GTSRB_CLASSES) as show:
        for number in range(4):
            signs = [detected_sign(14, box=(100, 60, 160, 120))] if number == 2 else []
            show(Frame(number, number / 30, image), signs)
        assert path.read_text() == "from before"

    video = VideoFile(path)
    changes = [abs(frame.image.astype(int) - image).mean() for frame in video.frames()]
    video.close()
    assert len(changes) == 4
    assert changes[2] > 2 * max(changes[0], changes[1])
    assert list(tmp_path.iterdir()) == [path]


def test_a_video_without_frames_leaves_what_was_there(tmp_path):
    """And no file where none was."""
    (tmp_path / "old.mp4").write_text("from before")
    for name in ("old.mp4", "new.mp4"):
        with annotated(tmp_path / name, At30(), GTSRB_CLASSES):
            pass

    assert (tmp_path / "old.mp4").read_text() == "from before"
    assert [path.name for path in tmp_path.iterdir()] == ["old.mp4"]


def test_an_error_leaves_what_was_there(tmp_path):
    """Such as a second Ctrl-C."""
    path = tmp_path / "seen.mp4"
    path.write_text("from before")
    with pytest.raises(KeyboardInterrupt), annotated(path, At30(), GTSRB_CLASSES) as show:  # noqa: PT012 - a frame first
        show(Frame(0, 0.0, moving_noise(1)[0]), [])
        raise KeyboardInterrupt

    assert path.read_text() == "from before"
    assert list(tmp_path.iterdir()) == [path]


def test_errors_name_the_file_that_was_asked_for(tmp_path, monkeypatch):
    """Not the temporary one, which is gone."""
    path = tmp_path / "seen.mp4"
    monkeypatch.setattr(clip, "_is_whole", lambda path: False)

    with (
        pytest.raises(OutputError, match="not be written whole") as caught,
        annotated(path, At30(), GTSRB_CLASSES) as show,
    ):
        show(Frame(0, 0.0, moving_noise(1)[0]), [])

    assert caught.value.subject == str(path)


def test_errors_of_other_files_keep_their_names(tmp_path):
    """Such as that of the table of signs."""
    path = tmp_path / "seen.mp4"
    with raises(OutputError, problem="Full.", subject="signs.csv"), annotated(path, At30(), GTSRB_CLASSES):
        raise OutputError("Full.", subject="signs.csv")
