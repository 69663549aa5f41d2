"""Frames of video files, whole and broken."""

import os

import numpy as np
import pytest
from fixtures.clips import VIDEOS, moving_noise, write_clip
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.video.video_file import VideoFile


def read(path, **settings):
    """All frames of a file, and the file after that."""
    video = VideoFile(path)
    frames = list(video.frames(**settings))
    video.close()
    return frames, video


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi", ".webm"])
def test_every_frame_is_read(tmp_path, suffix):
    """In their order, in RGB, with their times, whatever the container."""
    images = moving_noise(12)
    images[0][:] = (200, 40, 40)
    frames, video = read(write_clip(tmp_path / f"clip{suffix}", images))

    assert [frame.number for frame in frames] == list(range(12))
    assert [frame.seconds for frame in frames] == pytest.approx(np.arange(12) / 30, abs=0.001)
    assert {frame.image.shape for frame in frames} == {(64, 96, 3)}
    red, green, blue = frames[0].image.reshape(-1, 3).mean(axis=0)
    assert red > 150
    assert max(green, blue) < 90
    assert (video.count, video.read, video.used, video.problem) == (12, 12, 12, None)


def test_h264_is_read():
    """As most cameras write it."""
    frames, video = read(VIDEOS / "dated.mp4")

    assert len(frames) == 20
    assert video.problem is None


def test_frames_have_the_times_of_the_file():
    """Which are not evenly apart."""
    frames, _ = read(VIDEOS / "variable.mp4")

    assert [round(1000 * frame.seconds) for frame in frames[:11]] == [0, 45, 66, 99, 144, 165, 198, 243, 264, 297, 842]


def test_frames_without_times_follow_the_frame_rate(caplog):
    """Of a bare stream, which does not say how many they are either. It is said."""
    with caplog.at_level("INFO", logger="roadsigns"):
        frames, video = read(VIDEOS / "bare.h264")

    assert [frame.seconds for frame in frames] == pytest.approx(np.arange(20) / 25)
    assert (video.count, video.problem) == (None, None)
    assert "19 frames without a time; times follow from 25 frames per second" in caplog.text


def test_frames_are_upright():
    """However the camera was held."""
    frames, _ = read(VIDEOS / "turned.mp4")

    assert {frame.image.shape for frame in frames} == {(96, 64, 3)}


def test_a_size_that_changes_midway_loses_no_frame():
    """All frames have the size of the first."""
    frames, video = read(VIDEOS / "sizes.ts")

    assert len(frames) == 18
    assert {frame.image.shape for frame in frames} == {(64, 96, 3)}
    assert video.problem is None


def test_frames_can_be_skipped(tmp_path):
    """Their numbers and times say so."""
    frames, video = read(write_clip(tmp_path / "clip.mp4", moving_noise(10)), every=4)

    assert [(frame.number, round(frame.seconds, 2)) for frame in frames] == [(0, 0), (4, 0.13), (8, 0.27)]
    assert (video.read, video.used) == (10, 3)


def test_reading_can_be_stopped(tmp_path):
    """That is no problem of the video."""
    video = VideoFile(write_clip(tmp_path / "clip.mp4", moving_noise(10)))
    seen = []
    for frame in video.frames(stop=lambda: len(seen) == 4):
        seen.append(frame.number)

    assert seen == [0, 1, 2, 3]
    assert video.problem is None


def test_a_cut_off_file_is_read_to_its_end(tmp_path):
    """And says that it is cut off."""
    whole = write_clip(tmp_path / "whole.mkv", moving_noise(60))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    frames, video = read(cut)

    assert 10 < len(frames) < 50
    assert f"ends after {len(frames)} of 60 frames" in video.problem.problem
    assert video.problem.subject == str(cut)


def test_an_unfinished_recording_is_an_error(tmp_path):
    """A camera that lost its power wrote no index."""
    path = write_clip(tmp_path / "clip.mp4", moving_noise(30))
    path.write_bytes(path.read_bytes()[:-2000])

    with raises(DataError, problem="never finished", hint="untrunc", subject="clip.mp4"):
        VideoFile(path)


def test_a_codec_that_is_missing_is_an_error():
    """It is named, and what to do."""
    frames, video = read(VIDEOS / "av1.mp4")

    assert frames == []
    assert "codec (AV01)" in video.problem.problem
    assert "libx264" in video.problem.hint


def test_a_video_without_frames_is_an_error(tmp_path):
    """A whole file, with nothing in it."""
    whole = write_clip(tmp_path / "clip.avi", moving_noise(5)).read_bytes()
    path = tmp_path / "none.avi"
    path.write_bytes(whole[: whole.index(b"movi") + 4])

    frames, video = read(path)

    assert frames == []
    assert "holds no frames" in video.problem.problem


@pytest.mark.parametrize(("content", "problem"), [(b"", "is empty"), (b"hello", "no video")])
def test_what_is_no_video_is_an_error(tmp_path, content, problem):
    """Whatever its name."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)

    with raises(DataError, problem=problem, subject="clip.mp4"):
        VideoFile(path)


def test_sound_alone_is_no_video():
    """Although the file is whole."""
    with raises(DataError, problem="no video", subject="sound.mp4"):
        VideoFile(VIDEOS / "sound.mp4")


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    """As are a folder, and a pipe, which may never begin."""
    os.mkfifo(tmp_path / "pipe.mp4")
    for name, problem in (("none.mp4", "cannot be read"), (".", "folder"), ("pipe.mp4", "pipe")):
        with raises(DataError, problem=problem):
            VideoFile(tmp_path / name)


def test_a_name_that_looks_like_an_address_is_a_file(tmp_path, monkeypatch):
    """FFmpeg would otherwise take it for one of its own protocols."""
    monkeypatch.chdir(tmp_path)
    path = write_clip(tmp_path / "clip.mp4", moving_noise(5)).rename(tmp_path / "concat:a|b.mp4")

    assert len(read(path.relative_to(tmp_path))[0]) == 5
