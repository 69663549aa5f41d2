"""What is packed, as rows."""

import shutil

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.datasets.reader import read_test, read_training
from roadsigns.errors import DataError, ImageError
from roadsigns.shards.pack_rows import open_rows, read_row
from roadsigns.types import Box

pa = pytest.importorskip("pyarrow")
pytest.importorskip("fsspec")


@pytest.fixture
def folder(tmp_path, picture):
    """Of two pictures, one in a folder."""
    (tmp_path / "signs" / "more").mkdir(parents=True)
    (tmp_path / "signs" / "1.png").write_bytes(picture(1))
    (tmp_path / "signs" / "more" / "2.png").write_bytes(picture(2))
    return tmp_path / "signs"


def rows_of(data, **options):
    (source,) = open_rows(str(data), **options)
    return source, [(row.entry.name, read_row(row), row.entry.box, row.more) for row in source.rows]


def test_a_folder_has_names_from_there(folder, picture):
    """And no columns of its own."""
    source, rows = rows_of(folder)

    assert rows == [("1.png", picture(1), None, {}), ("more/2.png", picture(2), None, {})]
    assert (source.count, source.with_boxes, list(source.columns)) == (2, False, [])


def test_an_archive_is_read_like_a_folder(folder, tmp_path, picture):
    """Without unpacking it."""
    archive = shutil.make_archive(str(tmp_path / "signs"), "zip", folder)

    _, rows = rows_of(archive)

    assert sorted(name for name, *_ in rows) == ["1.png", "more/2.png"]


def test_a_csv_keeps_its_other_columns_as_text(folder, picture):
    """The box in the columns of results is a box; one in another spelling is a column too."""
    (folder / "a.csv").write_text("path,x1,y1,x2,y2,camera\n1.png,0,0,4,4,left\nmore/2.png,,,,,right\nno.png,1,,,,x\n")

    source, rows = rows_of(folder / "a.csv")

    assert rows[:2] == [
        ("1.png", picture(1), Box(0, 0, 4, 4), {"camera": "left"}),
        ("more/2.png", picture(2), None, {"camera": "right"}),
    ]
    assert "not valid" in rows[2][1].problem
    assert source.with_boxes


def test_a_parquet_file_of_images_keeps_its_columns(tmp_path, write_shard, picture):
    """With their types."""
    path = write_shard(tmp_path / "a.parquet", [1, 2], name=["a", "b"], camera=[7, 8], note=["x", "y"])

    source, rows = rows_of(path)

    assert rows[1] == ("b", picture(2), None, {"camera": 8, "note": "y"})
    assert source.columns.field("camera").type == pa.int64()


def test_a_parquet_file_of_paths_is_a_table(folder, picture):
    """Its images are read, its columns keep their types."""
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"file": ["1.png", "no.png"], "camera": [1, 2]}), folder / "a.parquet")

    source, rows = rows_of(folder / "a.parquet")

    assert rows[0] == ("1.png", picture(1), None, {"camera": 1})
    assert isinstance(rows[1][1], ImageError)
    assert source.columns.field("camera").type == pa.int64()


def test_a_folder_of_parquet_files_is_packed_file_by_file(tmp_path, write_shard):
    """Where it holds nothing else."""
    for name in "ab":
        write_shard(tmp_path / f"{name}.parquet", [1, 2], camera=[7, 8])

    assert [source.count for source in open_rows(str(tmp_path))] == [2, 2]


def test_a_table_without_images_or_paths_is_refused(tmp_path):
    """With its columns."""
    (tmp_path / "a.csv").write_text("camera\n1\n")

    with raises(DataError, problem="its columns are camera", subject="a.csv"):
        open_rows(str(tmp_path / "a.csv"))


def test_labelled_images_have_labels_and_tracks(drawn_folder):
    """As a training reads them; test images have no tracks."""
    training = read_training(drawn_folder)

    source, rows = rows_of(drawn_folder, split="training")

    sample = training.samples[0]
    name, content, box, more = rows[0]
    assert (len(rows), source.count) == (len(training.samples), len(training.samples))
    assert (drawn_folder / name, content, box) == (sample.path, sample.path.read_bytes(), sample.box)
    sign = training.classes[sample.class_id].name
    assert more == {"label": sample.class_id, "class_name": sign, "track": sample.track}
    (tests,) = open_rows(str(drawn_folder), split="test")
    assert tests.count == len(read_test(drawn_folder).samples)


def test_frames_of_a_video_are_jpeg_files(tmp_path):
    """Every second one here, with its number and time."""
    import cv2

    video = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(6):
        video.write(np.full((48, 64, 3), (0, 0, 40 * number), np.uint8))
    video.release()

    source, rows = rows_of(tmp_path / "a.avi", every=2)

    assert [name for name, *_ in rows] == ["a.avi/000000.jpg", "a.avi/000002.jpg", "a.avi/000004.jpg"]
    assert rows[2][3] == {"frame": 4, "seconds": pytest.approx(0.4, abs=0.01)}
    (tmp_path / "frame.jpg").write_bytes(rows[2][1])
    red, green, blue = np.asarray(Image.open(tmp_path / "frame.jpg")).mean((0, 1))
    assert red > 140
    assert max(green, blue) < 30
    assert source.problems == []


def test_a_camera_is_refused():
    """It would fill the disk."""
    with raises(DataError, problem="does not end", subject="rtsp://camera/1"):
        open_rows("rtsp://camera/1")


def test_an_image_that_cannot_be_read_says_why(folder):
    """A file that went away meanwhile."""
    (source,) = open_rows(str(folder))
    shutil.rmtree(folder)

    assert "No such file" in read_row(next(iter(source.rows))).problem
