"""One shard from start to end."""

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.shards import process, read
from roadsigns.shards.place import Place
from roadsigns.shards.process import process_shard, read_result
from roadsigns.shards.shard import find_shards

pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("fsspec")


@pytest.fixture
def compute(tmp_path, reading):
    """Compute a shard into the folder `out`."""

    def compute(path, reading=reading):
        (shard,) = find_shards([str(path)])
        return process_shard(shard, Place.of(str(tmp_path / "out")), reading)

    return compute


def test_results_are_rows_in_order_with_the_other_columns(tmp_path, write_shard, compute):
    """One for each image, also where it does not decode; columns that results have too get another name."""
    path = write_shard(
        tmp_path / "a.parquet", [3, b"junk", 5, None], name=["a", "b", "c", "d"], class_id=[9] * 4, camera=[1, 2, 3, 4]
    )

    result = compute(path)

    rows = pq.read_table(tmp_path / "out" / "a.parquet").to_pylist()
    assert [(row["path"], row["class_id"], row["camera"]) for row in rows] == [
        ("a", 3, 1),
        ("b", None, 2),
        ("c", 5, 3),
        ("d", None, 4),
    ]
    assert {row["input_class_id"] for row in rows} == {9}
    assert "not in a known image format" in rows[1]["error"]
    assert (result.images, result.unreadable, result.rows) == (4, 2, 4)
    assert result.first_problem.startswith("b: ")
    assert read_result(Place.of(str(tmp_path / "out" / "a.parquet"))) == result


def test_the_same_shard_gives_the_same_file(tmp_path, write_shard, compute):
    """Byte by byte, so that it does not matter which worker wrote it."""
    path = write_shard(tmp_path / "a.parquet", list(range(20)))
    compute(path)
    first = (tmp_path / "out" / "a.parquet").read_bytes()

    compute(path)

    assert (tmp_path / "out" / "a.parquet").read_bytes() == first


def test_an_image_with_several_rows_repeats_the_other_columns(tmp_path, write_shard, reading, compute):
    """As a photograph with several signs has; one with none has one row."""

    class Twice:
        def rows(self, result):
            return reading.fields.rows(result) * (1 + (result.name == "b"))

        def example(self):
            return reading.fields.example()

    path = write_shard(tmp_path / "a.parquet", [1, 2, 3], name=["a", "b", "c"], camera=[7, 8, 9])

    result = compute(path, process.Reading(reading.compute, Twice(), with_boxes=True))

    assert pq.read_table(tmp_path / "out" / "a.parquet")["camera"].to_pylist() == [7, 8, 8, 9]
    assert (result.images, result.rows) == (3, 4)


def test_many_rows_are_written_in_groups(tmp_path, write_shard, compute, monkeypatch):
    """So that memory holds one."""
    monkeypatch.setattr(process, "GROUP_ROWS", 4)
    monkeypatch.setattr(read, "BATCH_ROWS", 3)
    compute(write_shard(tmp_path / "a.parquet", [1] * 10, group=3))

    file = pq.ParquetFile(tmp_path / "out" / "a.parquet")
    assert (file.metadata.num_rows, file.metadata.num_row_groups > 1) == (10, True)


def test_an_empty_shard_has_empty_results(tmp_path, write_shard, compute):
    """With the columns that others have."""
    result = compute(write_shard(tmp_path / "a.parquet", [], camera=[]))

    table = pq.read_table(tmp_path / "out" / "a.parquet")
    assert (table.num_rows, table.column_names[0], table.column_names[-1], result.images) == (0, "path", "camera", 0)


def test_an_archive_keeps_its_labels(tmp_path, write_tar, picture, compute):
    """The files beside an image are columns of its row."""
    compute(write_tar(tmp_path / "a.tar", {"1.png": picture(4), "1.cls": b"5"}))

    (row,) = pq.read_table(tmp_path / "out" / "a.tar.parquet").to_pylist()
    assert (row["path"], row["class_id"], row["cls"], row["json"]) == ("a.tar/1.png", 4, "5", None)


def test_a_damaged_shard_leaves_no_results(tmp_path, write_shard, compute):
    """Not even of the images before the damage."""
    path = write_shard(tmp_path / "a.parquet", [1] * 9)
    whole = path.read_bytes()
    path.write_bytes(whole[:300] + bytes(300) + whole[600:])

    with raises(DataError, problem="damaged", subject="a.parquet"):
        compute(path)

    assert not (tmp_path / "out").exists()


def test_other_files_are_no_results(tmp_path, write_shard):
    """Nor is a file that is not whole."""
    path = write_shard(tmp_path / "a.parquet", [1])

    assert read_result(Place.of(str(path))) is None

    path.write_bytes(b"")
    assert read_result(Place.of(str(path))) is None
