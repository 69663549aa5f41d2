"""An object store that refuses, fails now and then, or is gone."""

from collections import Counter
from types import SimpleNamespace

import pytest
from fixtures.errors import raises
from fixtures.object_store import CUT

from roadsigns.errors import DataError, OutputError
from roadsigns.shards import place as place_module
from roadsigns.shards import retry
from roadsigns.shards.check import check_shards
from roadsigns.shards.manifest import Manifest, claim, results_in
from roadsigns.shards.pack import pack
from roadsigns.shards.pack_rows import open_rows
from roadsigns.shards.place import Place
from roadsigns.shards.process import process_shard
from roadsigns.shards.read import open_shard
from roadsigns.shards.retry import StorageError
from roadsigns.shards.shard import Shard, find_shards

pytest.importorskip("pyarrow")
s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed")

JOB = Manifest("1.0", "predict", {"model": "abc"}, {"top_k": 3}, ("a.parquet",))
OUT = "s3://bucket/out"
READ_ONLY = ("s3:GetObject", "s3:ListBucket")


@pytest.fixture(autouse=True)
def in_small_pieces_without_a_pause(monkeypatch):
    """Small shards take many requests, and nobody waits between two attempts."""
    monkeypatch.setattr(place_module, "REQUEST_BYTES", 300)
    monkeypatch.setattr(retry, "FIRST_PAUSE_SECONDS", 0)


