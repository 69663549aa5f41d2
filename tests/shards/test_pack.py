"""Shards written."""

import json

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError, OutputError
from roadsigns.shards import pack as pack_module
from roadsigns.shards.pack import pack
from roadsigns.shards.pack_rows import open_rows
from roadsigns.shards.place import Place
from roadsigns.shards.read import open_shard
from roadsigns.shards.shard import find_shards
from roadsigns.types import Box

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("fsspec")


@pytest.fixture
def folder(tmp_path):
    """Of five images of 100 bytes, and a table of them with a box for one, and a line whose image is missing."""
    (tmp_path / "in").mkdir()
    for number in range(5):
        (tmp_path / "in" / f"{number}.png").write_bytes(bytes([number]) * 100)
    lines = [f"{number}.png,{'1,2,3,4' if number == 2 else ',,,'},{number % 2}" for number in range(6)]
    (tmp_path / "in" / "a.csv").write_text("\n".join(["path,x1,y1,x2,y2,camera", *lines]) + "\n")
    return tmp_path / "in"


def packed_from(data, out, shard_bytes=250, **options):
    return pack(open_rows(str(data), **options), Place.of(str(out)), shard_bytes=shard_bytes)


def test_shards_end_when_they_are_full(folder, tmp_path):
    """All images are there, in order, and the manifest says what is."""
    packed = packed_from(folder, tmp_path / "out")

    assert [(shard["name"], shard["images"]) for shard in packed.shards] == [("00000.parquet", 3), ("00001.parquet", 2)]
    tables = [pq.read_table(tmp_path / "out" / shard["name"]) for shard in packed.shards]
    rows = pa.concat_tables(tables).to_pylist()
    assert rows == [{"path": f"{number}.png", "image": bytes([number]) * 100} for number in range(5)]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["complete"], manifest["images"], manifest["shards"]) == (True, 5, packed.shards)


def test_the_same_data_gives_the_same_files(folder, tmp_path):
    """Byte by byte."""
    packed_from(folder, tmp_path / "one")
    packed_from(folder, tmp_path / "two")

    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_table_keeps_boxes_and_columns_and_is_read_again(folder, tmp_path):
    """What cannot be read is left out, and told."""
    packed = packed_from(folder / "a.csv", tmp_path / "out", shard_bytes=10_000)

    (shard,) = find_shards([str(tmp_path / "out")])
    (batch,) = open_shard(shard, with_boxes=True).batches()
    assert [entry.box for entry in batch.entries] == [None, None, Box(1, 2, 3, 4), None, None]
    assert batch.carried.to_pylist()[3] == {"camera": "1"}
    assert [problem.subject for problem in packed.left_out] == ["5.png"]


def test_rows_come_in_groups(folder, tmp_path, monkeypatch):
    """Which readers hold one by one."""
    monkeypatch.setattr(pack_module, "GROUP_BYTES", 200)
    packed_from(folder, tmp_path / "out", shard_bytes=10_000)

    assert pq.ParquetFile(tmp_path / "out" / "00000.parquet").metadata.num_row_groups == 3


def test_a_folder_that_holds_something_is_refused(folder, tmp_path):
    """And stays as it is."""
    packed_from(folder, tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    with raises(OutputError, problem="not empty", subject="out"):
        packed_from(folder, tmp_path / "out")

    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_pack_that_ended_early_is_not_taken_for_a_whole_one(folder, tmp_path):
    """Neither by a job nor by another pack."""

    def stop():
        if (tmp_path / "out" / "00000.parquet").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(open_rows(str(folder)), Place.of(str(tmp_path / "out")), shard_bytes=250, told=stop)

    with raises(DataError, problem="has not finished"):
        find_shards([str(tmp_path / "out")])
    with raises(OutputError, hint="remove the folder"):
        packed_from(folder, tmp_path / "out")


def test_sources_with_different_columns_are_refused(folder, tmp_path):
    """Before anything is written."""
    sources = open_rows(str(folder)) + open_rows(str(folder / "a.csv"))

    with raises(DataError, problem="none beside the image, and camera (string)"):
        pack(sources, Place.of(str(tmp_path / "out")), shard_bytes=250)

    assert not (tmp_path / "out").exists()


def test_nothing_to_pack_is_an_error(tmp_path):
    """The reason of the first image is given."""
    (tmp_path / "a.csv").write_text("path\nmissing.png\n")

    with pytest.raises(DataError, match="No such file"):
        packed_from(tmp_path / "a.csv", tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []
