"""A worker by itself, without Ray."""

import errno
from dataclasses import replace

import pytest
from fixtures.errors import raises

from roadsigns.distributed.models import ModelFile, Models
from roadsigns.distributed.worker import Setup, ShardWorker
from roadsigns.errors import ClusterError, ModelError, OutputError
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.model_file import find_model
from roadsigns.shards.place import Place
from roadsigns.shards.shard import Shard, find_shards

pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("fsspec")


@pytest.fixture(scope="module")
def models():
    """The small built-in model as bytes."""
    return Models(ModelFile.read(find_model("tiny")), None, "onnxruntime", "onnxruntime", top_k=2)


@pytest.fixture
def setup(tmp_path, models):
    """For a folder of results that is there."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_bytes(b"{}")
    return Setup(models, 1, str(tmp_path / "out"), b"{}")


def test_rows_are_those_of_the_recogniser(tmp_path, setup, write_shard):
    """The model comes as bytes; its file is not needed."""
    path = write_shard(tmp_path / "a.parquet", 3)
    images = pq.read_table(path)["image"].to_pylist()
    worker = ShardWorker()
    worker.start(setup)

    outcome = worker.process(find_shards([str(path)])[0])

    rows = pq.read_table(tmp_path / "out" / "a.parquet").to_pylist()
    expected = Recognizer.load("tiny", engine="onnxruntime", threads=1).predict(images)
    assert [row["class_id"] for row in rows] == [one.class_id for one in expected]
    assert [row["probability"] for row in rows] == pytest.approx([one.probability for one in expected])
    assert (outcome.fault, outcome.result.images) == (None, 3)


def test_a_detector_is_loaded_too(tmp_path, setup, models, red_detector, grey_picture):
    """Its rows are signs, with the columns of their picture; boxes of shards are such columns."""
    import cv2
    import pyarrow as pa

    picture = cv2.imencode(".png", grey_picture((80, 160), (400, 240))[:, :, ::-1])[1].tobytes()
    empty = cv2.imencode(".png", grey_picture()[:, :, ::-1])[1].tobytes()
    table = pa.table({"path": ["two", "none"], "image": pa.array([picture, empty], pa.binary()), "x1": [1, 2]})
    pq.write_table(table, tmp_path / "a.parquet")
    detecting = replace(models, detector=ModelFile.read(red_detector))
    worker = ShardWorker()
    worker.start(replace(setup, models=detecting))

    outcome = worker.process(find_shards([str(tmp_path / "a.parquet")])[0])

    rows = pq.read_table(tmp_path / "out" / "a.parquet").to_pylist()
    assert outcome.result.images == 2
    assert set(detecting.checksums) == {"model", "detector"}
    assert {row["path"]: row["input_x1"] for row in rows} == {"two": 1, "none": 2}
    assert rows[-1]["x1"] is None


def test_a_damaged_shard_is_told_and_the_next_is_computed(tmp_path, setup, write_shard):
    """Also one that is not there."""
    good, bad = write_shard(tmp_path / "a.parquet", 2), tmp_path / "b.parquet"
    bad.write_bytes(b"junk")
    worker = ShardWorker()
    worker.start(setup)

    outcomes = [worker.process(Shard(str(path), path.name, 1)) for path in (bad, tmp_path / "c.parquet", good)]

    assert [outcome.fault for outcome in outcomes] == ["shard", "shard", None]
    assert "damaged" in outcomes[0].problem
    assert "not there any more" in outcomes[1].problem


def test_a_mistake_of_the_program_is_the_failure_of_one_shard(tmp_path, setup, write_shard, monkeypatch):
    """With the kind of error."""
    monkeypatch.setattr("roadsigns.distributed.worker.process_shard", lambda *_: 1 / 0)
    worker = ShardWorker()
    worker.start(setup)

    assert worker.process(Shard("a", "a", 1)).problem == "ZeroDivisionError: division by zero"


def test_results_that_cannot_be_written_are_no_fault_of_the_shard(tmp_path, setup, write_shard, monkeypatch):
    """This worker would compute all others for nothing."""

    def refuse(self, content):
        raise PermissionError(errno.EACCES, "Access Denied", self.address)

    (shard,) = find_shards([str(write_shard(tmp_path / "a.parquet", 1))])
    monkeypatch.setattr(Place, "write", refuse)
    worker = ShardWorker()
    worker.start(setup)

    outcome = worker.process(shard)

    assert (outcome.fault, outcome.problem) == ("output", f"{tmp_path / 'out' / 'a.parquet'}: Access Denied")


def test_another_version_is_refused(setup):
    """Its rows may differ."""
    with raises(ClusterError, problem="and this one 0.0", hint="the same version"):
        ShardWorker().start(replace(setup, version="0.0"))


def test_a_folder_that_is_not_shared_is_refused(tmp_path, setup):
    """Nothing there, or another folder of that name."""
    with raises(OutputError, problem="does not see", expected="s3://", subject="other"):
        ShardWorker().start(replace(setup, out=str(tmp_path / "other")))

    with raises(OutputError, problem="another folder of that name"):
        ShardWorker().start(replace(setup, manifest=b"{ }"))


def test_a_model_that_does_not_load_is_an_error(setup, models):
    """Of the worker's start."""
    broken = replace(models, model=ModelFile("model.onnx", b"junk"))

    with pytest.raises(ModelError):
        ShardWorker().start(replace(setup, models=broken))


def test_a_worker_that_was_not_started_says_so():
    """It is a mistake of the program."""
    with pytest.raises(RuntimeError, match="not started"):
        ShardWorker().process(Shard("a", "a", 1))
