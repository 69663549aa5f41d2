"""Folders of results, and whose they are."""

from dataclasses import replace

import pytest
from fixtures.errors import raises

from roadsigns.errors import OutputError
from roadsigns.shards.manifest import Manifest, claim, is_claimed, results_in
from roadsigns.shards.place import TEMPORARY_MARK, Place
from roadsigns.shards.process import process_shard
from roadsigns.shards.shard import find_shards

pytest.importorskip("fsspec")
pytest.importorskip("pyarrow")
JOB = Manifest("1.0", "predict", {"model": "abc"}, {"top_k": 3}, ("a.parquet", "b.parquet"))


@pytest.fixture
def out(tmp_path):
    """The folder; it does not exist."""
    return Place.of(str(tmp_path / "out"))


def test_a_folder_belongs_to_the_job_that_came_first(out):
    """Which may come again; what workers left behind does not matter."""
    assert not is_claimed(out, JOB)
    claim(out, JOB)
    (out / f"{TEMPORARY_MARK}1-a.parquet").write(b"")
    (out / "a.parquet").write(b"")
    claim(out, JOB)

    assert is_claimed(out, JOB)
    assert (out / "manifest.json").read() == JOB.as_bytes()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"command": "detect"}, "Its command: predict; now: detect."),
        ({"roadsigns": "2.0"}, "Its version of roadsigns: 1.0; now: 2.0."),
        ({"models": {"model": "xyz"}}, "Its model: model abc; now: model xyz."),
        ({"settings": {"top_k": 3, "keep": 0.9}}, "Its settings: not set; now: keep 0.9."),
        ({"shards": ("a.parquet", "c.parquet")}, "not given any more: b.parquet; new: c.parquet"),
        ({"shards": ("b.parquet", "a.parquet")}, "another order"),
    ],
)
def test_another_job_is_refused(out, changes, told):
    """With what differs."""
    claim(out, JOB)

    with raises(OutputError, problem=told, hint="--out", subject="out"):
        claim(out, replace(JOB, **changes))


def test_other_files_are_refused(out):
    """In a folder without a manifest, and Parquet files in one that has it."""
    (out / "notes.txt").write(b"")
    with raises(OutputError, problem="1 file and no manifest.json"):
        claim(out, JOB)

    (out / "notes.txt").remove()
    claim(out, JOB)
    (out / "other.parquet").write(b"")
    with raises(OutputError, problem="no results of this job: other.parquet"):
        claim(out, JOB)


@pytest.mark.parametrize("content", [b"[]", b'{"complete": true}', b"junk"])
def test_a_manifest_of_something_else_is_refused(out, content):
    """Whatever it is."""
    (out / "manifest.json").write(content)

    with raises(OutputError, subject="out"):
        claim(out, JOB)


def test_whole_results_are_found(tmp_path, write_shard, reading, out):
    """Those that are missing or not whole are not."""
    for name in "abc":
        write_shard(tmp_path / "in" / f"{name}.parquet", [1])
    shards = find_shards([str(tmp_path / "in")])
    process_shard(shards[0], out, reading)
    (out / "b.parquet").write(b"")

    assert list(results_in(out, shards)) == ["a.parquet"]


def test_a_shard_that_changed_since_is_an_error(tmp_path, write_shard, reading, out):
    """Its results are no longer its own."""
    (shard,) = find_shards([str(write_shard(tmp_path / "a.parquet", [1]))])
    process_shard(shard, out, reading)

    with raises(OutputError, problem="bytes", hint="Remove its results", subject="out/a.parquet"):
        results_in(out, [replace(shard, size=1)])
