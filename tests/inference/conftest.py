"""What the tests of this room share: the tiny model as an ONNX file, and images."""

import pytest

from roadsigns.onnx_writer.graph import onnx_model


@pytest.fixture(scope="module")
def tiny_onnx(tmp_path_factory, tiny_network, tiny_metadata):
    """The tiny model as an ONNX file. Not to be changed."""
    path = tmp_path_factory.mktemp("models") / "tiny.onnx"
    path.write_bytes(onnx_model(tiny_network, tiny_metadata))
    return path


@pytest.fixture(scope="module")
def paths(drawn_folder):
    """Six drawn images of different sizes."""
    return sorted(drawn_folder.glob("Final_Test/Images/*.ppm"))[:6]
