"""What a job looks at before its work. test_faults.py runs whole jobs."""

from contextlib import nullcontext

import pytest
from fixtures.errors import raises

from roadsigns.distributed import job as module
from roadsigns.distributed.job import Job, Summary, run_job, shown_pace
from roadsigns.distributed.models import ModelFile, Models
from roadsigns.distributed.worker import Outcome
from roadsigns.errors import DataError, OutputError
from roadsigns.shards.place import TEMPORARY_MARK
from roadsigns.shards.process import ShardResult
from roadsigns.shards.shard import MANIFEST

pytest.importorskip("fsspec")
MODELS = Models(ModelFile("model.onnx", b""), None, "onnxruntime", "onnxruntime", top_k=3)


def job(shards, out):
    return Job("predict", [str(shards)], str(out), MODELS)


def test_a_job_without_shards_leaves_no_folder(tmp_path):
    """The error comes first."""
    with raises(DataError, problem="There is no such file", subject="missing"):
        run_job(job(tmp_path / "missing", tmp_path / "out"))

    assert not (tmp_path / "out").exists()


def test_results_do_not_go_among_the_shards(tmp_path, write_shard):
    """They would be shards of the next call."""
    write_shard(tmp_path / "in" / "a.parquet", 1)

    with raises(OutputError, problem="lies in the folder of shards", subject="out"):
        run_job(job(tmp_path / "in", tmp_path / "in" / "out"))


@pytest.mark.parametrize("named", ["in/*.parquet", "in/a.parquet", "link", "link/*.parquet"])
@pytest.mark.parametrize("out", ["in", "in/out", "link/out"])
def test_results_do_not_go_among_the_shards_however_these_are_named(tmp_path, write_shard, named, out):
    """By a pattern, by a file, through a link."""
    write_shard(tmp_path / "in" / "a.parquet", 1)
    (tmp_path / "link").symlink_to("in")

    with raises(OutputError, problem="lies in the folder of shards", hint="--out", subject=out):
        run_job(job(tmp_path / named, tmp_path / out))

    assert [path.name for path in (tmp_path / "in").iterdir()] == ["a.parquet"]


def test_the_current_folder_may_hold_both_shards_and_results(tmp_path, write_shard, monkeypatch):
    """It is no folder of shards unless it is named as one."""
    write_shard(tmp_path / "a.parquet", 0)
    monkeypatch.chdir(tmp_path)

    with raises(DataError, problem="There is no image"):
        run_job(job("a.parquet", "out"))


def test_another_job_is_refused_before_anything_is_started(tmp_path, write_shard):
    """And a mistake in the shards leaves no folder."""
    write_shard(tmp_path / "in" / "a.parquet", 0)
    with raises(DataError, problem="There is no image"):
        run_job(job(tmp_path / "in", tmp_path / "out"))
    assert not (tmp_path / "out").exists()

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("")
    with raises(OutputError, problem="1 file and no manifest.json"):
        run_job(job(tmp_path / "in", tmp_path / "out"))


def test_only_its_own_unfinished_files_are_removed_and_those_that_were_there_before(tmp_path, write_shard, monkeypatch):
    """Another run of the same job, at the same time, goes on writing its own."""
    write_shard(tmp_path / "in" / "a.parquet", 1)
    out = tmp_path / "out"

    class Killed:
        """Leaves files that are not whole, of this run and of another one."""

        def __init__(self, ray, setup, *, workers):
            self.run_name = setup.run

        def run(self, shards):
            (out / f"{TEMPORARY_MARK}{self.run_name}1-a.parquet").touch()
            (out / f"{TEMPORARY_MARK}other2-a.parquet").touch()
            (out / "a.parquet").touch()
            yield Outcome(shards[0], ShardResult("a.parquet", 1, 1, 0, 1))

    monkeypatch.setattr(module, "connected", lambda address, cores: nullcontext())
    monkeypatch.setattr(module, "check_nodes", lambda ray: None)
    monkeypatch.setattr(module, "_workers", lambda ray, job: 1)
    monkeypatch.setattr(module, "Pool", Killed)
    out.mkdir()
    (out / f"{TEMPORARY_MARK}dead3-a.parquet").touch()

    run_job(job(tmp_path / "in", out))

    assert sorted(path.name for path in out.iterdir()) == [f"{TEMPORARY_MARK}other2-a.parquet", "a.parquet", MANIFEST]


def test_a_slow_pace_has_a_decimal():
    """Photographs take seconds."""
    assert (shown_pace(798.2), shown_pace(1234.5), shown_pace(0.26)) == (
        "798 images/s",
        "1,234 images/s",
        "0.3 images/s",
    )


def test_a_summary_adds_up():
    """What was there and what was computed."""
    summary = Summary(3, [ShardResult("a", 1, 5, 1, 7)], [ShardResult("b", 1, 2, 0, 2)])

    assert (summary.images, summary.unreadable, summary.rows) == (7, 1, 9)
