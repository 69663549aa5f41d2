"""`predict --on ray` and `detect --on ray`: what goes together, and what is said at the end."""

import click
import pytest
from click.testing import CliRunner
from fixtures.errors import raises

from roadsigns.cli.main import group
from roadsigns.distributed import job
from roadsigns.distributed.job import Summary
from roadsigns.distributed.worker import Outcome
from roadsigns.errors import ModelError
from roadsigns.shards.process import ShardResult
from roadsigns.shards.shard import Shard


@pytest.fixture
def run():
    """Run a command."""
    return lambda *arguments: CliRunner().invoke(group, list(map(str, arguments)), standalone_mode=False)


@pytest.fixture
def summary():
    """Of a job that computed one of four shards, with one image that could not be read."""
    earlier = [ShardResult("a.parquet", 1, 1000, 0, 1100), ShardResult("b.parquet", 1, 1000, 0, 1000)]
    computed = [ShardResult("c.parquet", 1, 500, 1, 600, "c/1.png: It is empty.")]
    failed = [Outcome(Shard("/in/d.parquet", "d.parquet", 1), None, "shard", "/in/d.parquet: The shard is damaged.")]
    return Summary(4, earlier, computed, failed, 2.5)


@pytest.fixture
def jobs(monkeypatch, summary):
    """The jobs that were run, none of them really."""
    jobs = []

    def run_job(one):
        jobs.append(one)
        return summary

    monkeypatch.setattr(job, "run_job", run_job)
    return jobs


def test_the_summary_says_what_is_there(run, jobs):
    """Shards, images, speed, and what went wrong; the status is then 1."""
    result = run("predict", "in", "--on", "ray", "--model", "tiny", "--out", "out")

    assert result.return_value == 1
    assert result.stdout.splitlines() == [
        "4 shards: 1 computed, 2 there already, 1 failed.",
        "2,500 images: 2,499 read, 1 could not be read.",
        "500 images in 2.5 s, 200 images/s, workers' start included.",
        "The results are in out.",
    ]
    assert "c.parquet: 1 image could not be read, such as c/1.png: It is empty." in result.stderr
    assert "Not computed: /in/d.parquet: The shard is damaged." in result.stderr


def test_a_job_in_which_all_went_well_has_status_0(run, jobs, summary):
    """Also one that had nothing left to compute."""
    summary.failed, summary.computed = [], []

    result = run("detect", "in", "--on", "ray", "--model", "tiny", "--out", "out")

    assert result.return_value == 0
    assert "2,000 images: 2,000 read, 0 could not be read, 2,100 rows." in result.stdout
    assert "images/s" not in result.stdout


def test_options_reach_the_job(run, jobs):
    """Models come as bytes, with one engine for all workers."""
    options = ["--address", "auto", "--workers", 3, "--threads", 2, "--top-k", 5, "--keep", 0.9, "--format", "parquet"]
    run("predict", "a", "b", "--on", "ray", "--model", "tiny", "--out", "s3://bucket/out", *options)
    run("detect", "a", "--on", "ray", "--model", "tiny", "--out", "out", "--min-score", 0.4)

    predict, detect = jobs
    assert (predict.command, predict.shards, predict.out) == ("predict", ("a", "b"), "s3://bucket/out")
    assert (predict.address, predict.workers, predict.threads) == ("auto", 3, 2)
    assert (predict.models.top_k, predict.models.keep, predict.models.detector) == (5, 0.9, None)
    assert predict.models.model.name == "gtsrb-tiny-v2.onnx"
    assert predict.models.engine != "auto"
    assert (detect.command, detect.models.min_score) == ("detect", 0.4)
    assert detect.models.detector.name.startswith("gtsdb-detector")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["predict", "in", "--on", "ray"], "--out DIR"),
        (["predict", "in", "--on", "ray", "--out", "a", "--json"], "--json and --on ray"),
        (["predict", "in", "--on", "ray", "--out", "a", "--format", "csv"], "--format csv and --on ray"),
        (["predict", "in", "--on", "ray", "--out", "a", "--box", "1,2,3,4"], "--box and --on ray"),
        (["detect", "in", "--on", "ray", "--out", "a", "--annotate", "b"], "--annotate and --on ray"),
        (["detect", "in", "--on", "ray", "--out", "a", "--every", "2"], "--every and --on ray"),
        (["predict", "in", "--workers", "2"], "--workers is for clusters"),
        (["detect", "in", "--address", "auto"], "--address is for clusters"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(run, arguments, told):
    """Before anything is read."""
    result = run(*arguments)

    assert isinstance(result.exception, click.UsageError)
    assert told in result.exception.message


def test_a_model_that_is_none_is_told_before_the_cluster_is_asked(run, jobs, tmp_path):
    """Also a detector in place of a model."""
    with raises(ModelError, problem="There is no model 'nonsense'"):
        raise run("predict", "in", "--on", "ray", "--model", "nonsense", "--out", "out").exception
    with raises(ModelError, problem="finds signs and does not name them"):
        raise run("predict", "in", "--on", "ray", "--model", "detector", "--out", "out").exception

    assert jobs == []
