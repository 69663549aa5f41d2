"""`roadsigns pack`: images into shards."""

import pytest
from click.testing import CliRunner
from fixtures.errors import raises

from roadsigns.cli.main import group
from roadsigns.errors import DataError, OutputError

pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("fsspec")


@pytest.fixture
def run():
    """Run the command."""
    return lambda *arguments: CliRunner().invoke(group, ["pack", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def folder(tmp_path):
    """Of three files that are called images."""
    (tmp_path / "in").mkdir()
    for name in "abc":
        (tmp_path / "in" / f"{name}.png").write_bytes(name.encode() * 600_000)
    return tmp_path / "in"


def test_a_folder_becomes_shards_of_the_size_that_is_asked_for(run, folder, tmp_path):
    """And a sentence says what there is."""
    result = run(folder, tmp_path / "out", "--shard-size", 1)

    assert result.return_value == 0
    assert result.stdout.startswith(f"Packed 3 images into 2 shards in {tmp_path / 'out'} (")
    assert [pq.read_metadata(path).num_rows for path in sorted((tmp_path / "out").glob("*.parquet"))] == [2, 1]


def test_labels_and_tracks_of_a_data_set(run, drawn_folder, tmp_path):
    """With --split."""
    result = run(drawn_folder, tmp_path / "out", "--split", "training")

    table = pq.read_table(tmp_path / "out" / "00000.parquet")
    assert result.return_value == 0
    assert table.column_names == ["path", "image", "x1", "y1", "x2", "y2", "label", "class_name", "track"]


def test_frames_of_a_video_are_thinned_out(run, tmp_path):
    """With --every."""
    import cv2
    import numpy as np

    video = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(4):
        video.write(np.zeros((48, 64, 3), np.uint8))
    video.release()

    result = run(tmp_path / "a.avi", tmp_path / "out", "--every", 3)

    assert result.stdout.startswith("Packed 2 images into 1 shard")


def test_images_that_cannot_be_read_are_named(run, tmp_path):
    """The status is 1, and the others are packed."""
    (tmp_path / "b.png").write_bytes(b"image")
    (tmp_path / "a.csv").write_text("path\nb.png\n" + "".join(f"missing{number}.png\n" for number in range(12)))

    result = run(tmp_path / "a.csv", tmp_path / "out")

    assert result.return_value == 1
    assert "Packed 1 image " in result.stdout
    assert "Left out: 12." in result.stdout
    assert "Left out: missing0.png: The file cannot be read" in result.stderr
    assert "Left out: 2 more." in result.stderr


def test_shards_do_not_go_among_the_images(run, folder):
    """Nothing is written into a data folder."""
    with raises(OutputError, problem="where nothing is ever written"):
        raise run(folder, folder / "out").exception


def test_data_that_is_not_there_is_an_error(run, tmp_path):
    """And leaves no folder."""
    with raises(DataError, problem="No such file or folder"):
        raise run(tmp_path / "missing", tmp_path / "out").exception

    assert not (tmp_path / "out").exists()
