"""Jobs whose shards and results are in an object store."""

import importlib.util
import itertools
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from roadsigns.distributed.cluster import without_reports
from roadsigns.distributed.models import ModelFile, Models, load_reading
from roadsigns.distributed.worker import Setup, ShardWorker
from roadsigns.inference.engines import choose_engine
from roadsigns.model_files.model_file import find_model
from roadsigns.shards import retry
from roadsigns.shards.place import Place
from roadsigns.shards.process import process_shard
from roadsigns.shards.shard import find_shards

pq = pytest.importorskip("pyarrow.parquet")
s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed")
needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")

SHARDS, IMAGES = 8, 6
SOURCE = Path(retry.__file__).parents[2]
RAYS_STORE_BYTES = 100_000_000
RESULT = re.compile(r"out/\d\.parquet")
# A busy machine starts processes slowly.
SECONDS = 240


@pytest.fixture(scope="module")
def models():
    """The small built-in model as bytes."""
    path = find_model("tiny")
    engine = choose_engine(path, None)
    return Models(ModelFile.read(path), None, engine, engine, top_k=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_shard, models):
    """Shards in `in`, and in `out` the results as `roadsigns` computes them there, without Ray."""
    folder = tmp_path_factory.mktemp("s3")
    for number in range(SHARDS):
        write_shard(folder / "in" / f"{number}.parquet", IMAGES, camera=[number] * IMAGES)
    reading = load_reading(models, threads=1)
    for shard in find_shards([str(folder / "in")]):
        process_shard(shard, Place.of(str(folder / "out")), reading)
    return folder


@pytest.fixture
def shards(object_store, folder):
    """The shards in the bucket."""
    for path in (folder / "in").iterdir():
        object_store.put(f"in/{path.name}", path.read_bytes())
    return find_shards(["s3://bucket/in"])


@pytest.fixture
def start_worker(object_store, models, monkeypatch):
    """Start a worker, which does not pause between attempts."""
    monkeypatch.setattr(retry, "FIRST_PAUSE_SECONDS", 0)
    object_store.put("out/manifest.json", b"{}")

    def start():
        s3fs.S3FileSystem.clear_instance_cache()
        worker = ShardWorker()
        worker.start(Setup(models, 1, "s3://bucket/out", b"{}"))
        return worker

    return start


def results(object_store):
    """The files of results that are there: {name: content}."""
    objects = object_store.objects().items()
    return {key.removeprefix("out/"): content for key, content in objects if RESULT.match(key)}


def test_a_worker_writes_the_results_of_a_local_folder(object_store, shards, start_worker, folder):
    """Byte by byte, since it computes the same."""
    worker = start_worker()

    outcomes = [worker.process(shard) for shard in shards]

    assert [outcome.fault for outcome in outcomes] == [None] * SHARDS
    assert results(object_store) == {path.name: path.read_bytes() for path in (folder / "out").iterdir()}


def test_a_worker_tells_apart_what_went_wrong(object_store, shards, start_worker, monkeypatch):
    """A shard that is not there, a store that is gone, and one that does not let it write."""
    worker = start_worker()
    object_store.remove("in/1.parquet")
    missing = worker.process(shards[1])
    object_store.stop()
    gone = worker.process(shards[0])
    object_store.start()
    with object_store.users("s3:GetObject", "s3:ListBucket") as reader:
        for name, value in reader.items():
            monkeypatch.setenv(name, value)
        refused = start_worker().process(shards[0])

    assert (missing.fault, gone.fault, refused.fault) == ("shard", "storage", "output")
    assert "not there any more" in missing.problem
    assert gone.problem.startswith("s3://bucket/in/0.parquet: Could not connect")
    assert refused.problem == "s3://bucket/out/0.parquet: Access Denied"
    assert results(object_store) == {}


@pytest.fixture(scope="module")
def cluster(one_object_store):
    """Two cores, for which the environment has the address of the store and its credentials."""
    # Imported here: Ray reads the environment when it is imported.
    with pytest.MonkeyPatch.context() as patch:
        for name, value in one_object_store.environment.items():
            patch.setenv(name, value)
        patch.setenv("PYTHONPATH", str(SOURCE))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_worker_niceness", "0")
        # Else one is written into the home folder.
        patch.setenv("RAY_AUTH_TOKEN", "0123456789abcdef" * 4)
        patch.setenv("RAY_raylet_start_wait_time_s", "120")
        from ray.cluster_utils import Cluster

        node = {"num_cpus": 2, "object_store_memory": RAYS_STORE_BYTES, "include_dashboard": False}
        with without_reports():
            cluster = Cluster(initialize_head=True, head_node_args=node)
        yield cluster
        cluster.shutdown()


@pytest.fixture
def start(cluster):
    """Start a job of all shards."""

    def start():
        command = [sys.executable, "-m", "roadsigns", "predict", "s3://bucket/in", "--out", "s3://bucket/out"]
        options = ["--on", "ray", "--address", cluster.address, "--model", "tiny", "--workers", "2"]
        return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


@pytest.mark.ray
@needs_ray
def test_a_job_on_a_store_with_faults_that_was_killed_is_finished_by_the_next(object_store, shards, folder, start):
    """Every tenth request fails, and for a second nobody answers. What was there is not computed again."""

    numbers = itertools.count(1)

    def fault(_):
        time.sleep(0.1)
        return 503 if next(numbers) % 10 == 0 else None

    object_store.fault = fault
    process = start()
    wait_for(lambda: results(object_store) or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    there = set(results(object_store))
    object_store.requests.clear()

    process = start()
    wait_for(lambda: set(results(object_store)) - there or process.poll() is not None)
    object_store.stop()
    time.sleep(1)
    object_store.start()
    output, errors = process.communicate(timeout=SECONDS)

    assert 0 < len(there) < SHARDS
    assert "0 failed" in output, errors
    assert f"{SHARDS * IMAGES} images: {SHARDS * IMAGES} read, 0 could not be read." in output
    assert results(object_store) == {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    written = [request.key.removeprefix("out/") for request in object_store.requests if request.operation == "PUT"]
    assert set(written).isdisjoint(there)
    assert {request.status for request in object_store.requests} >= {200, 503}
    names = {f"{place}/{shard.name}" for place in ("in", "out") for shard in shards}
    assert set(object_store.objects()) == {*names, "out/manifest.json"}


def wait_for(condition):
    """Wait until something is so."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
