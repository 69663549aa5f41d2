"""Jobs on a real Ray cluster of two nodes, with faults: afterwards the rows are those of an undisturbed job.

Workers are killed, nodes removed, storage fails: really, at a moment that the storage of the tests decides.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from fixtures import faulty_storage

from roadsigns.distributed.cluster import without_reports

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed"),
]

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

SHARDS, IMAGES = 8, 12
TESTS = Path(__file__).parents[1]
SOURCE = TESTS.parent / "src"
OBJECT_STORE = 100_000_000
# A busy machine starts processes slowly.
SECONDS = 240


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where everything is; the shards in `in`."""
    folder = tmp_path_factory.mktemp("ray")
    numbers = np.random.default_rng(0)
    (folder / "in").mkdir()
    for shard in range(SHARDS):
        images = [ppm(numbers.integers(0, 256, (36, 36, 3), np.uint8)) for _ in range(IMAGES)]
        # One of each shard cannot be read.
        images[shard] = b"no image"
        columns = {
            "path": [f"{shard}-{number}.ppm" for number in range(IMAGES)],
            "image": pa.array(images, pa.binary()),
        }
        table = pa.table({**columns, "camera": [shard] * IMAGES})
        pq.write_table(table, folder / "in" / f"{shard}.parquet", row_group_size=5, write_page_checksum=True)
    return folder


def ppm(pixels):
    """A file of these pixels."""
    return f"P6 {pixels.shape[1]} {pixels.shape[0]} 255\n".encode() + pixels.tobytes()


@pytest.fixture(scope="module")
def environment(folder):
    """Of workers and commands: the filesystem of the tests, and a Ray that reports to nobody."""
    (folder / "plugin").mkdir()
    path = [faulty_storage.install(folder / "plugin"), TESTS, SOURCE]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(map(str, path)))
        patch.setenv(faulty_storage.VARIABLE, str(folder / "faults.json"))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_worker_niceness", "0")
        # Else one is written into the home folder.
        patch.setenv("RAY_AUTH_TOKEN", "0123456789abcdef" * 4)
        patch.setenv("RAY_raylet_start_wait_time_s", "120")
        yield


@pytest.fixture(scope="module")
def cluster(environment):
    """Two nodes with one core each."""
    # Imported here: Ray reads the environment when it is imported.
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": OBJECT_STORE, "include_dashboard": False}
    with without_reports():
        cluster = Cluster(initialize_head=True, head_node_args=node)
    cluster.second = cluster.add_node(num_cpus=1, object_store_memory=OBJECT_STORE)
    yield cluster
    cluster.shutdown()


@pytest.fixture
def faults(folder):
    """Say which faults the storage has."""

    def say(**faults):
        for mark in folder.glob("faults.*"):
            mark.unlink()
        (folder / "faults.json").write_text(json.dumps(faults))

    say()
    yield say
    say()


