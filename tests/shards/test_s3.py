"""Shards and results in an object store: a real client, and a server on loopback that counts requests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.errors import raises
from fixtures.object_store import ENVIRONMENT

from roadsigns.errors import OutputError
from roadsigns.shards import retry
from roadsigns.shards.check import check_shards
from roadsigns.shards.manifest import Manifest, claim, is_claimed, results_in
from roadsigns.shards.pack import pack
from roadsigns.shards.pack_rows import open_rows
from roadsigns.shards.place import Place
from roadsigns.shards.process import process_shard
from roadsigns.shards.shard import find_shards

pytest.importorskip("pyarrow")
s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed")

JOB = Manifest("1.0", "predict", {"model": "abc"}, {"top_k": 3}, ("a.parquet", "b.parquet", "c.tar"))
OUT = "s3://bucket/out"
# Of a part of an upload, at least.
PART_BYTES = 5 << 20


@pytest.fixture
def local_shards(tmp_path, write_shard, write_tar, picture):
    """Three shards in a local folder."""
    folder = tmp_path / "in"
    write_shard(folder / "a.parquet", [1, 2, b"junk", 4], name=["1", "2", "3", "4"], camera=[7, 7, 8, 8])
    write_shard(folder / "b.parquet", [5, 6], name=["5", "6"], camera=[9, 9])
    write_tar(folder / "c.tar", {"7.png": picture(7), "7.cls": b"7", "8.png": picture(8)})
    return folder


@pytest.fixture
def shards(object_store, local_shards):
    """The same in the bucket, below `in`."""
    for path in local_shards.iterdir():
        object_store.put(f"in/{path.name}", path.read_bytes())
    return find_shards(["s3://bucket/in"])


def test_shards_are_found_in_folders_and_by_patterns(object_store, shards):
    """In a folder, in the whole bucket, by a pattern and by name."""
    object_store.put("in/deep/d.parquet", b"")
    object_store.put("in/_hidden/e.parquet", b"")
    object_store.put("in/notes.txt", b"")
    names = ["a.parquet", "b.parquet", "c.tar", "deep/d.parquet"]

    assert [shard.name for shard in find_shards(["s3://bucket/in"])] == names
    assert [shard.name for shard in find_shards(["s3://bucket"])] == [f"in/{name}" for name in names]
    assert [shard.name for shard in find_shards(["s3://bucket/in/[ad]*.parquet"])] == names[:1]
    assert [shard.name for shard in find_shards(["s3://bucket/**/d*.parquet"])] == ["in/deep/d.parquet"]
    (one,) = find_shards(["s3://bucket/in/a.parquet"])
    assert (one.address, one.name, one.size) == ("s3://bucket/in/a.parquet", "a.parquet", shards[0].size)


def test_results_are_those_of_local_folders_byte_by_byte(tmp_path, object_store, shards, local_shards, reading):
    """Of Parquet files and archives."""
    assert check_shards(shards, with_boxes=True) == {"a.parquet": 4, "b.parquet": 2, "c.tar": None}
    for shard in shards:
        process_shard(shard, Place.of(OUT), reading)
    for shard in find_shards([str(local_shards)]):
        process_shard(shard, Place.of(str(tmp_path / "out")), reading)

    local = {f"out/{path.name}": path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(local) == {"out/a.parquet", "out/b.parquet", "out/c.tar.parquet"}
    assert {key: content for key, content in object_store.objects().items() if key.startswith("out/")} == local


def test_packed_shards_are_those_of_a_local_folder(tmp_path, object_store, picture):
    """Byte by byte, with a manifest, which says that they are complete."""
    (tmp_path / "photos").mkdir()
    for number in range(5):
        (tmp_path / "photos" / f"{number}.png").write_bytes(picture(number))
    for out in ("s3://bucket/packed", str(tmp_path / "packed")):
        pack(open_rows(str(tmp_path / "photos")), Place.of(out), shard_bytes=2 * len(picture(1)))

    local = {f"packed/{path.name}": path.read_bytes() for path in (tmp_path / "packed").iterdir()}
    assert set(local) == {"packed/00000.parquet", "packed/00001.parquet", "packed/manifest.json"}
    assert object_store.objects() == local
    assert [shard.name for shard in find_shards(["s3://bucket/packed"])] == ["00000.parquet", "00001.parquet"]

    with raises(OutputError, problem="not empty", subject="packed"):
        pack(open_rows(str(tmp_path / "photos")), Place.of("s3://bucket/packed"), shard_bytes=1000)


def test_a_second_call_computes_what_is_missing(object_store, shards, reading):
    """The manifest says whose results they are, and each file what it is of."""
    out = Place.of(OUT)
    claim(out, JOB)
    before = process_shard(shards[0], out, reading)
    object_store.put("out/b.parquet", b"not whole")
    s3fs.S3FileSystem.clear_instance_cache()
    again = Place.of(OUT)

    assert is_claimed(again, JOB)
    assert results_in(again, shards) == {"a.parquet": before}
    assert json.loads(object_store.objects()["out/manifest.json"])["shards"] == list(JOB.shards)
    with raises(OutputError, problem="another job. Its version of roadsigns: 1.0; now: 2.0", subject="s3://bucket/out"):
        claim(again, Manifest("2.0", *(getattr(JOB, name) for name in ("command", "models", "settings", "shards"))))


def test_what_another_wrote_meanwhile_is_seen(object_store, shards, reading):
    """The client keeps lists of folders."""
    out = Place.of(OUT)
    assert results_in(out, shards) == {}
    process_shard(shards[0], out, reading)
    content = object_store.objects()["out/a.parquet"]
    object_store.put("out/d.parquet", content)

    assert out.files() == {"a.parquet": len(content), "d.parquet": len(content)}
    assert (out / "d.parquet").size() == len(content)


@pytest.mark.parametrize("name", ["a.parquet", "a [1]*?.parquet", "ä/ß %20+&.parquet"])
def test_any_name_is_written(object_store, name):
    """fsspec takes some for patterns."""
    place = Place.of("s3://bucket/out") / name
    place.write(b"old")
    place.write(b"new")

    assert object_store.objects() == {f"out/{name}": b"new"}
    assert place.read() == b"new"
    assert Place.of("s3://bucket/out").files() == {name: 3}
    place.remove()
    assert object_store.objects() == {}


@pytest.fixture
def small_parts(monkeypatch):
    """Let the client upload in parts what is larger than two of them; it does from 100 MB on."""
    monkeypatch.setattr(s3fs.S3FileSystem._pipe_file, "__defaults__", (PART_BYTES, None, "overwrite"))


@pytest.mark.parametrize("size", [1000, 2 * PART_BYTES + 1])
def test_nothing_but_whole_files_is_ever_there(object_store, small_parts, monkeypatch, size):
    """Looked at between any two requests, while each in turn is the one from which on all fail."""
    monkeypatch.setattr(retry, "FIRST_PAUSE_SECONDS", 0)
    old, new = b"o" * 10, b"n" * size
    seen = []
    outcomes = []
    for failing in range(100):
        object_store.put("out/a.parquet", old)
        object_store.requests.clear()

        def fault(request, failing=failing):
            seen.append(object_store.objects())
            return 500 if len(object_store.requests) > failing else None

        object_store.fault = fault
        try:
            Place.of("s3://bucket/out/a.parquet").write(new)
            outcomes.append(True)
        except retry.StorageError:
            outcomes.append(False)
        seen.append(object_store.objects())
        if outcomes[-1]:
            break

    # One request, or the start, three parts and the end.
    assert outcomes == [False] * (1 if size == 1000 else 5) + [True]
    assert object_store.objects() == {"out/a.parquet": new}
    assert {tuple(objects) for objects in seen} == {("out/a.parquet",)}
    assert {objects["out/a.parquet"] for objects in seen} == {old, new}


UPLOAD = """
import sys
from roadsigns.shards.place import Place
Place.of("s3://bucket/out/a.parquet").write(bytes(8_000_000))
print("written")
"""


def test_a_process_killed_while_it_writes_leaves_nothing(object_store):
    """The store has half of the file by then."""
    started = []

    def kill(request):
        if request.operation == "PUT":
            started[0].kill()
            started[0].wait()

    object_store.fault = kill
    environment = {**os.environ, "PYTHONPATH": str(Path(retry.__file__).parents[2])}
    process = subprocess.Popen([sys.executable, "-c", UPLOAD], env=environment, stdout=subprocess.PIPE)
    started.append(process)
    output, _ = process.communicate(timeout=60)

    assert (process.returncode, output) == (-9, b"")
    assert object_store.counts() == {"PUT": 1}
    assert object_store.objects() == {}


def test_a_job_asks_for_little(object_store, shards, reading):
    """What each shard costs: to find it, to look into it, to compute it, and to find its results again."""

    def costs(action):
        """In a process of its own, as a worker is: nothing is known from before."""
        s3fs.S3FileSystem.clear_instance_cache()
        object_store.requests.clear()
        action()
        return object_store.counts()

    assert costs(lambda: find_shards(["s3://bucket/in"])) == {"HEAD": 1, "LIST": 2}
    assert costs(lambda: check_shards(shards[:1], with_boxes=True)) == {"HEAD": 1, "GET": 1}
    assert costs(lambda: claim(Place.of(OUT), JOB)) == {"LIST": 2, "PUT": 1}
    # Once for its end, once for all before it.
    assert costs(lambda: process_shard(shards[0], Place.of(OUT), reading)) == {"HEAD": 1, "GET": 2, "PUT": 1}
    assert costs(lambda: results_in(Place.of(OUT), shards)) == {"LIST": 1, "GET": 1}


def test_the_environment_of_the_tests_reaches_no_other_store(object_store):
    """Nor the credentials of whoever runs them."""
    assert os.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert all(os.environ[name] == value for name, value in ENVIRONMENT.items())
