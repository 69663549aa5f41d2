"""The Keras network of any model."""

import numpy as np
import pytest

from roadsigns.errors import ModelError
from roadsigns.exports.load_source import load_source
from roadsigns.model_files.metadata import weights_checksum
from roadsigns.model_files.model_file import read_metadata
from roadsigns.onnx_writer.graph import onnx_model


@pytest.fixture
def onnx_file(tmp_path, tiny_network, tiny_metadata):
    """The tiny model as an ONNX file with halved weights, as a built-in model is."""
    path = tmp_path / "tiny.onnx"
    path.write_bytes(onnx_model(tiny_network, tiny_metadata, float16=True))
    return path


def test_run_and_file_give_their_network(tiny_run, tiny_model, tiny_network):
    """Named by the run's folder."""
    for model in (tiny_run, tiny_model):
        source = load_source(model)

        assert source.name == "tiny"
        assert source.metadata == read_metadata(tiny_model)
        assert weights_checksum(source.network) == weights_checksum(tiny_network)


def test_network_is_rebuilt_from_an_onnx_file(onnx_file, tiny_network):
    """The weights are those of the file, which are rounded to eleven bits."""
    source = load_source(onnx_file)

    assert source.name == "tiny"
    assert source.metadata.weights_sha256 == weights_checksum(tiny_network)
    for rebuilt, weight in zip(source.network.get_weights(), tiny_network.get_weights(), strict=True):
        np.testing.assert_allclose(rebuilt, weight, rtol=2**-11, atol=1e-7)


def test_damaged_onnx_file_is_refused(onnx_file):
    """Before Keras is asked."""
    onnx_file.write_bytes(onnx_file.read_bytes()[:1000])

    with pytest.raises(ModelError) as raised:
        load_source(onnx_file)

    assert str(onnx_file) in str(raised.value)


def test_onnx_file_of_an_unknown_network_is_refused(tmp_path, tiny_network, tiny_metadata):
    from dataclasses import replace

    path = tmp_path / "new.onnx"
    path.write_bytes(onnx_model(tiny_network, replace(tiny_metadata, network="enormous")))

    with pytest.raises(ModelError) as raised:
        load_source(path)

    assert "'enormous'" in raised.value.problem
