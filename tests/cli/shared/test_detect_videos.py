"""`roadsigns detect` of videos: red squares that a detector finds, in clips."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time

import click
import numpy as np
import pytest
from click.testing import CliRunner
from fixtures.clips import VIDEOS, moving_noise, write_clip
from fixtures.errors import raises

from roadsigns.cli import main
from roadsigns.errors import DataError, OutputError
from roadsigns.video.video_file import VideoFile

# Has no kind of unknown, and so takes no box for no sign.
ALL = "tutorial-augmented"

pytest_plugins = ["fixtures.detectors"]

MAIN = "from roadsigns.cli.main import main; main()"
RIDE = """<gpx><trk><trkseg>
<trkpt lat="48" lon="11"><time>2026-05-03T10:00:00Z</time></trkpt>
<trkpt lat="48" lon="11.01"><time>2026-05-03T10:00:10Z</time></trkpt>
</trkseg></trk></gpx>"""


@pytest.fixture(scope="module")
def drive(tmp_path_factory, grey_picture):
    """A clip of 12 frames in which two red squares are found."""
    frame = grey_picture((96, 96), (480, 96), width=960, height=736)
    return write_clip(tmp_path_factory.mktemp("drive") / "drive.mp4", [frame] * 12)


@pytest.fixture
def run(red_detector):
    """Run the command with that detector and the smallest recogniser."""

    def run(*arguments):
        models = ("--detector", str(red_detector), "--model", ALL, "--threads", "1")
        return CliRunner().invoke(main.group, ["detect", *models, *map(str, arguments)], standalone_mode=False)

    return run


def test_each_sign_is_a_line(run, drive):
    """Of JSON, with all its fields."""
    result = run(drive, "--json", "--top-k", 2)

    assert (result.exception, result.return_value) == (None, 0)
    signs = [json.loads(line) for line in result.stdout.splitlines()]
    assert sorted(sign["box"][0] for sign in signs) == pytest.approx([80, 464], abs=8)
    for sign in signs:
        assert (sign["path"], sign["frames"], len(sign["boxes"]), len(sign["top_k"])) == (str(drive), 12, 12, 2)
        assert sign["first_seconds"] == 0
        assert sign["last_seconds"] == pytest.approx(11 / 30, abs=0.001)


def test_frames_can_be_skipped(run, drive):
    """Which is said."""
    result = run(drive, "--json", "--every", 3, "--min-frames", 4)

    assert [json.loads(line)["frames"] for line in result.stdout.splitlines()] == [4, 4]
    assert "used 4 of 12 frames: one in 3" in result.stderr
    assert run(drive, "--json", "--every", 3, "--min-frames", 5).stdout == ""


def test_signs_are_written_to_files(run, drive, tmp_path):
    """As the suffix says."""
    for name in ("signs.csv", "signs.json", "signs.txt"):
        result = run(drive, "--out", tmp_path / name)
        assert (result.exception, result.return_value) == (None, 0)
        assert f"Wrote 2 signs to {tmp_path / name}." in result.stdout

    with (tmp_path / "signs.csv").open(newline="") as file:
        assert [row["frames"] for row in csv.DictReader(file)] == ["12", "12"]
    assert len((tmp_path / "signs.json").read_text().splitlines()) == 2
    assert len((tmp_path / "signs.txt").read_text().splitlines()) == 3


def test_the_video_is_annotated(run, drive, tmp_path):
    """As long as it was, with the signs drawn in."""
    result = run(drive, "--annotate", tmp_path / "seen.mp4", "--json")

    assert f"The annotated video is {tmp_path / 'seen.mp4'}" in result.stderr
    plain, seen = (VideoFile(path) for path in (drive, tmp_path / "seen.mp4"))
    frames = [[frame.image.astype(int) for frame in video.frames()] for video in (plain, seen)]
    assert [len(one) for one in frames] == [12, 12]
    assert abs(frames[1][11] - frames[0][11]).mean() > abs(frames[1][0] - frames[0][0]).mean() + 0.5


def test_signs_have_places_in_a_ride(run, drive, tmp_path):
    """As GeoJSON, and in the other formats."""
    ride = tmp_path / "ride.gpx"
    ride.write_text(RIDE)
    given = (drive, "--gpx", ride, "--video-start", "2026-05-03T10:00:05Z")

    result = run(*given, "--out", tmp_path / "signs.geojson")
    lines = run(*given, "--json").stdout.splitlines()

    assert (result.exception, result.return_value) == (None, 0)
    features = json.loads((tmp_path / "signs.geojson").read_text())["features"]
    assert [feature["geometry"]["coordinates"] for feature in features] == [
        [pytest.approx(11.005367, abs=2e-6), 48.0]
    ] * 2
    assert json.loads(lines[0])["longitude"] == features[0]["geometry"]["coordinates"][0]
    assert json.loads(lines[0])["time"].startswith("2026-05-03T10:00:05.36")


def test_what_is_wrong_with_a_video_is_a_line(run, drive):
    """The exit status says it too, and the other videos are read."""
    result = run(VIDEOS / "av1.mp4", drive, "--json")

    first, *others = [json.loads(line) for line in result.stdout.splitlines()]
    assert "AV01" in first["error"]
    assert len(others) == 2
    assert result.return_value == 1


def test_a_camera_that_is_not_there_is_a_line(run):
    """With where to look for it."""
    result = run("97", "--json")

    assert "There is no camera 97" in json.loads(result.stdout)["error"]
    assert result.return_value == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("{drive}", "street.jpg"), "street.jpg is not a video"),
        (("{drive}", "--format", "coco"), "coco is for images"),
        (("{drive}", "--format", "geojson"), "GeoJSON needs places"),
        (("{drive}", "--out", "signs.geojson"), "GeoJSON needs places"),
        (("{drive}", "--video-start", "2026-05-03T10:00:00Z"), "--video-start is for --gpx only"),
        (("{drive}", "--video-start", "noon"), "'noon' is not a time"),
        (("{drive}", "{drive}", "--annotate", "seen.mp4"), "--annotate is for a single video"),
        (("rtsp://127.0.0.1/1", "--gpx", "ride.gpx"), "--gpx is for recorded videos"),
        (("{drive}", "--annotate", "seen.mp4", "--out", "seen.mp4", "--json"), "the same file"),
        (("{drive}", "--every", "0"), "--every"),
        (("street.jpg", "--every", "2"), "--every is for videos only"),
        (("street.jpg", "--gpx", "ride.gpx"), "--gpx is for videos only"),
        (("street.jpg", "--format", "geojson"), "geojson is for videos only"),
    ],
)
def test_options_that_contradict_each_other_are_refused(run, drive, tmp_path, monkeypatch, arguments, problem):
    """Before anything is loaded."""
    monkeypatch.chdir(tmp_path)
    result = run(*(argument.format(drive=drive) for argument in arguments))

    assert isinstance(result.exception, click.UsageError)
    assert problem in result.exception.format_message()


def test_what_cannot_be_read_or_written_is_told_first(run, drive, tmp_path):
    """Before the models are loaded."""
    for arguments, kind, problem in (
        ((tmp_path / "none.mp4",), DataError, "No such file"),
        ((drive, "--annotate", tmp_path / "seen.gif"), OutputError, "not the name of a video"),
        ((drive, "--annotate", drive), OutputError, "would be replaced"),
        ((drive, "--json", "--out", drive), OutputError, "would be replaced"),
        ((drive, "--gpx", tmp_path / "none.gpx"), DataError, "cannot be read"),
        ((drive, "--out", tmp_path / "signs.xml"), OutputError, "which format"),
    ):
        with raises(kind, problem=problem):
            result = run(*arguments, "--detector", "none.onnx")
            raise result.exception


def test_ctrl_c_leaves_what_was_seen(red_detector, tmp_path, grey_picture):
    """Whole files of signs and of the annotated video, and the status of a program that was interrupted."""
    frame = grey_picture((96, 96), width=960, height=736)
    # Noise takes room in a file, by which this test sees how far it is.
    frame[400:] = np.random.default_rng(0).integers(0, 255, (336, 960, 1), np.uint8)
    long = write_clip(tmp_path / "long.mp4", [frame] * 200)
    signs, seen = tmp_path / "signs.json", tmp_path / "seen.mp4"
    models = ["--detector", str(red_detector), "--model", ALL, "--threads", "1"]
    command = [sys.executable, "-c", MAIN, "detect", *models, long, "--out", signs, "--annotate", seen]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # Some frames are in it.
    end = time.monotonic() + 120
    while time.monotonic() < end and not any(path.stat().st_size > 500_000 for path in tmp_path.glob(".seen-*")):
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=120)

    assert process.returncode == 130, errors
    assert "Wrote 1 sign" in output
    assert errors.rstrip().endswith("roadsigns: stopped.")
    sign = json.loads(signs.read_text())
    video = VideoFile(seen)
    frames = sum(1 for _ in video.frames())
    assert video.problem is None
    assert 3 <= sign["frames"] == frames < 200
    assert sorted(path.name for path in tmp_path.iterdir()) == ["long.mp4", "seen.mp4", "signs.json"]


def test_progress_has_an_eta(red_detector, drive, run_on_terminal, tmp_path):
    """On a terminal, with the number of frames."""
    arguments = (
        "--detector",
        red_detector,
        "--model",
        ALL,
        "--threads",
        "1",
        drive,
        "--out",
        tmp_path / "signs.csv",
    )
    status, _, shown = run_on_terminal(MAIN, "detect", *arguments)

    assert status == 0
    assert "12/12 frames" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    assert "ETA" in shown


def test_nothing_is_said_of_damage_but_the_sentence(red_detector, tmp_path):
    """FFmpeg and OpenCV would print lines of their own."""
    whole = write_clip(tmp_path / "whole.mp4", moving_noise(30))
    whole.write_bytes(whole.read_bytes()[:-2000])
    command = [sys.executable, "-c", MAIN, "detect", "--detector", red_detector, "--model", "tiny", whole, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 1
    assert "never finished" in json.loads(done.stdout)["error"]
    assert done.stderr == ""


def test_a_video_without_signs_says_so(red_detector, tmp_path):
    """And one of so few frames that none could count says that."""
    clip = write_clip(tmp_path / "short.mp4", moving_noise(2))
    given = [str(clip), "--detector", str(red_detector), "--model", "tiny", "--threads", "1"]

    result = CliRunner().invoke(main.group, ["detect", *given], standalone_mode=False)

    assert result.return_value == 0
    assert result.stdout == ""
    assert "No sign was found." in result.stderr
    assert "2 frames to look at, and a sign counts once it was found in 3" in result.stderr


def test_frames_too_far_apart_to_follow_a_sign_are_told(red_detector, tmp_path):
    """Nobody should take silence for a road without signs."""
    clip = write_clip(tmp_path / "slow.mp4", moving_noise(72))
    given = [str(clip), "--detector", str(red_detector), "--model", "tiny", "--threads", "1", "--every", "24"]

    told, other = (
        CliRunner().invoke(main.group, ["detect", *given, *more], standalone_mode=False).stderr
        for more in ([], ["--min-frames", "1"])
    )

    assert "slow.mp4: the used frames are 0.8 seconds apart, and a sign is followed over 0.7 seconds at most" in told
    assert "seconds apart" not in other
