"""What is a video, and where it is read from."""

import pytest

from roadsigns.video.source import is_live, is_video, without_password


@pytest.mark.parametrize(
    "name", ["drive.mp4", "a/B.MOV", "clip.mkv", "0", "12", "rtsp://camera/1", "RTSPS://a", "http://camera/video"]
)
def test_names_of_videos(name):
    """Files by their suffix, cameras by their number, streams by their address."""
    assert is_video(name)


@pytest.mark.parametrize("name", ["street.jpg", "scenes", "-", "123", "-1", "ftp://a/b", "mp4", "*.png", "boxes.csv"])
def test_names_of_others(name):
    """Images, folders, lists."""
    assert not is_video(name)


def test_a_folder_is_no_video(tmp_path):
    """Whatever its name."""
    (tmp_path / "scenes.mp4").mkdir()

    assert not is_video(str(tmp_path / "scenes.mp4"))


def test_a_file_with_a_number_is_no_camera(tmp_path, monkeypatch):
    """What is there comes first."""
    monkeypatch.chdir(tmp_path)
    assert is_live("3")
    (tmp_path / "3").write_text("")

    assert not is_live("3")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("rtsp://user:secret@camera/1", "rtsp://user:***@camera/1"),
        ("rtsps://:secret@camera:554/a:b@c", "rtsps://:***@camera:554/a:b@c"),
        ("rtsp://camera:554/1", "rtsp://camera:554/1"),
        ("http://camera/a:b@c", "http://camera/a:b@c"),
        ("a:b@c.mp4", "a:b@c.mp4"),
    ],
)
def test_passwords_are_not_shown(name, shown):
    """Results go into files that others read."""
    assert without_password(name) == shown