@pytest.fixture
def start(folder, cluster, faults):
    """Start a job of all shards, two workers and the small model."""

    def start(out, *arguments, shards="in"):
        command = [sys.executable, "-m", "roadsigns", "predict", f"faulty://{folder / shards}", "--on", "ray"]
        options = ["--address", cluster.address, "--model", "tiny", "--workers", "2"]
        return subprocess.Popen(
            [*command, *options, "--out", f"faulty://{folder / out}", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def run(start):
    """Run such a job to its end; gives its status, its words and its complaints."""

    def run(out, *arguments, shards="in"):
        process = start(out, *arguments, shards=shards)
        output, errors = process.communicate(timeout=SECONDS)
        return process.returncode, output, errors

    return run


@pytest.fixture(scope="module")
def undisturbed(folder, environment):
    """The checksum of the rows as `roadsigns` computes them without Ray, in this process."""
    from roadsigns.distributed.models import ModelFile, Models, load_reading
    from roadsigns.inference.engines import choose_engine
    from roadsigns.model_files.model_file import find_model
    from roadsigns.shards.place import Place
    from roadsigns.shards.process import process_shard
    from roadsigns.shards.shard import find_shards

    path = find_model("tiny")
    engine = choose_engine(path, None)
    reading = load_reading(Models(ModelFile.read(path), None, engine, engine, top_k=3), threads=1)
    for shard in find_shards([str(folder / "in")]):
        process_shard(shard, Place.of(str(folder / "alone")), reading)
    return checksum(folder / "alone")


def checksum(out):
    """Of all rows, in the order of their shards; nothing else may lie there."""
    files = sorted(path for path in out.iterdir() if path.name != "manifest.json")
    assert [file.name for file in files] == [f"{shard}.parquet" for shard in range(SHARDS)]
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    assert len(rows) == SHARDS * IMAGES
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def wait_for(condition):
    """Wait until something is so."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def results(folder, out):
    """The files of results that are there."""
    return sorted((folder / out).glob("[0-9]*.parquet"))


ALL = f"{SHARDS} shards: {SHARDS} computed, 0 there already, 0 failed."
COUNTS = f"{SHARDS * IMAGES} images: {SHARDS * (IMAGES - 1)} read, {SHARDS} could not be read."


def test_an_undisturbed_job_and_the_same_without_ray_give_the_same_rows(run, folder, undisturbed):
    """Images that do not decode are rows with the reason, and the exit status is 1. A second call computes nothing."""
    status, output, errors = run("plain")

    assert (status, output.splitlines()[:2]) == (1, [ALL, COUNTS]), errors
    assert checksum(folder / "plain") == undisturbed
    row = pq.read_table(folder / "plain" / "3.parquet").to_pylist()[3]
    assert (row["path"], row["class_id"], row["camera"]) == ("3-3.ppm", None, 3)
    assert "not in a known image format" in row["error"]

    status, output, errors = run("plain")

    assert f"0 computed, {SHARDS} there already" in output
    assert COUNTS in output


def test_an_actor_killed_mid_run_loses_nothing(run, faults, folder, undisturbed):
    """Another worker takes its place and its shard."""
    faults(kill=12)

    _, output, errors = run("killed")

    assert (folder / "faults.killed").exists()
    assert ALL in output, errors
    assert checksum(folder / "killed") == undisturbed


def test_a_node_removed_mid_run_loses_nothing(start, faults, folder, cluster, undisturbed):
    """What is left of the cluster finishes the job."""
    faults(seconds=0.15)
    process = start("removed")
    wait_for(lambda: results(folder, "removed") or process.poll() is not None)
    cluster.remove_node(cluster.second, allow_graceful=False)
    before = len(results(folder, "removed"))
    faults()
    output, errors = process.communicate(timeout=SECONDS)
    cluster.second = cluster.add_node(num_cpus=1, object_store_memory=OBJECT_STORE)

    assert 0 < before < SHARDS
    assert ALL in output, errors
    assert checksum(folder / "removed") == undisturbed


def test_a_driver_that_was_killed_goes_on_where_it_was(start, run, faults, folder, undisturbed):
    """The second one computes only what is missing."""
    faults(seconds=0.15)
    process = start("driver")
    wait_for(lambda: results(folder, "driver") or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    there = {path: path.stat().st_mtime_ns for path in results(folder, "driver")}
    faults()

    _, output, errors = run("driver")

    assert 0 < len(there) < SHARDS
    assert "0 computed" not in output, errors
    assert "0 failed" in output
    assert COUNTS in output
    assert checksum(folder / "driver") == undisturbed
    assert {path: path.stat().st_mtime_ns for path in there} == there


def test_a_corrupt_shard_is_named_and_the_rest_is_finished(run, folder, undisturbed):
    """Mended, it is all that is computed."""
    shutil.copytree(folder / "in", folder / "corrupt-in")
    damaged = folder / "corrupt-in" / "4.parquet"
    whole = damaged.read_bytes()
    # In the pages, long before the end that is looked at first.
    damaged.write_bytes(whole[:200] + bytes(4000) + whole[4200:])

    status, output, errors = run("corrupt", shards="corrupt-in")

    assert status == 1
    assert f"{SHARDS - 1} computed, 0 there already, 1 failed" in output
    assert "Not computed" in errors
    assert "4.parquet" in errors
    damaged.write_bytes(whole)

    _, output, _ = run("corrupt", shards="corrupt-in")

    assert f"1 computed, {SHARDS - 1} there already, 0 failed" in output
    assert checksum(folder / "corrupt") == undisturbed


def test_storage_that_fails_every_tenth_request_loses_nothing(run, faults, folder, undisturbed):
    """Requests are made again, to read and to write."""
    faults(every=10)

    _, output, errors = run("busy")

    assert ALL in output, errors
    assert checksum(folder / "busy") == undisturbed


def test_a_full_disk_on_one_machine_leaves_the_work_to_others(run, faults, folder, undisturbed):
    """The worker that cannot write is left out."""
    faults(full="first")

    _, output, errors = run("full")

    assert (folder / "faults.full").exists()
    assert ALL in output, errors
    assert "No space left on device" in errors
    assert checksum(folder / "full") == undisturbed


def test_a_disk_that_is_full_for_all_ends_the_job_with_an_error(run, faults, folder, undisturbed):
    """With space again, the same command finishes it."""
    faults(full="all")

    status, _, errors = run("no-room")

    assert status == 1
    assert "No space left on device" in errors
    assert "Free some space" in errors
    assert results(folder, "no-room") == []
    faults()

    _, output, _ = run("no-room")

    assert ALL in output
    assert checksum(folder / "no-room") == undisturbed


def test_another_job_does_not_mix_with_the_results(run, folder):
    """Other settings are refused, by name; runs after the undisturbed job."""
    status, _, errors = run("plain", "--top-k", "2")

    assert status == 1
    assert "another job. Its settings: top_k 3; now: top_k 2." in errors
