"""The engines: which is chosen, and that all answer the same."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.inference.engines import choose_engine
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.onnx_file import attach_metadata
from roadsigns.onnx_writer.graph import onnx_model


def noise(height, width, seed=0):
    """An RGB image."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino", "keras"])
def test_every_engine_answers_the_same(tiny_onnx, tiny_network, engine):
    """From an ONNX file, Keras too; alone, in a full batch, and in one that is not; with no image at all."""
    crops = np.random.default_rng(0).random((45, 32, 32, 3), np.float32)
    recognizer = Recognizer.load(tiny_onnx, engine=engine, threads=1)
    expected = np.asarray(tiny_network(crops))

    for count in (0, 1, 20, 45):
        np.testing.assert_allclose(recognizer.probabilities(crops[:count]), expected[:count], atol=1e-4)
    assert recognizer.engine.name.startswith(engine)


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_run_is_computed_by_another_engine_if_requested(tiny_run, tiny_network, engine):
    """Written as ONNX in memory."""
    crops = np.random.default_rng(0).random((2, 32, 32, 3), np.float32)

    probabilities = Recognizer.load(tiny_run, engine=engine).probabilities(crops)

    np.testing.assert_allclose(probabilities, tiny_network(crops), atol=1e-4)


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino", "keras"])
def test_bytes_go_into_the_graph_and_the_temperature_is_in_it(tmp_path, tiny_network, tiny_metadata, engine):
    """Preparation "box": no float is made outside."""
    path = tmp_path / "box.onnx"
    path.write_bytes(onnx_model(tiny_network, replace(tiny_metadata, preparation="box", temperature=0.5)))
    crops = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)
    squared = np.asarray(tiny_network(crops.astype(np.float32) / 255)) ** 2

    recognizer = Recognizer.load(path, engine=engine)

    expected = squared / squared.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(recognizer.probabilities(crops), expected, atol=1e-4)
    assert recognizer.predict_one(noise(50, 50)).probability > 0
    with pytest.raises(TypeError, match=r"float32.*'box' makes uint8"):
        recognizer.probabilities(crops.astype(np.float32))


def test_engine_is_chosen_by_file_and_by_how_much_there_is_to_do(tiny_onnx, tiny_run, monkeypatch):
    """OpenVINO where it is installed, but not for a few images."""
    assert choose_engine(tiny_run / "model.keras", None) == "keras"
    assert choose_engine(tiny_onnx, None) == "openvino"
    assert choose_engine(tiny_onnx, 1_000_000) == "openvino"
    assert choose_engine(tiny_onnx, 3) == "onnxruntime"
    assert Recognizer.load(tiny_onnx, expected_images=3).engine.name == "onnxruntime"

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "openvino" else object())

    assert choose_engine(tiny_onnx, None) == "onnxruntime"
    with raises(MissingExtraError, hint="pip install 'roadsigns[openvino]'"):
        Recognizer.load(tiny_onnx, engine="openvino")


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_onnx_file_that_the_runtime_refuses_is_an_error_of_ours(tmp_path, tiny_onnx, engine):
    """An operator that does not exist, with valid metadata all the same."""
    path = tmp_path / "model.onnx"
    path.write_bytes(attach_metadata(tiny_onnx.read_bytes().replace(b"Relu", b"Rulu")))

    with raises(ModelError, problem="does not load in", subject=str(path)):
        Recognizer.load(path, engine=engine)
