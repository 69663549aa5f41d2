"""Shards looked into before the work."""

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.shards.check import check_shards
from roadsigns.shards.shard import find_shards

pytest.importorskip("fsspec")


def test_images_are_counted_without_reading_them(tmp_path, write_shard):
    """One shard may be empty."""
    write_shard(tmp_path / "a.parquet", [1, 2, 3])
    write_shard(tmp_path / "b.parquet", [])

    assert check_shards(find_shards([str(tmp_path)]), with_boxes=True) == {"a.parquet": 3, "b.parquet": 0}


def test_shards_that_are_all_empty_are_an_error(tmp_path, write_shard):
    """There is nothing to compute."""
    write_shard(tmp_path / "a.parquet", [])

    with raises(DataError, problem="There is no image in a.parquet"):
        check_shards(find_shards([str(tmp_path)]), with_boxes=True)


def test_shards_with_other_columns_are_an_error(tmp_path, write_shard):
    """Which says what differs; an archive beside them may have others."""
    write_shard(tmp_path / "a.parquet", [1], camera=[1], note=["x"])
    write_shard(tmp_path / "b.parquet", [1], camera=["1"])

    with raises(
        DataError, problem="it lacks camera (int64); note (string) and has camera (string)", subject="b.parquet"
    ):
        check_shards(find_shards([str(tmp_path)]), with_boxes=True)


def test_all_damaged_shards_are_named_before_the_work(tmp_path, write_shard):
    """Of several the first few."""
    for name in "abc":
        write_shard(tmp_path / f"{name}.parquet", [1])
    (tmp_path / "a.parquet").write_bytes(b"junk")
    with raises(DataError, problem="The shard is damaged", subject="a.parquet"):
        check_shards(find_shards([str(tmp_path)]), with_boxes=True)

    (tmp_path / "c.parquet").write_bytes(b"")
    with raises(DataError, problem="2 of 3 shards cannot be used") as caught:
        check_shards(find_shards([str(tmp_path)]), with_boxes=True)
    assert "c.parquet: The shard is damaged" in caught.value.problem
