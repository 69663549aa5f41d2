"""Shards found at addresses."""

import json

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.shards.shard import find_shards, is_shard_name

pytest.importorskip("fsspec")


@pytest.fixture
def folder(tmp_path):
    """With shards in two folders, and other files."""
    for name in ("10.parquet", "9.parquet", "b/1.tar", "b/1.parquet", "_SUCCESS", ".a.parquet", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"123")
    return tmp_path


def test_a_folder_has_all_shards_below_it(folder):
    """In natural order, under their paths from there."""
    shards = find_shards([str(folder)])

    assert [shard.name for shard in shards] == ["9.parquet", "10.parquet", "b/1.parquet", "b/1.tar"]
    assert [shard.output for shard in shards[2:]] == ["b/1.parquet", "b/1.tar.parquet"]
    assert (shards[0].address, shards[0].size) == (str(folder / "9.parquet"), 3)


def test_patterns_and_files(folder):
    """A pattern's names begin where it does, a file's is its own."""
    shards = find_shards([str(folder / "*" / "1.*"), str(folder / "10.parquet")])

    assert [shard.name for shard in shards] == ["b/1.parquet", "b/1.tar", "10.parquet"]


def test_two_shards_of_one_name_are_refused(folder):
    """One would replace the results of the other."""
    with raises(DataError, problem="would have the same name", subject="1.parquet"):
        find_shards([str(folder / "b"), str(folder / "b" / "1.parquet")])


@pytest.mark.parametrize("name", ["missing", "notes.txt", "b/*.zip", "empty"])
def test_no_shards_are_an_error(folder, name):
    """Also of a pattern that nothing matches."""
    (folder / "empty").mkdir()

    with raises(DataError, problem="There ", expected=".parquet", subject=name):
        find_shards([str(folder / name)])


def test_unknown_addresses_are_errors():
    """Whatever stands before ://."""
    with raises(DataError, problem="The address cannot be read", subject="nonsense://a"):
        find_shards(["nonsense://a"])


def test_a_folder_that_is_not_packed_to_its_end_is_refused(folder):
    """Its images would be missing. What others call manifest.json is not read."""
    (folder / "manifest.json").write_text(json.dumps({"complete": False}))
    with raises(DataError, problem="has not finished", subject=folder.name):
        find_shards([str(folder)])

    (folder / "manifest.json").write_text("[]")
    assert len(find_shards([str(folder)])) == 4


def test_names_of_shards():
    """By their suffix, not hidden."""
    assert all(map(is_shard_name, ["a.parquet", "a.tar", "a.tar.gz", "b/a.PARQUET"]))
    assert not any(map(is_shard_name, ["a.zip", "_a.parquet", ".b/a.tar", "a.csv"]))