@pytest.fixture
def sign_in(monkeypatch):
    """Be somebody, by the variables of the environment."""

    def sign_in(variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()

    return sign_in


@pytest.fixture
def shard(object_store, write_shard, tmp_path):
    """A shard in the bucket."""
    path = write_shard(tmp_path / "in" / "a.parquet", [1, 2, 3, 4, 5], group=2)
    object_store.put("in/a.parquet", path.read_bytes())
    (shard,) = find_shards(["s3://bucket/in"])
    s3fs.S3FileSystem.clear_instance_cache()
    return shard


@pytest.mark.parametrize(
    "address", ["s3://bucket/no", "s3://bucket/no.parquet", "s3://no-bucket", "s3://no-bucket/*.tar"]
)
def test_what_is_not_there_is_told(object_store, address):
    """An object, a folder, a bucket; without further attempts."""
    with raises(DataError, problem="There is no such file or folder.", subject=address):
        find_shards([address])
    assert len(object_store.requests) <= 5


def test_a_pattern_that_nothing_matches_is_told(object_store, shard):
    """As in a folder."""
    with raises(DataError, problem="There are no shards here.", subject="s3://bucket/in/*.tar"):
        find_shards(["s3://bucket/in/*.tar"])


def test_a_shard_that_is_gone_is_told(object_store, shard):
    """Before the work, and while it is read."""
    opened = open_shard(shard, with_boxes=True)
    object_store.remove("in/a.parquet")

    with raises(DataError, problem="not there any more", subject="s3://bucket/in/a.parquet"):
        list(opened.batches())
    with raises(DataError, problem="not there any more", subject="s3://bucket/in/a.parquet"):
        check_shards([shard], with_boxes=True)


def test_a_bucket_that_is_missing_is_not_made(object_store, write_shard, tmp_path):
    """Neither for results nor for packed shards."""
    with raises(OutputError, problem="The specified bucket does not exist", subject="s3://no-bucket/out"):
        claim(Place.of("s3://no-bucket/out"), JOB)
    path = write_shard(tmp_path / "a.parquet", [1])
    with raises(OutputError, problem="The specified bucket does not exist", subject="s3://no-bucket/packed"):
        pack(open_rows(str(path)), Place.of("s3://no-bucket/packed"), shard_bytes=1000)

    assert object_store.buckets() == ["bucket"]


def test_wrong_credentials_are_told_at_once(object_store, shard, sign_in):
    """To read and to write; the right ones do."""
    with object_store.users("s3:*") as right:
        sign_in({**right, "AWS_SECRET_ACCESS_KEY": "wrong"})
        object_store.requests.clear()
        with raises(DataError, problem="The address cannot be read (Forbidden).", subject="s3://bucket/in"):
            find_shards(["s3://bucket/in"])
        with raises(DataError, problem="The shard may not be read (Forbidden).", subject="s3://bucket/in/a.parquet"):
            check_shards([shard], with_boxes=True)
        with raises(OutputError, problem="The folder cannot be used", subject=OUT):
            claim(Place.of(OUT), JOB)
        assert [request.status for request in object_store.requests] == [403] * 3

        sign_in(right)
        claim(Place.of(OUT), JOB)
        assert find_shards(["s3://bucket/in"]) == (shard,)


def test_missing_credentials_are_told(object_store, monkeypatch):
    """In the client's words; nobody else is asked for some."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with raises(
        DataError, problem="The address cannot be read (Unable to locate credentials).", subject="s3://bucket/in"
    ):
        find_shards(["s3://bucket/in"])

    assert object_store.requests == []


def test_a_job_needs_no_more_than_these_rights(object_store, shard, sign_in, reading):
    """To list, to get and to put; not to delete."""
    with object_store.users(*READ_ONLY, "s3:PutObject") as writer:
        sign_in(writer)
        assert find_shards(["s3://bucket/in"]) == (shard,)
        claim(Place.of(OUT), JOB)
        result = process_shard(shard, Place.of(OUT), reading)
        claim(Place.of(OUT), JOB)
        assert results_in(Place.of(OUT), [shard]) == {"a.parquet": result}

    assert {request.status for request in object_store.requests} <= {200, 206, 404}


def test_who_may_only_read_is_told_so(object_store, shard, sign_in, reading):
    """With the name of the file, and what stood there stays."""
    object_store.put("out/a.parquet", b"old")
    with object_store.users(*READ_ONLY) as reader:
        sign_in(reader)
        with pytest.raises(PermissionError, match=r"Access Denied: 's3://bucket/out/a.parquet'"):
            process_shard(shard, Place.of(OUT), reading)
        with raises(OutputError, problem="The folder cannot be used (Access Denied).", subject="s3://bucket/new"):
            claim(Place.of("s3://bucket/new"), JOB)

    assert object_store.objects()["out/a.parquet"] == b"old"


@pytest.mark.parametrize("status", [500, 503])
def test_a_store_that_fails_every_tenth_request_gives_the_same_results(
    object_store, write_shard, tmp_path, reading, status
):
    """To all who find, check, compute and find results again."""
    count = 15
    for number in range(count):
        path = write_shard(tmp_path / "in" / f"{number}.parquet", [number] * 5, group=2)
        object_store.put(f"in/{number}.parquet", path.read_bytes())
        process_shard(Shard(str(path), path.name, path.stat().st_size), Place.of(str(tmp_path / "out")), reading)
    seen = Counter()

    def fault(request):
        """Every tenth of each kind, and the first, fail."""
        seen[request.operation] += 1
        return status if seen[request.operation] % 10 == 1 else None

    object_store.fault = fault

    shards = find_shards(["s3://bucket/in"])
    assert list(check_shards(shards, with_boxes=True).values()) == [5] * count
    for shard in shards:
        process_shard(shard, Place.of(OUT), reading)
    results = results_in(Place.of(OUT), shards)

    assert len(results) == count
    failed = Counter(request.operation for request in object_store.requests if request.status == status)
    assert set(failed) == {"HEAD", "LIST", "GET", "PUT"}
    assert failed["GET"] > failed["PUT"] > 1
    objects = object_store.objects()
    assert {key.removeprefix("out/"): content for key, content in objects.items() if key.startswith("out/")} == {
        path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()
    }


def test_a_store_that_fails_always_is_told(object_store, shard, reading):
    """With its own words, after so many attempts; the shard is not called damaged."""
    opened = open_shard(shard, with_boxes=True)
    object_store.requests.clear()
    object_store.fault = lambda _: 500

    with pytest.raises(StorageError, match=r"internal error.*s3://bucket/in/a.parquet"):
        list(opened.batches())
    assert object_store.counts() == {"GET": retry.ATTEMPTS}
    with raises(DataError, problem="cannot be read (Internal Server Error)", subject="s3://bucket/in/a.parquet"):
        check_shards([shard], with_boxes=True)
    with raises(OutputError, problem="internal error", subject=OUT):
        results_in(Place.of(OUT), [shard])


def test_an_answer_that_breaks_off_is_asked_for_again(object_store, shard):
    """The end of the connection is not the end of the file."""
    whole = entries(shard)
    object_store.requests.clear()
    object_store.fault = lambda _: CUT if len(object_store.requests) % 3 == 0 else None

    assert entries(shard) == whole
    assert len(object_store.requests) > 3


def entries(shard):
    """All entries of a shard."""
    return [entry for batch in open_shard(shard, with_boxes=True).batches() for entry in batch.entries]


def test_a_store_that_is_gone_is_told(object_store, shard, monkeypatch):
    """Whatever is asked of it; when it is there again, it is read on."""
    opened = open_shard(shard, with_boxes=True)
    object_store.stop()
    try:
        with pytest.raises(StorageError, match=r"Could not connect.*s3://bucket/in/a.parquet"):
            list(opened.batches())
        with raises(DataError, problem="The address cannot be read (Could not connect", subject="s3://bucket/in"):
            find_shards(["s3://bucket/in"])
    finally:
        object_store.start()

    opened = open_shard(shard, with_boxes=True)
    object_store.stop()
    start = SimpleNamespace(sleep=lambda _: object_store.is_running or object_store.start())
    monkeypatch.setattr(retry, "time", start)

    assert sum(len(batch.entries) for batch in opened.batches()) == 5
