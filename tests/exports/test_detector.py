"""A detector exported: the same boxes from half the bytes."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from roadsigns.detection.engine import open_detector_engine
from roadsigns.errors import DataError, ModelError, OutputError
from roadsigns.exports.detector import TOLERANCE, export_detector
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.onnx_file import read_detector_file

PICTURE = np.random.default_rng(1).integers(0, 256, (96, 128, 3), np.uint8)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder with a narrow network of random weights."""
    import keras

    from roadsigns.models.detector import detector_network
    from roadsigns.onnx_writer.detector import detector_to_onnx

    keras.utils.set_random_seed(0)
    network = detector_network(dtype="float32", width=0.25)
    metadata = DetectorMetadata("detector", "detector", "drawn", scenes=2, epoch=1, min_score=0.4, width=0.25)
    folder = tmp_path_factory.mktemp("runs") / "mine"
    folder.mkdir()
    (folder / "detector.onnx").write_bytes(detector_to_onnx(network, metadata, half=False))
    return folder


def locations(path):
    engine = open_detector_engine(path, read_detector_file(path).content, "onnxruntime", threads=1)
    return engine.run(PICTURE)


def test_half_the_bytes_say_nearly_the_same(run, tmp_path):
    """And all that is known of the detector is kept."""
    exported = export_detector(run, half=True, out=tmp_path / "half.onnx")

    source = run / "detector.onnx"
    assert exported.path.stat().st_size < 0.6 * source.stat().st_size
    assert read_detector_file(exported.path).metadata == read_detector_file(source).metadata
    np.testing.assert_allclose(locations(exported.path), locations(source), atol=TOLERANCE)
    assert 0 < exported.score_difference <= TOLERANCE


def test_a_score_to_report_from_is_written(run, tmp_path):
    path = export_detector(run, half=False, min_score=0.25, out=tmp_path / "careful.onnx").path

    assert read_detector_file(path).metadata.min_score == 0.25


def test_the_default_name_is_that_of_the_run(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert export_detector(run, half=False).path.name == "mine.onnx"
    assert (tmp_path / "mine.onnx").is_file()


def test_the_detector_itself_is_not_replaced(run):
    with pytest.raises(OutputError):
        export_detector(run, half=True, out=run / "detector.onnx")


def test_another_suffix_is_refused(run, tmp_path):
    with pytest.raises(OutputError):
        export_detector(run, half=True, out=tmp_path / "half.xml")


def test_a_network_of_other_layers_is_refused(red_detector, tmp_path):
    """It was not written by this package's training."""
    with pytest.raises(ModelError):
        export_detector(red_detector, half=True, out=tmp_path / "half.onnx")
    assert not (tmp_path / "half.onnx").exists()


def test_a_network_that_overflows_in_half_precision_is_not_written(run, tmp_path, monkeypatch):
    """Its outputs are no numbers, which no limit is below."""
    monkeypatch.setattr("roadsigns.exports.detector._run", lambda path, content: np.full((8, 5), np.nan, np.float32))

    with pytest.raises(ModelError):
        export_detector(run, half=True, out=tmp_path / "half.onnx")
    assert not (tmp_path / "half.onnx").exists()


@pytest.mark.parametrize("score", [0.0, 1.0, 5.0, float("nan")])
def test_a_score_out_of_range_is_refused(run, tmp_path, score):
    with pytest.raises(DataError):
        export_detector(run, half=False, min_score=score, out=tmp_path / "a.onnx")


def test_a_place_that_cannot_be_written_is_refused(run, tmp_path):
    with pytest.raises(OutputError):
        export_detector(run, half=False, out=tmp_path / "missing" / "a.onnx")


def test_the_default_name_is_that_of_the_run_inside_it_too(run, tmp_path, monkeypatch):
    shutil.copytree(run, tmp_path / "own")
    monkeypatch.chdir(tmp_path / "own")

    assert export_detector(Path("detector.onnx"), half=True).path.name == "own-float16.onnx"
